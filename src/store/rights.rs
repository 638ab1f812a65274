//! Whether the ACL of Redis lets this user do what `notes` does.
//!
//! Asked of Redis itself, in a way that any user may and that changes nothing: within a MULTI it
//! checks the ACL when it queues a command, and the connection is closed without an EXEC
//! (<https://redis.io/docs/latest/develop/using-commands/transactions/>). ACL DRYRUN would say the
//! same to administrators alone, and only since Redis 7. A refusal leaves a line in Redis' ACL LOG.

use redis::{Cmd, Value, cmd};

use super::error::Error;
use super::{Store, keys};

/// An id that no note has.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// A command that this user needs and may not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forbidden {
    /// Its name.
    pub command: &'static str,
    /// What it is given for, where that is a key: the set of ids, or `note:*`.
    pub key: Option<String>,
}

/// What the ACL lets this user do. A Redis without an ACL forbids nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The commands that are needed and forbidden.
    pub forbidden: Vec<Forbidden>,
    /// The commands of which it cannot be told.
    pub unknown: Vec<&'static str>,
}

/// A command that is needed: its name, its key, and what stands before and after that.
struct Need {
    command: &'static str,
    key: Key,
    before_key: &'static [&'static str],
    after_key: &'static [&'static str],
}

enum Key {
    Ids,
    Note,
}

const fn need(command: &'static str, key: Key, after_key: &'static [&'static str]) -> Need {
    Need {
        command,
        key,
        before_key: &[],
        after_key,
    }
}

/// What the commands on notes send, in forms that would run.
const NEEDS: [Need; 12] = [
    need("SSCAN", Key::Ids, &["0"]),
    need("SCARD", Key::Ids, &[]),
    need("SISMEMBER", Key::Ids, &[NOBODY]),
    need("SADD", Key::Ids, &[NOBODY]),
    need("SREM", Key::Ids, &[NOBODY]),
    need("EXISTS", Key::Note, &[]),
    need("HGET", Key::Note, &["title"]),
    need("HGETALL", Key::Note, &[]),
    need("HSET", Key::Note, &["title", ""]),
    need("HDEL", Key::Note, &["title"]),
    need("DEL", Key::Note, &[]),
    Need {
        command: "EVAL",
        key: Key::Note,
        before_key: &["return 0", "1"],
        after_key: &[],
    },
];

impl Store {
    /// What the ACL lets this user do. The connection is spent on it.
    pub fn rights(mut self) -> Result<Rights, Error> {
        let mut rights = Rights::default();
        // Outside of a MULTI an EXEC does nothing: `ERR` says so to those who may give it.
        if let [Value::ServerError(error)] = self.link.pipeline(&[cmd("EXEC")])?.as_slice()
            && matches!(error.code(), "NOPERM" | "EXECABORT")
        {
            rights.forbid("EXEC", None);
        }
        match self.link.pipeline(&[cmd("MULTI")])?.as_slice() {
            [Value::Okay] => {}
            // Without a MULTI the commands below would run.
            other => {
                match other {
                    [Value::ServerError(error)] if error.code() == "NOPERM" => {
                        rights.forbid("MULTI", None);
                    }
                    _ => rights.unknown.push("MULTI"),
                }
                rights.unknown.extend(NEEDS.iter().map(|need| need.command));
                return Ok(rights);
            }
        }
        let commands: Vec<Cmd> = NEEDS.iter().map(Need::command).collect();
        for (need, reply) in NEEDS.iter().zip(self.link.pipeline(&commands)?) {
            match reply {
                Value::ServerError(error) if error.code() == "NOPERM" => {
                    rights.forbid(need.command, Some(need.key.pattern()));
                }
                // No such command: Redis is told not to know it, or is not quite Redis.
                Value::ServerError(error) if error.code() == "ERR" => {
                    rights.unknown.push(need.command);
                }
                // Queued; or refused for a reason that is looked at after the ACL.
                _ => {}
            }
        }
        Ok(rights)
    }
}

impl Rights {
    fn forbid(&mut self, command: &'static str, key: Option<String>) {
        self.forbidden.push(Forbidden { command, key });
    }
}

impl Need {
    fn command(&self) -> Cmd {
        let mut command = cmd(self.command);
        command.arg(self.before_key);
        command.arg(match self.key {
            Key::Ids => keys::IDS.to_owned(),
            Key::Note => keys::note(NOBODY),
        });
        command.arg(self.after_key);
        command
    }
}

impl Key {
    /// The key, or the form of it, for people.
    fn pattern(&self) -> String {
        match self {
            Self::Ids => keys::IDS.to_owned(),
            Self::Note => keys::note("*"),
        }
    }
}
