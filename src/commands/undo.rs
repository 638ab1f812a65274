//! `notes undo`: takes back the last change of this machine, or the step that is named.

use super::{brief, print_touched};
use crate::cli::Undo;
use crate::context::Context;
use crate::exit::Exit;
use crate::journal::Kind;
use crate::notebook::{Rehearsal, Undone, Which};

pub(super) fn run(args: &Undo, context: &mut Context) -> anyhow::Result<Exit> {
    super::log::require_journal(context)?;
    let which = args.step.map_or(Which::Last, Which::Step);
    let rehearsal = if args.dry_run {
        Rehearsal::Yes
    } else {
        Rehearsal::No
    };
    let undone = context.notebook("undo")?.undo(which, rehearsal)?;
    for (note, kind) in &undone.notes {
        print_touched(context, note)?;
        let done = match (kind, rehearsal) {
            (Kind::Added, Rehearsal::No) => "brought back",
            (Kind::Changed, Rehearsal::No) => "changed back",
            (Kind::Deleted, Rehearsal::No) => "deleted",
            (Kind::Added, Rehearsal::Yes) => "would bring back",
            (Kind::Changed, Rehearsal::Yes) => "would change back",
            (Kind::Deleted, Rehearsal::Yes) => "would delete",
        };
        context.say(&format!("{done} {}", brief(note)));
    }
    context.say(&summary(&undone, rehearsal));
    Ok(Exit::Done)
}

fn summary(undone: &Undone, rehearsal: Rehearsal) -> String {
    let Undone { step, by, .. } = undone;
    if undone.notes.is_empty() {
        return format!(
            "step {step} ({by}) was never made, or is taken back already; nothing was changed"
        );
    }
    match (rehearsal, undone.number) {
        (Rehearsal::Yes, _) => format!("would undo step {step} ({by})"),
        (Rehearsal::No, Some(number)) => {
            format!("undid step {step} ({by}); `notes undo {number}` does it again")
        }
        (Rehearsal::No, None) => format!("undid step {step} ({by})"),
    }
}
