//! One thread that waits for many connections at once.
//!
//! It has requests read and answered and sends the responses. Notes are read by the `reader`; whatever
//! else takes time is done by the workers.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token as Key};

use super::super::error::Failure;
use super::super::exchange::{Desk, Exchange, Reply, Task};
use super::super::head::Incoming;
use super::super::limits::Limits;
use super::super::reconnecting::Opener;
use super::super::router::Operation;
use super::super::workers::{Outcome, Work, Workers};
use super::client::{Client, Take, Turn};
use super::door::Room;
use super::inbox::{Inbox, Message};
use super::reader::{Need, Reader, Wanted};

const INBOX: Key = Key(0);
const REDIS: Key = Key(1);

/// The key of the first client; each has one of its own.
const FIRST: usize = 2;

/// How many events are asked for at once.
const EVENTS: usize = 256;

/// How much is read at once.
const BUFFER: usize = 16 * 1_024;

/// How long a client must have had no request under way before another may have its place.
const SHORTEST_IDLE: Duration = Duration::from_secs(1);

/// A thread's connections.
pub(super) struct EventLoop {
    poll: Poll,
    inbox: Arc<Inbox>,
    room: Arc<Room>,
    desk: Arc<Desk>,
    limits: Limits,
    clients: HashMap<usize, Client>,
    /// The key of the next client.
    next: usize,
    reader: Reader,
    workers: Workers,
    /// What the clients have asked for in this round.
    tasks: Vec<Task>,
    /// What the reader leaves to the workers.
    left: Vec<Wanted>,
    /// How many requests are being answered.
    under_way: usize,
    /// The clients that have had their share for now.
    unfinished: Vec<usize>,
    /// A time before which no client's time is up.
    alarm: Option<Instant>,
    is_stopping: bool,
    now: Instant,
    buffer: Box<[u8]>,
}

impl EventLoop {
    pub(super) fn new(
        desk: Arc<Desk>,
        room: Arc<Room>,
        opener: Arc<Opener>,
        limits: Limits,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let inbox = Arc::new(Inbox::new(&poll, INBOX)?);
        let outlet = Box::new({
            let inbox = Arc::clone(&inbox);
            move |outcome| inbox.send(Message::Outcome(outcome))
        });
        let workers = Workers::start(
            Arc::clone(&desk),
            opener,
            outlet,
            limits.redis,
            limits.patience,
        )?;
        Ok(Self {
            poll,
            inbox,
            room,
            desk,
            limits,
            clients: HashMap::new(),
            next: FIRST,
            reader: Reader::new(REDIS),
            workers,
            tasks: Vec::new(),
            left: Vec::new(),
            under_way: 0,
            unfinished: Vec::new(),
            alarm: None,
            is_stopping: false,
            now: Instant::now(),
            buffer: vec![0; BUFFER].into(),
        })
    }

    pub(super) fn inbox(&self) -> Arc<Inbox> {
        Arc::clone(&self.inbox)
    }

    /// Goes on until it is told to stop; then until what is under way is done, but no longer than the
    /// grace period. Returns how many requests are left unfinished.
    pub(super) fn run(mut self) -> io::Result<usize> {
        let mut events = Events::with_capacity(EVENTS);
        while !self.is_stopping {
            self.round(&mut events, None)?;
        }
        let until = self.now + self.limits.grace;
        // What has arrived by now is under way.
        let mut has_more = true;
        while has_more && self.now < until {
            self.round(&mut events, Some(self.now))?;
            has_more = !events.is_empty() || !self.unfinished.is_empty();
        }
        self.let_the_idle_go();
        while self.is_at_work() && self.now < until {
            self.round(&mut events, Some(until))?;
            self.let_the_idle_go();
        }
        // A request that is being answered may have lost its client.
        let other = self
            .clients
            .values()
            .filter(|client| !client.is_answering());
        Ok(self.under_way + other.count())
    }

    /// Waits until there is something to do, at the longest until a given time, and does it.
    fn round(&mut self, events: &mut Events, until: Option<Instant>) -> io::Result<()> {
        match self.poll.poll(events, self.timeout(until)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => self.now = Instant::now(),
        }
        let mut due = std::mem::take(&mut self.unfinished);
        for event in &*events {
            match event.token() {
                INBOX => {}
                REDIS => {
                    for (wanted, found) in self.reader.answer(event, self.now, &mut self.left) {
                        let reply = self.desk.show(&wanted.exchange, &wanted.id, found);
                        self.deliver(reply);
                    }
                }
                Key(key) => {
                    if let Some(client) = self.clients.get_mut(&key) {
                        client.notice(event);
                        due.extend(client.becomes_due().then_some(key));
                    }
                }
            }
        }
        for key in due {
            self.turn(key);
        }
        for message in self.inbox.take() {
            self.receive(message);
        }
        self.end_what_takes_too_long();
        self.make_room();
        self.pass_on();
        Ok(())
    }

    fn receive(&mut self, message: Message) {
        match message {
            Message::Client(stream, address) => self.let_in(stream, address),
            Message::Outcome(Outcome::Reply(reply)) => self.deliver(reply),
            Message::Outcome(Outcome::Connected(store)) => {
                let registry = self.poll.registry();
                self.reader.connected(store, registry, self.now);
            }
            Message::Wake => {}
            Message::Stop => {
                self.is_stopping = true;
                self.desk.stop();
            }
        }
    }

