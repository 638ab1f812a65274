//! `notes list`: notes in an order and a format.

use super::check;
use crate::cli::{self, List};
use crate::context::Context;
use crate::error::Usage;
use crate::exit::Exit;
use crate::output::Json;
use crate::output::table::{self, Layout};
use crate::output::{Header, delimited, ids, json};
use crate::store::{Direction, Query, Sort};

pub(super) fn run(args: &List, context: &mut Context) -> anyhow::Result<Exit> {
    let cli::Format {
        jsonl,
        csv,
        tsv,
        ids: ids_alone,
    } = args.format;
    let json = context.options.json.clone();
    if ids_alone && json != Json::Off {
        return Err(Usage::new("--ids and --json do not go together; --json=id is alike").into());
    }
    if args.no_headers && !csv && !tsv {
        return Err(Usage::new("--no-headers goes with --csv or --tsv").into());
    }
    let selection = match &json {
        Json::On(selection) => selection.as_ref(),
        Json::Off => None,
    };
    let header = if args.no_headers {
        Header::Hidden
    } else {
        Header::Shown
    };
    let listing = context.store()?.list(&query(args))?;
    let notes = &listing.notes;
    check(selection, notes)?;
    let now = context.now;
    context.print(|out, stream| {
        if jsonl {
            json::write_lines(out, notes, selection, stream)
        } else if csv {
            delimited::write_csv(out, notes, selection, header, stream)
        } else if tsv {
            delimited::write_tsv(out, notes, selection, header, stream)
        } else if ids_alone {
            ids::write(out, notes.iter().map(|note| note.id.as_str()), stream)
        } else if json != Json::Off {
            json::write_list(out, notes, selection, stream)
        } else if stream.terminal {
            let layout = Layout {
                stream: *stream,
                now,
                abbreviation: listing.abbreviation,
                header,
            };
            table::write(out, notes, &layout)
        } else {
            delimited::write_list(out, notes, stream)
        }
    })?;
    if notes.is_empty() && context.options.stdout.terminal && json == Json::Off {
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
        direction: if args.reverse {
            Direction::Reversed
        } else {
            Direction::Usual
        },
        limit: args.limit,
    }
}
