//! A name that names no note, or several.

use crate::exit::Exit;
use crate::note::Note;
use crate::note::text::quoted;

/// The most candidates that a message lists.
pub(crate) const LISTED: usize = 10;

/// A failure to tell which note is meant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{message}{}", list(near, Note::heading))]
    NoSuchNote {
        note: String,
        message: String,
        /// The notes with a title like that.
        near: Vec<Note>,
        /// True if the name is a part of each of these titles.
        is_part: bool,
    },
    #[error("{message}{}", list(candidates, |note| &note.id))]
    Ambiguous {
        note: String,
        message: String,
        candidates: Vec<Note>,
    },
}

/// Returns the first of the notes in one line, after a colon.
fn list<'a>(notes: &'a [Note], name: impl Fn(&'a Note) -> &'a str) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let names = notes.iter().take(LISTED).map(|note| quoted(name(note)));
    let more = if notes.len() > LISTED { ", …" } else { "" };
    format!(": {}{more}", names.collect::<Vec<_>>().join(", "))
}

impl Error {
    pub(crate) fn no_such_note(note: impl Into<String>) -> Self {
        let note = note.into();
        let name = quoted(&note);
        let message = format!("no note '{name}'; `notes list` shows what there is");
        Self::missing(&note, message)
    }

    pub(crate) fn missing(note: &str, message: impl Into<String>) -> Self {
        Self::NoSuchNote {
            note: note.to_owned(),
            message: message.into(),
            near: Vec::new(),
            is_part: false,
        }
    }

    /// Returns the notes that may have been meant, and the message without them.
    pub(crate) fn candidates(&self) -> (&str, &[Note]) {
        match self {
            Self::NoSuchNote { message, near, .. } => (message, near),
            Self::Ambiguous {
                message,
                candidates,
                ..
            } => (message, candidates),
        }
    }

    /// Returns the exit code of a run that fails with this.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::NoSuchNote { .. } => Exit::NoSuchNote,
            Self::Ambiguous { .. } => Exit::Ambiguous,
        }
    }

    /// Returns the note as it was asked for.
    pub(crate) fn asked_for(&self) -> &str {
        match self {
            Self::NoSuchNote { note, .. } | Self::Ambiguous { note, .. } => note,
        }
    }
}
