//! `notes list`: notes in an order and a format.

use super::check;
use crate::cli::{self, List};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::Json;
use crate::output::delimited::{self, Separator};
use crate::output::{ids, json, names, table};
use crate::store::{Query, Sort};

pub(super) fn run(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    let cli::Format {
        jsonl,
        csv,
        tsv,
        ids: ids_alone,
    } = args.format;
    let json = context.options.json.clone();
    if ids_alone && json != Json::Off {
        return Err(Error::usage("--ids and --json do not go together; --json=id is alike").into());
    }
    if args.no_headers && !csv && !tsv {
        return Err(Error::usage("--no-headers goes with --csv or --tsv").into());
    }
    let selection = match &json {
        Json::On(selection) => selection.as_ref(),
        Json::Off => None,
    };
    let header = !args.no_headers;
    let listing = context.store()?.list(&query(args))?;
    let notes = &listing.notes;
    check(selection, notes)?;
    let now = context.now;
    let fields = || -> Vec<json::Fields> {
        let fields = notes.iter().map(|note| json::Fields(note, selection));
        fields.collect()
    };
    context.print(|out, stream| {
        if jsonl {
            json::write_lines(out, &fields(), stream)
        } else if csv || tsv {
            let separator = if csv {
                Separator::Comma
            } else {
                Separator::Tab
            };
            delimited::write(out, notes, &names(selection), header, separator, stream)
        } else if ids_alone {
            ids::write(out, notes.iter().map(|note| note.id.as_str()), stream)
        } else if json != Json::Off {
            json::write(out, &fields(), stream)
        } else if stream.terminal {
            table::write(out, notes, listing.abbreviation, now, stream)
        } else {
            let (names, header) = (&delimited::LIST, false);
            delimited::write(out, notes, names, header, Separator::Tab, stream)
        }
    })?;
    if notes.is_empty()
        && args.limit != Some(0)
        && context.options.stdout.terminal
        && json == Json::Off
    {
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
