//! `notes list` and `notes search`: notes in an order and a format, each printed as it is read.

use std::collections::BTreeSet;

use anyhow::bail;

use super::query_args::Search;
use crate::cli::List;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::delimited::Separator;
use crate::output::list::{ListFormat, ListWriter};
use crate::output::matches::Matches;
use crate::output::table::NoteTable;
use crate::output::{Json, Selection, other_fields};

pub(super) fn run(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    print(args, false, context)
}

pub(super) fn search(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    print(args, true, context)
}

fn print(args: &List, searches: bool, context: &mut Context) -> anyhow::Result<Exit> {
    if args.format.ids && context.options.json != Json::Off {
        let text = "--ids and --json do not go together; --json=id is alike";
        bail!(Error::usage(text));
    }
    if args.no_headers && !args.format.csv && !args.format.tsv {
        bail!(Error::usage("--no-headers goes with --csv or --tsv"));
    }
    let search = Search::new(&args.query, args.order, context)?;
    if searches && search.query.is_empty() {
        let text = "nothing to search for: give a word, --tag, --regex, --since or --until";
        bail!(Error::usage(text));
    }
    let mut candidates = search.candidates(context)?;
    let selection = match context.options.json.clone() {
        Json::On(selection) => selection,
        Json::Off => None,
    };
    if let Some(selection) = &selection {
        check_fields(selection, &search, &candidates.ids(), context)?;
    }
    let matches = searches.then(|| search.query.clone());
    let format = choose_format(args, matches, candidates.abbreviation, context);
    let mut writer = ListWriter::new(format, selection.as_ref());
    let mut left = args.limit.unwrap_or(usize::MAX);
    let mut found = false;
    while left > 0 {
        // Without a query every candidate is found, unless its note is gone.
        let is_empty = search.query.is_empty();
        let ids = candidates.take(if is_empty { left } else { usize::MAX });
        if ids.is_empty() {
            break;
        }
        let mut reading = search.read(&ids);
        while left > 0
            && let Some(mut notes) = search.next(&mut reading, context)?
        {
            notes.truncate(left);
            left -= notes.len();
            found |= !notes.is_empty();
            context.print(|out, stream| writer.write(out, &notes, stream))?;
            context.flush()?;
        }
    }
    context.print(|out, stream| writer.finish(out, stream))?;
    let is_table = context.options.stdout.terminal && context.options.json == Json::Off;
    if !found && is_table && args.limit != Some(0) {
        context.say(if search.query.is_empty() {
            "no notes yet; `notes add` makes one"
        } else {
            "no note found"
        });
    }
    Ok(if args.exit_status && !found {
        Exit::Failed
    } else {
        Exit::Done
    })
}

fn choose_format(
    args: &List,
    matches: Option<crate::query::Query>,
    abbreviation: usize,
    context: &Context,
) -> ListFormat {
    let format = args.format;
    let now = context.now;
    if format.csv {
        ListFormat::Separated(Separator::Comma, !args.no_headers)
    } else if format.tsv {
        ListFormat::Separated(Separator::Tab, !args.no_headers)
    } else if format.jsonl {
        ListFormat::JsonLines
    } else if format.ids {
        ListFormat::Ids
    } else if context.options.json != Json::Off {
        ListFormat::Json
    } else if !context.options.stdout.terminal {
        ListFormat::Lines
    } else if let Some(query) = matches {
        ListFormat::Matches(Matches::new(query, abbreviation, now))
    } else {
        ListFormat::Table(NoteTable::new(abbreviation, now))
    }
}

/// Refuses a field of `--json=FIELDS` that no note has. Reads the notes up to the first that has it.
fn check_fields(
    selection: &Selection,
    search: &Search,
    candidates: &[&str],
    context: &mut Context,
) -> anyhow::Result<()> {
    let mut other = BTreeSet::new();
    let mut found = false;
    let mut reading = search.read(candidates);
    while selection.unknown(&other).is_some() {
        let Some(notes) = search.next(&mut reading, context)? else {
            // Without notes, any field may be right.
            if found {
                selection.check(&other)?;
            }
            return Ok(());
        };
        found |= !notes.is_empty();
        other.extend(other_fields(&notes).cloned());
        // Odd data is counted when the notes are read again.
        context.store()?.take_faults();
    }
    Ok(())
}
