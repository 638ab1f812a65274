//! The library behind the `notes` command.

pub mod note;
pub mod timestamp;
