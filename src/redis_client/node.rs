//! The connection to one server: its greeting, and its failures as typed errors.

use std::collections::BTreeMap;
use std::mem;
use std::time::{Duration, Instant};

use redis::{Client, Cmd, RedisError, ServerError, Value, cmd, from_redis_value};

use super::address::Address;
use super::commands::Commands;
use super::error::Error;
use super::link::{Deadline, Failure, Link, Ticket};
use super::replication::Replication;
use super::tls;
use super::unreachable::{no_tls, not_connected};

/// A server that is connected to, logged in and at its database.
pub(super) struct Node {
    pub(super) link: Link,
    /// The address of the server and the setting that named it, for errors.
    pub(super) server: String,
    /// True if sentinels or a cluster gave the address.
    is_told: bool,
    pub(super) timeout: Duration,
    /// How to wait longer.
    pub(super) advice: &'static str,
    is_usable: bool,
    /// The time of the connection; it identifies the connection.
    pub(super) opened: Instant,
    /// True if it made changes that are not confirmed yet.
    pub(super) has_changed: bool,
    /// The address of the primary, once this server has refused a change as its replica.
    primary: Option<String>,
}

impl Node {
    /// Connects, logs in, selects the database and checks that Redis answers, all before `until`.
    /// `timeout` applies to each exchange from then on.
    ///
    /// Neither looking up a name nor connecting to a Unix socket with a full backlog takes a timeout:
    /// that is up to the thread of the [`Link`], too.
    pub(super) fn open(
        address: &Address,
        timeout: Duration,
        until: Instant,
    ) -> Result<(Self, Greeting), Error> {
        let server = format!("{address} ({})", address.origin);
        let unreachable = |error: RedisError| {
            if error.is_timeout() {
                Error::TooSlow {
                    server: server.clone(),
                    timeout,
                    advice: address.advice.timeout,
                    in_doubt: false,
                }
            } else {
                not_connected(&server, address, &error)
            }
        };
        let info = address.connection_info().map_err(unreachable)?;
        let client = if address.is_tls() {
            tls::client(info, &address.tls)?
        } else {
            Client::open(info).map_err(unreachable)?
        };
        let link = Link::connect(client, until).map_err(|error| unreachable(error.into()))?;
        let mut node = Self {
            link,
            server,
            is_told: address.is_told,
            timeout,
            advice: address.advice.timeout,
            is_usable: true,
            opened: Instant::now(),
            has_changed: false,
            primary: None,
        };
        let greeting = node.set_up(address, until)?;
        Ok((node, greeting))
    }

