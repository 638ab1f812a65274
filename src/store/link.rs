//! One connection to Redis: commands out, replies in, each exchange under one deadline.
//!
//! The redis crate encodes the commands and decodes the replies. Its own connection is not used: its
//! timeout is per read and starts anew for each reply, so that a pipeline of a thousand commands
//! may wait a thousand times as long. This file knows nothing of notes.

use std::io::{self, Write as _};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use redis::{Cmd, Parser, ServerError, Value, cmd};

use super::address::Address;
use super::error::{Effect, Error, Place};
use super::keys::Slot;
use super::wire::{ConnectError, Wire};

/// A connection, logged in and at its database.
pub(super) struct Link {
    wire: Wire,
    parser: Parser,
    place: Place,
    timeout: Duration,
    usable: bool,
}

/// What a batch of commands does, should its answer never come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Read,
    Write,
}

impl Link {
    /// Connects, logs in and selects the database, all within `timeout`.
    pub(super) fn open(address: &Address, timeout: Duration) -> Result<Self, Error> {
        let place = Place::of(address);
        let until = Instant::now() + timeout;
        let wire = Wire::connect(&address.endpoint, until).map_err(|error| match error {
            ConnectError::Socket(source) | ConnectError::Tls(source)
                if source.kind() == io::ErrorKind::TimedOut =>
            {
                too_slow(&place, timeout, Effect::None)
            }
            ConnectError::Socket(source) => Error::Unreachable {
                place: place.clone(),
                source,
            },
            ConnectError::Tls(source) => Error::Untrusted {
                place: place.clone(),
                source,
            },
        })?;
        let mut link = Self {
            wire,
            parser: Parser::new(),
            place,
            timeout,
            usable: true,
        };
        link.set_up(address, until)?;
        Ok(link)
    }

    fn set_up(&mut self, address: &Address, until: Instant) -> Result<(), Error> {
        let login = address.password.as_ref().map(|password| {
            let mut login = cmd("AUTH");
            if let Some(username) = &address.username {
                login.arg(username);
            }
            login.arg(password.expose());
            login
        });
        let select = address.db.filter(|db| *db != 0).map(|db| {
            let mut select = cmd("SELECT");
            select.arg(db);
            select
        });
        let logs_in = login.is_some();
        let commands: Vec<Cmd> = login.into_iter().chain(select).collect();
        if commands.is_empty() {
            return Ok(());
        }
        let replies = self.exchange(&commands, Purpose::Read, until)?;
        for (index, reply) in replies.iter().enumerate() {
            let Value::ServerError(error) = reply else {
                continue;
            };
            return Err(match error.code() {
                // Whatever else goes wrong with AUTH, the credentials are what the user can mend.
                "ERR" if logs_in && index == 0 => self.place.refused(format!(
                    "it does not take the password: {}",
                    error.details().unwrap_or_default()
                )),
                _ => self.failure(error, None),
            });
        }
        Ok(())
    }

    /// Whether the connection can take another exchange.
    pub(super) fn is_usable(&self) -> bool {
        self.usable
    }

    /// The typed error for an error reply to a command about `slot`.
    pub(super) fn failure(&self, reply: &ServerError, slot: Option<Slot<'_>>) -> Error {
        Error::from_reply(reply, &self.place, slot)
    }

    /// Sends one command that changes nothing and returns its reply, an error reply as an error.
    pub(super) fn read(&mut self, command: &Cmd, slot: Option<Slot<'_>>) -> Result<Value, Error> {
        self.command(command, Purpose::Read, slot)
    }

    /// Sends one command that may change something and returns its reply, an error reply as an
    /// error.
    pub(super) fn write(&mut self, command: &Cmd, slot: Option<Slot<'_>>) -> Result<Value, Error> {
        self.command(command, Purpose::Write, slot)
    }

    fn command(
        &mut self,
        command: &Cmd,
        purpose: Purpose,
        slot: Option<Slot<'_>>,
    ) -> Result<Value, Error> {
        let until = Instant::now() + self.timeout;
        let reply = self
            .exchange(std::slice::from_ref(command), purpose, until)?
            .pop();
        match reply {
            Some(Value::ServerError(error)) => Err(self.failure(&error, slot)),
            Some(reply) => Ok(reply),
            None => Ok(Value::Nil),
        }
    }

    /// Sends reading commands at once and returns a reply for each, error replies among them.
    pub(super) fn pipeline(&mut self, commands: &[Cmd]) -> Result<Vec<Value>, Error> {
        let until = Instant::now() + self.timeout;
        self.exchange(commands, Purpose::Read, until)
    }

