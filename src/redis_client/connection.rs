//! What the store speaks to, which is one server or a cluster, and its replies as values.

use std::borrow::Cow;
use std::time::Instant;

use redis::{Arg, Cmd, FromRedisValue, ServerError, Value, cmd, from_redis_value};

use super::cluster::{self, Cluster};
use super::commands::{Answers, Commands, packed};
use super::error::Error;
use super::link::{Deadline, Ticket};
use super::node::{Node, first_refusal};

pub(crate) struct Connection {
    peer: Peer,
    /// How many replicas have to confirm a change.
    pub(crate) replicas: u32,
}

enum Peer {
    Server(Box<Node>),
    Cluster(Box<Cluster>),
}

/// Reading commands that were sent, and their replies were not received yet.
pub(crate) enum Pending {
    Server(Ticket),
    Cluster(cluster::Pending),
}

impl From<Node> for Connection {
    fn from(node: Node) -> Self {
        let peer = Peer::Server(Box::new(node));
        Self { peer, replicas: 0 }
    }
}

impl From<Cluster> for Connection {
    fn from(cluster: Cluster) -> Self {
        let peer = Peer::Cluster(Box::new(cluster));
        Self { peer, replicas: 0 }
    }
}

impl Connection {
    /// Whether the connection can take another exchange. One to a cluster opens its nodes anew.
    pub(crate) fn is_usable(&self) -> bool {
        match &self.peer {
            Peer::Server(node) => node.is_usable(),
            Peer::Cluster(_) => true,
        }
    }

    pub(crate) fn is_cluster(&self) -> bool {
        matches!(self.peer, Peer::Cluster(_))
    }

    /// Over which of the connections to a cluster the last command was answered.
    pub(crate) fn answered_by(&self) -> Option<Instant> {
        match &self.peer {
            Peer::Server(_) => None,
            Peer::Cluster(cluster) => cluster.answered_by,
        }
    }

    /// The servers that hold notes, and how many slots of a cluster each serves.
    pub(crate) fn servers(&self) -> Vec<(String, Option<usize>)> {
        match &self.peer {
            Peer::Server(node) => vec![(node.name().to_owned(), None)],
            Peer::Cluster(cluster) => {
                let primaries = cluster.primaries().into_iter();
                primaries.map(|(name, slots)| (name, Some(slots))).collect()
            }
        }
    }

    /// Sends a command that has no key and changes nothing to one of [`Connection::servers`], and
    /// returns the value of its reply.
    pub(crate) fn read_at<T: FromRedisValue>(
        &mut self,
        server: &str,
        command: &Cmd,
    ) -> Result<T, Error> {
        let reply = self.pipeline_at(server, std::slice::from_ref(command))?;
        self.value(&name(command), reply.into_iter().next())
    }

    /// Sends commands that have no key to one of [`Connection::servers`], and returns a reply for each,
    /// error replies among them.
    pub(crate) fn pipeline_at(
        &mut self,
        server: &str,
        commands: &[Cmd],
    ) -> Result<Vec<Value>, Error> {
        match &mut self.peer {
            Peer::Server(node) => node.batch(commands, false),
            Peer::Cluster(cluster) => cluster.at(server)?.batch(commands, false),
        }
    }

