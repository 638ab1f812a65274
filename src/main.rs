//! The `notes` command.

fn main() {}
