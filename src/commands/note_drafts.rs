//! The drafts of notes: the editor works on them, and earlier runs may have left some. Each holds the
//! note that it started from.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::context::Context;
use crate::error::{self, Error};
use crate::note::Note;
use crate::note::text::{Text, for_editor};
use crate::output::short_id;
use crate::terminal::drafts::{Draft, Kept};
use crate::terminal::editor::{self, Edited};
use crate::terminal::signals::{EndAction, SIGINT};
use crate::timestamp;

/// An unchanged draft is kept for so long: an editor may be open in the background.
const UNCHANGED_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// The length of the ids that `notes` gives, of which a prefix is unique.
const UUID_LENGTH: usize = 36;

/// The note that a draft started from.
#[derive(Debug, PartialEq)]
pub(super) enum Origin {
    /// A new note that begins with this text.
    NewNote(Text),
    /// A stored note as it was: id, title and content.
    Note(Box<Note>),
}

impl Origin {
    pub(super) fn from_note(note: &Note) -> Self {
        Self::Note(Box::new(Note {
            id: note.id.clone(),
            title: note.title.clone(),
            content: note.content.clone(),
            ..Note::default()
        }))
    }

    /// Reads what [`Self::to_json`] has written. `None` for any other text.
    fn from_json(text: &str) -> Option<Self> {
        let origin: Value = serde_json::from_str(text).ok()?;
        if origin.get("id")?.is_null() {
            return Some(Self::NewNote(Text {
                title: member(&origin, "title").unwrap_or_default(),
                content: member(&origin, "content").unwrap_or_default(),
            }));
        }
        Some(Self::Note(Box::new(Note {
            id: member(&origin, "id")?,
            title: member(&origin, "title"),
            content: member(&origin, "content"),
            ..Note::default()
        })))
    }

    pub(super) fn to_json(&self) -> String {
        let value = match self {
            Self::NewNote(text) => {
                json!({ "id": null, "title": text.title, "content": text.content })
            }
            Self::Note(note) => {
                json!({ "id": note.id, "title": note.title, "content": note.content })
            }
        };
        value.to_string()
    }

    /// Returns the text that a draft of it begins with.
    fn initial_text(&self) -> String {
        match self {
            Self::NewNote(text) if *text == Text::default() => String::new(),
            Self::NewNote(text) => for_editor(text),
            Self::Note(note) => for_editor(&Text::from_note(note)),
        }
    }

    /// Returns true if it begins with a text that no note has.
    fn is_unstored(&self) -> bool {
        matches!(self, Self::NewNote(text) if *text != Text::default())
    }

    /// The id of the note; `None` for a new one.
    fn id(&self) -> Option<&str> {
        match self {
            Self::NewNote(_) => None,
            Self::Note(note) => Some(&note.id),
        }
    }

    /// Names the note in a message.
    fn subject(&self) -> String {
        match self {
            Self::NewNote(_) => "a new note".to_owned(),
            Self::Note(note) => format!("note {}", short_id(note, 0)),
        }
    }

    /// Returns the command that continues with its draft.
    fn resume_command(&self) -> String {
        match self {
            Self::NewNote(_) => "notes add --resume".to_owned(),
            Self::Note(note) => {
                let is_uuid = note.id.len() == UUID_LENGTH;
                let id = if is_uuid {
                    short_id(note, 0)
                } else {
                    note.id.clone()
                };
                format!("notes edit {} --resume", shell_words::quote(&id))
            }
        }
    }

    /// Returns true if the draft is as it was created from this.
    fn is_unchanged_in(&self, kept: &Kept) -> bool {
        kept.is_only(&self.initial_text())
    }
}

