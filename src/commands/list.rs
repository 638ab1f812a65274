//! `notes list`: notes in an order and a format.

use anyhow::bail;

use super::check;
use crate::cli::{self, List};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::delimited::{self, Separator};
use crate::output::{Json, ids, json, names, table};
use crate::store::{Query, Sort};

pub(super) fn run(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    let format = args.format;
    let json = context.options.json.clone();
    if format.ids && json != Json::Off {
        let text = "--ids and --json do not go together; --json=id is alike";
        bail!(Error::usage(text));
    }
    if args.no_headers && !format.csv && !format.tsv {
        bail!(Error::usage("--no-headers goes with --csv or --tsv"));
    }
    let selection = match &json {
        Json::On(selection) => selection.as_ref(),
        Json::Off => None,
    };
    let listing = context.store()?.list(&query(args))?;
    let notes = &listing.notes;
    check(selection, notes)?;
    let now = context.now;
    let fields = || -> Vec<json::Fields> {
        let fields = notes.iter().map(|note| json::Fields(note, selection));
        fields.collect()
    };
    context.print(|out, stream| {
        let mut separated = |separator, names: &[&str], header| {
            delimited::write(out, notes, names, header, separator, stream)
        };
        if format.csv {
            separated(Separator::Comma, &names(selection), !args.no_headers)
        } else if format.tsv {
            separated(Separator::Tab, &names(selection), !args.no_headers)
        } else if format.jsonl {
            json::write_lines(out, &fields(), stream)
        } else if format.ids {
            ids::write(out, notes.iter().map(|note| note.id.as_str()), stream)
        } else if json != Json::Off {
            json::write(out, &fields(), stream)
        } else if stream.terminal {
            table::write(out, notes, listing.abbreviation, now, stream)
        } else {
            delimited::write(out, notes, &delimited::LIST, false, Separator::Tab, stream)
        }
    })?;
    let shown = args.limit != Some(0) && context.options.stdout.terminal && json == Json::Off;
    if notes.is_empty() && shown {
        context.say("no notes yet; `notes add` makes one");
    }
    Ok(Exit::Done)
}

fn query(args: &List) -> Query {
    Query {
        sort: match args.sort {
            cli::Sort::Created => Sort::Created,
            cli::Sort::Updated => Sort::Updated,
            cli::Sort::Title => Sort::Title,
        },
        reverse: args.reverse,
        limit: args.limit,
    }
}
