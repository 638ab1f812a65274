//! Ends the process where the built-in picker cannot end by itself.
//!
//! crossterm 0.29 reads for ever from a terminal that is gone (its issue 793), and waits for the rest of
//! a key without a timeout. The picker checks nothing else while that lasts.

use std::io;
use std::os::unix::net::UnixStream;
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;

use crate::terminal::signals::{self, SIGHUP, SIGTERM};

/// The longest time for the picker to end after SIGTERM.
const TIMEOUT: Timespec = Timespec {
    tv_sec: 1,
    tv_nsec: 0,
};

/// While this lives, the process ends when its terminal is gone, even if it ignores SIGHUP, and soon
/// after a SIGTERM.
pub(super) struct Watch {
    /// Ends the watching thread when it is closed.
    _alive: UnixStream,
}

impl Watch {
    /// Watches the terminal at standard input. `put_back` is called before a SIGTERM ends the process.
    pub(super) fn begin(put_back: fn()) -> io::Result<Self> {
        let (alive, picker) = UnixStream::pair()?;
        let (sender, sigterm) = UnixStream::pair()?;
        signals::wake_at_sigterm(sender)?;
        thread::Builder::new().spawn(move || watch(&picker, &sigterm, put_back))?;
        Ok(Self { _alive: alive })
    }
}

fn watch(picker: &UnixStream, sigterm: &UnixStream, put_back: fn()) {
    let stdin = io::stdin();
    let mut fds = [
        // A terminal that is gone is always reported.
        PollFd::new(&stdin, PollFlags::empty()),
        PollFd::new(picker, PollFlags::IN),
        PollFd::new(sigterm, PollFlags::IN),
    ];
    if retry_on_intr(|| poll(&mut fds, None)).is_err() {
        return;
    }
    let [terminal, picker_ended, signalled] = fds.map(|fd| fd.revents());
    if !picker_ended.is_empty() {
        return;
    }
    if terminal.intersects(PollFlags::HUP | PollFlags::ERR) {
        signals::end_by(SIGHUP);
    }
    if !signalled.is_empty() {
        let mut fds = [PollFd::new(picker, PollFlags::IN)];
        if retry_on_intr(|| poll(&mut fds, Some(&TIMEOUT))) == Ok(0) {
            put_back();
            signals::end_by(SIGTERM);
        }
    }
}
