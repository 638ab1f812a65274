//! `notes links`: the links of one note and to it, or those that cannot be followed.

use std::collections::BTreeMap;

use super::note_args::{self, Picking};
use crate::cli;
use crate::context::Context;
use crate::exit::Exit;
use crate::find::{Destination, Links};
use crate::output::Json;
use crate::output::links::{self, Row, RowKind};

pub(super) fn run(args: cli::Links, context: &mut Context) -> anyhow::Result<Exit> {
    if args.broken {
        let rows = broken(&Links::read(context.store()?)?);
        context.begin_paging();
        print(&rows, true, context)?;
        if rows.is_empty() && context.options.stdout.terminal {
            context.say("no broken links");
        }
        return Ok(Exit::Done);
    }
    let notes: Vec<String> = args.note.into_iter().collect();
    note_args::require(&notes, "links", context)?;
    let picking = Picking {
        several: false,
        guess: true,
    };
    let (ids, errors) = note_args::resolve_or_pick(notes, picking, context)?;
    let exit = note_args::report_errors(errors, context);
    context.begin_paging();
    for id in &ids {
        let rows = links_of(id, context)?;
        print(&rows, false, context)?;
        if rows.is_empty() && context.options.stdout.terminal {
            context.say("no links; [[Title]] in a note is a link to the note with that title");
        }
    }
    Ok(exit)
}

fn print(rows: &[Row], is_broken: bool, context: &mut Context) -> anyhow::Result<()> {
    if let Json::On(selection) = context.options.json.clone() {
        if let Some(selection) = &selection {
            selection.check_members("link", links::members(is_broken))?;
        }
        let value = links::to_json(rows, is_broken, selection.as_ref());
        return Ok(context.print_json(&value)?);
    }
    Ok(context.print(|out, stream| links::write(out, rows, is_broken, stream))?)
}

/// Returns the links that cannot be followed.
fn broken(links: &Links) -> Vec<Row> {
    let mut rows = Vec::new();
    for (note, target) in links.each() {
        let kind = match links.destination(target) {
            Destination::Note(_) => continue,
            Destination::Missing => RowKind::Missing,
            Destination::Ambiguous => RowKind::Ambiguous,
        };
        rows.push(Row {
            kind,
            id: note.id.clone(),
            title: note.title.clone(),
            target: target.to_owned(),
        });
    }
    rows
}

/// Returns the links of a note, then those to it.
fn links_of(id: &str, context: &mut Context) -> anyhow::Result<Vec<Row>> {
    let store = context.store()?;
    let links = Links::read(store)?;
    let own = links.each().filter(|(note, _)| note.id == id);
    let mut rows: Vec<Row> = own.map(|(_, target)| own_row(&links, target)).collect();
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let titles = store.values(&ids, "title")?;
    let titles: BTreeMap<String, String> = ids.into_iter().zip(titles).collect();
    for row in &mut rows {
        row.title = titles.get(&row.id).cloned().unwrap_or_default();
    }
    for (note, target) in links.leading_to(id) {
        rows.push(Row {
            kind: RowKind::From,
            id: note.id.clone(),
            title: note.title.clone(),
            target: target.to_owned(),
        });
    }
    Ok(rows)
}

/// Returns a link of the note, without the title of the other note.
fn own_row(links: &Links, target: &str) -> Row {
    let (kind, id) = match links.destination(target) {
        Destination::Note(id) => (RowKind::To, id.clone()),
        Destination::Missing => (RowKind::Missing, String::new()),
        Destination::Ambiguous => (RowKind::Ambiguous, String::new()),
    };
    Row {
        kind,
        id,
        title: String::new(),
        target: target.to_owned(),
    }
}
