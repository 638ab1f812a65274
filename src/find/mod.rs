//! The notes that are meant, and their order.
//!
//! It stands on the reads of the store, and knows no command of Redis.
//!
//! - `note_ref`: how a person names a note · `error`: a name that names none, or several
//! - `order`: notes in an order, and the first of them · `search`: the notes that a query finds
//! - `links`: the notes that links lead to

mod error;
mod links;
mod note_ref;
mod order;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use self::error::{Error, LISTED};
pub(crate) use self::links::{Destination, Links, destinations};
pub(crate) use self::note_ref::{NoteRef, resolve, resolve_one};
pub(crate) use self::order::{Candidates, Order, Sort, list};
pub(crate) use self::search::Search;
