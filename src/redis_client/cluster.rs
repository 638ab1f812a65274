//! A cluster: each command goes to the node that serves its key, to all nodes at once, and follows
//! redirections (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>).
//!
//! Not the redis crate's `ClusterConnection`: it sends a script again after a timeout, which may
//! have been run, or, told not to, follows no MOVED; its pipelines follow none and lose every reply
//! for one error among them; and it connects to every node before the first command.

use std::collections::BTreeMap;
use std::mem;
use std::thread;
use std::time::{Duration, Instant};

use redis::{ServerError, Value, cmd, from_redis_value};

use super::address::Address;
use super::commands::{Answers, Commands};
use super::error::Error;
use super::link::{Deadline, Ticket};
use super::node::{Node, refusal};
use super::retry::{Errand, Retry, request};
use super::slots::{self, Endpoint, Slots};

/// The pause before a retry of commands that no node takes for now.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) struct Cluster {
    /// The nodes that the user named, with the login for all.
    address: Address,
    name: String,
    pub(super) timeout: Duration,
    slots: Slots,
    /// The node that gave the slots.
    slots_from: Endpoint,
    nodes: BTreeMap<Endpoint, Node>,
    /// True if a connection was lost before the replicas confirmed its changes.
    has_lost_changes: bool,
    /// Identifies the connection of the last reply.
    pub(super) answered_by: Option<Instant>,
}

/// The commands that one node was sent.
struct Part {
    endpoint: Endpoint,
    /// The connection that they were sent over.
    opened: Instant,
    errands: Vec<Errand>,
    ticket: Ticket,
}

/// Commands that were sent, with their replies still to be received.
pub(crate) struct Pending {
    commands: Commands,
    sent: Sent,
}

struct Sent {
    parts: Vec<Part>,
    /// The commands for which there was no node.
    retry: Retry,
}

/// The replies to a part.
#[derive(Default)]
struct Received {
    /// The index of each command that was answered, and the reply.
    replies: Vec<(usize, Value)>,
    retry: Retry,
}

impl Cluster {
    /// Asks a node for the others.
    pub(super) fn open(
        address: &Address,
        mut node: Node,
        timeout: Duration,
        until: Instant,
    ) -> Result<Self, Error> {
        // The timeout to connect was shorter if several nodes were named.
        node.timeout = timeout;
        let mut cluster = Self {
            address: address.clone(),
            name: format!("a node of the cluster at {address} ({})", address.origin),
            timeout,
            slots: Slots::default(),
            slots_from: address.endpoint(),
            nodes: BTreeMap::from([(address.endpoint(), node)]),
            has_lost_changes: false,
            answered_by: None,
        };
        cluster.learn(&address.endpoint(), until)?;
        Ok(cluster)
    }

    /// Returns the error for an error reply.
    pub(super) fn failure(&self, reply: &ServerError) -> Error {
        match reply.code() {
            // Still redirected when the deadline passed.
            "MOVED" | "ASK" => no_owner(),
            _ => Error::from_reply(reply, &self.name),
        }
    }

    /// Returns the primaries, and how many slots each serves.
    pub(super) fn primaries(&self) -> Vec<(String, usize)> {
        let primaries = self.slots.primaries();
        primaries
            .map(|it| (self.address_of(it).to_string(), self.slots.count(it)))
            .filter(|(_, slots)| *slots > 0)
            .collect()
    }

    /// Returns the addresses of the primaries, in order.
    pub(super) fn addresses(&self) -> Vec<Address> {
        let mut primaries: Vec<_> = self.slots.primaries().collect();
        primaries.retain(|it| self.slots.count(it) > 0);
        primaries.sort_unstable();
        primaries
            .into_iter()
            .map(|it| self.address_of(it))
            .collect()
    }

    /// Returns the primary of that name.
    pub(super) fn at(&mut self, name: &str) -> Result<&mut Node, Error> {
        let found = self
            .slots
            .primaries()
            .find(|it| self.address_of(it).to_string() == name)
            .cloned();
        let endpoint = found.ok_or_else(no_owner)?;
        self.node(&endpoint, Instant::now() + self.timeout)
    }

    fn address_of(&self, endpoint: &Endpoint) -> Address {
        self.address.of_node(endpoint, "a node of the cluster")
    }

