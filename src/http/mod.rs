//! The HTTP API over the notes: `notes serve`.
//!
//! It is given a listener, a way to open a store and a way to be stopped; it knows no settings, no
//! command line and no signals. From the client inwards:
//!
//! - `transport`: the connections, requests and responses of `tiny_http` · `limits`: the size of a server · `log`
//! - `service`: from a request value to a response value · `access`: the host and the token
//! - `router`: the paths · `body`: the JSON of a request · `preconditions`: `If-Match` and `If-None-Match`
//! - `handlers`: a function for each kind of request
//! - `batch`, `pool`: the connections to Redis · `lock`: locks that outlive a panic · `large_notes`: the notes that are not read in a batch
//! - `long_body`, `budget`: the memory and the disk space that an answer holds until it is sent
//! - `events`: changes of notes as they happen, for the readers of a stream
//! - `message`, `error`: requests, responses, and the failures that are responses too

mod access;
mod batch;
mod body;
mod budget;
mod error;
mod events;
mod handlers;
mod large_notes;
mod limits;
mod lock;
mod log;
mod long_body;
mod message;
mod pool;
mod preconditions;
mod router;
mod service;
#[cfg(test)]
mod tests;
mod transport;

pub(crate) use access::Token;
pub(crate) use limits::Limits;
pub(crate) use log::{Log, Verbosity};
pub(crate) use pool::Opener;
pub(crate) use transport::{Options, bind, serve};
