//! The library behind the `notes` command, from the command line down to the bytes.
//!
//! Layers, each of which names only those below it:
//!
//! - [`run`]: one run of the program · `fuzzing`: the functions that fuzz targets call
//! - `commands`: one file a command
//! - [`cli`]: the command line · `context`: settings, streams and store of a command
//! - `error`: the errors of a run, and their exit codes
//! - `http`: the notes over HTTP · `mcp`: the notes over the Model Context Protocol
//! - `doctor`: the problems of a store, and their repairs
//! - `terminal`: editor, pager, picker, prompt, progress, signals
//! - `output`: the formats
//! - `connect`: opens the store that the settings choose
//! - [`config`]: settings, and where each came from
//! - `transfer`: notes in files: export and import
//! - `find`: notes by their names, by a query and by links, in an order · `watch`: the changes of notes as they happen
//! - `store`: the notes in Redis, with the journal of their changes
//! - `journal`: the file of changes, from which they can be undone
//! - `private_redis`: the user's own server
//! - `redis_client`: a Redis, one server, a group with Sentinel or a cluster: connections, commands, errors
//! - `query`: the conditions of a search
//! - `note`: the note, its raw form, its `ETag`, its text and tags, its changes, and how two texts merge
//! - `user_dir`: directories for one user alone
//! - `timestamp`: times as notes have them · `when`: times as people type them
//! - `input`: text from files and pipes, bounded and checked · `unicode`: comparison of texts
//! - `secret`: passwords, never printed · [`exit`]: the exit codes

#[cfg(not(unix))]
compile_error!(
    "notes runs on Unix alone: Linux, macOS or a BSD. On Windows, build it in WSL, the Windows Subsystem \
     for Linux."
);

pub mod cli;
mod commands;
pub mod config;
mod connect;
mod context;
mod doctor;
mod error;
pub mod exit;
mod find;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod input;
mod journal;
#[cfg(feature = "mcp")]
mod mcp;
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
mod watch;
mod when;

#[cfg(test)]
mod test_support;