    /// How long there may be nothing to do.
    fn timeout(&self, until: Option<Instant>) -> Option<Duration> {
        if !self.unfinished.is_empty() {
            return Some(Duration::ZERO);
        }
        let times = [self.alarm, self.reader.until(), until];
        let first = times.into_iter().flatten().min()?;
        Some(first.saturating_duration_since(Instant::now()))
    }

    /// Lets a client do what can be done without waiting.
    fn turn(&mut self, key: usize) {
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        let take = taker(&self.desk, &mut self.tasks, key, client.address());
        match client.turn(&self.limits, self.now, &mut self.buffer, take) {
            Turn::Gone => self.let_go(key),
            Turn::Again => self.unfinished.extend(client.becomes_due().then_some(key)),
            Turn::Done => {
                let until = client.until();
                self.watch(until);
            }
        }
    }

    /// Has clients looked at whose time is up then.
    fn watch(&mut self, until: Option<Instant>) {
        self.alarm = [self.alarm, until].into_iter().flatten().min();
    }

    /// Gives a client the answer to its request. Whoever has hung up gets none.
    fn deliver(&mut self, reply: Reply) {
        self.under_way = self.under_way.saturating_sub(1);
        let key = reply.key;
        if let Some(client) = self.clients.get_mut(&key) {
            client.reply(reply);
            self.turn(key);
        }
    }

    fn let_in(&mut self, mut stream: TcpStream, address: SocketAddr) {
        let key = self.next;
        self.next += 1;
        let interest = Interest::READABLE | Interest::WRITABLE;
        let registry = self.poll.registry();
        if registry.register(&mut stream, Key(key), interest).is_err() {
            self.count_out();
            return;
        }
        let client = Client::new(stream, address, self.desk.memory(), &self.limits, self.now);
        self.watch(client.until());
        self.clients.insert(key, client);
    }

    fn let_go(&mut self, key: usize) {
        if self.clients.remove(&key).is_some() {
            self.count_out();
        }
    }

    /// Says that a client has left.
    fn count_out(&self) {
        self.inbox.leave();
        self.room.has_been_left();
    }

    /// Hangs up on those that have no request under way.
    fn let_the_idle_go(&mut self) {
        let idle = self
            .clients
            .iter()
            .filter(|(_, client)| !client.is_at_work());
        let idle: Vec<usize> = idle.map(|(key, _)| *key).collect();
        for key in idle {
            self.let_go(key);
        }
    }

    fn is_at_work(&self) -> bool {
        self.under_way > 0 || !self.clients.is_empty()
    }

    /// Ends what clients have had time enough for.
    fn end_what_takes_too_long(&mut self) {
        self.reader.expire(self.now, &mut self.left);
        if self.alarm.is_none_or(|alarm| alarm > self.now) {
            return;
        }
        let is_late = |client: &Client| client.until().is_some_and(|until| until <= self.now);
        let late = self.clients.iter().filter(|(_, client)| is_late(client));
        let late: Vec<usize> = late.map(|(key, _)| *key).collect();
        for key in late {
            let Some(client) = self.clients.get_mut(&key) else {
                continue;
            };
            let take = taker(&self.desk, &mut self.tasks, key, client.address());
            match client.expire(take) {
                Turn::Gone => self.let_go(key),
                Turn::Again | Turn::Done => self.turn(key),
            }
        }
        self.alarm = self.clients.values().filter_map(Client::until).min();
    }

    /// Hangs up on the client that has had no request under way for the longest time, if its place
    /// is wanted. One that was answered just now may be about to ask again.
    fn make_room(&mut self) {
        if !self.room.is_wanted() {
            return;
        }
        let idle = |(key, client): (&usize, &Client)| Some((client.idle_since()?, *key));
        let Some((since, key)) = self.clients.iter().filter_map(idle).min() else {
            return;
        };
        if since + SHORTEST_IDLE > self.now {
            self.watch(Some(since + SHORTEST_IDLE));
        } else if self.room.give() {
            self.let_go(key);
        }
    }

    /// Gives what was asked for to those who do it.
    fn pass_on(&mut self) {
        self.under_way += self.tasks.len();
        for task in self.tasks.drain(..) {
            match task.operation {
                Operation::Show(id) => self.reader.gather(Wanted {
                    exchange: task.exchange,
                    id,
                }),
                _ => self.workers.submit(Work::Task(Box::new(task))),
            }
        }
        if let Need::Connection = self.reader.ask(self.now, &mut self.left) {
            self.workers.submit(Work::Connect);
        }
        for Wanted { exchange, id } in self.left.drain(..) {
            let task = Task {
                exchange,
                operation: Operation::Show(id),
            };
            self.workers.submit(Work::Task(Box::new(task)));
        }
    }
}

/// What takes the requests of one client: those that need Redis become tasks.
fn taker<'a>(
    desk: &'a Desk,
    tasks: &'a mut Vec<Task>,
    key: usize,
    address: Arc<str>,
) -> impl Take + 'a {
    move |incoming: Incoming, failure: Option<Failure>| {
        let exchange = Exchange::new(key, Arc::clone(&address), incoming);
        if let Some(failure) = failure {
            return Some(desk.answer(&exchange, &failure.into()));
        }
        desk.take(exchange).map(|task| tasks.push(task)).err()
    }
}
