//! The sockets: a few threads that wait for all of them at once.
//!
//! The door accepts connections; each event loop has its share of them, and a connection to Redis of its
//! own. What a request means is not known here. Only the files here name `mio`, which tells what the
//! system has ready.

mod client;
mod door;
mod event_loop;
mod inbox;
mod reader;
mod unsent;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use self::door::Door;
use self::event_loop::EventLoop;
use self::inbox::{Inbox, Message};
use super::exchange::Desk;
use super::host::Hosts;
use super::limits::Limits;
use super::log::Log;
use super::memory::Memory;
use super::reconnecting::Opener;
use super::service::Service;
use super::stop::Stop;
use super::token::Token;
use crate::journal::Journal;

/// How many event loops there are at the most. Each takes what a core can do; Redis has but one.
const MOST_LOOPS: usize = 4;

/// What a server is to be like.
pub struct Options {
    /// The token that requests must carry; none lets everyone in.
    pub token: Option<Token>,
    /// What it takes on.
    pub limits: Limits,
    /// Where it says what it does.
    pub log: Log,
    /// Where changes are recorded before they are made.
    pub journal: Option<Journal>,
}

/// Answers requests until it is stopped; then takes no more connections, waits until what is under
/// way is done, but no longer than the grace period, and returns.
///
/// A server that listens on loopback alone refuses requests for another host.
pub fn serve(
    listener: TcpListener,
    options: Options,
    opener: Opener,
    stop: &Stop,
) -> io::Result<()> {
    let hosts = Hosts::at(listener.local_addr()?.ip());
    let limits = options.limits.within_the_system();
    let service = Service::new(hosts, options.token, options.journal);
    let desk = Arc::new(Desk::new(service, options.log, Memory::new(limits.memory)));
    let door = Door::new(listener, Arc::clone(&desk), limits.connections)?;
    let loops = loops(&desk, &door, &Arc::new(opener), limits)?;
    let inboxes: Vec<Arc<Inbox>> = loops.iter().map(EventLoop::inbox).collect();
    stop.wakes_by({
        let room = door.room();
        move || room.wake()
    });
    let threads: io::Result<Vec<_>> = loops
        .into_iter()
        .map(|event_loop| run(event_loop, stop.clone()))
        .collect();
    let attended = threads
        .as_ref()
        .map_or(Ok(()), |_| door.attend(&inboxes, stop));
    for inbox in &inboxes {
        inbox.send(Message::Stop);
    }
    let ends: Vec<io::Result<usize>> = threads?
        .into_iter()
        .map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("an event loop panicked")))
        })
        .collect();
    let unfinished: usize = ends.into_iter().sum::<io::Result<_>>()?;
    if unfinished > 0 {
        desk.say(&format!("stopped with {unfinished} requests unfinished"));
    }
    desk.finish();
    attended
}

/// As many event loops as are of use, each with its share of what there may be.
fn loops(
    desk: &Arc<Desk>,
    door: &Door,
    opener: &Arc<Opener>,
    limits: Limits,
) -> io::Result<Vec<EventLoop>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let count = cores.min(MOST_LOOPS).min(limits.redis).max(1);
    let share = Limits {
        redis: (limits.redis / count).max(1),
        ..limits
    };
    let new = |_| EventLoop::new(Arc::clone(desk), door.room(), Arc::clone(opener), share);
    (0..count).map(new).collect()
}

/// Runs an event loop on a thread of its own. However it ends, the server ends with it.
fn run(event_loop: EventLoop, stop: Stop) -> io::Result<JoinHandle<io::Result<usize>>> {
    struct StopAtLast(Stop);
    impl Drop for StopAtLast {
        fn drop(&mut self) {
            self.0.stop();
        }
    }

    thread::Builder::new()
        .name("event loop".into())
        .spawn(move || {
            let _stop = StopAtLast(stop);
            event_loop.run()
        })
}
