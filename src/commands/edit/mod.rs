//! `notes edit`: new text for a note, from the arguments or from the editor.

mod rename;
mod session;

use anyhow::bail;

use self::rename::Rename;
use super::note_args::Picking;
use super::output::{brief, confirm, print_touched};
use super::text_args::{read_content, trim_title};
use super::{add, named, note_args};
use crate::cli;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::find::{self, Destination, NoteRef};
use crate::note::edit::{Edit, Replacement};
use crate::note::{NewText, Note};
use crate::store::{self, Edited};

/// As many notes are changed on a terminal only after a question.
const MANY: usize = 3;

/// The notes to edit.
struct Targets {
    ids: Vec<String>,
    /// Those that are not there yet.
    new: Vec<Note>,
    exit: Exit,
}

pub(super) fn run(mut args: cli::Edit, context: &mut Context) -> anyhow::Result<Exit> {
    note_args::require(&args.notes, "edit", context)?;
    let by_editor = args.is_by_editor();
    if by_editor && context.settings.editor.is_none() && !context.has_terminal() {
        let text = "no terminal for an editor; give the new text with -t, -c, -f or --append";
        bail!(Error::usage(text));
    }
    let edit = read_edit(&args)?;
    let can_ask = context.can_ask(&args.notes);
    let targets = find_targets(&mut args, by_editor, context)?;
    match (targets.ids.as_slice(), targets.new.as_slice()) {
        ([], []) => {}
        ([_], [note]) if by_editor => {
            add::in_editor(note.title().to_owned(), context)?;
        }
        ([id], _) if by_editor => {
            let (note, words) = if args.resume {
                session::resume(id, context)?
            } else {
                session::edit(id, context)?
            };
            print_edited(&note, words, context)?;
        }
        _ if by_editor => {
            let text = "the editor takes one NOTE; -t, -c, -f and --append change several";
            bail!(Error::usage(text));
        }
        (ids, new) => {
            if can_ask && !args.yes && ids.len() >= MANY {
                let answer = ask(ids, new, context)?;
                if answer != Exit::Done {
                    return Ok(answer);
                }
            }
            edit_by_options(&args, ids, new, &edit, can_ask, context)?;
        }
    }
    Ok(targets.exit)
}

/// Lets the user change a note in the editor.
pub(super) fn in_editor(id: &str, context: &mut Context) -> anyhow::Result<()> {
    let (note, words) = session::edit(id, context)?;
    print_edited(&note, words, context)
}

/// Changes notes as the options say, and the links to one that gets a new title, if the user wants that.
fn edit_by_options(
    args: &cli::Edit,
    ids: &[String],
    new: &[Note],
    edit: &Edit,
    can_ask: bool,
    context: &mut Context,
) -> anyhow::Result<()> {
    let renamed = read_renamed(args, ids, edit, can_ask, context)?;
    if let Some((note, title)) = &renamed
        && args.links
    {
        let leads = Destination::Note(note.id.clone());
        if let Some(rename) = Rename::find(note, title, &leads, context)? {
            let change = |note: &Note| Ok(rename.change(edit, note)?);
            return update_each(&rename.ids(), &[], "edit", change, context);
        }
    }
    change_directly(ids, new, edit, "edit", context)?;
    match renamed {
        Some((note, title)) if !args.links => offer_links(&note, title, context),
        _ => Ok(()),
    }
}

/// Changes notes by the command `by`, also those that others change at the same time, and prints them.
/// Those of `new` are made where they are not there.
pub(super) fn change_directly(
    ids: &[String],
    new: &[Note],
    edit: &Edit,
    by: &str,
    context: &mut Context,
) -> anyhow::Result<()> {
    update_each(
        ids,
        new,
        by,
        |note| Ok(NewText::from_edit(edit, note)?),
        context,
    )
}

fn update_each(
    ids: &[String],
    new: &[Note],
    by: &str,
    change: impl FnMut(&Note) -> Result<NewText, store::Error>,
    context: &mut Context,
) -> anyhow::Result<()> {
    let mut store = context.journaled_store(by)?;
    for (note, edited) in store.update_each(ids, new, change)? {
        print_edited(&note, words(edited), context)?;
    }
    Ok(())
}

