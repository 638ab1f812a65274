//! The commands: one file each, from its arguments by the store to its output.
//!
//! They say what happens in which order. How Redis is asked, how a format looks and how a terminal
//! is spoken to is decided below them.

mod add;
pub(crate) mod complete;
mod completions;
mod edit;
mod export;
mod find;
mod health;
mod import;
mod kept;
mod list;
mod log;
mod named;
mod pick;
mod redis;
mod rm;
mod serve;
mod show;
mod tags;
mod undo;

use std::fs::File;
use std::io;
use std::path::Path;
use std::slice;

use crate::cli::{Command, Content};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::input::{self, InputError, without_mark};
use crate::note::Note;
use crate::output::{Json, Selection, json, other_fields};
use crate::unicode::is_blank;

pub(crate) fn run(command: Command, context: &mut Context) -> anyhow::Result<Exit> {
    match command {
        Command::Add(args) => add::run(&args, context),
        Command::List(args) => list::run(&args, context),
        Command::Search(args) => list::search(&args, context),
        Command::Tags => tags::run(context),
        Command::Show(args) => show::run(args, context),
        Command::Edit(args) => edit::run(args, context),
        Command::Rm(args) => rm::run(args, context),
        Command::Serve(args) => serve::run(&args, context),
        Command::Export(args) => export::run(&args, context),
        Command::Import(args) => import::run(&args, context),
        Command::Undo(args) => undo::run(&args, context),
        Command::Log(args) => log::run(&args, context),
        Command::Health(args) => health::run(args, context),
        Command::Redis(args) => redis::run(args, context),
        Command::Completions(args) => completions::run(&args, context),
    }
}

/// Prints the note that a command touched: its id, or the note where output is JSON.
fn print_touched(context: &mut Context, note: &Note) -> anyhow::Result<()> {
    match context.options.json.clone() {
        Json::On(selection) => print_notes(context, slice::from_ref(note), selection.as_ref())?,
        Json::Off => context.print(|out, stream| writeln!(out, "{}", stream.one_line(&note.id)))?,
    }
    Ok(())
}

/// Prints each note, or its selected fields, as JSON.
fn print_notes(
    context: &mut Context,
    notes: &[Note],
    selection: Option<&Selection>,
) -> anyhow::Result<()> {
    if let Some(selection) = selection.filter(|_| !notes.is_empty()) {
        selection.check(&other_fields(notes).cloned().collect())?;
    }
    for note in notes {
        let fields = json::Fields(note, selection);
        context.print(|out, stream| json::write(out, &fields, stream))?;
    }
    Ok(())
}

/// The text of a file, or of standard input for `-`.
fn read_text(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        return read_stdin();
    }
    let opened = File::open(file).map_err(InputError::from);
    let text = opened.and_then(input::read);
    text.map_err(|error| unread(error, &file.display().to_string()))
}

/// The text of standard input.
fn read_stdin() -> anyhow::Result<String> {
    input::read(io::stdin()).map_err(|error| unread(error, "standard input"))
}

fn unread(error: InputError, name: &str) -> anyhow::Error {
    match error {
        InputError::Io(error) => anyhow::Error::from(error).context(format!("cannot read {name}")),
        error => Error::usage(format!("{name} {error}")).into(),
    }
}

/// The content that `-c` or `-f` gives, if either is there.
fn content(given: &Content) -> anyhow::Result<Option<String>> {
    let read = || given.file.as_deref().map(read_text).transpose();
    given.text.clone().map_or_else(read, |text| Ok(Some(text)))
}

/// The title without white space at its ends; there must be something left to see.
fn title(text: &str) -> Result<String, Error> {
    // `notes add "$(cat FILE)"` brings the mark of the byte order along.
    let title = without_mark(text.to_owned());
    if is_blank(&title) {
        return Err(Error::usage("the title is blank; a note needs one"));
    }
    Ok(title.trim().to_owned())
}
