//! Who is inside: connections up to a limit, requests under way, and the stop that waits for these.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a stop tries to wake the server by a connection.
const KNOCK: Duration = Duration::from_secs(1);

/// Ends a server, from any thread. Clones end the same server.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    gate: Arc<Gate>,
}

impl Stop {
    /// A handle for a server that is yet to be started.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the server to end: it takes no more connections, finishes what is under way and returns.
    /// Asked before the server has started, it ends at once when it does.
    pub fn stop(&self) {
        let listening = {
            let mut inside = self.gate.inside();
            inside.stopping = true;
            inside.listening
        };
        self.gate.changed.notify_all();
        if let Some(address) = listening {
            // The server sleeps until someone connects. If this fails, others are connecting.
            let _ = TcpStream::connect_timeout(&reachable(address), KNOCK);
        }
    }

    pub(super) fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }
}

/// The count of who is inside.
#[derive(Debug, Default)]
pub(super) struct Gate {
    inside: Mutex<Inside>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inside {
    stopping: bool,
    listening: Option<SocketAddr>,
    connections: usize,
    requests: usize,
    /// Whether a client waits for another to leave.
    waiting: bool,
}

impl Gate {
    /// Says where the server listens, so that a stop can wake it.
    pub(super) fn listens_at(&self, address: SocketAddr) {
        self.inside().listening = Some(address);
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.inside().stopping
    }

    /// Whether a connection should be given up after its response: the server stops, or another
    /// client waits for the place.
    pub(super) fn is_wanted_back(&self) -> bool {
        let inside = self.inside();
        inside.stopping || inside.waiting
    }

    /// Lets a connection in as soon as there are fewer than `limit`; `None` if the server stops
    /// meanwhile.
    pub(super) fn enter(self: &Arc<Self>, limit: usize) -> Option<Entry> {
        let mut inside = self.inside();
        while inside.connections >= limit && !inside.stopping {
            inside.waiting = true;
            inside = self
                .changed
                .wait(inside)
                .unwrap_or_else(PoisonError::into_inner);
        }
        inside.waiting = false;
        if inside.stopping {
            return None;
        }
        inside.connections += 1;
        Some(Entry(Arc::clone(self)))
    }

    /// Counts a request as under way.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        self.inside().requests += 1;
        UnderWay(self)
    }

    /// Sleeps, unless the server stops.
    pub(super) fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        drop(self.wait(until, |inside| inside.stopping));
    }

    /// Waits until no request is under way, at the longest for `grace`. Says how many still are.
    pub(super) fn drain(&self, grace: Duration) -> usize {
        let until = Instant::now() + grace;
        self.wait(until, |inside| inside.requests == 0).requests
    }

    fn wait(&self, until: Instant, enough: impl Fn(&Inside) -> bool) -> MutexGuard<'_, Inside> {
        let mut inside = self.inside();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if enough(&inside) || left.is_zero() {
                return inside;
            }
            inside = self
                .changed
                .wait_timeout(inside, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Each change of a count is one step; a thread that panics leaves none half done.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is inside until this is dropped.
#[derive(Debug)]
pub(super) struct Entry(Arc<Gate>);

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.inside().connections -= 1;
        self.0.changed.notify_all();
    }
}

/// A request that is under way until this is dropped.
#[derive(Debug)]
pub(super) struct UnderWay<'a>(&'a Gate);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut inside = self.0.inside();
        inside.requests -= 1;
        if inside.stopping {
            drop(inside);
            self.0.changed.notify_all();
        }
    }
}

/// An address under which what listens at `address` can be reached from this machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn no_more_than_the_limit_get_in_until_one_leaves() {
        let gate = Stop::new().gate();
        let first = gate.enter(1).unwrap();
        let waiting = thread::spawn({
            let gate = Arc::clone(&gate);
            move || gate.enter(1).is_some()
        });
        while !gate.is_wanted_back() {
            thread::yield_now();
        }
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.join().unwrap());
        assert!(!gate.is_wanted_back());
    }

    #[test]
    fn a_stop_turns_away_whoever_waits_to_get_in() {
        let stop = Stop::new();
        let gate = stop.gate();
        let _inside = gate.enter(1).unwrap();
        let waiting = thread::spawn({
            let gate = Arc::clone(&gate);
            move || gate.enter(1).is_none()
        });
        stop.stop();
        assert!(waiting.join().unwrap());
        assert!(gate.enter(9).is_none());
    }

    #[test]
    fn a_stop_waits_for_what_is_under_way_and_no_longer_than_its_grace() {
        let stop = Stop::new();
        let gate = stop.gate();
        stop.stop();
        let request = gate.begin();
        assert_eq!(gate.drain(Duration::from_millis(1)), 1);
        let draining = thread::spawn({
            let gate = Arc::clone(&gate);
            move || gate.drain(PATIENCE)
        });
        drop(request);
        assert_eq!(draining.join().unwrap(), 0);
        // A pause is over as soon as the server stops.
        gate.pause(PATIENCE * 100);
    }
}
