//! A swap in a cluster, where the notes and the set of ids are on different nodes: each hash in one step,
//! and the set after them.
//!
//! The hash comes first, so that a change that is cut off leaves a note that the set lacks, or an
//! id without a note. `notes health` finds and repairs both without a guess.

use redis::{Cmd, Value};

use super::Store;
use super::error::Error;
use super::keys;
use super::swap::{script, verdict};
use crate::note::NoteChange;
use crate::redis_client::Answers;

impl Store {
    /// Makes the changes of [`Store::swap`] in a cluster. If a part is refused, the parts before it
    /// are changed back. If that fails, or it is not known which were made, the error is in doubt.
    pub(super) fn swap_each(&mut self, changes: &[NoteChange]) -> Result<(), Error> {
        self.expect_listed(changes)?;
        let (made, result) = self.swap_hashes(changes);
        if let Err(error) = result {
            if !error.in_doubt() {
                return Err(self.change_back(made, error));
            }
            // Updates the set for the changes that are known to be made, if it can.
            let _ = self.list_changed(&made);
            return Err(error);
        }
        match self.list_changed(&made) {
            Err(error) if !error.in_doubt() => Err(self.change_back(made, error)),
            result => result.and_then(|()| Ok(self.connection.confirm()?)),
        }
    }

    fn expect_listed(&mut self, changes: &[NoteChange]) -> Result<(), Error> {
        let ids: Vec<&str> = changes.iter().map(|change| change.id.as_str()).collect();
        for (change, listed) in changes.iter().zip(self.are_listed(&ids)?) {
            if change.before.listed != listed {
                let id = change.id.clone();
                return Err(Error::Conflict { id });
            }
        }
        Ok(())
    }

    /// Changes back the changes before `error`, and returns it; as [`Error::Partial`] if that
    /// failed.
    fn change_back(&mut self, made: Vec<NoteChange>, error: Error) -> Error {
        let back = made.into_iter().map(|change| NoteChange {
            before: change.after,
            after: change.before,
            ..change
        });
        let back: Vec<_> = back.collect();
        let (_, swapped) = self.swap_hashes(&back);
        // If this is refused too, the set was not changed before.
        let listed = self.list_changed(&back);
        let is_back = swapped.is_ok() && !listed.is_err_and(|error| error.in_doubt());
        if is_back {
            error
        } else {
            Error::Partial(Box::new(error))
        }
    }

    /// Changes the hashes alone. Returns the changes that were made, and the first failure.
    fn swap_hashes(&mut self, changes: &[NoteChange]) -> (Vec<NoteChange>, Result<(), Error>) {
        let scripts: Vec<Cmd> = changes
            .iter()
            .map(|it| script(false, std::slice::from_ref(it)))
            .collect();
        let Answers { replies, failure } = self.connection.send(&scripts);
        let mut made = Vec::with_capacity(changes.len());
        let mut result = failure.map_or(Ok(()), |error| Err(error.into()));
        for (change, reply) in changes.iter().zip(replies) {
            let Some(reply) = reply else { continue };
            let words = self.about_note(&change.id, "EVAL", reply);
            match words.and_then(verdict) {
                Ok(()) => made.push(change.clone()),
                Err(error) => result = result.and(Err(error)),
            }
        }
        (made, result)
    }

    /// Adds ids to the set and removes them, as the changes require.
    fn list_changed(&mut self, changes: &[NoteChange]) -> Result<(), Error> {
        for (command, listed) in [("SADD", true), ("SREM", false)] {
            let of_kind = changes
                .iter()
                .filter(|it| it.before.listed != listed && it.after.listed == listed);
            let ids: Vec<&str> = of_kind.map(|it| it.id.as_str()).collect();
            if !ids.is_empty() {
                let command = keys::on_ids(command).arg(ids).take();
                let reply = self.connection.call::<Value>(&command);
                reply.map_err(Error::about_ids)?;
            }
        }
        Ok(())
    }
}
