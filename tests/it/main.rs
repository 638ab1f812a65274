//! What `notes` does, seen from outside: the program is run as a user runs it, against a real
//! `redis-server` of each test's own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

mod commands;
mod faults;
mod http;
#[cfg(feature = "mcp")]
mod mcp;
mod project;
mod server;
mod terminal;