    /// Drops the connections that no longer answer. The next command for such a node connects
    /// again.
    pub(super) fn ping(&mut self) -> Result<(), Error> {
        // A node that is cut off must leave time for the commands after this.
        let until = Instant::now() + self.timeout / 4;
        let ping = cmd("PING").get_packed_command();
        self.nodes.retain(|_, node| node.is_usable());
        let nodes = self.nodes.values();
        let sent: Vec<_> = nodes
            .map(|node| node.send(ping.clone(), 1, Deadline::At(until)))
            .collect();
        let mut sent = sent.into_iter();
        self.nodes.retain(|_, node| {
            let ticket = sent.next();
            ticket.is_some_and(|ticket| node.receive(ticket).is_ok())
        });
        if self.nodes.is_empty() {
            self.refresh(Instant::now() + self.timeout)?;
        }
        // Earlier losses have been reported.
        self.has_lost_changes = false;
        Ok(())
    }

    pub(super) fn confirm(&mut self, replicas: u32) -> Result<(), Error> {
        if replicas > 0 && mem::take(&mut self.has_lost_changes) {
            // Its replacement may lack them.
            return Err(Error::NotConfirmed {
                server: self.name.clone(),
                confirmed: 0,
                wanted: replicas,
            });
        }
        let mut nodes = self.nodes.values_mut();
        nodes.try_for_each(|node| node.confirm(replicas))
    }

    /// Sends each command to the node that serves its first key, and follows redirections.
    ///
    /// A command that no node takes for now, as during a failover, is retried until the timeout. A
    /// change that may have been made is never retried.
    pub(super) fn run(&mut self, commands: Commands, may_change: bool) -> Answers {
        let pending = self.start(commands);
        self.finish(pending, may_change)
    }

    /// Sends each command to the node that serves its first key, also before the replies to earlier
    /// ones have been received.
    pub(super) fn start(&mut self, commands: Commands) -> Pending {
        let until = Instant::now() + self.timeout;
        let errands = (0..commands.count()).map(Errand::new).collect();
        let sent = self.send(&commands, errands, until, Deadline::InTurn(self.timeout));
        Pending { commands, sent }
    }

    /// Receives the replies to those commands; see [`Cluster::run`].
    pub(super) fn finish(&mut self, pending: Pending, may_change: bool) -> Answers {
        let until = Instant::now() + self.timeout;
        let Pending { commands, sent } = pending;
        let Sent {
            mut parts,
            mut retry,
        } = sent;
        let mut replies = vec![None; commands.count()];
        let mut was_redirected = false;
        loop {
            for part in parts {
                let received = self.receive(part, may_change);
                for (index, reply) in received.replies {
                    // A redirection is kept too, in case there is no time left to follow it.
                    replies[index] = Some(reply);
                }
                retry.add(received.retry);
            }
            let time_left = until.saturating_duration_since(Instant::now());
            if retry.is_over() || time_left <= PAUSE {
                return Answers::new(replies, retry.failure);
            }
            if retry.must_wait || was_redirected {
                thread::sleep(PAUSE);
                // If no node answers now, sending reports it.
                let _ = self.refresh(until);
            }
            was_redirected = true;
            Sent { parts, retry } = self.send(&commands, retry.errands, until, Deadline::At(until));
        }
    }

    /// Sends every node its part of the commands.
    fn send(
        &mut self,
        commands: &Commands,
        errands: Vec<Errand>,
        until: Instant,
        deadline: Deadline,
    ) -> Sent {
        let mut retry = Retry::default();
        let mut of_nodes: BTreeMap<Endpoint, Vec<Errand>> = BTreeMap::new();
        for errand in errands {
            let endpoint = match &errand.asked {
                Some(endpoint) => Some(endpoint),
                None => self.slots.owner(commands.slot(errand.index)),
            };
            match endpoint {
                Some(endpoint) => of_nodes.entry(endpoint.clone()).or_default().push(errand),
                None => retry.fail([errand], no_owner()),
            }
        }
        let mut parts = Vec::with_capacity(of_nodes.len());
        for (endpoint, errands) in of_nodes {
            match self.node(&endpoint, until) {
                Ok(node) => {
                    let (request, replies) = request(commands, &errands);
                    parts.push(Part {
                        endpoint,
                        opened: node.opened,
                        errands,
                        ticket: node.send(request, replies, deadline),
                    });
                }
                Err(error) => retry.fail(errands, error),
            }
        }
        Sent { parts, retry }
    }

