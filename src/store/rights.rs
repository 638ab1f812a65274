//! Whether the ACL of Redis lets this user do what `notes` does.
//!
//! Asked of Redis itself, in a way that any user may and that changes nothing: within a MULTI it
//! checks the ACL when it queues a command, and the connection is closed without an EXEC
//! (<https://redis.io/docs/latest/develop/using-commands/transactions/>). ACL DRYRUN would say the
//! same to administrators alone, and only since Redis 7. A refusal leaves a line in Redis' ACL LOG.

use redis::{Cmd, Value, cmd};

use super::error::Error;
use super::{Store, keys};

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// What the commands on notes send, in forms that would run. `IDS`, `NOTE` and `ID` stand for the two
/// keys and an id.
const NEEDS: [&str; 12] = [
    "SSCAN IDS 0",
    "SCARD IDS",
    "SISMEMBER IDS ID",
    "SADD IDS ID",
    "SREM IDS ID",
    "EXISTS NOTE",
    "HGET NOTE title",
    "HGETALL NOTE",
    "HSET NOTE title x",
    "HDEL NOTE title",
    "DEL NOTE",
    "EVAL return 1 NOTE",
];

/// What the ACL lets this user do. A Redis without an ACL forbids nothing.
#[derive(Default)]
pub(crate) struct Rights {
    /// The commands that are needed and forbidden, and what they are given for where that is a key:
    /// the set of ids, or `note:*`.
    pub(crate) forbidden: Vec<(&'static str, Option<String>)>,
    /// Those of which it cannot be told.
    pub(crate) unknown: Vec<&'static str>,
}

impl Store {
    /// What all the servers allow. The connection is spent on it.
    pub(crate) fn rights(mut self) -> Result<Rights, Error> {
        let mut rights = Rights::default();
        for (server, _) in self.connection.servers() {
            let mut found = self.rights_at(&server)?;
            found.forbidden.retain(|it| !rights.forbidden.contains(it));
            found.unknown.retain(|it| !rights.unknown.contains(it));
            rights.forbidden.append(&mut found.forbidden);
            rights.unknown.append(&mut found.unknown);
        }
        Ok(rights)
    }

    fn rights_at(&mut self, server: &str) -> Result<Rights, Error> {
        let mut rights = Rights::default();
        // Outside of a MULTI an EXEC does nothing: `ERR` says so to those who may give it.
        let tries = [cmd("EXEC"), cmd("MULTI")];
        let replies = self.connection.pipeline_at(server, &tries)?;
        let [exec, multi] = replies.as_slice() else {
            return Err(Error::unexpected("MULTI"));
        };
        if matches!(code(exec), "NOPERM" | "EXECABORT") {
            rights.forbidden.push(("EXEC", None));
        }
        if *multi != Value::Okay {
            match code(multi) {
                "NOPERM" => rights.forbidden.push(("MULTI", None)),
                _ => rights.unknown.push("MULTI"),
            }
            // Without a MULTI the commands below would run.
            rights.unknown.extend(NEEDS.map(name));
            return Ok(rights);
        }
        let replies = self.connection.pipeline_at(server, &NEEDS.map(command))?;
        for (need, reply) in NEEDS.into_iter().zip(&replies) {
            match code(reply) {
                "NOPERM" => {
                    let is_on_note = need.contains("NOTE");
                    let key = if is_on_note {
                        &keys::note("*")
                    } else {
                        keys::IDS
                    };
                    rights.forbidden.push((name(need), Some(key.to_owned())));
                }
                // No such command: Redis is told not to know it, or is not quite Redis.
                "ERR" => rights.unknown.push(name(need)),
                // Else it is allowed, or refused for a reason that is looked at after the ACL.
                _ => {}
            }
        }
        Ok(rights)
    }
}

/// The code of an error reply; nothing of any other.
fn code(reply: &Value) -> &str {
    match reply {
        Value::ServerError(error) => error.code(),
        _ => "",
    }
}

fn name(need: &'static str) -> &'static str {
    need.split(' ').next().unwrap_or_default()
}

fn command(need: &str) -> Cmd {
    let mut command = Cmd::new();
    for word in need.split(' ') {
        match word {
            "IDS" => command.arg(keys::IDS),
            "NOTE" => command.arg(keys::note(NOBODY)),
            "ID" => command.arg(NOBODY),
            word => command.arg(word),
        };
    }
    command
}
