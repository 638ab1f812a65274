//! Hears which keys of a server change, by whichever client: CLIENT TRACKING in its broadcasting mode
//! (<https://redis.io/docs/latest/develop/reference/client-side-caching/>).
//!
//! The server pushes the names of the keys over a connection that is used for nothing else. A push is no
//! reply, so the thread of that connection hands it on as it comes. Values are read over another connection.

use std::collections::BTreeSet;
use std::io;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use redis::{Cmd, PushKind, RedisError, RedisResult, ServerError, Value, cmd};

use super::address::Address;
use super::error::{Error, unknown_command};
use super::node::{Node, refusal};

/// The longest time until a thread notices that its listener was dropped.
const TICK: Duration = Duration::from_millis(200);

/// The most memory of an inbox. Beyond it, only the fact that keys have changed is kept.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The memory of a key in an inbox, beside its bytes.
const OVERHEAD: usize = 64;

/// The keys that have changed and were not looked at yet, by all listeners of one watcher.
#[derive(Default)]
pub(crate) struct Inbox {
    heard: Mutex<Heard>,
    is_filled: Condvar,
}

/// The changes of keys since the last look. Several of one key are one.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) keys: BTreeSet<Vec<u8>>,
    bytes: usize,
    /// True if any other key may have changed too: the server was flushed, or there were too many.
    pub(crate) everything: bool,
    /// The reason why a connection does not hear any more.
    pub(crate) lost: Option<Error>,
    /// True if another thread called [`Inbox::wake`].
    is_woken: bool,
}

/// The connection to one server that hears of keys. It ends when this is dropped.
pub(crate) struct Listener {
    /// The address of the server.
    pub(crate) server: String,
    is_dropped: Arc<AtomicBool>,
}

/// The outcome of an attempt to listen.
pub(crate) enum Listening {
    Started(Listener),
    /// The server does not tell of changes, and this is why.
    Unsupported(String),
}

impl Inbox {
    /// Waits until something is heard, or another thread wakes this one, and takes what there is.
    pub(crate) fn take(&self, timeout: Duration) -> Heard {
        let heard = self.lock();
        let waited = self
            .is_filled
            .wait_timeout_while(heard, timeout, |heard| heard.is_empty());
        let mut heard = waited.unwrap_or_else(PoisonError::into_inner).0;
        mem::take(&mut *heard)
    }

    /// Ends the wait of [`Inbox::take`], or the next one.
    pub(crate) fn wake(&self) {
        self.add(|heard| heard.is_woken = true);
    }

