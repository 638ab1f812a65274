//! Commands in the form of the protocol, the hash slot of each, and their replies.

use redis::{Arg, Cmd, Value};

use super::error::Error;
use super::slots;

/// Commands that are sent together. One that has to be sent again is named by its index.
pub(crate) trait Commands {
    fn count(&self) -> usize;

    /// Appends a command in the form of the protocol.
    fn pack(&self, index: usize, to: &mut Vec<u8>);

    /// Returns the slot of the key that a command begins with, or that a script names first.
    fn slot(&self, index: usize) -> u16;
}

impl Commands for [Cmd] {
    fn count(&self) -> usize {
        self.len()
    }

    fn pack(&self, index: usize, to: &mut Vec<u8>) {
        if let Some(command) = self.get(index) {
            command.write_packed_command(to);
        }
    }

    fn slot(&self, index: usize) -> u16 {
        let words = self.get(index).into_iter().flat_map(Cmd::args_iter);
        let mut words = words.map(|word| match word {
            Arg::Simple(word) => word,
            _ => &[],
        });
        let key = match words.next() {
            Some(b"EVAL") => words.nth(2),
            _ => words.next(),
        };
        slots::of_key(key.unwrap_or_default())
    }
}

/// Returns true if a command of this name changes nothing. Any other counts as a change: it is not sent
/// twice, and an error says if it may have been carried out.
pub(super) fn only_reads(command: &str) -> bool {
    matches!(
        command,
        "DBSIZE"
            | "EXISTS"
            | "HGET"
            | "HGETALL"
            | "HMGET"
            | "PING"
            | "PTTL"
            | "SCAN"
            | "SCARD"
            | "SENTINEL"
            | "SISMEMBER"
            | "SSCAN"
    )
}

/// Returns all of the commands, one after the other.
pub(crate) fn packed(commands: &(impl Commands + ?Sized)) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in 0..commands.count() {
        commands.pack(index, &mut bytes);
    }
    bytes
}

/// The replies to commands, as far as there are any.
pub(crate) struct Answers {
    /// A reply for each command, error replies among them.
    pub(crate) replies: Vec<Option<Value>>,
    /// The reason if some have no reply. Those may have been carried out.
    pub(crate) failure: Option<Error>,
}

impl Answers {
    /// `failure` is dropped if every command has a reply and none is in doubt.
    pub(super) fn new(replies: Vec<Option<Value>>, failure: Option<Error>) -> Self {
        let is_complete = replies.iter().all(Option::is_some);
        Self {
            failure: failure.filter(|error| error.in_doubt() || !is_complete),
            replies,
        }
    }

    /// Returns a reply for each command.
    pub(crate) fn all(self) -> Result<Vec<Value>, Error> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        let mut replies = Vec::with_capacity(self.replies.len());
        for reply in self.replies {
            replies.push(reply.expect("a command without a reply has a failure"));
        }
        Ok(replies)
    }
}

impl From<Result<Vec<Value>, Error>> for Answers {
    fn from(result: Result<Vec<Value>, Error>) -> Self {
        match result {
            Ok(replies) => Self::new(replies.into_iter().map(Some).collect(), None),
            Err(error) => Self {
                replies: Vec::new(),
                failure: Some(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_dropped_only_if_every_command_has_a_reply_and_none_is_in_doubt() {
        let lost = |in_doubt| {
            let server = "a test".to_owned();
            Some(Error::Lost { server, in_doubt })
        };
        let all = || vec![Some(Value::Okay), Some(Value::Nil)];
        assert_eq!(Answers::new(all(), lost(false)).all().unwrap().len(), 2);
        assert!(Answers::new(all(), lost(true)).all().is_err());
        let some = vec![Some(Value::Okay), None];
        assert!(Answers::new(some, lost(false)).all().is_err());
        assert!(Answers::from(Err(Error::loading())).all().is_err());
    }
}