    /// Logs in by its own commands: the crate drops the error reply of Redis.
    fn set_up(&mut self, address: &Address, until: Instant) -> Result<Greeting, Error> {
        let login = address.login();
        let login = login.map(|(user, password)| cmd("AUTH").arg(user).arg(password).take());
        let db = address.db.filter(|db| *db != 0);
        let select = db.map(|db| cmd("SELECT").arg(db).take());
        let logs_in = login.is_some();
        let commands: Vec<Cmd> = login
            .into_iter()
            .chain(select)
            .chain([cmd("PING"), cmd("HELLO")])
            .collect();
        let mut replies = match self.exchange(&commands, until) {
            Ok(replies) => replies,
            Err(failure) => {
                if !failure.is_connected && !failure.error.is_timeout() {
                    return Err(not_connected(&self.server, address, &failure.error));
                }
                // The TLS handshake happens at the first write.
                let is_shaking = address.is_tls() && first_refusal(&failure.replies).is_none();
                if is_shaking && !failure.error.is_timeout() {
                    return Err(no_tls(&self.server, address, &failure.error));
                }
                return Err(self.failed(&failure, false));
            }
        };
        let mut greeting = Greeting::from_hello(replies.pop());
        // The login and the database are those of the primary.
        if greeting.is_sentinel() {
            return Ok(greeting);
        }
        let refusal = replies
            .iter()
            .enumerate()
            .find_map(|(index, reply)| Some((index, refusal(reply)?)));
        let Some((index, error)) = refusal else {
            return Ok(greeting);
        };
        match (error.code(), self.failure(error)) {
            // The server did not say whether it is a Sentinel.
            ("NOAUTH" | "WRONGPASS", _) if address.is_sentinel() && address.group.is_none() => {
                Err(Error::refused(
                    &self.server,
                    "it wants another password; put it into the URL, or, if this is a Sentinel with a \
                     password of its own, set REDIS_SENTINEL_PASSWORD",
                ))
            }
            ("NOAUTH", _) if address.is_sentinel() => Err(Error::refused(
                &self.server,
                "the Sentinel wants a password; set REDIS_SENTINEL_PASSWORD",
            )),
            ("WRONGPASS", _) if address.is_sentinel() => Err(Error::refused(
                &self.server,
                "wrong password for the Sentinel; set REDIS_SENTINEL_PASSWORD to its own",
            )),
            ("LOADING", _) => {
                greeting.is_loading = true;
                Ok(greeting)
            }
            // An ACL may forbid PING and still allow the commands to come.
            ("NOPERM", _) if index + 1 == replies.len() => Ok(greeting),
            // For any other error of AUTH, the user can correct the credentials.
            (_, Error::Server(said)) if logs_in && index == 0 => {
                let reason = format!("it does not take the password: {said}");
                Err(Error::refused(&self.server, reason))
            }
            (_, Error::Server(said)) if db.is_some() && index == usize::from(logs_in) => {
                let db = db.unwrap_or_default();
                Err(Error::Server(format!(
                    "no database {db} at {}: {said}",
                    self.server
                )))
            }
            (_, failure) => Err(failure),
        }
    }

    /// Returns true if the connection can take another exchange.
    pub(super) fn is_usable(&self) -> bool {
        self.is_usable
    }

    /// Returns the error for an error reply.
    pub(super) fn failure(&self, reply: &ServerError) -> Error {
        match (reply.code(), &self.primary) {
            ("READONLY", Some(primary)) => Error::replica(&self.server, primary, self.is_told),
            _ => Error::from_reply(reply, &self.server),
        }
    }

    /// Sends commands and returns a reply for each, error replies among them.
    pub(super) fn batch(
        &mut self,
        commands: &[Cmd],
        may_change: bool,
    ) -> Result<Vec<Value>, Error> {
        let until = Instant::now() + self.timeout;
        self.has_changed |= may_change;
        let replies = self
            .exchange(commands, until)
            .map_err(|failure| self.failed(&failure, may_change))?;
        if first_refusal(&replies).is_some_and(|refusal| refusal.code() == "READONLY") {
            self.primary = self.primary(until);
            // A new connection by the same name may lead to the primary.
            self.is_usable = false;
        }
        Ok(replies)
    }

    /// Waits until the required number of replicas has the changes of this connection.
    ///
    /// Fails with [`Error::NotConfirmed`] if they do not within the timeout: the changes are made.
    pub(super) fn confirm(&mut self, replicas: u32) -> Result<(), Error> {
        if !mem::take(&mut self.has_changed) || replicas == 0 {
            return Ok(());
        }
        // The reply that too few confirmed has to come before our own timeout.
        let wait = (self.timeout * 9 / 10).as_millis().max(1).to_string();
        let wait = cmd("WAIT").arg(replicas).arg(wait).take();
        let until = Instant::now() + self.timeout;
        let reply = if self.is_usable {
            self.exchange(&[wait], until).ok()
        } else {
            None
        };
        // If WAIT failed, no replica has confirmed.
        let confirmed = reply.and_then(|mut reply| from_redis_value(reply.pop()?).ok());
        match confirmed.unwrap_or(0) {
            confirmed if confirmed >= replicas => Ok(()),
            confirmed => Err(Error::NotConfirmed {
                server: self.server.clone(),
                confirmed,
                wanted: replicas,
            }),
        }
    }

