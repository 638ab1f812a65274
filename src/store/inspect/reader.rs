//! Replies to an inspection, which goes on where Redis refuses a command to this user: what could not
//! be looked at is noted.

use std::collections::BTreeSet;

use redis::{Cmd, Value};

use super::Unchecked;
use crate::store::error::Error;
use crate::store::keys;
use crate::store::link::Link;
use crate::store::read::scan_step;

/// A connection, and what Redis refused on it.
pub(super) struct Reader<'a> {
    pub(super) link: &'a mut Link,
    pub(super) unchecked: BTreeSet<Unchecked>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(link: &'a mut Link) -> Self {
        let unchecked = BTreeSet::new();
        Self { link, unchecked }
    }

    /// One step of SCAN or SSCAN: the next cursor and what was found; nothing if it is refused.
    #[expect(clippy::type_complexity, reason = "the shape of the reply, used twice")]
    pub(super) fn step(
        &mut self,
        scan: &Cmd,
        what: &'static str,
    ) -> Result<Option<(Vec<u8>, Vec<Vec<u8>>)>, Error> {
        let reply = self.link.read(scan, Some(keys::IDS_SLOT));
        let Some(reply) = self.permitted(reply, what)? else {
            return Ok(None);
        };
        scan_step(reply)
            .map(Some)
            .ok_or(Error::Answer { command: "SCAN" })
    }

    pub(super) fn expires(&mut self, reply: Option<Value>) -> Result<bool, Error> {
        let reply = self.answer(reply.unwrap_or(Value::Nil));
        let left = self.permitted(reply, "times to live")?;
        Ok(matches!(left, Some(Value::Int(left)) if left >= 0))
    }

    pub(super) fn answer(&self, reply: Value) -> Result<Value, Error> {
        match reply {
            Value::ServerError(error) => Err(self.link.failure(&error, None)),
            reply => Ok(reply),
        }
    }

    /// The reply, unless Redis refuses the command to this user: that is noted.
    pub(super) fn permitted(
        &mut self,
        reply: Result<Value, Error>,
        what: &'static str,
    ) -> Result<Option<Value>, Error> {
        match reply {
            Err(error @ Error::Refused { .. }) => {
                let reason = error.to_string();
                self.unchecked.insert(Unchecked { what, reason });
                Ok(None)
            }
            reply => reply.map(Some),
        }
    }
}
