//! The library behind the `notes` command.

pub mod note;
pub mod secret;
pub mod store;
pub mod timestamp;

#[cfg(test)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;
