//! The library behind the `notes` command.

pub mod config;
pub mod draft;
pub mod env_file;
pub mod exit;
pub mod interrupt;
pub mod note;
pub mod output;
pub mod private_redis;
pub mod prompt;
pub mod secret;
pub mod store;
pub mod timestamp;

#[cfg(test)]
#[path = "../tests/it/support/redis_server.rs"]
mod redis_server;
