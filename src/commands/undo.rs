//! `notes undo`: undoes the last change from this machine, or one step of the journal.

use super::log::require_journal;
use super::output::{brief, print_touched};
use crate::cli::Undo;
use crate::context::Context;
use crate::exit::Exit;
use crate::journal::ChangeKind;

pub(super) fn run(args: &Undo, context: &mut Context) -> anyhow::Result<Exit> {
    require_journal(context)?;
    let undone = context
        .journaled_store("undo")?
        .undo(args.step, args.dry_run)?;
    for (note, kind) in &undone.notes {
        print_touched(context, note)?;
        let done = match (kind, args.dry_run) {
            (ChangeKind::Added, false) => "brought back",
            (ChangeKind::Changed, false) => "changed back",
            (ChangeKind::Deleted, false) => "deleted",
            (ChangeKind::Added, true) => "would bring back",
            (ChangeKind::Changed, true) => "would change back",
            (ChangeKind::Deleted, true) => "would delete",
        };
        context.say(&format!("{done} {}", brief(note)));
    }
    let step = format!("step {} ({})", undone.step, undone.by);
    context.say(&match undone.number {
        _ if undone.notes.is_empty() => {
            format!("{step} was never made, or is undone already; nothing was changed")
        }
        _ if args.dry_run => format!("would undo {step}"),
        Some(number) => format!("undid {step}; `notes undo {number}` redoes it"),
        None => format!("undid {step}"),
    });
    Ok(Exit::Done)
}
