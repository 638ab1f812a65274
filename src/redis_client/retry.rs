//! The commands for the nodes of a cluster, and which of them are sent again.

use redis::cmd;

use super::commands::Commands;
use super::error::Error;
use super::slots::Endpoint;

/// A command to send.
pub(super) struct Errand {
    pub(super) index: usize,
    /// The node that an ASK redirection named: it counts for this one attempt.
    pub(super) asked: Option<Endpoint>,
}

/// Commands to send again.
#[derive(Default)]
pub(super) struct Retry {
    pub(super) errands: Vec<Errand>,
    /// The reason if a node did not answer.
    pub(super) failure: Option<Error>,
    /// True if the nodes need a moment first, as for a failover.
    pub(super) must_wait: bool,
}

impl Errand {
    pub(super) fn new(index: usize) -> Self {
        Self { index, asked: None }
    }
}

impl Retry {
    /// Adds commands that a node did not answer.
    pub(super) fn fail(&mut self, errands: impl IntoIterator<Item = Errand>, error: Error) {
        self.add(Self {
            errands: errands
                .into_iter()
                .map(|it| Errand::new(it.index))
                .collect(),
            failure: Some(error),
            must_wait: true,
        });
    }

    pub(super) fn add(&mut self, mut other: Self) {
        self.errands.append(&mut other.errands);
        self.must_wait |= other.must_wait;
        if !self.is_in_doubt() {
            self.failure = other.failure.or(self.failure.take());
        }
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        self.failure.as_ref().is_some_and(Error::in_doubt)
    }

    /// Returns true if there is nothing to send again, or if that would not help. A change in doubt is
    /// never sent again: it would be made twice.
    pub(super) fn is_over(&self) -> bool {
        let can_pass = self.failure.as_ref().is_none_or(Error::is_passing);
        self.errands.is_empty() || self.is_in_doubt() || !can_pass
    }
}

/// Packs the commands for one node, and counts the replies that they have.
pub(super) fn request(commands: &Commands, errands: &[Errand]) -> (Vec<u8>, usize) {
    let mut request = Vec::new();
    let mut replies = errands.len();
    for errand in errands {
        if errand.asked.is_some() {
            cmd("ASKING").write_packed_command(&mut request);
            replies += 1;
        }
        request.extend_from_slice(commands.packed(errand.index));
    }
    (request, replies)
}
