//! `notes undo`: undoes the last change from this machine, or one step of the journal.

use super::log::require_journal;
use super::output::{brief, print_touched};
use crate::cli::Undo;
use crate::context::Context;
use crate::exit::Exit;
use crate::note::{ChangeKind, Changes};
use crate::output::Json;

/// The most notes that are named, each on a line.
const MOST_NAMED: usize = 10;

pub(super) fn run(args: &Undo, context: &mut Context) -> anyhow::Result<Exit> {
    require_journal(context)?;
    let mut undone = context
        .journaled_store("undo")?
        .undo(args.step, args.dry_run)?;
    let is_long = undone.changes.len() > MOST_NAMED;
    if !is_long || context.options.json != Json::Off {
        for change in undone.changes.iter() {
            let (note, kind) = change?.touched();
            print_touched(context, &note)?;
            if !is_long {
                context.say(&format!("{} {}", word(kind, args.dry_run), brief(&note)));
            }
        }
    } else if !context.options.stdout.terminal {
        // Thousands of ids would scroll everything else off a terminal.
        for (id, _) in undone.changes.touched() {
            context.print(|out, stream| writeln!(out, "{}", stream.one_line(id)))?;
        }
    }
    let mut step = format!("step {} ({})", undone.step, undone.by);
    if is_long {
        step.push_str(&summary(&undone.changes, args.dry_run));
        context.flush()?;
    }
    context.say(&match undone.number {
        _ if undone.changes.is_empty() => {
            format!("{step} was never made, or is undone already; nothing was changed")
        }
        _ if args.dry_run => format!("would undo {step}"),
        Some(number) => format!("undid {step}; `notes undo {number}` redoes it"),
        None => format!("undid {step}"),
    });
    Ok(Exit::Done)
}

/// `: brought back 2 notes, deleted 300 notes`
fn summary(changes: &Changes, is_plan: bool) -> String {
    let mut parts = Vec::new();
    for kind in [ChangeKind::Added, ChangeKind::Changed, ChangeKind::Deleted] {
        match changes.touched().filter(|(_, it)| *it == kind).count() {
            0 => {}
            1 => parts.push(format!("{} 1 note", word(kind, is_plan))),
            count => parts.push(format!("{} {count} notes", word(kind, is_plan))),
        }
    }
    format!(": {}", parts.join(", "))
}

const fn word(kind: ChangeKind, is_plan: bool) -> &'static str {
    match (kind, is_plan) {
        (ChangeKind::Added, false) => "brought back",
        (ChangeKind::Changed, false) => "changed back",
        (ChangeKind::Deleted, false) => "deleted",
        (ChangeKind::Added, true) => "would bring back",
        (ChangeKind::Changed, true) => "would change back",
        (ChangeKind::Deleted, true) => "would delete",
    }
}
