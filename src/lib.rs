//! The library behind the `notes` command.

pub mod draft;
pub mod exit;
pub mod http;
pub mod interrupt;
pub mod note;
pub mod prompt;
pub mod secret;
pub mod store;
pub mod timestamp;

#[cfg(test)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;
