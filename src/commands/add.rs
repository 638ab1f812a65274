//! `notes add`: a text from the arguments, a pipe, a file or the editor becomes a note.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use super::note_drafts::{self, Origin};
use super::output::{brief, print_touched};
use super::text_args::{read_content, read_file, read_stdin, trim_title};
use crate::cli::Add;
use crate::context::Context;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::input::{self, LARGEST_NOTE};
use crate::note::text::Text;
use crate::note::{Note, tag};
use crate::terminal::drafts::Draft;

const EMPTY: &str = "empty note; nothing was stored";

/// The TITLE, or the FILE, that stands for standard input.
const STDIN: &str = "-";

/// The place of the text outside Redis, for the case that it cannot be stored.
enum Backup {
    /// The history of the shell, or a file of the user.
    WithUser,
    /// None: the text came through a pipe.
    Missing,
    /// The draft of the editor.
    Draft(Draft),
}

pub(super) fn run(args: &Add, context: &mut Context) -> anyhow::Result<Exit> {
    let (text, backup) = read_note(args, context)?;
    add(text, backup, context)?;
    if !reads_stdin(args) && input::has_data(io::stdin()) {
        context
            .say("standard input was not read; `notes add TITLE -f -` takes the content from it");
    }
    Ok(Exit::Done)
}

/// Lets the user write a new note in the editor, beginning with a title.
pub(super) fn in_editor(title: String, context: &mut Context) -> anyhow::Result<()> {
    let begun = Text {
        title,
        ..Text::default()
    };
    let (text, backup) = run_editor(begun, context)?;
    add(text, backup, context)
}

/// Stores a new note and prints it.
fn add(text: Text, backup: Backup, context: &mut Context) -> anyhow::Result<()> {
    let note = Note::new(text.title, text.content, &Context::timestamp());
    if let Err(error) = store(&note, &backup, context) {
        return Err(save_text(error, backup, &note, context));
    }
    if let Backup::Draft(draft) = &backup {
        note_drafts::remove(draft, context);
    }
    print_touched(context, &note)?;
    context.say(&format!("added {}", brief(&note)));
    Ok(())
}

/// Returns true if the text comes from standard input, or at a terminal from the editor.
fn reads_stdin(args: &Add) -> bool {
    match args.content.file.as_deref() {
        Some(file) => file == Path::new(STDIN),
        None => args.title.is_empty() || args.title == [STDIN],
    }
}

fn store(note: &Note, backup: &Backup, context: &mut Context) -> anyhow::Result<()> {
    if note.size() > LARGEST_NOTE {
        let most = LARGEST_NOTE >> 20;
        let text = format!("the text is larger than {most} MiB, the most that a note holds");
        bail!(Error::usage(text));
    }
    let _hint = match backup {
        Backup::Draft(draft) => note_drafts::hint_at_interrupt(draft, context),
        Backup::WithUser | Backup::Missing => None,
    };
    Ok(context.journaled_store("add")?.create(note)?)
}

/// Saves a text that could not be stored, unless there is a backup. Adds to the error where the text is.
fn save_text(
    error: anyhow::Error,
    backup: Backup,
    note: &Note,
    context: &Context,
) -> anyhow::Error {
    let perhaps = error::perhaps(&error);
    match backup {
        Backup::WithUser => return error,
        Backup::Draft(draft) => {
            return error.context(format!("{perhaps}not stored; {}", draft.hint()));
        }
        // Still larger texts are not even read to their end.
        Backup::Missing if note.size() > LARGEST_NOTE => return error,
        Backup::Missing => {}
    }
    let text = format!("{}\n{}", note.title(), note.content());
    match note_drafts::save(&text, context) {
        Ok(draft) => error.context(format!(
            "{perhaps}not stored; the text is kept, and `notes add -f {}` tries again",
            shell_words::quote(&draft.path().to_string_lossy())
        )),
        Err(reason) => error.context(format!(
            "{perhaps}not stored, and the text could not be kept ({reason:#})"
        )),
    }
}

fn read_note(args: &Add, context: &Context) -> anyhow::Result<(Text, Backup)> {
    if args.resume {
        return resume_draft(context);
    }
    match read_text(args)? {
        Some((text, _)) if args.edit => run_editor(tagged(text, args), context),
        Some((text, backup)) => Ok((tagged(text, args), backup)),
        None => {
            let (text, backup) = run_editor(Text::default(), context)?;
            Ok((tagged(text, args), backup))
        }
    }
}

/// Returns the text with the tags that the arguments give.
fn tagged(mut text: Text, args: &Add) -> Text {
    for name in &args.tag {
        if let Some(content) = tag::add(&text.title, &text.content, name) {
            text.content = content;
        }
    }
    text
}

/// Reads the text that is given. `None` if it is to be written in the editor.
fn read_text(args: &Add) -> anyhow::Result<Option<(Text, Backup)>> {
    let file = args.content.file.as_deref();
    let backup = if reads_stdin(args) {
        Backup::Missing
    } else {
        Backup::WithUser
    };
    let by_dash = args.title == [STDIN];
    let is_given = args.content.text.is_some() || file.is_some();
    if by_dash && is_given {
        let text =
            "`notes add -` reads the whole note from standard input; give a TITLE with -c or -f";
        bail!(Error::usage(text));
    }
    if !args.title.is_empty() && !by_dash {
        let text = Text {
            title: trim_title(&args.title.join(" "))?,
            content: read_content(&args.content)?.unwrap_or_default(),
        };
        return Ok(Some((text, backup)));
    }
    if args.content.text.is_some() {
        let text = "-c needs a title: notes add TITLE -c TEXT";
        bail!(Error::usage(text));
    }
    let text = match file {
        Some(file) => read_file(file)?,
        None if !by_dash && io::stdin().is_terminal() => return Ok(None),
        None => read_stdin()?,
    };
    match Text::from_pipe(&text) {
        Some(text) => Ok(Some((text, backup))),
        None if args.edit => Ok(None),
        None => {
            let text = "empty note; give a TITLE, or a text on standard input";
            bail!(Error::usage(text));
        }
    }
}

/// Lets the user write a note in the editor, which begins with this text. If that is not saved, it is
/// kept as a draft.
fn run_editor(begun: Text, context: &Context) -> anyhow::Result<(Text, Backup)> {
    let is_empty = begun == Text::default();
    if !is_empty {
        require_editor(context)?;
    }
    let draft = note_drafts::begin(&Origin::NewNote(begun), context)?;
    let text = if is_empty {
        note_drafts::edit(&draft, context)?.context(EMPTY)?
    } else {
        note_drafts::edit_resumed(&draft, context)?
    };
    parse_draft(&text, draft, context)
}

fn require_editor(context: &Context) -> Result<(), Error> {
    if context.settings.editor.is_none() && !context.has_terminal() {
        return Err(Error::usage("no terminal for an editor"));
    }
    Ok(())
}

/// Continues with the draft of a new note that was saved last.
fn resume_draft(context: &Context) -> anyhow::Result<(Text, Backup)> {
    require_editor(context)?;
    let (draft, _) = note_drafts::resume(&Origin::NewNote(Text::default()), context)?;
    let text = note_drafts::edit_resumed(&draft, context)?;
    parse_draft(&text, draft, context)
}

fn parse_draft(text: &str, draft: Draft, context: &Context) -> anyhow::Result<(Text, Backup)> {
    let Some(text) = Text::from_editor(text, None) else {
        note_drafts::remove(&draft, context);
        bail!(EMPTY);
    };
    Ok((text, Backup::Draft(draft)))
}
