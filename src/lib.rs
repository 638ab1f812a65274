//! The library behind the `notes` command.

pub mod note;
pub mod secret;
pub mod store;
pub mod timestamp;
