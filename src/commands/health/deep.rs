//! `notes health --deep`: every note is looked at, and mended where that takes no guess.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{Report, print_text};
use crate::cli::Health;
use crate::context::Context;
use crate::doctor::{self, Inspection, Problem, ProblemKind, Repair, Repaired, warnings};
use crate::exit::Exit;
use crate::output::Json;
use crate::store::{JournaledStore, Store};
use crate::terminal::prompt;
use crate::timestamp;

/// How many repairs are named before it is asked about all.
const NAMED: usize = 20;

/// How many examples a line names.
const EXAMPLES: usize = 3;

/// What came of a look at everything.
struct Checkup {
    found: Inspection,
    took: Duration,
}

pub(super) fn run(
    args: Health,
    report: &Report,
    mut store: Store,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let checkup = Checkup::of(report, &mut store, context)?;
    let text = context.options.json == Json::Off;
    if text {
        print_text(context, &checkup.text(report))?;
    }
    if args.fix {
        let problems = checkup.found.problems.iter();
        let repairs: BTreeSet<_> = problems.filter_map(|it| it.repair.clone()).collect();
        if repairs.is_empty() {
            context.say("nothing to repair that would not be a guess");
        } else if args.dry_run {
            say_plans(&repairs, usize::MAX, context);
        } else {
            context.flush()?;
            if !args.yes {
                let answer = ask(&repairs, context)?;
                if answer != Exit::Done {
                    return Ok(answer);
                }
            }
            return mend(&repairs, checkup, report, &mut store, context);
        }
    }
    if !text {
        context.print_json(&checkup.json(report, &[]))?;
    }
    Ok(checkup.exit())
}

fn say_plans(repairs: &BTreeSet<Repair>, most: usize, context: &Context) {
    for repair in repairs.iter().take(most) {
        context.say(&format!("would {}", repair.plan()));
    }
    if let Some(more @ 1..) = repairs.len().checked_sub(most) {
        context.say(&format!("and {more} more"));
    }
}

fn ask(repairs: &BTreeSet<Repair>, context: &Context) -> anyhow::Result<Exit> {
    say_plans(repairs, NAMED, context);
    let question = match repairs.len() {
        1 => "Mend this?".to_owned(),
        count => format!("Mend these {count}?"),
    };
    prompt::confirm(&question).context("cannot ask")
}

/// Makes the repairs, looks at everything once more, and reports what is left.
fn mend(
    repairs: &BTreeSet<Repair>,
    found: Checkup,
    report: &Report,
    store: &mut Store,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let now = Context::timestamp();
    let mut journaled = JournaledStore::new(store, context.journal(), "health --fix", now);
    let mut mended = Repaired::default();
    let result = doctor::repair(&mut journaled, repairs, &mut mended);
    for repair in repairs {
        if mended.made.contains(repair) {
            context.say(&repair.outcome());
        } else if result.is_ok() {
            context.say(&format!("did not {}: it changed meanwhile", repair.plan()));
        }
    }
    let failed = match result {
        Ok(()) => None,
        // What Redis refuses once it refuses again; what was mended before is still to be told.
        Err(error) if store.is_usable() => Some(context.complain(&error.into())),
        Err(error) => return Err(error.into()),
    };
    if mended.can_be_undone && context.can_undo() {
        context.say("`notes undo` undoes it");
    }
    let left = Checkup::of(report, store, context)?;
    if context.options.json == Json::Off {
        print_text(context, &left.remainder(mended.made.len()))?;
    } else {
        let mut problems = found.found.problems;
        let made = |repair: &Repair| mended.made.contains(repair);
        problems.retain(|problem| problem.repair.as_ref().is_some_and(made));
        context.print_json(&left.json(report, &problems))?;
    }
    Ok(failed.unwrap_or_else(|| left.exit()))
}

impl Checkup {
    fn of(report: &Report, store: &mut Store, context: &Context) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut progress = context.progress("reading notes");
        let mut watch = |done, total| progress.at(done, total);
        let mut found = doctor::inspect(store, timestamp::now, &mut watch)?;
        let refused = report.rights.problems.iter().cloned();
        let of_the_server = warnings(&report.server).into_iter().chain(refused);
        found.problems.splice(0..0, of_the_server);
        found.unchecked.extend(report.rights.unchecked.clone());
        Ok(Self {
            found,
            took: begun.elapsed(),
        })
    }

    fn exit(&self) -> Exit {
        match self.found.problems.len() {
            0 => Exit::Done,
            _ => Exit::Failed,
        }
    }

    fn text(&self, report: &Report) -> String {
        let mut text = report.text(&self.count("ok"));
        let (notes, took) = (self.found.notes_read, self.took.as_secs_f64());
        let s = if notes == 1 { "" } else { "s" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "read        {notes} note{s} in {took:.2} s");
        self.push_lines(&mut text, "problem");
        text
    }

    /// What is left after some was mended.
    fn remainder(&self, mended: usize) -> String {
        let left = self.count("nothing");
        let mut text = format!("repaired    {mended}\nleft        {left}\n");
        self.push_lines(&mut text, "left");
        text
    }

    /// How many problems there are, or the word for none.
    fn count(&self, none: &str) -> String {
        match self.found.problems.len() {
            0 => none.to_owned(),
            1 => "1 problem".to_owned(),
            count => format!("{count} problems"),
        }
    }

    fn push_lines(&self, text: &mut String, name: &str) {
        // They are sorted by kind.
        for problems in self.found.problems.chunk_by(|a, b| a.kind == b.kind) {
            if let Some(line) = line(problems) {
                let _ = writeln!(text, "{name:<12}{line}");
            }
        }
        for it in &self.found.unchecked {
            let _ = writeln!(text, "unchecked   {}: {}", it.what, it.reason);
        }
    }

    fn json(&self, report: &Report, mended: &[Problem]) -> Value {
        let mut value = report.json(match self.exit() {
            Exit::Done => "ok",
            _ => "unsound",
        });
        value["deep"] = json!({
            "notes_read": self.found.notes_read,
            "seconds": self.took.as_secs_f64(),
            "problems": self.found.problems,
            "unchecked": self.found.unchecked,
            "repaired": mended,
        });
        value
    }
}

/// A line for problems of one kind: how many there are, some of them, and how many `--fix` mends; none
/// for a warning, which has its own line already.
pub(super) fn line(problems: &[Problem]) -> Option<String> {
    let plural = problems.first()?.kind.plural()?;
    let named = problems.iter().take(EXAMPLES);
    let mut examples: Vec<String> = named.map(Problem::example).collect();
    if problems.len() > EXAMPLES {
        examples.push("…".to_owned());
    }
    let remedy = match problems.iter().filter(|it| it.repair.is_some()).count() {
        0 => String::new(),
        all if all == problems.len() => "; --fix repairs this".to_owned(),
        some => format!("; --fix repairs {some} of them"),
    };
    let is_ahead = |it: &Problem| {
        it.kind == ProblemKind::FutureTime && it.field.as_deref() == Some("updated_at")
    };
    let latest = match problems.iter().filter(|it| is_ahead(it)).count() {
        0 => "",
        1 => "; until then `@` is this note",
        _ => "; until then `@` is one of these notes",
    };
    let (count, examples) = (problems.len(), examples.join(", "));
    Some(format!("{plural}: {count} ({examples}){latest}{remedy}"))
}
