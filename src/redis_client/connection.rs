//! A connection to one server or to a cluster, and the values of its replies.

use std::borrow::Cow;
use std::slice;
use std::time::{Duration, Instant};

use redis::{Arg, Cmd, FromRedisValue, ServerError, Value, cmd, from_redis_value};

use super::address::Address;
use super::cluster::{self, Cluster};
use super::commands::{Answers, Commands, only_reads};
use super::error::Error;
use super::link::{Deadline, Ticket};
use super::node::{Node, first_refusal};

pub(crate) struct Connection {
    peer: Peer,
    /// The number of replicas that have to confirm a change.
    pub(crate) replicas: u32,
}

enum Peer {
    Server(Box<Node>),
    Cluster(Box<Cluster>),
}

/// Commands that only read and were sent, with their replies still to be received.
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
    /// Returns true if the connection can take another exchange. One to a cluster opens its nodes
    /// again.
    pub(crate) fn is_usable(&self) -> bool {
        match &self.peer {
            Peer::Server(node) => node.is_usable(),
            Peer::Cluster(_) => true,
        }
    }

    pub(crate) fn is_cluster(&self) -> bool {
        matches!(self.peer, Peer::Cluster(_))
    }

    /// Identifies the connection to a node of a cluster that answered the last command.
    pub(crate) fn answered_by(&self) -> Option<Instant> {
        match &self.peer {
            Peer::Server(_) => None,
            Peer::Cluster(cluster) => cluster.answered_by,
        }
    }

    /// Returns the servers that hold data, and how many slots of a cluster each serves.
    pub(crate) fn servers(&self) -> Vec<(String, Option<usize>)> {
        match &self.peer {
            Peer::Server(node) => vec![(node.server.clone(), None)],
            Peer::Cluster(cluster) => {
                let primaries = cluster.primaries().into_iter();
                primaries.map(|(name, slots)| (name, Some(slots))).collect()
            }
        }
    }

    /// Returns the addresses of the servers that hold data, now. `own` is that of a single server.
    pub(crate) fn primaries(&mut self, own: &Address) -> Result<Vec<Address>, Error> {
        match &mut self.peer {
            Peer::Server(_) => Ok(vec![own.clone()]),
            Peer::Cluster(cluster) => {
                cluster.refresh(Instant::now() + cluster.timeout)?;
                Ok(cluster.addresses())
            }
        }
    }

    /// Returns the time that the servers have for each exchange.
    pub(crate) fn timeout(&self) -> Duration {
        match &self.peer {
            Peer::Server(node) => node.timeout,
            Peer::Cluster(cluster) => cluster.timeout,
        }
    }

    /// Sends commands, and returns the replies as far as there are any.
    pub(crate) fn send(&mut self, commands: &[Cmd]) -> Answers {
        let may_change = !commands.iter().all(|it| only_reads(&name(it)));
        match &mut self.peer {
            Peer::Server(node) => node.batch(commands, may_change).into(),
            Peer::Cluster(cluster) => cluster.run(commands.into(), may_change),
        }
    }

    /// Sends commands that have no key and change nothing to one of [`Connection::servers`], and
    /// returns a reply for each, error replies among them.
    pub(super) fn send_to<const N: usize>(
        &mut self,
        server: &str,
        commands: &[Cmd; N],
    ) -> Result<[Value; N], Error> {
        let node = match &mut self.peer {
            Peer::Server(node) => node,
            Peer::Cluster(cluster) => cluster.at(server)?,
        };
        let replies = node.batch(commands, false)?;
        Ok(replies.try_into().expect("each command has a reply"))
    }

    /// Returns the value of a reply to `command`; an error reply as an error.
    pub(crate) fn value<T: FromRedisValue>(&self, command: &str, reply: Value) -> Result<T, Error> {
        match reply {
            Value::ServerError(error) => Err(self.failure(&error)),
            reply => from_redis_value(reply)
                .map_err(|_| Error::unexpected(command, !only_reads(command))),
        }
    }

    /// Sends one command and returns the value of its reply.
    pub(crate) fn call<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, Error> {
        let mut replies = self.send(slice::from_ref(command)).all()?;
        let reply = replies.pop().expect("one command has one reply");
        self.value(&name(command), reply)
    }

    /// Sends one command as [`Connection::send_to`] does, and returns the value of its reply.
    pub(crate) fn call_at<T: FromRedisValue>(
        &mut self,
        server: &str,
        command: Cmd,
    ) -> Result<T, Error> {
        let command = [command];
        let [reply] = self.send_to(server, &command)?;
        self.value(&name(&command[0]), reply)
    }

    fn failure(&self, reply: &ServerError) -> Error {
        match &self.peer {
            Peer::Server(node) => node.failure(reply),
            Peer::Cluster(cluster) => cluster.failure(reply),
        }
    }

    /// Checks that the servers answer.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        match &mut self.peer {
            Peer::Server(_) => self.call::<Value>(&cmd("PING")).map(drop),
            Peer::Cluster(cluster) => cluster.ping(),
        }
    }

    /// Sends commands that only read, also before the replies to earlier ones have been received. The
    /// replies have to be received in the order of sending.
    pub(crate) fn start(&mut self, commands: Commands) -> Pending {
        match &mut self.peer {
            Peer::Server(node) => {
                let deadline = Deadline::InTurn(node.timeout);
                let count = commands.count();
                Pending::Server(node.send(commands.bytes, count, deadline))
            }
            Peer::Cluster(cluster) => Pending::Cluster(cluster.start(commands)),
        }
    }

    /// Returns a reply for each of those commands, error replies among them.
    pub(crate) fn finish(&mut self, pending: Pending) -> Result<Vec<Value>, Error> {
        match (&mut self.peer, pending) {
            (Peer::Server(node), Pending::Server(ticket)) => node.finish(ticket),
            (Peer::Cluster(cluster), Pending::Cluster(pending)) => {
                cluster.finish(pending, false).all()
            }
            _ => Err(Error::unexpected("a command to another server", false)),
        }
    }

    /// Runs the commands in one MULTI: all of them, or, if Redis refuses one, none. Not for a cluster,
    /// which has no such thing over several slots.
    ///
    /// Returns a reply for each, error replies among them: a command that fails only when it is run does
    /// not stop the others
    /// (<https://redis.io/docs/latest/develop/using-commands/transactions/>).
    pub(crate) fn transaction<const N: usize>(
        &mut self,
        commands: [Cmd; N],
    ) -> Result<[Value; N], Error> {
        let mut batch = Vec::with_capacity(N + 2);
        batch.push(cmd("MULTI"));
        batch.extend(commands);
        batch.push(cmd("EXEC"));
        let mut replies = self.send(&batch).all()?;
        match replies.pop() {
            Some(Value::Array(results)) => results.try_into().ok(),
            Some(Value::ServerError(error)) => {
                // EXECABORT says only that something was refused; the first refusal says what.
                return Err(self.failure(first_refusal(&replies).unwrap_or(&error)));
            }
            _ => None,
        }
        .ok_or_else(|| Error::unexpected("EXEC", true))
    }

    /// Waits until the required number of replicas has the changes of this connection.
    ///
    /// Fails with [`Error::NotConfirmed`] if they do not within the timeout: the changes are made.
    pub(crate) fn confirm(&mut self) -> Result<(), Error> {
        match &mut self.peer {
            Peer::Server(node) => node.confirm(self.replicas),
            Peer::Cluster(cluster) => cluster.confirm(self.replicas),
        }
    }
}

/// Returns the name of a command, such as `HGETALL`.
fn name(command: &Cmd) -> Cow<'_, str> {
    match command.args_iter().next() {
        Some(Arg::Simple(name)) => String::from_utf8_lossy(name),
        _ => Cow::default(),
    }
}
