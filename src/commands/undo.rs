//! `notes undo`: takes back the last change of this machine, or the step that is named.

use super::{brief, print_touched};
use crate::cli::Undo;
use crate::context::Context;
use crate::exit::Exit;
use crate::journal::{Kind, Undone};

pub(super) fn run(args: &Undo, context: &mut Context) -> anyhow::Result<Exit> {
    super::log::require_journal(context)?;
    let undone = context.notebook("undo")?.undo(args.step, args.dry_run)?;
    for (note, kind) in &undone.notes {
        print_touched(context, note)?;
        let done = match (kind, args.dry_run) {
            (Kind::Added, false) => "brought back",
            (Kind::Changed, false) => "changed back",
            (Kind::Deleted, false) => "deleted",
            (Kind::Added, true) => "would bring back",
            (Kind::Changed, true) => "would change back",
            (Kind::Deleted, true) => "would delete",
        };
        context.say(&format!("{done} {}", brief(note)));
    }
    context.say(&summary(&undone, args.dry_run));
    Ok(Exit::Done)
}

fn summary(undone: &Undone, dry_run: bool) -> String {
    let Undone { step, by, .. } = undone;
    if undone.notes.is_empty() {
        return format!(
            "step {step} ({by}) was never made, or is undone already; nothing was changed"
        );
    }
    match (dry_run, undone.number) {
        (true, _) => format!("would undo step {step} ({by})"),
        (false, Some(number)) => {
            format!("undid step {step} ({by}); `notes undo {number}` does it again")
        }
        (false, None) => format!("undid step {step} ({by})"),
    }
}
