//! Asks the same about many notes, batch by batch. The server works on the next batch while this side
//! reads the replies to the last.

use std::array;
use std::collections::VecDeque;
use std::slice::Chunks;

use redis::Value;

use super::Store;
use super::error::Error;
use crate::redis_client::{Commands, Pending, Template};

/// The number of notes in a batch. Two batches are sent ahead, so the replies to three are in
/// memory at most.
pub(crate) const AT_ONCE: usize = 250;

/// The number of batches that are sent ahead.
const AHEAD: usize = 2;

/// Commands about each of many notes: see [`keys`](super::keys).
pub(super) struct Asking<I, const N: usize> {
    questions: [Template; N],
    /// The ids of each batch that was sent, and its replies, which are still to be received.
    sent: VecDeque<(I, Pending)>,
}

/// The ids of a batch, and the replies: one for each question about the first, and so on.
type Replies<I> = (I, Vec<Value>);

impl<I, const N: usize> Asking<I, N> {
    pub(super) fn new(questions: [Template; N]) -> Self {
        Self {
            questions,
            sent: VecDeque::new(),
        }
    }

    /// Sends a batch.
    pub(super) fn send<S: AsRef<str>>(&mut self, ids: I, store: &mut Store)
    where
        I: AsRef<[S]>,
    {
        let mut commands = Commands::default();
        for id in ids.as_ref() {
            for question in &self.questions {
                question.add(id.as_ref(), &mut commands);
            }
        }
        let pending = store.connection.start(commands);
        self.sent.push_back((ids, pending));
    }

    /// Receives the replies to the batch that was sent first, error replies among them, if more than
    /// `most` batches were sent ahead.
    pub(super) fn receive(
        &mut self,
        most: usize,
        store: &mut Store,
    ) -> Result<Option<Replies<I>>, Error> {
        if self.sent.len() <= most {
            return Ok(None);
        }
        let Some((ids, pending)) = self.sent.pop_front() else {
            return Ok(None);
        };
        Ok(Some((ids, store.connection.finish(pending)?)))
    }
}

impl<'a, S: AsRef<str>, const N: usize> Asking<&'a [S], N> {
    /// Returns the ids and the replies of the next batch; `None` at the end. `rest` are the batches to
    /// send.
    pub(super) fn next(
        &mut self,
        rest: &mut Chunks<'a, S>,
        store: &mut Store,
    ) -> Result<Option<Replies<&'a [S]>>, Error> {
        self.send_ahead(rest, store);
        let replies = self.receive(0, store)?;
        self.send_ahead(rest, store);
        Ok(replies)
    }

    fn send_ahead(&mut self, rest: &mut Chunks<'a, S>, store: &mut Store) {
        while self.sent.len() < AHEAD
            && let Some(ids) = rest.next()
        {
            self.send(ids, store);
        }
    }
}

impl Store {
    /// Asks the same about each note, and calls `take` with the replies, error replies among them.
    pub(super) fn each<'a, S: AsRef<str>, T, const N: usize>(
        &mut self,
        ids: &'a [S],
        questions: [Template; N],
        mut take: impl FnMut(&mut Self, &'a str, [Value; N]) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut taken = Vec::with_capacity(ids.len());
        let mut rest = ids.chunks(AT_ONCE);
        let mut asking = Asking::new(questions);
        while let Some((ids, replies)) = asking.next(&mut rest, self)? {
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
