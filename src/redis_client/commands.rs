//! Commands in the form of the protocol, where in a cluster each belongs, and what became of them.

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

/// Returns all of the commands, one after the other.
pub(crate) fn packed(commands: &(impl Commands + ?Sized)) -> Vec<u8> {
    let mut bytes = Vec::new();
    for index in 0..commands.count() {
        commands.pack(index, &mut bytes);
    }
    bytes
}

/// What became of commands.
pub(crate) struct Answers {
    /// A reply for each command, error replies among them; none where there is none.
    pub(crate) replies: Vec<Option<Value>>,
    /// Why some have none.
    pub(crate) failure: Option<Error>,
}

impl From<Result<Vec<Value>, Error>> for Answers {
    fn from(replies: Result<Vec<Value>, Error>) -> Self {
        let (replies, failure) = match replies {
            Ok(replies) => (replies, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let replies = replies.into_iter().map(Some).collect();
        Self { replies, failure }
    }
}

impl From<Answers> for Result<Vec<Value>, Error> {
    fn from(answers: Answers) -> Self {
        match answers.failure {
            Some(error) => Err(error),
            None => Ok(answers.replies.into_iter().flatten().collect()),
        }
    }
}
