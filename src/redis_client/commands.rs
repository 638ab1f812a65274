//! Commands in the form of the protocol, the hash slot of each, and their replies.

use redis::{Cmd, Value};

use super::error::Error;
use super::slots;

/// Commands in the form of the protocol, to be sent together. One that has to be sent again is named by
/// its index.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Commands {
    pub(super) bytes: Vec<u8>,
    /// The end of each command in the bytes.
    ends: Vec<usize>,
}

impl Commands {
    /// Adds the command that `pack` appends to the bytes.
    pub(super) fn add(&mut self, pack: impl FnOnce(&mut Vec<u8>)) {
        pack(&mut self.bytes);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn packed(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[index]]
    }

    /// Returns the slot of the key that a command begins with, or that a script names first.
    pub(super) fn slot(&self, index: usize) -> u16 {
        let mut words = Words(self.packed(index));
        // The number of words comes first.
        words.line();
        let key = match words.next() {
            Some(b"EVAL") => words.nth(2),
            _ => words.next(),
        };
        slots::of_key(key.unwrap_or_default())
    }
}

impl From<&[Cmd]> for Commands {
    fn from(list: &[Cmd]) -> Self {
        let mut commands = Self::default();
        for command in list {
            commands.add(|to| command.write_packed_command(to));
        }
        commands
    }
}

/// The words of a packed command: for each a line with its length, and then a line with the word.
struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    fn line(&mut self) -> Option<&'a [u8]> {
        let end = self.0.windows(2).position(|it| it == b"\r\n")?;
        self.take(end)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (word, rest) = self.0.split_at_checked(length)?;
        self.0 = rest.get(2..)?;
        Some(word)
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let length = str::from_utf8(self.line()?.get(1..)?).ok()?;
        self.take(length.parse().ok()?)
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
    use redis::cmd;

    use super::*;

    #[test]
    fn a_command_has_the_slot_of_its_first_key() {
        let commands = Commands::from(
            &[
                cmd("HGET").arg("note:a").arg("title").take(),
                cmd("EVAL").arg("return 1\r\n").arg(1).arg("note:b").take(),
                cmd("PING"),
            ][..],
        );
        let slots = [0, 1, 2].map(|index| commands.slot(index));
        assert_eq!(slots, [&b"note:a"[..], b"note:b", b""].map(slots::of_key));
        assert_eq!(commands.packed(2), cmd("PING").get_packed_command());
        assert_eq!(commands.count(), 3);
    }

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
