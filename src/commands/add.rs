//! `notes add`: a text from the arguments, a pipe, a file or the editor becomes a note.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use super::kept::{self, Origin};
use super::named::brief;
use super::{content, print_touched, read_stdin, read_text, title};
use crate::cli::Add;
use crate::context::Context;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::input::{self, LARGEST_NOTE};
use crate::note::Note;
use crate::note::text::Text;
use crate::terminal::drafts::Draft;

const EMPTY: &str = "empty note; nothing was stored";

/// The TITLE and the FILE that stand for standard input.
const STDIN: &str = "-";

/// What keeps the text should it not be stored.
enum Keeper {
    /// The user has it already: in the shell's history, or in a file.
    User,
    /// Nobody: it came by a pipe.
    Nobody,
    /// The draft that the editor worked on.
    Draft(Draft),
}

pub(super) fn run(args: &Add, context: &mut Context) -> anyhow::Result<Exit> {
    let (text, keeper) = text(args, context)?;
    let note = Note::new(text.title, text.content, &Context::timestamp());
    if let Err(error) = store(context, &note, &keeper) {
        return Err(keep(error, keeper, &note, context));
    }
    if let Keeper::Draft(draft) = &keeper {
        kept::remove(draft, context);
    }
    print_touched(context, &note)?;
    context.say(&format!("added {}", brief(&note)));
    if !reads_stdin(args) && input::has_data(io::stdin()) {
        context
            .say("standard input was not read; `notes add TITLE -f -` takes the content from it");
    }
    Ok(Exit::Done)
}

/// Returns true if the text comes from standard input, at a terminal perhaps by the editor.
fn reads_stdin(args: &Add) -> bool {
    match args.content.file.as_deref() {
        Some(file) => file == Path::new(STDIN),
        None => args.title.is_empty() || args.title == [STDIN],
    }
}

fn store(context: &mut Context, note: &Note, keeper: &Keeper) -> anyhow::Result<()> {
    if note.size() > LARGEST_NOTE {
        let most = LARGEST_NOTE >> 20;
        let text = format!("the text is larger than {most} MiB, the most that a note holds");
        bail!(Error::usage(text));
    }
    let _named = match keeper {
        Keeper::Draft(draft) => kept::named_at_interrupt(draft, context),
        Keeper::User | Keeper::Nobody => None,
    };
    Ok(context.journaled_store("add")?.create(note)?)
}

/// Sees to it that a text which could not be stored is not lost.
fn keep(error: anyhow::Error, keeper: Keeper, note: &Note, context: &Context) -> anyhow::Error {
    let perhaps = error::perhaps(&error);
    let kept = match keeper {
        Keeper::User => return error,
        // As a larger one, which is not even read to its end.
        Keeper::Nobody if note.size() > LARGEST_NOTE => return error,
        Keeper::Draft(draft) => {
            return error.context(format!("{perhaps}not stored; {}", draft.hint()));
        }
        Keeper::Nobody => {
            let text = format!("{}\n{}", note.title(), note.content());
            kept::keep(&text, context)
        }
    };
    match kept {
        Ok(draft) => error.context(format!(
            "{perhaps}not stored; the text is kept, and `notes add -f {}` tries again",
            shell_words::quote(&draft.path().to_string_lossy())
        )),
        Err(reason) => error.context(format!(
            "{perhaps}not stored, and the text could not be kept ({reason:#})"
        )),
    }
}

fn text(args: &Add, context: &Context) -> anyhow::Result<(Text, Keeper)> {
    if args.resume {
        return resumed(context);
    }
    let file = args.content.file.as_deref();
    let keeper = match file {
        Some(file) if file == Path::new(STDIN) => Keeper::Nobody,
        _ => Keeper::User,
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
            title: title(&args.title.join(" "))?,
            content: content(&args.content)?.unwrap_or_default(),
        };
        return Ok((text, keeper));
    }
    if args.content.text.is_some() {
        let text = "a content without a title; give one: notes add TITLE -c TEXT";
        bail!(Error::usage(text));
    }
    let (text, keeper) = match file {
        Some(file) => (read_text(file)?, keeper),
        None if !by_dash && io::stdin().is_terminal() => return from_editor(context),
        None => (read_stdin()?, Keeper::Nobody),
    };
    let text = Text::from_pipe(&text)
        .ok_or_else(|| Error::usage("empty note; give a TITLE, or a text on standard input"))?;
    Ok((text, keeper))
}

fn from_editor(context: &Context) -> anyhow::Result<(Text, Keeper)> {
    let draft = kept::begin(&Origin::NewNote, context)?;
    let text = kept::edit(&draft, context)?;
    edited(&text.context(EMPTY)?, draft, context)
}

/// Continues with the draft of a new note that was saved last.
fn resumed(context: &Context) -> anyhow::Result<(Text, Keeper)> {
    if context.settings.editor.is_none() && !context.has_terminal() {
        bail!(Error::usage("no terminal for an editor"));
    }
    let (draft, _) = kept::resume(&Origin::NewNote, context)?;
    let text = kept::edit_resumed(&draft, context)?;
    edited(&text, draft, context)
}

fn edited(text: &str, draft: Draft, context: &Context) -> anyhow::Result<(Text, Keeper)> {
    let Some(text) = Text::from_editor(text, None) else {
        kept::remove(&draft, context);
        bail!(EMPTY);
    };
    Ok((text, Keeper::Draft(draft)))
}