    /// Runs the commands in one MULTI: all of them, or, if Redis refuses one, none.
    ///
    /// Returns a reply for each, error replies among them: a command that fails only when it is run
    /// does not stop the others (<https://redis.io/docs/latest/develop/using-commands/transactions/>).
    pub(super) fn transaction(&mut self, commands: Vec<Cmd>) -> Result<Vec<Value>, Error> {
        let until = Instant::now() + self.timeout;
        let mut batch = Vec::with_capacity(commands.len() + 2);
        batch.push(cmd("MULTI"));
        batch.extend(commands);
        batch.push(cmd("EXEC"));
        let mut replies = self.exchange(&batch, Purpose::Write, until)?;
        match replies.pop() {
            Some(Value::Array(results)) => Ok(results),
            Some(Value::ServerError(error)) => {
                // EXECABORT says only that something was refused; the first refusal says what.
                Err(self.failure(first_refusal(&replies).unwrap_or(&error), None))
            }
            _ => Err(Error::Answer { command: "EXEC" }),
        }
    }

    fn exchange(
        &mut self,
        commands: &[Cmd],
        purpose: Purpose,
        until: Instant,
    ) -> Result<Vec<Value>, Error> {
        self.send(commands, until)?;
        let effect = match purpose {
            Purpose::Read => Effect::None,
            Purpose::Write => Effect::Unknown,
        };
        self.receive(commands.len(), effect, until)
    }

    /// Sends reading commands at once, within `timeout`; [`answers`](Self::answers) takes the
    /// replies.
    pub(super) fn ask(&mut self, commands: &[Cmd], timeout: Duration) -> Result<(), Error> {
        self.send(commands, Instant::now() + timeout)
    }

    /// The replies to `count` commands that were [asked](Self::ask), all there within `timeout`,
    /// error replies among them.
    pub(super) fn answers(&mut self, count: usize, timeout: Duration) -> Result<Vec<Value>, Error> {
        self.receive(count, Effect::None, Instant::now() + timeout)
    }

    fn send(&mut self, commands: &[Cmd], until: Instant) -> Result<(), Error> {
        self.wire.set_deadline(until);
        let mut request = Vec::new();
        for command in commands {
            command.write_packed_command(&mut request);
        }
        // Until the whole batch has been answered the connection is out of step.
        self.usable = false;
        self.wire
            .write_all(&request)
            .and_then(|()| self.wire.flush())
            .map_err(|error| self.broken(&error, Effect::None))
    }

    fn receive(
        &mut self,
        count: usize,
        effect: Effect,
        until: Instant,
    ) -> Result<Vec<Value>, Error> {
        self.wire.set_deadline(until);
        let mut replies = Vec::with_capacity(count);
        for _ in 0..count {
            match self.parser.parse_value(&mut self.wire) {
                Ok(reply) => replies.push(reply),
                // A server that turns a client away says why once and hangs up.
                Err(error) => {
                    return Err(match first_refusal(&replies) {
                        Some(refusal) => self.failure(refusal, None),
                        None => self.unanswered(&error, effect),
                    });
                }
            }
        }
        self.usable = true;
        Ok(replies)
    }

    /// The socket, to wait for an answer together with other things.
    pub(super) fn socket(&self) -> BorrowedFd<'_> {
        self.wire.socket()
    }

    fn broken(&self, error: &io::Error, effect: Effect) -> Error {
        if error.kind() == io::ErrorKind::TimedOut {
            too_slow(&self.place, self.timeout, effect)
        } else {
            Error::Lost {
                place: self.place.clone(),
                effect,
            }
        }
    }

    fn unanswered(&self, error: &redis::RedisError, effect: Effect) -> Error {
        if error.is_timeout() {
            too_slow(&self.place, self.timeout, effect)
        } else if error.is_io_error() {
            Error::Lost {
                place: self.place.clone(),
                effect,
            }
        } else {
            Error::NotRedis {
                place: self.place.clone(),
            }
        }
    }
}

fn first_refusal(replies: &[Value]) -> Option<&ServerError> {
    replies.iter().find_map(|reply| match reply {
        Value::ServerError(error) => Some(error),
        _ => None,
    })
}

fn too_slow(place: &Place, timeout: Duration, effect: Effect) -> Error {
    Error::TooSlow {
        place: place.clone(),
        timeout,
        effect,
    }
}
