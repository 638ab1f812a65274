//! The library behind the `notes` command, from the command line down to the bytes.
//!
//! Layers, each of which names only those below it:
//!
//! - [`run`]: one run of the program · `fuzzing`: what the fuzz targets call
//! - `commands`: one file a command
//! - [`cli`]: the command line · `context`: what every command has at hand
//! - `error`: how a run fails
//! - `http`: the notes over HTTP
//! - `doctor`: what may be wrong with a store, and how it is mended
//! - `terminal`: editor, pager, picker, prompt, progress, signals: a person and other programs
//! - `output`: the formats
//! - `connect`: from settings to an open store
//! - [`config`]: settings, and where each came from
//! - `transfer`: notes in files
//! - `store`: the notes in Redis, with the journal of their changes
//! - `journal`: the file of changes, from which they can be undone
//! - `private_redis`: the user's own server
//! - `redis_client`: a Redis, one server or many: how it is reached, and what is sent to it
//! - `query`: what notes are looked for
//! - `note`: the note, its raw form, a change of it, its tags, its text, and how two texts merge
//! - `user_dir`: directories for one user alone
//! - `timestamp` as notes carry it, `when` as people type it
//! - `input`: text from files and pipes, bounded and checked · `unicode`: which texts are the same
//! - `secret`, [`exit`]: values without a view of the rest

pub mod cli;
mod commands;
pub mod config;
mod connect;
mod context;
mod doctor;
mod error;
pub mod exit;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod input;
mod journal;
mod note;
mod output;
mod private_redis;
mod query;
mod redis_client;
pub mod run;
mod secret;
mod store;
mod terminal;
mod timestamp;
mod transfer;
mod unicode;
mod user_dir;
mod when;

#[cfg(test)]
#[path = "../tests/it/support/any_notes.rs"]
mod any_notes;
#[cfg(test)]
#[path = "../tests/it/support/interrupts.rs"]
mod interrupts;
#[cfg(test)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;
#[cfg(test)]
#[path = "../tests/it/support/servers.rs"]
mod servers;
