//! The HTTP API over the notes: `notes serve`.
//!
//! It is given a listener, a way to open a store and a way to be stopped; it knows no settings, no
//! command line and no signals. From the client inwards:
//!
//! - `listener`: the socket · `transport`: the connections, by a few event loops · `limits`, `memory`,
//!   `stop`: what it takes on, what it holds, and its end
//! - `decoder`: from bytes to requests, by `head`, `framing` and `chunks` · `wire`: from responses to
//!   bytes
//! - `exchange`: from a request to what goes out and what is logged · `log`, `lines`
//! - `workers`: the threads that talk to Redis, each by a `reconnecting` connection
//! - `service`: from a request value to a response value · `host`, `token`: who may ask
//! - `router`, `body`, `etag`, `handlers`, `openapi`: what is asked, with which text, of which state
//!   of a note, and what is done
//! - `message`, `error`: requests, responses, and the failures that are responses too

mod body;
mod chunks;
mod decoder;
mod error;
mod etag;
mod exchange;
mod framing;
mod handlers;
mod head;
mod host;
mod limits;
mod lines;
mod listener;
mod log;
mod memory;
mod message;
mod openapi;
mod reconnecting;
mod router;
mod service;
mod stop;
#[cfg(test)]
mod tests;
mod token;
mod transport;
mod wire;
mod workers;

pub use limits::Limits;
pub use listener::{BindError, bind};
pub use log::{Log, Verbosity};
pub use openapi::DESCRIPTION;
pub use reconnecting::Opener;
pub use stop::Stop;
pub use token::{Token, TokenError};
pub use transport::{Options, serve};
