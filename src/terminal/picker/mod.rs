//! The picker: a list of notes that typing narrows, built in or in a program of the user's.
//!
//! Notes arrive while the list is open, and are made safe for a terminal here. The caller checks that
//! there is a terminal.

mod built_in;
mod external;
mod keys;
mod list;
mod prompt;
mod ranking;
mod screen;
#[cfg(test)]
mod tests;
mod view;
mod watch;

use crate::note::Note;
use crate::output::sanitize;
use crate::terminal::Error;
use crate::unicode::nfc;

/// The error for a user who left the picker without picking.
fn nothing_picked() -> Error {
    Error::interrupted("no note was picked")
}

/// The most bytes of a title or a content that are shown and searched, so that a note of many megabytes
/// does not delay the others.
const MOST_TEXT: usize = 64 * 1024;

/// Takes the next notes of the list, in order; returns false if no more are wanted.
pub(crate) type Sink<'a> = dyn FnMut(Vec<Note>) -> bool + 'a;

/// The options of the picker.
#[derive(Clone, Debug)]
pub(crate) struct Picker {
    /// The command of another picker.
    pub(crate) command: Option<String>,
    /// True if more than one note may be picked.
    pub(crate) several: bool,
    /// The text that has been typed when it opens.
    pub(crate) query: String,
    pub(crate) color: bool,
}

impl Picker {
    /// Returns the ids of the notes that were picked, one at least. `load` runs on a thread of its own and
    /// passes notes on as it reads them; if it fails, picking ends.
    pub(crate) fn pick<E: From<Error> + Send>(
        &self,
        load: impl FnOnce(&mut Sink<'_>) -> Result<(), E> + Send,
    ) -> Result<Vec<String>, E> {
        let (picked, loaded) = match &self.command {
            Some(command) => external::pick(command, |sink| load(&mut shortening(sink))),
            None => built_in::pick(self, |sink| load(&mut shortening(sink))),
        };
        match (picked, loaded) {
            (Err(_), Err(error)) => Err(error),
            (picked, _) => Ok(picked?),
        }
    }
}

/// Returns a sink that passes notes on [shortened].
fn shortening(sink: &mut Sink<'_>) -> impl FnMut(Vec<Note>) -> bool {
    |notes| sink(notes.into_iter().map(shortened).collect())
}

fn shortened(mut note: Note) -> Note {
    for text in [&mut note.title, &mut note.content].into_iter().flatten() {
        text.truncate(beginning(text, MOST_TEXT).len());
    }
    note
}

/// Returns the first whole characters of a text in at most so many bytes.
fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Returns the words of a text in NFC, as keyboards write it, with control characters made visible.
fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    sanitize::one_line(&nfc(&words.join(" "))).into_owned()
}