fn print_edited(note: &Note, words: &str, context: &mut Context) -> anyhow::Result<()> {
    print_touched(context, note)?;
    context.say(&format!("{words} {}", brief(note)));
    Ok(())
}

/// Returns the words that go before the name of the note.
const fn words(edited: Edited) -> &'static str {
    match edited {
        Edited::Added => "added",
        Edited::Changed => "changed",
        Edited::Unchanged => "unchanged",
    }
}

/// Changes the links to a note that has a new title, if the user wants that. To find them takes long where
/// there are many notes, so the edit does not wait for it.
fn offer_links(note: &Note, title: &str, context: &mut Context) -> anyhow::Result<()> {
    if let Some(rename) = Rename::find(note, title, &Destination::Missing, context)?
        && rename.is_wanted()?
    {
        let change = |note: &Note| Ok(rename.change(&Edit::default(), note)?);
        update_each(&rename.linking(), &[], "edit --links", change, context)?;
    }
    Ok(())
}

/// Reads the note that gets a new title, if the links to it may be changed. Returns that title, too.
fn read_renamed<'a>(
    args: &cli::Edit,
    ids: &[String],
    edit: &'a Edit,
    can_ask: bool,
    context: &mut Context,
) -> anyhow::Result<Option<(Note, &'a str)>> {
    let Some(title) = edit.title.as_deref().filter(|_| args.links || can_ask) else {
        return Ok(None);
    };
    let [id] = ids else {
        if args.links {
            bail!(Error::usage("--links changes the links to one NOTE"));
        }
        return Ok(None);
    };
    let note = context.store()?.get(id)?;
    Ok(note
        .filter(|note| note.title() != title)
        .map(|note| (note, title)))
}

/// Returns the edit that the arguments ask for.
fn read_edit(args: &cli::Edit) -> anyhow::Result<Edit> {
    let (pairs, _) = args.replace.as_chunks::<2>();
    let replacements = pairs.iter().map(|[old, new]| Replacement {
        old: old.clone(),
        new: new.clone(),
        every: args.all,
    });
    Ok(Edit {
        title: args.title.as_deref().map(trim_title).transpose()?,
        content: read_content(&args.content)?,
        replacements: replacements.collect(),
        prepend: args.prepend.clone(),
        append: args.append.clone(),
        tags: args.tag.clone(),
        untags: args.untag.clone(),
        ..Edit::default()
    })
}

/// Finds the notes that the arguments name. With `--create` a name without a note is the title of a new
/// one.
fn find_targets(
    args: &mut cli::Edit,
    by_editor: bool,
    context: &mut Context,
) -> anyhow::Result<Targets> {
    let notes = std::mem::take(&mut args.notes);
    let mut new: Vec<Note> = Vec::new();
    if !args.create {
        let picking = Picking {
            several: !by_editor && !args.resume,
            guess: true,
        };
        let (ids, exit) = note_args::resolve_for_change(notes, picking, context)?;
        return Ok(Targets { ids, new, exit });
    }
    let (mut ids, errors) = note_args::resolve(notes, context)?;
    let mut others = Vec::new();
    for error in errors {
        match new_title(&error) {
            Some(title) => {
                let note = named::new_note(&title, context)?;
                if !ids.contains(&note.id) {
                    ids.push(note.id.clone());
                    new.push(note);
                }
            }
            None => others.push(error),
        }
    }
    let (ids, exit) = note_args::report_for_change(ids, others, context);
    Ok(Targets { ids, new, exit })
}

/// Returns the NOTE that was not found if it can be the title of a new note.
fn new_title(error: &find::Error) -> Option<String> {
    let find::Error::NoSuchNote { note, .. } = error else {
        return None;
    };
    let name = NoteRef::from(note.clone());
    name.title_or_prefix().map(str::to_owned)
}

/// Asks before many notes are changed.
fn ask(ids: &[String], new: &[Note], context: &mut Context) -> anyhow::Result<Exit> {
    let stored = context.store()?.get_each(ids)?;
    let mut notes: Vec<Note> = stored.into_iter().flatten().collect();
    notes.extend_from_slice(new);
    confirm("Change", &notes, context)
}
