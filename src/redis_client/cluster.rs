//! A cluster: each command goes to the node that serves its key, to all nodes at once, and follows when
//! a slot moves (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>).
//!
//! Not the redis crate's `ClusterConnection`: it sends a script again after a timeout, which may
//! have been run, or, told not to, follows no MOVED; its pipelines follow none and lose every reply
//! for one error among them; and it connects to every node before the first command.

use std::collections::BTreeMap;
use std::mem;
use std::thread;
use std::time::{Duration, Instant};

use redis::{Cmd, ServerError, Value, cmd, from_redis_value};

use super::address::Address;
use super::commands::{Answers, Commands, packed};
use super::error::Error;
use super::link::{Deadline, Ticket};
use super::node::{Node, refusal};
use super::slots::{self, Endpoint, Slots};

/// How long to wait before commands are sent again that no node takes for now.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) struct Cluster {
    /// What the user named: the nodes to ask first, with the login for all.
    address: Address,
    name: String,
    timeout: Duration,
    slots: Slots,
    /// Who told them.
    told_by: Endpoint,
    nodes: BTreeMap<Endpoint, Node>,
    /// Whether a connection was lost before the replicas confirmed the changes made over it.
    has_lost_changes: bool,
    /// The connection over which the last reply came.
    pub(super) answered_by: Option<Instant>,
}

/// A command that is to be sent.
struct Errand {
    index: usize,
    /// Where the owner of its slot sent it for this once: the slot is moving there.
    asked: Option<Endpoint>,
}

/// What was sent to a node.
struct Part {
    endpoint: Endpoint,
    /// The connection that it was sent over.
    opened: Instant,
    errands: Vec<Errand>,
    ticket: Ticket,
}

/// Commands that were sent, and their replies were not received yet.
pub(crate) struct Pending {
    parts: Vec<Part>,
    again: Again,
}

/// What is to be sent again after every node had its part.
#[derive(Default)]
struct Again {
    errands: Vec<Errand>,
    /// Why nodes did not answer, which others may replace.
    failure: Option<Error>,
    /// Whether it takes a while until there is another answer.
    is_early: bool,
}

impl Cluster {
    /// Learns from a node which others there are.
    pub(super) fn open(
        address: &Address,
        mut node: Node,
        timeout: Duration,
        until: Instant,
    ) -> Result<Self, Error> {
        // Where several are named, each is given a part of it to be connected in.
        node.timeout = timeout;
        let mut cluster = Self {
            address: address.clone(),
            name: format!("a node of the cluster at {address} ({})", address.origin),
            timeout,
            slots: Slots::default(),
            told_by: address.endpoint(),
            nodes: BTreeMap::from([(address.endpoint(), node)]),
            has_lost_changes: false,
            answered_by: None,
        };
        cluster.learn(&address.endpoint(), until)?;
        Ok(cluster)
    }

    /// The typed error for an error reply.
    pub(super) fn failure(&self, reply: &ServerError) -> Error {
        match reply.code() {
            // Until the time was over.
            "MOVED" | "ASK" => no_owner(),
            _ => Error::from_reply(reply, &self.name),
        }
    }

    /// The primaries, and how many slots each serves.
    pub(super) fn primaries(&self) -> Vec<(String, usize)> {
        let primaries = self.slots.primaries();
        primaries
            .map(|it| (self.address_of(it).to_string(), self.slots.count(it)))
            .filter(|(_, slots)| *slots > 0)
            .collect()
    }

    /// The primary of that name.
    pub(super) fn at(&mut self, name: &str) -> Result<&mut Node, Error> {
        let is_named = |it: &&Endpoint| self.address_of(it).to_string() == name;
        let found = self.slots.primaries().find(is_named).cloned();
        let endpoint = found.ok_or_else(no_owner)?;
        self.node(&endpoint, Instant::now() + self.timeout)
    }

    fn address_of(&self, endpoint: &Endpoint) -> Address {
        self.address.of_node(endpoint, "a node of the cluster")
    }

    /// Drops the connections that do not answer any more; what needs a node connects to it again.
    pub(super) fn ping(&mut self) -> Result<(), Error> {
        // One that is cut off is not to take the time of what follows.
        let until = Instant::now() + self.timeout / 4;
        let ping = [cmd("PING")];
        self.nodes.retain(|_, node| node.is_usable());
        let nodes = self.nodes.values();
        let sent: Vec<_> = nodes
            .map(|node| node.send(packed(&ping[..]), 1, Deadline::At(until)))
            .collect();
        let mut sent = sent.into_iter();
        self.nodes.retain(|_, node| {
            let ticket = sent.next();
            ticket.is_some_and(|ticket| node.receive(ticket).is_ok())
        });
        if self.nodes.is_empty() {
            self.refresh(Instant::now() + self.timeout)?;
        }
        // What becomes of earlier changes was told.
        self.has_lost_changes = false;
        Ok(())
    }

