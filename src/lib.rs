//! The library behind the `notes` command, from the command line down to the bytes.
//!
//! Layers, each of which names only those below it:
//!
//! - [`run`]: one run of the program · [`cli`]: the command line
//! - `commands`: one file a command
//! - [`context`]: what every command has at hand · [`failure`]: how it fails · [`manner`]: how a
//!   run prints
//! - [`connect`]: from settings to an open store · [`http`]: the notes over HTTP
//! - [`notebook`]: a change and its entry in the journal
//! - [`output`]: the formats · [`editor`], [`pager`], [`prompt`], [`progress`]: other programs and
//!   people
//! - [`config`], [`env_file`]: settings · [`private_redis`]: the user's own server
//! - [`store`]: the notes in Redis · [`journal`]: what changes found and left
//! - [`note`], [`image`], [`draft`], [`merge`], [`timestamp`], [`secret`], [`exit`], [`drafts`],
//!   [`interrupt`], [`shutdown`]: values and small things without a view of the rest

pub mod cli;
pub mod commands;
pub mod config;
pub mod connect;
pub mod context;
pub mod draft;
pub mod drafts;
pub mod editor;
pub mod env_file;
pub mod exit;
pub mod failure;
pub mod http;
pub mod image;
pub mod interrupt;
pub mod journal;
pub mod manner;
pub mod merge;
pub mod note;
pub mod notebook;
pub mod output;
pub mod pager;
pub mod private_redis;
pub mod progress;
pub mod prompt;
pub mod run;
pub mod secret;
pub mod shutdown;
pub mod store;
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
