//! Finds notes: by their names, by a query and by links, in an order.
//!
//! It calls the reads of the store, and knows no command of Redis.
//!
//! - `note_ref`: a note as a person names it · `names`: compares the name with titles and ids
//! - `resolve`: the one note that it names · `error`: why it is not one
//! - `order`: notes in an order, and the first of them · `search`: the notes that a query finds
//! - `links`: the notes that links lead to

mod error;
mod links;
mod names;
mod note_ref;
mod order;
mod resolve;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use self::error::{Error, LISTED};
pub(crate) use self::links::{Destination, Links, destinations};
pub(crate) use self::note_ref::NoteRef;
pub(crate) use self::order::{Candidates, Order, Sort, list};
pub(crate) use self::resolve::{Resolved, resolve, resolve_one};
pub(crate) use self::search::Search;