    pub(super) fn confirm(&mut self, replicas: u32) -> Result<(), Error> {
        if replicas > 0 && mem::take(&mut self.has_lost_changes) {
            // Whoever has taken its place may not have them.
            return Err(Error::NotConfirmed {
                server: self.name.clone(),
                confirmed: 0,
                wanted: replicas,
            });
        }
        let mut nodes = self.nodes.values_mut();
        nodes.try_for_each(|node| node.confirm(replicas))
    }

    /// Sends each command to the node that serves the key it begins with, and follows where a slot
    /// moves.
    ///
    /// Where no node takes a command for now, as while a replica takes over, it is sent again until
    /// the timeout is over: but never one that changes something and may have been run.
    pub(super) fn run(&mut self, commands: &[Cmd], may_change: bool) -> Answers {
        let pending = self.start(commands);
        self.finish(commands, pending, may_change)
    }

    /// Sends each command to the node that serves the key it begins with, also before the replies to
    /// earlier ones have been received.
    pub(super) fn start(&mut self, commands: &(impl Commands + ?Sized)) -> Pending {
        let until = Instant::now() + self.timeout;
        let errand = |index| Errand { index, asked: None };
        let errands = (0..commands.count()).map(errand).collect();
        let mut again = Again::default();
        let deadline = Deadline::InTurn(self.timeout);
        let parts = self.send(commands, errands, until, deadline, &mut again);
        Pending { parts, again }
    }

    /// Receives the replies to those commands; see [`Cluster::run`].
    pub(super) fn finish(
        &mut self,
        commands: &(impl Commands + ?Sized),
        pending: Pending,
        may_change: bool,
    ) -> Answers {
        let until = Instant::now() + self.timeout;
        let mut answers = Answers {
            replies: vec![None; commands.count()],
            failure: None,
        };
        let Pending {
            mut parts,
            mut again,
        } = pending;
        let mut was_redirected = false;
        loop {
            for part in parts {
                self.receive(part, may_change, &mut answers, &mut again);
            }
            let time_left = until.saturating_duration_since(Instant::now());
            let mut failures = answers.failure.iter().chain(&again.failure);
            let is_final = answers.failure.is_some() || !failures.all(Error::is_passing);
            if again.errands.is_empty() || is_final || time_left <= PAUSE {
                let is_unanswered = answers.replies.iter().any(Option::is_none);
                let failure = again.failure.filter(|_| is_unanswered);
                answers.failure = answers.failure.or(failure);
                return answers;
            }
            if again.is_early || was_redirected {
                thread::sleep(PAUSE);
                // Who cannot be reached now is asked again in a moment.
                let _ = self.refresh(until);
            }
            was_redirected = true;
            let errands = mem::take(&mut again).errands;
            parts = self.send(commands, errands, until, Deadline::At(until), &mut again);
        }
    }

    /// Sends every node its part of the commands.
    fn send(
        &mut self,
        commands: &(impl Commands + ?Sized),
        errands: Vec<Errand>,
        until: Instant,
        deadline: Deadline,
        again: &mut Again,
    ) -> Vec<Part> {
        let mut of_nodes: BTreeMap<Endpoint, Vec<Errand>> = BTreeMap::new();
        for errand in errands {
            let owner = || self.slots.owner(commands.slot(errand.index));
            match errand.asked.as_ref().or_else(owner) {
                Some(endpoint) => of_nodes.entry(endpoint.clone()).or_default().push(errand),
                None => again.failed([errand], no_owner()),
            }
        }
        let asking = cmd("ASKING");
        let mut parts = Vec::with_capacity(of_nodes.len());
        for (endpoint, errands) in of_nodes {
            match self.node(&endpoint, until) {
                Ok(node) => {
                    let mut request = Vec::new();
                    let mut replies = 0;
                    for errand in &errands {
                        if errand.asked.is_some() {
                            asking.write_packed_command(&mut request);
                            replies += 1;
                        }
                        commands.pack(errand.index, &mut request);
                        replies += 1;
                    }
                    let ticket = node.send(request, replies, deadline);
                    let opened = node.opened;
                    parts.push(Part {
                        endpoint,
                        opened,
                        errands,
                        ticket,
                    });
                }
                Err(error) => again.failed(errands, error),
            }
        }
        parts
    }