    /// Asks a replica for the address of its primary; `None` if it does not give one.
    fn primary(&mut self, until: Instant) -> Option<String> {
        let info = cmd("INFO").arg("replication").take();
        let reply = self.exchange(&[info], until).ok()?.pop()?;
        let info: Vec<u8> = from_redis_value(reply).ok()?;
        Replication::primary(&String::from_utf8_lossy(&info))
    }

    /// Sends the commands and receives a reply for each.
    pub(super) fn exchange(
        &mut self,
        commands: &[Cmd],
        until: Instant,
    ) -> Result<Vec<Value>, Failure> {
        let ticket = self.send(
            Commands::from(commands).bytes,
            commands.len(),
            Deadline::At(until),
        );
        self.receive(ticket)
    }

    /// Sends commands, also before the replies to earlier ones have been received.
    pub(super) fn send(&self, commands: Vec<u8>, replies: usize, deadline: Deadline) -> Ticket {
        self.link.send(commands, replies, deadline)
    }

    /// Waits for the replies to what was sent.
    pub(super) fn receive(&mut self, ticket: Ticket) -> Result<Vec<Value>, Failure> {
        let replies = ticket.wait();
        self.is_usable &= replies.is_ok();
        replies
    }

    /// Waits for the replies to commands that change nothing.
    pub(super) fn finish(&mut self, ticket: Ticket) -> Result<Vec<Value>, Error> {
        self.receive(ticket)
            .map_err(|failure| self.failed(&failure, false))
    }

    /// Returns the error for an exchange that failed. `may_change` is true if its commands may
    /// change something.
    pub(super) fn failed(&self, failure: &Failure, may_change: bool) -> Error {
        match first_refusal(&failure.replies) {
            Some(refusal) => self.failure(refusal),
            None => self.lost(&failure.error, may_change && failure.is_sent),
        }
    }

    /// Returns the error for a connection that failed. `in_doubt` is true if a change may have been
    /// made.
    pub(super) fn lost(&self, error: &RedisError, in_doubt: bool) -> Error {
        let server = self.server.clone();
        if error.is_timeout() {
            Error::TooSlow {
                server,
                timeout: self.timeout,
                advice: self.advice,
                in_doubt,
            }
        } else if error.is_io_error() {
            Error::Lost { server, in_doubt }
        } else {
            Error::NotRedis {
                message: format!("what answers at {server} is not Redis"),
                in_doubt,
            }
        }
    }
}

/// The reply of a server to HELLO.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    pub(super) is_loading: bool,
    /// `standalone`, `sentinel` or `cluster`, if given.
    mode: Option<String>,
    /// `master` or `replica`, if given.
    role: Option<String>,
}

impl Greeting {
    /// Reads the reply to HELLO, which is an error before Redis 6 and if an ACL forbids it.
    fn from_hello(reply: Option<Value>) -> Self {
        let fields = reply.and_then(|reply| from_redis_value(reply).ok());
        let mut fields: BTreeMap<String, Value> = fields.unwrap_or_default();
        let mut text = |name| from_redis_value(fields.remove(name)?).ok();
        Self {
            is_loading: false,
            mode: text("mode"),
            role: text("role"),
        }
    }

    pub(super) fn is_sentinel(&self) -> bool {
        self.mode.as_deref() == Some("sentinel")
    }

    pub(super) fn is_server(&self) -> bool {
        self.mode.is_some() && !self.is_sentinel()
    }

    pub(super) fn is_cluster(&self) -> bool {
        self.mode.as_deref() == Some("cluster")
    }

    pub(super) fn is_replica(&self) -> bool {
        self.role.as_deref().is_some_and(|role| role != "master")
    }
}

pub(super) fn first_refusal(replies: &[Value]) -> Option<&ServerError> {
    replies.iter().find_map(refusal)
}

pub(super) fn refusal(reply: &Value) -> Option<&ServerError> {
    match reply {
        Value::ServerError(error) => Some(error),
        _ => None,
    }
}
