//! A client of Redis: one server, a cluster, or the primary that Sentinel names.
//!
//! This module knows nothing of notes, of their keys, or of the private Redis.
//!
//! - `address`: the meaning of a Redis URL · `tls`: certificates · `open`: the door of all three topologies · `sentinel`: which server is the primary
//! - `listener`: the keys that change · `link`: commands and replies under deadlines · `node`: to one server · `cluster`, `retry`, `slots`: to the node that serves a key · `connection`: to one server or many · `commands`, `template`: in the form of the protocol
//! - `info`, `replication`: the state of a server
//! - `error`: its errors · `unreachable`: why a server was not reached

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
