//! The notes for programs that speak the Model Context Protocol (MCP), over standard input and output.
//!
//! - `server`: the tools, with the manual that an agent reads · `arguments`, `results`: their values, with their `schema`
//! - `find`: notes to read · `change`: notes to change, each change on the condition of an `ETag`
//! - `notes`: the store, opened again when it was lost · `error`: errors, with the next step of an agent
//!
//! Standard output belongs to the protocol: nothing else is printed there.

mod arguments;
mod change;
mod error;
mod find;
mod notes;
mod results;
mod schema;
mod server;

use std::io;

use rmcp::service::ServerInitializeError;
use rmcp::transport::{async_rw::AsyncRwTransport, stdio};
use rmcp::{RmcpError, ServiceExt as _};
use tokio::runtime::Builder;

pub(crate) use self::notes::{Notes, Opener};
use self::server::Server;
use crate::input::LARGEST_NOTE;

/// The longest line that is read: the largest note, each byte of it escaped as `\u0000`, and some room.
const LONGEST_LINE: usize = 6 * LARGEST_NOTE + 64 * 1024;

/// The protocol cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot begin to serve")]
    Runtime(#[from] io::Error),
    #[error("the client does not begin as the Model Context Protocol wants it")]
    Start(#[source] Box<RmcpError>),
    #[error("the server failed")]
    Stopped(#[source] Box<RmcpError>),
}

/// Serves the notes until standard input ends.
pub(crate) fn serve(notes: Notes, read_only: bool) -> Result<(), Error> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let served = runtime.block_on(speak(Server::new(notes, read_only)));
    // A thread may still wait for standard input.
    runtime.shutdown_background();
    served
}

async fn speak(server: Server) -> Result<(), Error> {
    let (stdin, stdout) = stdio();
    let transport = AsyncRwTransport::new_server(stdin, stdout).with_max_line_length(LONGEST_LINE);
    let running = match server.serve(transport).await {
        // The client left before it said anything.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(Error::Start(Box::new(error.into()))),
        Ok(running) => running,
    };
    let ended = running.waiting().await;
    ended.map_err(|error| Error::Stopped(Box::new(error.into())))?;
    Ok(())
}
