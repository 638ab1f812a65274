//! A client of Redis: one server, a cluster, or the primary that Sentinel names.
//!
//! This module knows nothing of notes, of their keys, or of the private Redis.
//!
//! - `open`: connects to any of the three · `address`: the meaning of a Redis URL · `tls`: certificates
//! - `sentinel`: asks for the primary · `node`: one server, and its greeting · `link`: commands and replies under deadlines
//! - `cluster`: the nodes of a cluster; it follows a slot that moved · `slots`: the node of each slot · `retry`: commands to send again
//! - `connection`: to one server or to a cluster · `commands`, `template`: commands in the form of the protocol
//! - `listener`: tells of keys that change · `info`, `replication`: the state of a server
//! - `error`: its errors, and the exit code of each · `unreachable`: why a server was not reached

mod address;
mod cluster;
mod commands;
mod connection;
mod error;
mod info;
mod link;
mod listener;
mod node;
mod open;
mod replication;
mod retry;
mod sentinel;
mod slots;
mod template;
mod tls;
mod unreachable;

pub(crate) use address::Address;
pub(crate) use commands::{Answers, Commands};
pub(crate) use connection::{Connection, Pending};
pub(crate) use error::{Advice, Error};
pub(crate) use info::{Primary, Server};
pub(crate) use listener::{Heard, Inbox, Listener, Listening};
pub(crate) use open::{Opened, open};
pub(crate) use replication::{Replica, Replication};
pub(crate) use slots::COUNT as SLOTS;
#[cfg(test)]
pub(crate) use slots::of_key as slot_of_key;
pub(crate) use template::Template;
pub(crate) use tls::TlsFiles;
