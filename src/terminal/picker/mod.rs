//! A person picks notes from a list that is narrowed by typing, in the built-in picker or in a
//! program of the user's own.
//!
//! Notes arrive while the list is already open. What is shown of them is made safe for a terminal
//! here. Whether there is a terminal to pick on is decided by the caller.

mod built_in;
mod external;
mod screen;
#[cfg(test)]
mod tests;
mod watch;

use std::borrow::Cow;

use crate::note::Note;
use crate::output::sanitize;
use crate::terminal::Error;
use crate::unicode::nfc;

/// The user left the picker without picking.
fn left() -> Error {
    Error::interrupted("no note was picked")
}

/// How much of a title or a content is shown and searched, in bytes: a note of many megabytes must
/// not hold up the others.
const MOST_TEXT: usize = 64 * 1024;

/// Takes the next notes of the list, in its order; false says that no more are wanted.
pub(crate) type Sink<'a> = dyn FnMut(Vec<Note>) -> bool + 'a;

/// How to pick.
#[derive(Clone, Debug)]
pub(crate) struct Picker {
    /// The command of another program to pick with.
    pub(crate) command: Option<String>,
    /// Whether more than one note may be picked.
    pub(crate) several: bool,
    pub(crate) color: bool,
}

impl Picker {
    /// The ids of the notes that were picked, one at least. `load` is run on a thread of its own,
    /// and hands over the notes as it reads them; if it fails, picking ends.
    pub(crate) fn pick<E: From<Error> + Send>(
        &self,
        load: impl FnOnce(&mut Sink<'_>) -> Result<(), E> + Send,
    ) -> Result<Vec<String>, E> {
        let load = |sink: &mut Sink<'_>| {
            load(&mut |notes| sink(notes.into_iter().map(shortened).collect()))
        };
        let (picked, loaded) = match &self.command {
            Some(command) => external::pick(command, load),
            None => built_in::pick(self, load),
        };
        match (picked, loaded) {
            (Err(_), Err(error)) => Err(error),
            (picked, _) => Ok(picked?),
        }
    }
}

fn shortened(mut note: Note) -> Note {
    for text in [&mut note.title, &mut note.content].into_iter().flatten() {
        let mut end = MOST_TEXT.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    note
}

/// A note in one line, as it is shown and searched: its title and, further on, its content.
fn line(note: &Note) -> Cow<'_, str> {
    let [title, content] = [note.title(), note.content()].map(in_one_line);
    format!("{title}  {content}").into()
}

/// The words of a text in NFC, as keyboards write it, and whatever could harm a terminal made visible.
fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    sanitize::one_line(&nfc(&words.join(" "))).into_owned()
}
