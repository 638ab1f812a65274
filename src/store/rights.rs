//! The commands that the store needs and that Redis does not know, or its ACL forbids this user.
//!
//! Any user may ask Redis in this way, and it changes nothing: within a MULTI, Redis checks the ACL
//! when it queues a command, and the connection is closed without an EXEC
//! (<https://redis.io/docs/latest/develop/using-commands/transactions/>). ACL DRYRUN would say the
//! same to administrators alone, and only since Redis 7. A refusal leaves a line in Redis' ACL LOG.

use redis::{Cmd, Value, cmd};

use super::error::Error;
use super::{Store, keys};
use crate::redis_client::unknown_command;

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// The commands that the store sends, in forms that would run. `IDS`, `NOTE` and `ID` stand for the
/// two keys and an id.
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

/// The commands of [`NEEDS`] that only changes need.
const OF_CHANGES: [&str; 8] = [
    "SADD", "SREM", "HSET", "HDEL", "DEL", "EVAL", "MULTI", "EXEC",
];

/// The commands that are refused. A Redis without an ACL forbids nothing.
#[derive(Default)]
pub(crate) struct Rights {
    /// The commands that are needed and forbidden, and what they are given for where that is a key:
    /// the set of ids, or `note:*`.
    pub(crate) forbidden: Vec<(&'static str, Option<String>)>,
    /// Those that the server does not know: its configuration may rename them.
    pub(crate) missing: Vec<&'static str>,
    /// Those whose state is not known.
    pub(crate) unknown: Vec<&'static str>,
}

impl Rights {
    /// Returns true if a change may be refused for want of a command.
    pub(crate) fn refuses_changes(&self) -> bool {
        let forbidden = self.forbidden.iter().map(|(command, _)| command);
        let mut refused = forbidden.chain(&self.missing);
        refused.any(|command| OF_CHANGES.contains(command))
    }

    /// Adds a command if the reply to it refuses it.
    fn add(&mut self, command: &'static str, key: Option<&str>, reply: &Value) {
        let Value::ServerError(error) = reply else {
            return;
        };
        match error.code() {
            "NOPERM" => self.forbidden.push((command, key.map(str::to_owned))),
            _ if unknown_command(error).is_some() => self.missing.push(command),
            // The server has other words for it.
            "ERR" => self.unknown.push(command),
            // Anything else is checked after the ACL, so the command is allowed.
            _ => {}
        }
    }
}

impl Store {
    /// Asks all servers for the rights of this user. It uses up the connection.
    pub(crate) fn rights(mut self) -> Result<Rights, Error> {
        let mut rights = Rights::default();
        for (server, _) in self.connection.servers() {
            let mut found = self.rights_at(&server)?;
            found.forbidden.retain(|it| !rights.forbidden.contains(it));
            found.missing.retain(|it| !rights.missing.contains(it));
            found.unknown.retain(|it| !rights.unknown.contains(it));
            rights.forbidden.append(&mut found.forbidden);
            rights.missing.append(&mut found.missing);
            rights.unknown.append(&mut found.unknown);
        }
        Ok(rights)
    }

    fn rights_at(&mut self, server: &str) -> Result<Rights, Error> {
        let mut rights = Rights::default();
        // Outside of a MULTI an EXEC does nothing: `ERR` says so to those who may give it.
        let tries = [cmd("EXEC"), cmd("MULTI")];
        let [exec, multi] = self.connection.send_to(server, &tries)?;
        match &exec {
            Value::ServerError(error) if error.code() == "EXECABORT" => {
                rights.forbidden.push(("EXEC", None));
            }
            // `ERR EXEC without MULTI`, which says that it may be sent.
            Value::ServerError(error)
                if error.code() == "ERR" && unknown_command(error).is_none() => {}
            exec => rights.add("EXEC", None, exec),
        }
        if multi != Value::Okay {
            rights.add("MULTI", None, &multi);
            // Without a MULTI the commands below would run.
            rights.unknown.extend(NEEDS.map(name));
            return Ok(rights);
        }
        let replies = self.connection.send_to(server, &NEEDS.map(command))?;
        for (need, reply) in NEEDS.into_iter().zip(&replies) {
            let key = if need.contains("NOTE") {
                &keys::note("*")
            } else {
                keys::IDS
            };
            rights.add(name(need), Some(key), reply);
        }
        Ok(rights)
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
