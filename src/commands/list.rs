//! `notes list` and `notes search`: notes in an order and a format, each printed as it is read.

use std::collections::BTreeSet;

use anyhow::bail;

use super::query_args::parse_search;
use crate::cli::List;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::find::{self, Candidates, Links, Search};
use crate::output::delimited::Separator;
use crate::output::list::{ListFormat, ListWriter};
use crate::output::matches::Matches;
use crate::output::table::NoteTable;
use crate::output::{Json, Selection, ShownTime, other_fields};
use crate::query::Query;

pub(super) fn run(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    list(args, false, context)
}

pub(super) fn search(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    list(args, true, context)
}

fn list(args: &List, searches: bool, context: &mut Context) -> anyhow::Result<Exit> {
    refuse_formats(args, context)?;
    let search = parse_search(&args.query, args.order, context)?;
    if searches && search.query.is_empty() && args.links_to.is_none() {
        let text = "nothing to search for: give a word, --tag, --regex, --since or --until";
        bail!(Error::usage(text));
    }
    let mut candidates = search.candidates(context.store()?)?;
    if let Some(note) = &args.links_to {
        candidates.retain(&linking_to(note, context)?);
    }
    let selection = match context.options.json.clone() {
        Json::On(selection) => selection,
        Json::Off => None,
    };
    if let Some(selection) = &selection {
        check_fields(selection, &search, &candidates.ids(), context)?;
    }
    let matches = searches.then(|| search.query.clone());
    let time = ShownTime {
        field: search.time_field(),
        now: context.now,
    };
    let format = choose_format(args, matches, candidates.abbreviation, time, context);
    let mut writer = ListWriter::new(format, selection.as_ref());
    let limit = args.limit.unwrap_or(usize::MAX);
    context.begin_paging();
    let found = print_found(&search, candidates, limit, &mut writer, context)?;
    context.print(|out, stream| writer.finish(out, stream))?;
    let is_table = context.options.stdout.terminal && context.options.json == Json::Off;
    if found == 0 && is_table && limit > 0 {
        context.say(if search.query.is_empty() && args.links_to.is_none() {
            "no notes yet; `notes add` makes one"
        } else {
            "no note found"
        });
    }
    Ok(if args.exit_status && found == 0 {
        Exit::Failed
    } else {
        Exit::Done
    })
}

/// Returns the ids of the notes with a link to a note.
fn linking_to(note: &str, context: &mut Context) -> anyhow::Result<BTreeSet<String>> {
    let store = context.store()?;
    let id = find::resolve_one(store, note.to_owned().into())?.one()?;
    let links = Links::read(store)?;
    Ok(links
        .leading_to(&id)
        .map(|(note, _)| note.id.clone())
        .collect())
}

fn refuse_formats(args: &List, context: &Context) -> Result<(), Error> {
    if args.format.ids && context.options.json != Json::Off {
        let text = "--ids and --json do not go together; --json=id is alike";
        return Err(Error::usage(text));
    }
    if (args.format.csv || args.format.tsv) && context.options.json == Json::On(None) {
        let text = "--json does not go with --csv or --tsv; --json=FIELDS chooses their columns";
        return Err(Error::usage(text));
    }
    if args.format.count && matches!(context.options.json, Json::On(Some(_))) {
        return Err(Error::usage("--count prints a number, which has no fields"));
    }
    if args.no_headers && !args.format.csv && !args.format.tsv {
        return Err(Error::usage("--no-headers goes with --csv or --tsv"));
    }
    Ok(())
}

/// Prints at most `limit` of the notes that are found, each batch as it is read. Returns their number.
fn print_found(
    search: &Search,
    mut candidates: Candidates,
    limit: usize,
    writer: &mut ListWriter<'_>,
    context: &mut Context,
) -> anyhow::Result<usize> {
    let mut found = 0;
    while found < limit {
        // Without a query every candidate is found, unless its note is gone.
        let most = if search.query.is_empty() {
            limit - found
        } else {
            usize::MAX
        };
        let ids = candidates.take(most);
        if ids.is_empty() {
            break;
        }
        let mut reading = search.read(&ids);
        while found < limit
            && let Some(mut notes) = search.next(&mut reading, context.store()?)?
        {
            notes.truncate(limit - found);
            found += notes.len();
            context.print(|out, stream| writer.write(out, &notes, stream))?;
            context.flush()?;
        }
    }
    Ok(found)
}

fn choose_format(
    args: &List,
    matches: Option<Query>,
    abbreviation: usize,
    time: ShownTime,
    context: &Context,
) -> ListFormat {
    let format = args.format;
    if format.csv {
        ListFormat::Separated(Separator::Comma, !args.no_headers)
    } else if format.tsv {
        ListFormat::Separated(Separator::Tab, !args.no_headers)
    } else if format.jsonl {
        ListFormat::JsonLines
    } else if format.ids {
        ListFormat::Ids
    } else if format.count {
        ListFormat::Count(0)
    } else if context.options.json != Json::Off {
        ListFormat::Json
    } else if !context.options.stdout.terminal {
        ListFormat::Lines
    } else if let Some(query) = matches {
        ListFormat::Matches(Matches::new(query, abbreviation, time))
    } else {
        ListFormat::Table(NoteTable::new(abbreviation, time))
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
        let Some(notes) = search.next(&mut reading, context.store()?)? else {
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
