//! The timeouts of accepted connections on macOS, where these do not inherit them from the listener.

use std::fs::{self, File};
use std::io;

use socket2::SockRef;
use tiny_http::Listener;

use crate::http::limits::Limits;

/// Sets the timeouts of each connection of this process that `listener` accepted and that has none.
///
/// `tiny_http` does not hand out the socket of a connection. To open `/dev/fd/N` duplicates the descriptor N,
/// so that the socket is found by its address.
pub(super) fn set_timeouts(listener: &Listener, limits: &Limits) -> io::Result<()> {
    let port = SockRef::from(listener).local_addr()?.as_socket();
    let port = port.map(|address| address.port());
    for entry in fs::read_dir("/dev/fd")? {
        // It may have been closed since.
        let Ok(file) = File::open(entry?.path()) else {
            continue;
        };
        let socket = SockRef::from(&file);
        let is_accepted = socket.peer_addr().is_ok()
            && socket
                .local_addr()
                .is_ok_and(|address| address.as_socket().map(|it| it.port()) == port);
        if is_accepted && socket.read_timeout()?.is_none() {
            socket.set_read_timeout(Some(limits.idle))?;
            socket.set_write_timeout(Some(limits.transfer))?;
        }
    }
    Ok(())
}
