//! `notes import`: notes from files, directories and archives, each compared with what is stored before any
//! is written.

mod plan;
mod report;

use std::path::Path;

use anyhow::Context as _;
use serde_json::Value;

use self::plan::Plan;
use super::output::print_id;
use crate::cli::{Import, ImportFormat};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::note::{Changes, NoteChange};
use crate::output::{Json, json};
use crate::transfer::{self, Format, InputFormat, Source};

pub(super) fn run(args: &Import, context: &mut Context) -> anyhow::Result<Exit> {
    if args.source.is_some() && args.paths.len() > 1 {
        let text = "--source is the name of one PATH; import the others by themselves";
        return Err(Error::usage(text).into());
    }
    let mut plan = Plan::new(context);
    let imported = import(&mut plan, args, context);
    context.flush()?;
    plan.report.print(args.dry_run, context);
    let undo_hint = imported?;
    let done = if args.dry_run {
        "would import"
    } else {
        "imported"
    };
    context.say(&format!("{}{undo_hint}", plan.summary(done)));
    Ok(if plan.report.has_failures {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// Reads and compares all notes, and stores them. Returns a hint how to undo it.
fn import(plan: &mut Plan, args: &Import, context: &mut Context) -> anyhow::Result<&'static str> {
    for path in &args.paths {
        let mut source = open(path, args)?;
        plan.report.leave_out(&source.left_out);
        read(&mut source, plan, args, context)?;
    }
    if args.dry_run && context.options.json != Json::Off {
        context.print_json(&Value::Array(std::mem::take(&mut plan.json)))?;
    }
    plan.check()?;
    if args.dry_run {
        return Ok("");
    }
    store(plan, context)
}

fn open(path: &Path, args: &Import) -> anyhow::Result<Source> {
    let format = args.format.map(InputFormat::from);
    let is_stdin = path == Path::new("-");
    let name = if is_stdin {
        "standard input".into()
    } else {
        path.display().to_string()
    };
    let source = transfer::open_as(path, format, args.source.as_deref());
    let source = source.with_context(|| format!("cannot read {name}"))?;
    source.ok_or_else(|| {
        let known = ImportFormat::names();
        let text = format!("cannot tell the format of {name}; name it with --format: {known}");
        Error::usage(text).into()
    })
}

fn read(
    source: &mut Source,
    plan: &mut Plan,
    args: &Import,
    context: &mut Context,
) -> anyhow::Result<()> {
    let mut progress = context.progress("reading");
    loop {
        let chunk = plan.next_chunk(source, context);
        if let Some((read, total)) = source.progress() {
            progress.at(read, total);
        }
        if chunk.is_empty() {
            return Ok(());
        }
        plan.compare(chunk, args, context)?;
    }
}

/// Makes the changes as one step, and prints the notes.
fn store(plan: &mut Plan, context: &mut Context) -> anyhow::Result<&'static str> {
    let changes = &mut plan.changes;
    let all = changes.len();
    let mut progress = context.progress("importing");
    let outcome = context
        .journaled_store("import")?
        .apply_many(None, changes.iter(), |made| progress.at(made, all));
    drop(progress);
    print_stored(changes, outcome.made, context)?;
    outcome.result.with_context(|| {
        let made = outcome.made;
        format!("{made} of {all} notes were imported; importing again continues")
    })?;
    Ok(match outcome.recorded.filter(|_| context.can_undo()) {
        None => "",
        Some(step) if !step.is_too_large_to_keep => "; `notes undo` undoes it",
        Some(_) => {
            "; `notes undo` can undo it until the next change, and nothing before it: it fills the journal"
        }
    })
}

/// Prints the ids of the first changes, or their notes where output is JSON. Selected fields that a note lacks
/// are null: the fields of later notes are not known yet.
fn print_stored(changes: &mut Changes, made: usize, context: &mut Context) -> anyhow::Result<()> {
    let Json::On(selection) = context.options.json.clone() else {
        for (id, _) in changes.touched().take(made) {
            print_id(context, id)?;
        }
        return Ok(());
    };
    for change in changes.iter().take(made) {
        let NoteChange { id, after, .. } = change?;
        let note = after.into_note(&id);
        let fields = json::Fields(&note, selection.as_ref());
        context.print(|out, stream| json::write(out, &fields, stream))?;
    }
    Ok(())
}

impl From<ImportFormat> for InputFormat {
    fn from(format: ImportFormat) -> Self {
        match format {
            ImportFormat::Jsonl => Self::Own(Format::Jsonl),
            ImportFormat::Json => Self::Own(Format::Json),
            ImportFormat::Csv => Self::Own(Format::Csv),
            ImportFormat::Md => Self::Own(Format::Markdown),
            ImportFormat::Jrnl => Self::Jrnl,
            ImportFormat::Keep => Self::Keep,
            ImportFormat::Memos => Self::Memos,
            ImportFormat::Simplenote => Self::Simplenote,
        }
    }
}
