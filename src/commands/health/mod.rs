//! `notes health`: which server answers, how fast, and if notes are safe there.

mod deep;
mod report;

use anyhow::bail;
use serde_json::json;

use self::report::{ChangeNews, Report, print_text};
use crate::cli::Health;
use crate::context::Context;
use crate::doctor;
use crate::error::{self, exit_of};
use crate::exit::Exit;
use crate::output::Json;
use crate::redis_client;
use crate::store::{Error, Store};
use crate::watch;

pub(super) fn run(args: Health, context: &mut Context) -> anyhow::Result<Exit> {
    if args.fix && !args.yes && !args.dry_run && !context.is_interactive() {
        let text = "nothing repaired: without a terminal to ask on, pass --yes or --dry-run";
        bail!(error::Error::usage(text));
    }
    let outcome = examine(args, context).and_then(|(report, store)| {
        if args.deep {
            return deep::run(args, &report, store, context);
        }
        match context.options.json {
            Json::Off => print_text(context, &report.to_text("ok"))?,
            Json::On(_) => context.print_json(&report.to_json("ok"))?,
        }
        Ok(Exit::Done)
    });
    if let Err(error) = &outcome
        && context.options.json != Json::Off
    {
        context.print_json(&json!({
            "status": "error",
            "redis": exit_of(error).word(),
            "detail": format!("{error:#}"),
        }))?;
    }
    outcome
}

fn examine(args: Health, context: &Context) -> anyhow::Result<(Report, Store)> {
    let address = context.settings.address()?;
    let origin = match &context.settings.server {
        Some(server) => server.origin.clone(),
        None => "default".to_owned(),
    };
    let mut store = context.settings.open_store(None)?;
    // The first reply may include the set-up of the connection.
    store.ping()?;
    let round_trip = store.ping()?;
    let notes = match store.count() {
        // `--deep` reports these among the problems.
        Err(Error::WrongType { .. } | Error::Redis(redis_client::Error::Refused { .. }))
            if args.deep =>
        {
            None
        }
        count => Some(count?),
    };
    let server = store.server()?;
    let refusal = store.refusal_of_changes()?;
    let report = Report {
        address: store.address().to_string(),
        sentinel: store
            .group()
            .map(|group| (group.to_owned(), address.to_string())),
        origin,
        round_trip,
        notes,
        warnings: doctor::warnings(&server, refusal.as_ref()),
        is_writable: match refusal {
            Some(_) => Some(false),
            None => server.read_only.map(|read_only| !read_only),
        },
        server,
        changes: how_changes_are_found(&mut store)?,
    };
    Ok((report, store))
}

fn how_changes_are_found(store: &mut Store) -> Result<ChangeNews, Error> {
    match watch::why_polled(store) {
        Ok(None) => Ok(ChangeNews::Told),
        Ok(Some(reason)) => Ok(ChangeNews::Polled(reason)),
        Err(Error::Redis(redis_client::Error::Refused { reason, .. })) => {
            Ok(ChangeNews::Refused(reason))
        }
        Err(error) => Err(error),
    }
}
