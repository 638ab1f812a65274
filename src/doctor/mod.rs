//! What may be wrong with a store, and how it is mended.
//!
//! - `problem`: one shape for all that is wrong, built where it is found
//! - `inspect`: a look at every note, and at every key that could be one · `note`: at one of them
//! - `server`: what the server and the rights of this user endanger
//! - `repair`: mending what takes no guess
//!
//! It knows nothing of command lines and of how a problem is shown.

mod inspect;
mod note;
mod problem;
mod repair;
mod server;
#[cfg(test)]
mod tests;

pub(crate) use inspect::{Inspection, inspect};
pub(crate) use problem::{Kind, Problem, Unchecked};
pub(crate) use repair::{Mended, Repair, mend};
pub(crate) use server::{Rights, rights, warnings};