    /// Receives the replies of a node to its part.
    fn receive(&mut self, part: Part, may_change: bool, answers: &mut Answers, again: &mut Again) {
        let Part {
            endpoint, errands, ..
        } = part;
        // Another connection may have taken its place since this was sent.
        let node = self.nodes.get_mut(&endpoint);
        let Some(node) = node.filter(|node| node.opened == part.opened) else {
            let error = Error::Lost {
                server: self.name.clone(),
                in_doubt: may_change,
            };
            if may_change {
                answers.failure = Some(error);
            } else {
                again.failed(errands, error);
            }
            return;
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
        let mut errands = errands.into_iter().peekable();
        while let Some(errand) = errands.peek() {
            if errand.asked.is_some() {
                replies.next();
            }
            let Some(reply) = replies.next() else { break };
            self.take(errand.index, reply, &endpoint.0, answers, again);
            errands.next();
        }
        if let Some(error) = failure {
            if error.in_doubt() {
                answers.failure = Some(error);
            } else {
                again.failed(errands, error);
            }
        }
    }

    /// Takes the reply of the node at `host` to a command, which may be to send it again or elsewhere.
    fn take(
        &mut self,
        index: usize,
        reply: Value,
        host: &str,
        answers: &mut Answers,
        again: &mut Again,
    ) {
        if let Some(error) = refusal(&reply) {
            let to = slots::redirection(error.details().unwrap_or_default(), host);
            let asked = match (error.code(), to) {
                ("MOVED", Some((slot, to))) => {
                    self.slots.set(slot, &to);
                    Some(None)
                }
                ("ASK", Some((_, to))) => Some(Some(to)),
                ("TRYAGAIN" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN", _) => {
                    again.is_early = true;
                    Some(None)
                }
                _ => None,
            };
            let errand = asked.map(|asked| Errand { index, asked });
            again.errands.extend(errand);
        }
        // Also where it is sent again: the time for that may be over.
        if let Some(answer) = answers.replies.get_mut(index) {
            *answer = Some(reply);
        }
    }

    /// The node at that address, connected.
    fn node(&mut self, endpoint: &Endpoint, until: Instant) -> Result<&mut Node, Error> {
        if !self.nodes.get(endpoint).is_some_and(Node::is_usable) {
            // One that is cut off must not take all the time in which another takes its place.
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

    /// Learns anew who serves what, from the first node that tells: another than the last time, since one
    /// that is cut off from the others goes on telling what once was.
    fn refresh(&mut self, until: Instant) -> Result<(), Error> {
        let connected = self.nodes.iter().filter(|(_, node)| node.is_usable());
        let connected = connected.map(|(endpoint, _)| endpoint);
        let known = self.slots.replicas.iter().chain(self.slots.primaries());
        let known = connected.chain(known).cloned();
        let named = self.address.each().into_iter().map(|it| it.endpoint());
        let mut all: Vec<_> = known.chain(named).collect();
        all.sort_by_key(|endpoint| *endpoint == self.told_by);
        let mut failure = no_owner();
        for endpoint in all {
            match self.learn(&endpoint, until) {
                Ok(()) => return Ok(()),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Learns from a node who serves what.
    fn learn(&mut self, endpoint: &Endpoint, until: Instant) -> Result<(), Error> {
        let node = self.node(endpoint, until)?;
        let questions = ["MYID", "SLOTS"].map(|about| cmd("CLUSTER").arg(about).take());
        let mut replies = node
            .exchange(&questions, until)
            .map_err(|failure| node.lost(&failure.error, false))?;
        let told = replies.pop().unwrap_or(Value::Nil);
        if let Some(error) = refusal(&told) {
            return Err(node.failure(error));
        }
        // A user may be forbidden to ask for the id. It spares a second connection to a node that was
        // named otherwise than the cluster names it.
        let id = replies
            .pop()
            .and_then(|id| from_redis_value::<String>(id).ok());
        let (slots, own) = Slots::from_reply(told, &endpoint.0, id.as_deref())
            .ok_or_else(|| Error::unexpected("CLUSTER SLOTS", false))?;
        if slots.primaries().next().is_none() {
            return Err(no_owner());
        }
        self.slots = slots;
        self.told_by = own.unwrap_or_else(|| endpoint.clone());
        if let Some(node) = self.nodes.remove(endpoint) {
            self.nodes.insert(self.told_by.clone(), node);
        }
        Ok(())
    }
}

impl Again {
    fn failed(&mut self, errands: impl IntoIterator<Item = Errand>, error: Error) {
        let errands = errands.into_iter();
        self.errands
            .extend(errands.map(|it| Errand { asked: None, ..it }));
        self.failure = Some(error);
        self.is_early = true;
    }
}

fn no_owner() -> Error {
    Error::Busy("a part of the cluster has no server now; `notes health` tells more".into())
}
