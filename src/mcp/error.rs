//! Errors of the tools: results that say what an agent can do next, not errors of the protocol.

use rmcp::model::{ContentBlock, IntoContents};

use super::results::{Whole, cut};
use crate::find::{self, LISTED};
use crate::note::edit::EditError;
use crate::note::tag::TagError;
use crate::note::{Note, TemporaryFileError, Unfit};
use crate::query::QueryError;
use crate::store::{self, UndoError};

/// The most characters of a name in a message.
const NAME: usize = 80;

/// The most characters of a content in a message, and of each other text.
const CONTENT: usize = 10_000;
const FIELD: usize = 1_000;

#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{0:#}")]
    Open(anyhow::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Find(#[from] find::Error),
    #[error(transparent)]
    Unfit(#[from] Unfit),
    #[error(transparent)]
    Changes(#[from] TemporaryFileError),
    #[error(transparent)]
    Undo(#[from] UndoError),
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Tag(#[from] TagError),
    /// The arguments ask for nothing that can be done.
    #[error("{0}")]
    Unusable(String),
    /// The note is not what the `ETag` stands for.
    #[error("note {} no longer has this etag; nothing was changed", cut(&.0.id, NAME))]
    Stale(Box<Whole>),
    #[error("the tool failed")]
    Panicked,
}

impl Error {
    pub(super) fn unusable(text: impl Into<String>) -> Self {
        Self::Unusable(text.into())
    }

    /// Returns the message, the next step, and for a stale `ETag` the note as it is.
    fn text(self) -> String {
        if let Self::Find(find::Error::NoSuchNote { note, near, .. }) = &self {
            return no_such_note(note, near);
        }
        let advice = self.advice();
        let text = format!("{self}{advice}");
        let Self::Stale(mut note) = self else {
            return text;
        };
        note.content = cut(&note.content, CONTENT);
        for text in note.other_fields.values_mut().chain([&mut note.title]) {
            *text = cut(text, FIELD);
        }
        let now = serde_json::to_string(&note).expect("texts always serialize");
        format!("{text}\n{now}")
    }

    fn advice(&self) -> &'static str {
        match self {
            _ if self.in_doubt() => {
                ". The change may have been made: look with `search` or `read` before you try again"
            }
            Self::Open(_)
            | Self::Store(store::Error::Redis(_))
            | Self::Undo(UndoError::Store(store::Error::Redis(_))) => {
                ". Nothing was changed. Try again once; if it fails again, tell the user"
            }
            Self::Find(find::Error::Ambiguous { .. }) => ". Pass one of these ids",
            Self::Unfit(Unfit { cause, .. }) => match cause {
                EditError::NotOnce { .. } => ". Give a longer text that occurs once",
                EditError::NotThere { .. } => ". `read` the note and copy the text from it exactly",
                _ => "",
            },
            Self::Stale(_) => {
                ". This is the note now; if the change is still right, call again with its etag:"
            }
            Self::Undo(UndoError::Overtaken { .. }) => {
                ". Someone else has changed it since; `read` it and ask the user"
            }
            _ => "",
        }
    }

    fn in_doubt(&self) -> bool {
        match self {
            Self::Store(error) | Self::Undo(UndoError::Store(error)) => error.in_doubt(),
            Self::Panicked => true,
            _ => false,
        }
    }
}

fn no_such_note(name: &str, near: &[Note]) -> String {
    let name = cut(name, NAME);
    if near.is_empty() {
        return format!("no note '{name}'; `search` and `list` show what there is");
    }
    let near = near.iter().take(LISTED).map(|note| {
        let title = cut(note.heading(), NAME);
        format!("'{title}' ({})", cut(&note.id, NAME))
    });
    let near: Vec<String> = near.collect();
    let near = near.join(", ");
    format!("no note '{name}'; these have such a title: {near}. Pass one of these ids, or `search`")
}

impl IntoContents for Error {
    fn into_contents(self) -> Vec<ContentBlock> {
        vec![ContentBlock::text(self.text())]
    }
}
