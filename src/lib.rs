//! The library behind the `notes` command, from the command line down to the bytes.
//!
//! Layers, each of which names only those below it:
//!
//! - [`run`]: one run of the program
//! - [`commands`]: one file a command
//! - [`cli`]: the command line · [`context`]: what every command has at hand
//! - [`error`]: how a run fails
//! - [`http`]: the notes over HTTP
//! - [`notebook`]: a change and its entry in the journal
//! - [`terminal`]: editor, pager, prompt, progress, signals: a person and other programs
//! - [`output`]: the formats
//! - [`config`]: settings, and from settings to an open store
//! - [`private_redis`]: the user's own server
//! - [`journal`]: what changes found and left
//! - [`store`]: the notes in Redis
//! - [`note`], [`draft`], [`merge`], [`timestamp`], [`secret`], [`exit`]: values without a view of
//!   the rest

pub mod cli;
pub mod commands;
pub mod config;
pub mod context;
pub mod draft;
pub mod error;
pub mod exit;
pub mod http;
pub mod journal;
pub mod merge;
pub mod note;
pub mod notebook;
pub mod output;
pub mod private_redis;
pub mod run;
pub mod secret;
pub mod store;
pub mod terminal;
pub mod timestamp;

#[cfg(test)]
#[path = "../tests/it/support/interrupts.rs"]
mod interrupts;
#[cfg(test)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;
#[cfg(test)]
#[path = "../tests/it/support/servers.rs"]
mod servers;
