//! The HTTP API over the notes: `notes serve`.
//!
//! It is given a listener, a way to open a store and a way to be stopped; it knows no settings, no
//! command line and no signals. From the client inwards:
//!
//! - `listener`: the socket · `transport`: connections, threads and `tiny_http`, which no other file
//!   names
//! - `gate`, `limits`: how many get in, and the stop · `framing`: where a body ends · `log`
//! - `service`: from a request value to a response value · `host`, `token`: who may ask
//! - `router`, `body`, `etag`, `handlers`, `openapi`: what is asked, with which text, of which state
//!   of a note, and what is done
//! - `pool`: connections to Redis · `together`: many reads in one exchange
//! - `message`, `error`: requests, responses, and the failures that are responses too · `wire`: a
//!   response as bytes

mod body;
mod error;
mod etag;
mod framing;
mod gate;
mod handlers;
mod host;
mod limits;
mod listener;
mod log;
mod message;
mod openapi;
mod pool;
mod router;
mod service;
#[cfg(test)]
mod tests;
mod together;
mod token;
mod transport;
mod wire;

pub use gate::Stop;
pub use limits::Limits;
pub use listener::{BindError, bind};
pub use log::{Log, Verbosity};
pub use openapi::DESCRIPTION;
pub use pool::Opener;
pub use token::{Token, TokenError};
pub use transport::{Options, serve};
