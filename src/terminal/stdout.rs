//! Standard output, for a command that may have nothing to print for a long time.

use std::io;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Returns true if standard output is a pipe that no process reads any more.
pub(crate) fn is_closed() -> bool {
    let stdout = io::stdout();
    let mut polled = [PollFd::new(&stdout, PollFlags::empty())];
    // An error of the call says nothing about the pipe.
    let _ = poll(&mut polled, Some(&Timespec::default()));
    polled[0].revents().intersects(PollFlags::ERR)
}