    /// Receives the replies of a node to its part.
    fn receive(&mut self, part: Part, may_change: bool) -> Received {
        let mut received = Received::default();
        let mut errands = part.errands;
        // A new connection may have replaced the one that this was sent over.
        let node = self.nodes.get_mut(&part.endpoint);
        let Some(node) = node.filter(|node| node.opened == part.opened) else {
            let error = Error::Lost {
                server: self.name.clone(),
                in_doubt: may_change,
            };
            received.retry.fail(errands, error);
            return received;
        };
        self.answered_by = Some(part.opened);
        let (replies, failure) = match node.receive(part.ticket) {
            Ok(replies) => (replies, None),
            Err(failure) => {
                // Of several commands some may have been sent before sending failed.
                let in_doubt = may_change && (failure.is_sent || errands.len() > 1);
                let error = node.lost(&failure.error, in_doubt);
                (failure.replies, Some(error))
            }
        };
        // A refused command changed nothing.
        node.has_changed |= may_change && replies.iter().any(|it| refusal(it).is_none());
        let mut replies = replies.into_iter();
        for errand in &errands {
            if errand.asked.is_some() {
                // The reply to ASKING.
                replies.next();
            }
            let Some(reply) = replies.next() else { break };
            self.follow(errand.index, &reply, &part.endpoint.0, &mut received.retry);
            received.replies.push((errand.index, reply));
        }
        if let Some(error) = failure {
            let unanswered = errands.split_off(received.replies.len());
            received.retry.fail(unanswered, error);
        }
        received
    }

    /// Adds a command to those to send again if the node at `host` redirects it, or does not take it
    /// for now.
    fn follow(&mut self, index: usize, reply: &Value, host: &str, retry: &mut Retry) {
        let Some(error) = refusal(reply) else {
            return;
        };
        let to = slots::redirection(error.details().unwrap_or_default(), host);
        match (error.code(), to) {
            ("MOVED", Some((slot, to))) => {
                self.slots.set(slot, &to);
                retry.errands.push(Errand::new(index));
            }
            ("ASK", Some((_, to))) => {
                let asked = Some(to);
                retry.errands.push(Errand { index, asked });
            }
            ("TRYAGAIN" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN", _) => {
                retry.must_wait = true;
                retry.errands.push(Errand::new(index));
            }
            _ => {}
        }
    }

    /// Returns the node at that address, connected.
    fn node(&mut self, endpoint: &Endpoint, until: Instant) -> Result<&mut Node, Error> {
        if !self.nodes.get(endpoint).is_some_and(Node::is_usable) {
            // A node that is cut off must leave time for its replacement.
            let lost = self.nodes.remove(endpoint);
            self.has_lost_changes |= lost.is_some_and(|node| node.has_changed);
            let now = Instant::now();
            let soon = now + until.saturating_duration_since(now) / 2;
            let (node, greeting) = Node::open(&self.address_of(endpoint), self.timeout, soon)?;
            if greeting.is_loading {
                return Err(Error::loading());
            }
            self.nodes.insert(endpoint.clone(), node);
        }
        self.nodes.get_mut(endpoint).ok_or_else(no_owner)
    }

    /// Asks the nodes in turn for the slots. It asks the node that gave them last after all others:
    /// a node that is cut off gives stale ones.
    pub(super) fn refresh(&mut self, until: Instant) -> Result<(), Error> {
        let connected = self.nodes.iter().filter(|(_, node)| node.is_usable());
        let connected = connected.map(|(endpoint, _)| endpoint);
        let known = self.slots.replicas.iter().chain(self.slots.primaries());
        let known = connected.chain(known).cloned();
        let named = self.address.each().into_iter().map(|it| it.endpoint());
        let mut all: Vec<_> = known.chain(named).collect();
        all.sort_by_key(|endpoint| *endpoint == self.slots_from);
        let mut failure = no_owner();
        for endpoint in all {
            match self.learn(&endpoint, until) {
                Ok(()) => return Ok(()),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Asks a node which nodes serve which slots.
    fn learn(&mut self, endpoint: &Endpoint, until: Instant) -> Result<(), Error> {
        let node = self.node(endpoint, until)?;
        let questions = ["MYID", "SLOTS"].map(|about| cmd("CLUSTER").arg(about).take());
        let mut replies = node
            .exchange(&questions, until)
            .map_err(|failure| node.lost(&failure.error, false))?;
        let slots = replies.pop().unwrap_or(Value::Nil);
        if let Some(error) = refusal(&slots) {
            return Err(node.failure(error));
        }
        // The id finds the node in the reply, which may name it by another address: this saves a
        // second connection to it. An ACL may forbid MYID.
        let id = replies
            .pop()
            .and_then(|id| from_redis_value::<String>(id).ok());
        let (slots, own) = Slots::from_reply(slots, &endpoint.0, id.as_deref())
            .ok_or_else(|| Error::unexpected("CLUSTER SLOTS", false))?;
        if slots.primaries().next().is_none() {
            return Err(no_owner());
        }
        self.slots = slots;
        self.slots_from = own.unwrap_or_else(|| endpoint.clone());
        if let Some(node) = self.nodes.remove(endpoint) {
            self.nodes.insert(self.slots_from.clone(), node);
        }
        Ok(())
    }
}

fn no_owner() -> Error {
    Error::Busy("a part of the cluster has no server now; `notes health` tells more".into())
}
