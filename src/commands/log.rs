//! `notes log`: the changes from this machine to the Redis in use, newest first.

use crate::cli::Log;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::journal::{Journal, Summary};
use crate::output::{Json, steps};

pub(super) fn run(args: &Log, context: &mut Context) -> anyhow::Result<Exit> {
    let journal = require_journal(context)?;
    let history = journal.history()?;
    let address = context.settings.address()?;
    let newest_first = history.into_iter().rev();
    let (mut here, elsewhere): (Vec<Summary>, Vec<Summary>) =
        newest_first.partition(|step| address.has_name(&step.server));
    here.truncate(args.limit.unwrap_or(usize::MAX));
    context.begin_paging();
    if let Json::On(selection) = context.options.json.clone() {
        if let Some(selection) = &selection {
            selection.check_members("step", &steps::MEMBERS)?;
        }
        context.print_json(&steps::to_json(&here, selection.as_ref()))?;
        return Ok(Exit::Done);
    }
    let now = context.now;
    context.print(|out, stream| {
        if stream.terminal {
            steps::write(out, &here, now, stream)
        } else {
            steps::write_tsv(out, &here, stream)
        }
    })?;
    if here.is_empty() && args.limit != Some(0) && context.options.stdout.terminal {
        let more = match elsewhere.len() {
            0 => String::new(),
            count => format!(" (on other servers: {count})"),
        };
        context.say(&format!("no changes yet on {}{more}", address.server()));
    }
    Ok(Exit::Done)
}

/// Returns the journal, or an error that says why there is none.
pub(super) fn require_journal(context: &Context) -> anyhow::Result<&Journal> {
    if let Some(journal) = context.journal() {
        return Ok(journal);
    }
    if let Some(origin) = &context.settings.journal_off {
        let text = format!("there is no journal: {origin} switches it off");
        return Err(Error::usage(text).into());
    }
    // This error names the directory that is missing.
    context.settings.data_dir()?;
    Err(Error::usage("there is no journal").into())
}
