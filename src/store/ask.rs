//! Sends the same command about many notes, batch by batch. The server works on the next batch
//! while this side reads the replies to the last.

use std::array;
use std::collections::VecDeque;
use std::slice::Chunks;

use redis::{Value, cmd};

use super::Store;
use super::error::Error;
use super::keys::{IDS, NOTE};
use crate::redis_client::{Commands, Pending};

/// The number of notes in a batch. Two batches are sent ahead, so the replies to three are in
/// memory at most.
pub(crate) const AT_ONCE: usize = 250;

/// The number of batches that are sent ahead.
const AHEAD: usize = 2;

/// A command about each of many notes.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    /// A command about the key of the note, and the names of fields.
    Note(&'a str, &'a [&'a str]),
    /// Asks if the set of ids has the note.
    IsMember,
}

/// Questions whose commands are packed but for the note.
pub(super) struct Questions<const N: usize>([Template; N]);

/// A command without the argument that names the note.
struct Template {
    before: Vec<u8>,
    /// The prefix of the argument; the id follows.
    prefix: &'static str,
    after: Vec<u8>,
}

/// A batch that was sent, with its replies still to be received.
pub(super) struct Asked<I> {
    ids: I,
    pending: Pending,
}

/// Sends a batch about some notes after the other.
pub(super) struct Asking<'a, S, const N: usize> {
    questions: Questions<N>,
    batches: Chunks<'a, S>,
    asked: VecDeque<Asked<&'a [S]>>,
}

impl<'a, S: AsRef<str>, const N: usize> Asking<'a, S, N> {
    pub(super) fn new(ids: &'a [S], questions: [Question<'_>; N]) -> Self {
        Self {
            questions: Questions::new(questions),
            batches: ids.chunks(AT_ONCE),
            asked: VecDeque::with_capacity(AHEAD),
        }
    }

    /// Returns the ids and the replies of the next batch, error replies among them; `None` at the end.
    pub(super) fn next(&mut self, store: &mut Store) -> Result<Option<Replies<'a, S>>, Error> {
        self.ask(store);
        let Some(asked) = self.asked.pop_front() else {
            return Ok(None);
        };
        let replies = store.replies(asked)?;
        self.ask(store);
        Ok(Some(replies))
    }

    fn ask(&mut self, store: &mut Store) {
        while self.asked.len() < AHEAD
            && let Some(ids) = self.batches.next()
        {
            self.asked.push_back(store.ask(ids, &self.questions));
        }
    }
}

/// The ids of a batch, and the replies: one for each question about the first, and so on.
pub(super) type Replies<'a, S> = (&'a [S], Vec<Value>);

impl Store {
    /// Sends a batch. Batches have to be received in the order of sending.
    pub(super) fn ask<I: AsRef<[S]>, S: AsRef<str>, const N: usize>(
        &mut self,
        ids: I,
        questions: &Questions<N>,
    ) -> Asked<I> {
        let commands = questions.about(ids.as_ref());
        let pending = self.connection.start(commands);
        Asked { ids, pending }
    }

    /// Returns the ids and the replies, error replies among them.
    pub(super) fn replies<I>(&mut self, asked: Asked<I>) -> Result<(I, Vec<Value>), Error> {
        let replies = self.connection.finish(asked.pending)?;
        Ok((asked.ids, replies))
    }

    /// Asks the same about each note, and calls `take` with the replies, error replies among them.
    pub(super) fn each<'a, S: AsRef<str>, T, const N: usize>(
        &mut self,
        ids: &'a [S],
        questions: [Question<'_>; N],
        mut take: impl FnMut(&mut Self, &'a str, [Value; N]) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut taken = Vec::with_capacity(ids.len());
        let mut asking = Asking::new(ids, questions);
        while let Some((ids, replies)) = asking.next(self)? {
            let mut replies = replies.into_iter();
            for id in ids {
                let replies =
                    array::from_fn(|_| replies.next().expect("each question has a reply"));
                taken.push(take(self, id.as_ref(), replies)?);
            }
        }
        Ok(taken)
    }
}

impl<const N: usize> Questions<N> {
    pub(super) fn new(questions: [Question<'_>; N]) -> Self {
        Self(questions.map(Template::of))
    }

    /// Returns the questions about the first note, then those about the next, and so on.
    fn about(&self, ids: &[impl AsRef<str>]) -> Commands {
        let mut commands = Commands::default();
        for id in ids {
            for template in &self.0 {
                commands.add(|to| template.pack(id.as_ref(), to));
            }
        }
        commands
    }
}

impl Template {
    fn of(question: Question<'_>) -> Self {
        let (command, prefix) = match question {
            Question::Note(name, fields) => (cmd(name).arg("").arg(fields).take(), NOTE),
            Question::IsMember => (cmd("SISMEMBER").arg(IDS).arg("").take(), ""),
        };
        let packed = command.get_packed_command();
        // No name and no field is empty, so this is the argument for the note.
        let empty = b"$0\r\n\r\n";
        let at = packed.windows(empty.len()).position(|it| it == empty);
        let (before, rest) = packed.split_at(at.expect("there is an empty argument"));
        Self {
            before: before.to_vec(),
            prefix,
            after: rest.split_at(empty.len()).1.to_vec(),
        }
    }

    fn pack(&self, id: &str, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.before);
        to.push(b'$');
        push_number(self.prefix.len() + id.len(), to);
        to.extend_from_slice(b"\r\n");
        to.extend_from_slice(self.prefix.as_bytes());
        to.extend_from_slice(id.as_bytes());
        to.extend_from_slice(b"\r\n");
        to.extend_from_slice(&self.after);
    }
}

/// Appends the digits of a number. Formatting it would cost as much as the rest of a command.
fn push_number(number: usize, to: &mut Vec<u8>) {
    if number >= 10 {
        push_number(number / 10, to);
    }
    to.extend(b"0123456789".get(number % 10));
}

#[cfg(test)]
mod tests {
    use super::super::keys::note;
    use super::*;

    #[test]
    fn a_command_is_packed_as_the_crate_does_it() {
        let (short, long) = ("a".to_owned(), "b".repeat(200));
        let questions = Questions::new([
            Question::Note("HMGET", &["title", "content"]),
            Question::Note("HGETALL", &[]),
            Question::IsMember,
        ]);
        let commands = questions.about(&[&short, &long, ""]);
        let mut expected = Commands::default();
        for id in [&*short, &long, ""] {
            let key = note(id);
            for command in [
                cmd("HMGET").arg(&key).arg("title").arg("content"),
                cmd("HGETALL").arg(&key),
                cmd("SISMEMBER").arg(IDS).arg(id),
            ] {
                expected.add(|to| command.write_packed_command(to));
            }
        }
        assert_eq!(commands, expected);
    }
}