/// Returns a text member of an origin.
fn member(origin: &Value, name: &str) -> Option<String> {
    origin.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Begins a draft, and says so if there is an earlier one. Uses an unchanged draft again, so that an
/// editor in the background and the next edit have one file.
pub(super) fn begin(origin: &Origin, context: &Context) -> anyhow::Result<Draft> {
    let mut unchanged = None;
    let mut is_said = false;
    for kept in context.drafts().kept() {
        let Some(started) = Origin::from_json(&kept.origin) else {
            continue;
        };
        let is_same_note = started.id() == origin.id();
        if kept.is_open {
            if is_same_note && origin.id().is_some() {
                context.say(&format!("{} is open in another editor", origin.subject()));
            }
        } else if started.is_unchanged_in(&kept) {
            if started == *origin {
                unchanged = unchanged.or(Some(kept));
            } else if is_older(&kept, UNCHANGED_KEPT) {
                // If this fails, the next edit tries again.
                let _ = kept.remove();
            }
        } else if is_same_note && !is_said {
            is_said = true;
            context.say(&format!(
                "a draft of {} from {} is kept; `{}` continues with it",
                origin.subject(),
                saved_at(&kept, context),
                origin.resume_command()
            ));
        }
    }
    let is_unstored = origin.is_unstored();
    let resume = origin.resume_command();
    if let Some(draft) = unchanged.and_then(|kept| kept.open(resume, is_unstored)) {
        return Ok(draft);
    }
    let name = match origin {
        Origin::NewNote(_) => "new".to_owned(),
        Origin::Note(note) => short_id(note, 0),
    };
    let mut draft = create(
        &name,
        &origin.initial_text(),
        &origin.to_json(),
        origin.resume_command(),
        context,
    )?;
    draft.is_unstored = is_unstored;
    Ok(draft)
}

/// Saves a text that did not come from an editor.
pub(super) fn save(text: &str, context: &Context) -> anyhow::Result<Draft> {
    create("new", text, "", String::new(), context)
}

fn create(
    name: &str,
    text: &str,
    origin: &str,
    resume: String,
    context: &Context,
) -> anyhow::Result<Draft> {
    let created = context.drafts().create(name, text, origin, resume);
    created.context("cannot keep a draft; set NOTES_DATA_DIR to a directory that can be written")
}

fn is_older(kept: &Kept, age: Duration) -> bool {
    let elapsed = SystemTime::now().duration_since(kept.saved_at);
    elapsed.is_ok_and(|elapsed| elapsed > age)
}

/// Returns the local time at which a draft was saved, with its date unless that is today.
fn saved_at(kept: &Kept, context: &Context) -> String {
    let saved_at = timestamp::local(DateTime::<Utc>::from(kept.saved_at));
    let is_today = saved_at.date_naive() == timestamp::local(context.now).date_naive();
    let format = if is_today { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    saved_at.format(format).to_string()
}

/// Opens the draft of this note that was saved last, and returns the note that it started from. Opens
/// an unchanged draft only if there is no other.
pub(super) fn resume(note: &Origin, context: &Context) -> anyhow::Result<(Draft, Origin)> {
    let mut found = None;
    let mut is_open = false;
    for kept in context.drafts().kept() {
        let Some(origin) = Origin::from_json(&kept.origin) else {
            continue;
        };
        if origin.id() != note.id() {
            continue;
        }
        if kept.is_open {
            is_open = true;
            continue;
        }
        let is_unchanged = origin.is_unchanged_in(&kept);
        if found.is_none() || !is_unchanged {
            found = Some((kept, origin));
        }
        if !is_unchanged {
            break;
        }
    }
    if let Some((kept, origin)) = found {
        if let Some(draft) = kept.open(origin.resume_command(), true) {
            return Ok((draft, origin));
        }
        // Another run has just opened it.
        is_open = true;
    }
    let subject = note.subject();
    if is_open {
        bail!("the draft of {subject} is open in another editor; close that first");
    }
    let begins = match note {
        Origin::NewNote(_) => "`notes add` begins one",
        Origin::Note(_) => "`notes edit` begins a new one",
    };
    bail!("no draft of {subject} is kept; {begins}");
}

/// Runs the editor on a new draft. `None` if the text was not changed.
pub(super) fn edit(draft: &Draft, context: &Context) -> anyhow::Result<Option<String>> {
    match editor::edit(context.editor(), draft)? {
        Edited::Saved(text) => Ok(Some(text)),
        Edited::Unsaved { at_once: true } => {
            say_wait_option(draft, context);
            Ok(None)
        }
        Edited::Unsaved { at_once: false } => {
            remove(draft, context);
            Ok(None)
        }
    }
}

/// Runs the editor on a resumed draft. Unless it is saved, the draft stays as it is.
pub(super) fn edit_resumed(draft: &Draft, context: &Context) -> anyhow::Result<String> {
    match editor::edit(context.editor(), draft)? {
        Edited::Saved(text) => Ok(text),
        Edited::Unsaved { at_once } => {
            if at_once {
                say_wait_option(draft, context);
            }
            let hint = draft.hint();
            bail!("not saved in the editor; nothing was stored; {hint}")
        }
    }
}

fn say_wait_option(draft: &Draft, context: &Context) {
    context.say(&format!(
        "if your editor runs in the background, give it its wait option (code --wait); \
         `{}` continues with what it saves",
        draft.resume
    ));
}

/// Removes a draft whose text is safe, or was not changed.
pub(super) fn remove(draft: &Draft, context: &Context) {
    if let Err(error) = draft.remove() {
        let path = draft.path();
        let path = path.display();
        context.say(&format!("the draft {path} cannot be removed: {error}"));
    }
}

/// While the result lives, an interrupt prints the path of the text before it ends the process.
pub(super) fn hint_at_interrupt(draft: &Draft, context: &Context) -> Option<EndAction> {
    let text = format!("interrupted; perhaps not stored; {}", draft.hint());
    let options = context.options.clone();
    let say = move || {
        error::report(&Error::interrupted(text).into(), &options);
    };
    // The text is kept without it too.
    EndAction::new(&[SIGINT], say).ok()
}
