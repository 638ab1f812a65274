//! Finds the problems of a store, and repairs those that take no guess.
//!
//! - `problem`: a problem, the one type for all of them
//! - `inspect`: reads every note, and every key that could be one · `note`: checks one of them
//! - `server`: the risks of the server's settings
//! - `links`: counts the links that lead nowhere · `repair`: the repairs
//!
//! It knows nothing of command lines and of how a problem is shown.

mod inspect;
mod links;
mod note;
mod problem;
mod repair;
mod server;
#[cfg(test)]
mod tests;

pub(crate) use inspect::{Inspection, inspect};
pub(crate) use problem::{Problem, ProblemKind, Unchecked};
pub(crate) use repair::{Repair, Repaired, repair};
pub(crate) use server::warnings;