    fn add(&self, add: impl FnOnce(&mut Heard)) {
        add(&mut self.lock());
        self.is_filled.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    fn is_empty(&self) -> bool {
        let has_changes = self.everything || !self.keys.is_empty();
        !has_changes && self.lost.is_none() && !self.is_woken
    }

    /// Adds the keys of a push; one without keys stands for all.
    fn add(&mut self, push: Vec<Value>) {
        let Some(Value::Array(keys)) = push.into_iter().next() else {
            self.add_everything();
            return;
        };
        for key in keys {
            let Value::BulkString(key) = key else {
                continue;
            };
            let size = key.len() + OVERHEAD;
            if !self.everything && self.keys.insert(key) {
                self.bytes += size;
            }
        }
        if self.bytes > MOST_BYTES {
            self.add_everything();
        }
    }

    fn add_everything(&mut self) {
        self.everything = true;
        self.keys.clear();
        self.bytes = 0;
    }
}

impl Listener {
    /// Connects to a server and has it tell of all keys with these prefixes.
    pub(crate) fn start(
        address: &Address,
        prefixes: &[&str],
        timeout: Duration,
        inbox: &Arc<Inbox>,
    ) -> Result<Listening, Error> {
        let until = Instant::now() + timeout;
        let (mut node, greeting) = Node::open(address, timeout, until)?;
        if greeting.is_loading {
            return Err(Error::loading());
        }
        if let Some(refused) = node.call(cmd("HELLO").arg(3), until)? {
            return Ok(Listening::Unsupported(reason(&refused)));
        }
        let mut tracking = cmd("CLIENT");
        tracking.arg("TRACKING").arg("ON").arg("BCAST");
        for prefix in prefixes {
            tracking.arg("PREFIX").arg(*prefix);
        }
        match node.call(&mut tracking, until)? {
            None => {}
            Some(refused) if refused.code() == "NOPERM" => {
                return Err(Error::refused(
                    &node.server,
                    "its ACL forbids this user to hear of changes; ACL SETUSER with +client|tracking \
                     allows it",
                ));
            }
            Some(refused) if refused.code() == "ERR" => {
                return Ok(Listening::Unsupported(reason(&refused)));
            }
            Some(refused) => return Err(node.failure(&refused)),
        }
        let is_dropped = Arc::new(AtomicBool::new(false));
        let hearing = Hearing {
            server: node.server.clone(),
            advice: node.advice,
            silence: timeout,
            timeout,
            inbox: Arc::clone(inbox),
            is_dropped: Arc::clone(&is_dropped),
            end: Some(io::Error::from(io::ErrorKind::BrokenPipe).into()),
        };
        node.link.hand_over(|redis| hearing.run(redis));
        Ok(Listening::Started(Self {
            server: address.to_string(),
            is_dropped,
        }))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.is_dropped.store(true, Ordering::SeqCst);
    }
}

impl Node {
    /// Sends a command that changes no data, and returns its error reply.
    fn call(&mut self, command: &mut Cmd, until: Instant) -> Result<Option<ServerError>, Error> {
        let replies = self.exchange(&[command.take()], until);
        let replies = replies.map_err(|failure| self.failed(&failure, false))?;
        Ok(replies.first().and_then(refusal).cloned())
    }
}

/// Returns the reason why a server cannot tell of changes, by its reply.
fn reason(refused: &ServerError) -> String {
    match unknown_command(refused) {
        Some(command) => format!("it does not know the command {command}"),
        None => format!(
            "it said: {} {}",
            refused.code(),
            refused.details().unwrap_or_default()
        ),
    }
}

/// The thread of a listener.
struct Hearing {
    server: String,
    /// See [`Advice`](super::error::Advice).
    advice: &'static str,
    /// The silence after which it checks the connection.
    silence: Duration,
    /// The time for that.
    timeout: Duration,
    inbox: Arc<Inbox>,
    is_dropped: Arc<AtomicBool>,
    /// The failure to report when it ends.
    end: Option<RedisError>,
}

impl Hearing {
    fn run(mut self, mut redis: redis::Connection) {
        self.end = self.hear(&mut redis).err();
    }

    /// Hands on every push, until the connection fails or the listener is dropped.
    fn hear(&self, redis: &mut redis::Connection) -> RedisResult<()> {
        let ping = cmd("PING").get_packed_command();
        let tick = TICK.min(self.silence);
        redis.set_read_timeout(Some(tick))?;
        redis.set_write_timeout(Some(self.timeout))?;
        let mut heard_at = Instant::now();
        let mut is_checking = false;
        // After a timeout the crate passes over one reply, but over no push.
        let mut passed_over = 0;
        while !self.is_dropped.load(Ordering::SeqCst) {
            match redis.recv_response() {
                Ok(Value::Push { kind, data }) => {
                    if kind == PushKind::Invalidate {
                        self.inbox.add(|heard| heard.add(data));
                    }
                }
                // The reply to a PING, the one that is not passed over.
                Ok(_) => passed_over = 0,
                Err(error) if error.is_timeout() => {
                    passed_over += 1;
                    let silence = heard_at.elapsed();
                    if is_checking && silence > self.silence + self.timeout {
                        return Err(error);
                    }
                    if silence > self.silence {
                        // One more than are passed over.
                        let count = if is_checking { 1 } else { passed_over + 1 };
                        redis.send_packed_command(&ping.repeat(count))?;
                        is_checking = true;
                    }
                    continue;
                }
                Err(error) => return Err(error),
            }
            heard_at = Instant::now();
            is_checking = false;
        }
        Ok(())
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        let Some(error) = self.end.take() else {
            return;
        };
        if self.is_dropped.load(Ordering::SeqCst) {
            return;
        }
        let lost = if error.is_timeout() {
            Error::TooSlow {
                server: self.server.clone(),
                timeout: self.timeout,
                advice: self.advice,
                in_doubt: false,
            }
        } else {
            let server = self.server.clone();
            let in_doubt = false;
            Error::Lost { server, in_doubt }
        };
        self.inbox.add(|heard| heard.lost = Some(lost));
    }
}

#[cfg(test)]
mod tests;