    /// Checks that the servers answer.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        match &mut self.peer {
            Peer::Server(_) => self.read::<Value>(&cmd("PING")).map(drop),
            Peer::Cluster(cluster) => cluster.ping(),
        }
    }

    /// The typed error for an error reply.
    pub(crate) fn failure(&self, reply: &ServerError) -> Error {
        match &self.peer {
            Peer::Server(node) => node.failure(reply),
            Peer::Cluster(cluster) => cluster.failure(reply),
        }
    }

    /// Returns the value of a reply to `command`; an error reply as an error.
    pub(crate) fn value<T: FromRedisValue>(
        &self,
        command: &str,
        reply: Option<Value>,
    ) -> Result<T, Error> {
        self.value_of(command, false, reply)
    }

    /// The same of a command that may have changed something.
    pub(crate) fn outcome<T: FromRedisValue>(
        &self,
        command: &str,
        reply: Option<Value>,
    ) -> Result<T, Error> {
        self.value_of(command, true, reply)
    }

    fn value_of<T: FromRedisValue>(
        &self,
        command: &str,
        may_change: bool,
        reply: Option<Value>,
    ) -> Result<T, Error> {
        match reply.unwrap_or(Value::Nil) {
            Value::ServerError(error) => Err(self.failure(&error)),
            reply => from_redis_value(reply).map_err(|_| Error::unexpected(command, may_change)),
        }
    }

    /// Sends one command that changes nothing and returns the value of its reply.
    pub(crate) fn read<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, Error> {
        self.command(command, false)
    }

    /// Sends one command that may change something and returns the value of its reply.
    pub(crate) fn write<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, Error> {
        self.command(command, true)
    }

    fn command<T: FromRedisValue>(&mut self, command: &Cmd, may_change: bool) -> Result<T, Error> {
        let reply = self.batch(std::slice::from_ref(command), may_change)?.pop();
        self.value_of(&name(command), may_change, reply)
    }

    /// Sends reading commands, also before the replies to earlier ones have been received. They have to
    /// be received in the order of sending.
    pub(crate) fn start(&mut self, commands: &(impl Commands + ?Sized)) -> Pending {
        match &mut self.peer {
            Peer::Server(node) => {
                let deadline = Deadline::InTurn(node.timeout);
                Pending::Server(node.send(packed(commands), commands.count(), deadline))
            }
            Peer::Cluster(cluster) => Pending::Cluster(cluster.start(commands)),
        }
    }

    /// Returns a reply for each of those commands, error replies among them.
    pub(crate) fn finish(
        &mut self,
        commands: &(impl Commands + ?Sized),
        pending: Pending,
    ) -> Result<Vec<Value>, Error> {
        match (&mut self.peer, pending) {
            (Peer::Server(node), Pending::Server(ticket)) => node.finish(ticket),
            (Peer::Cluster(cluster), Pending::Cluster(pending)) => {
                cluster.finish(commands, pending, false).all()
            }
            _ => Err(Error::unexpected("a command to another server", false)),
        }
    }

    /// Sends commands, and tells what became of each.
    pub(crate) fn attempt(&mut self, commands: &[Cmd], may_change: bool) -> Answers {
        match &mut self.peer {
            Peer::Server(node) => node.batch(commands, may_change).into(),
            Peer::Cluster(cluster) => cluster.run(commands, may_change),
        }
    }

    fn batch(&mut self, commands: &[Cmd], may_change: bool) -> Result<Vec<Value>, Error> {
        self.attempt(commands, may_change).all()
    }

    /// Runs the commands in one MULTI: all of them, or, if Redis refuses one, none. Not for a cluster,
    /// which has no such thing over several slots.
    ///
    /// Returns a reply for each, error replies among them: a command that fails only when it is run does
    /// not stop the others
    /// (<https://redis.io/docs/latest/develop/using-commands/transactions/>).
    pub(crate) fn transaction(&mut self, commands: Vec<Cmd>) -> Result<Vec<Value>, Error> {
        let mut batch = Vec::with_capacity(commands.len() + 2);
        batch.push(cmd("MULTI"));
        batch.extend(commands);
        batch.push(cmd("EXEC"));
        let mut replies = self.batch(&batch, true)?;
        match replies.pop() {
            Some(Value::Array(results)) => Ok(results),
            Some(Value::ServerError(error)) => {
                // EXECABORT says only that something was refused; the first refusal says what.
                Err(self.failure(first_refusal(&replies).unwrap_or(&error)))
            }
            _ => Err(Error::unexpected("EXEC", true)),
        }
    }

    /// Waits until as many replicas as were asked for have the changes of this connection.
    ///
    /// Fails with [`Error::NotConfirmed`] if they do not within the timeout: the changes are made.
    pub(crate) fn confirm(&mut self) -> Result<(), Error> {
        match &mut self.peer {
            Peer::Server(node) => node.confirm(self.replicas),
            Peer::Cluster(cluster) => cluster.confirm(self.replicas),
        }
    }
}

/// The name of a command, such as `HGETALL`.
fn name(command: &Cmd) -> Cow<'_, str> {
    match command.args_iter().next() {
        Some(Arg::Simple(name)) => String::from_utf8_lossy(name),
        _ => Cow::default(),
    }
}
