//! `notes health --deep`: reads every note, and repairs what needs no guess.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::report::{Report, print_text, summarize};
use crate::cli::Health;
use crate::context::Context;
use crate::doctor::{self, Inspection, Problem, Repair, Repaired};
use crate::exit::Exit;
use crate::output::Json;
use crate::store::{JournaledStore, Store};
use crate::terminal::prompt;
use crate::timestamp;

/// The most repairs that are named before the question.
const NAMED: usize = 20;

/// The result of an inspection, with the problems of the server.
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
    let checkup = Checkup::run(report, &mut store, context)?;
    let text = context.options.json == Json::Off;
    if text {
        print_text(context, &checkup.to_text(report))?;
    }
    if args.fix {
        let problems = checkup.found.problems.iter();
        let repairs: BTreeSet<_> = problems.filter_map(|it| it.repair.clone()).collect();
        if repairs.is_empty() {
            context.say("nothing to repair");
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
            return repair(&repairs, checkup, report, &mut store, context);
        }
    }
    if !text {
        context.print_json(&checkup.to_json(report, &[]))?;
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
        1 => "Repair this?".to_owned(),
        count => format!("Repair these {count}?"),
    };
    prompt::confirm(&question).context("cannot ask")
}

/// Makes the repairs, inspects everything again, and reports what is left.
fn repair(
    repairs: &BTreeSet<Repair>,
    found: Checkup,
    report: &Report,
    store: &mut Store,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let now = Context::timestamp();
    let mut journaled = JournaledStore::new(store, context.journal(), "health --fix", now);
    let mut repaired = Repaired::default();
    let result = doctor::repair(&mut journaled, repairs, &mut repaired);
    for repair in repairs {
        if repaired.made.contains(repair) {
            context.say(&repair.outcome());
        } else if result.is_ok() {
            context.say(&format!("did not {}: it has changed", repair.plan()));
        }
    }
    let failed = match result {
        Ok(()) => None,
        // Redis refused a repair. Those made before are still to be reported.
        Err(error) if store.is_usable() => Some(context.complain(&error.into())),
        Err(error) => return Err(error.into()),
    };
    if repaired.can_be_undone && context.can_undo() {
        context.say("`notes undo` undoes it");
    }
    let left = Checkup::run(report, store, context)?;
    if context.options.json == Json::Off {
        print_text(context, &left.remainder(repaired.made.len()))?;
    } else {
        let mut problems = found.found.problems;
        problems.retain(|problem| match &problem.repair {
            Some(repair) => repaired.made.contains(repair),
            None => false,
        });
        context.print_json(&left.to_json(report, &problems))?;
    }
    Ok(failed.unwrap_or_else(|| left.exit()))
}

impl Checkup {
    fn run(report: &Report, store: &mut Store, context: &Context) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let mut progress = context.progress("reading notes");
        let mut found = doctor::inspect(store, timestamp::now, &mut |done, total| {
            progress.at(done, total);
        })?;
        found.problems.splice(0..0, report.warnings.iter().cloned());
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

    fn to_text(&self, report: &Report) -> String {
        let mut text = report.to_text(&self.problem_count("ok"));
        let (notes, took) = (self.found.notes_read, self.took.as_secs_f64());
        let s = if notes == 1 { "" } else { "s" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "read        {notes} note{s} in {took:.2} s");
        if let Some(count @ 1..) = self.found.broken_links {
            let broken = "broken; `notes links --broken` lists them";
            let _ = writeln!(text, "links       {count} {broken}");
        }
        self.push_lines(&mut text, "problem");
        text
    }

    /// Returns the problems that are left after the repairs.
    fn remainder(&self, repaired: usize) -> String {
        let left = self.problem_count("nothing");
        let mut text = format!("repaired    {repaired}\nleft        {left}\n");
        self.push_lines(&mut text, "left");
        text
    }

    /// Returns the number of problems in words, or `none` if there are none.
    fn problem_count(&self, none: &str) -> String {
        match self.found.problems.len() {
            0 => none.to_owned(),
            1 => "1 problem".to_owned(),
            count => format!("{count} problems"),
        }
    }

    fn push_lines(&self, text: &mut String, name: &str) {
        // The problems are sorted by kind.
        for problems in self.found.problems.chunk_by(|a, b| a.kind == b.kind) {
            if let Some(line) = summarize(problems) {
                let _ = writeln!(text, "{name:<12}{line}");
            }
        }
        for it in &self.found.unchecked {
            let _ = writeln!(text, "unchecked   {}: {}", it.what, it.reason);
        }
    }

    fn to_json(&self, report: &Report, mended: &[Problem]) -> Value {
        let mut value = report.to_json(match self.exit() {
            Exit::Done => "ok",
            _ => "unsound",
        });
        value["deep"] = json!({
            "notes_read": self.found.notes_read,
            "seconds": self.took.as_secs_f64(),
            "broken_links": self.found.broken_links,
            "problems": self.found.problems,
            "unchecked": self.found.unchecked,
            "repaired": mended,
        });
        value
    }
}
