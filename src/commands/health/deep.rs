//! `notes health --deep`: every note is looked at, and mended where that takes no guess.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::problem::{Problem, by_kind};
use super::warning::warnings;
use super::{Report, open, print_text};
use crate::cli::Health;
use crate::context::Context;
use crate::exit::Exit;
use crate::notebook::Notebook;
use crate::output::Json;
use crate::store::{Fix, Mending, Store, Unchecked};
use crate::terminal::prompt::{self, Answer};
use crate::timestamp;

/// How many fixes are named before it is asked about all.
const NAMED: usize = 20;

/// What came of a look at everything.
struct Checkup {
    problems: Vec<Problem>,
    unchecked: Vec<Unchecked>,
    notes_read: usize,
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
    let fixes = if args.fix {
        checkup.fixes()
    } else {
        BTreeSet::new()
    };
    if args.fix && !args.dry_run && !fixes.is_empty() {
        context.flush()?;
        if !args.yes {
            match ask(&fixes, context)? {
                Answer::Yes => {}
                Answer::No => return Ok(Exit::Failed),
                Answer::Interrupted => return Ok(Exit::Interrupted),
            }
        }
        return mend(fixes, checkup, report, &mut store, context);
    }
    for fix in &fixes {
        context.say(&format!("would {}", fix.plan()));
    }
    if args.fix && fixes.is_empty() {
        context.say("nothing to mend that would not be a guess");
    }
    if !text {
        context.print_json(&checkup.json(report, &[]))?;
    }
    Ok(checkup.exit())
}

fn ask(fixes: &BTreeSet<Fix>, context: &Context) -> std::io::Result<Answer> {
    for fix in fixes.iter().take(NAMED) {
        context.say(&format!("would {}", fix.plan()));
    }
    if let Some(more @ 1..) = fixes.len().checked_sub(NAMED) {
        context.say(&format!("and {more} more"));
    }
    prompt::confirm(&match fixes.len() {
        1 => "Mend this?".to_owned(),
        count => format!("Mend these {count}?"),
    })
}

/// Makes the fixes, looks at everything once more, and reports what is left.
fn mend(
    fixes: BTreeSet<Fix>,
    found: Checkup,
    report: &Report,
    store: &mut Store,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let (made, failed) = make(fixes, store, context)?;
    let left = Checkup::of(report, store, context)?;
    if context.options.json == Json::Off {
        print_text(context, &left.remainder(made.len()))?;
    } else {
        let was_mended = |problem: &Problem| problem.fix().is_some_and(|fix| made.contains(fix));
        let mut mended = found.problems;
        mended.retain(was_mended);
        context.print_json(&left.json(report, &mended))?;
    }
    Ok(failed.unwrap_or_else(|| left.exit()))
}

/// The fixes that were made, and what the run ends with if Redis refused one.
fn make(
    fixes: BTreeSet<Fix>,
    store: &mut Store,
    context: &Context,
) -> anyhow::Result<(BTreeSet<Fix>, Option<Exit>)> {
    let fixes: Vec<Fix> = fixes.into_iter().collect();
    let (mut made, mut recorded) = (BTreeSet::new(), false);
    let now = Context::timestamp();
    let mut notebook = Notebook::new(store, context.journal(), "health --fix", now);
    let mended = notebook.mend(&fixes, &mut |fix, mending| match mending {
        Mending::Mended { before, after } => {
            context.say(&fix.deed());
            made.insert(fix.clone());
            recorded |= before != after;
        }
        Mending::NotNeeded => {
            context.say(&format!("did not {}: it changed meanwhile", fix.plan()));
        }
    });
    let failed = match mended {
        Ok(()) => None,
        // What Redis refuses once it refuses again; what was mended before is still to be told.
        Err(error) if store.is_usable() => Some(context.complain(&error.into())),
        Err(error) => return Err(error.into()),
    };
    let journal = context.journal();
    if recorded && journal.is_some_and(|journal| journal.fault().is_none()) {
        context.say("`notes undo` takes it back");
    }
    Ok((made, failed))
}

impl Checkup {
    fn of(report: &Report, store: &mut Store, context: &Context) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let rights = open(context)?.rights()?;
        let mut progress = context.progress("reading notes");
        let mut watch = |at: crate::store::Progress| progress.at(at.done, at.total);
        let inspection = store.inspect(timestamp::now(), &mut watch)?;
        drop(progress);
        let mut unchecked = inspection.unchecked;
        if !rights.unknown.is_empty() {
            unchecked.push(Unchecked {
                what: "what the ACL allows",
                reason: format!("Redis does not tell of {}", rights.unknown.join(", ")),
            });
        }
        let server = warnings(&report.server);
        let mut problems: Vec<Problem> = server.iter().map(Problem::from).collect();
        problems.extend(rights.forbidden.into_iter().map(Problem::from));
        problems.extend(inspection.findings.into_iter().map(Problem::from));
        Ok(Self {
            problems,
            unchecked,
            notes_read: inspection.notes_read,
            took: begun.elapsed(),
        })
    }

    fn exit(&self) -> Exit {
        if self.problems.is_empty() {
            Exit::Done
        } else {
            Exit::Failed
        }
    }

    fn fixes(&self) -> BTreeSet<Fix> {
        self.problems
            .iter()
            .filter_map(Problem::fix)
            .cloned()
            .collect()
    }

    fn text(&self, report: &Report) -> String {
        let status = match self.problems.len() {
            0 => "ok".to_owned(),
            count => problems(count),
        };
        let mut text = report.text(&status, &warnings(&report.server));
        let notes = self.notes_read;
        let s = if notes == 1 { "" } else { "s" };
        let took = self.took.as_secs_f64();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "read        {notes} note{s} in {took:.2} s");
        self.push_lines(&mut text, "problem");
        text
    }

    /// What is left after some was mended.
    fn remainder(&self, mended: usize) -> String {
        let left = match self.problems.len() {
            0 => "nothing".to_owned(),
            count => problems(count),
        };
        let mut text = format!("mended      {mended}\nleft        {left}\n");
        self.push_lines(&mut text, "left");
        text
    }

    fn push_lines(&self, text: &mut String, name: &str) {
        for line in by_kind(&self.problems) {
            let _ = writeln!(text, "{name:<12}{line}");
        }
        for Unchecked { what, reason } in &self.unchecked {
            let _ = writeln!(text, "unchecked   {what}: {reason}");
        }
    }

    fn json(&self, report: &Report, mended: &[Problem]) -> Value {
        let status = if self.problems.is_empty() {
            "ok"
        } else {
            "unsound"
        };
        let now = Context::timestamp();
        let mut value = report.json(status, &warnings(&report.server), &now);
        let unchecked = self
            .unchecked
            .iter()
            .map(|Unchecked { what, reason }| json!({"what": what, "reason": reason}));
        let deep = json!({
            "notes_read": self.notes_read,
            "seconds": self.took.as_secs_f64(),
            "problems": self.problems,
            "unchecked": unchecked.collect::<Vec<_>>(),
            "mended": mended,
        });
        if let Some(members) = value.as_object_mut() {
            members.insert("deep".to_owned(), deep);
        }
        value
    }
}

fn problems(count: usize) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} problem{s}")
}
