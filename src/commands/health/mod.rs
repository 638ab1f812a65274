//! `notes health`: what answers, how fast, and whether notes are safe there.

mod deep;

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::bail;
use serde_json::{Value, json};

use crate::cli::Health;
use crate::config::open::{self, Starting};
use crate::context::{Context, PrintError};
use crate::doctor::warnings;
use crate::error::{self, exit_of};
use crate::exit::Exit;
use crate::output::{Json, Stream};
use crate::store::{Error, Server, Store};

/// What a healthy server tells.
struct Report {
    address: String,
    origin: String,
    server: Server,
    round_trip: Duration,
    /// None where the key of the set holds something else, or is closed to this user.
    notes: Option<usize>,
}

pub(super) fn run(args: Health, context: &mut Context) -> anyhow::Result<Exit> {
    if args.fix && !args.yes && !args.dry_run && !context.is_interactive() {
        bail!(error::Error::usage(
            "nothing mended: without a terminal to ask on, pass --yes or --dry-run"
        ));
    }
    let outcome = examine(args, context).and_then(|(report, store)| {
        if args.deep {
            deep::run(args, &report, store, context)
        } else {
            report.print(context)
        }
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
    let (settings, search_path) = (&context.settings, context.environment.path());
    let address = open::address(settings, search_path)?.to_string();
    let origin = match &settings.server {
        Some(server) => server.origin.clone(),
        None => "your private Redis, as no setting names another".to_owned(),
    };
    let mut store = open(context)?;
    // The first answer may include what the server does for a new connection.
    store.ping()?;
    let round_trip = store.ping()?;
    let notes = match store.count() {
        // A problem among others, where all are looked for.
        Err(Error::WrongType { .. }) if args.deep => None,
        Err(error) if args.deep && error.exit() == Exit::Refused => None,
        count => Some(count?),
    };
    let report = Report {
        address,
        origin,
        round_trip,
        notes,
        server: store.server()?,
    };
    Ok((report, store))
}

/// A store on a connection of its own. The private Redis is not started for it.
fn open(context: &Context) -> Result<Store, open::Error> {
    let search_path = context.environment.path();
    open::open(&context.settings, search_path, Starting::Forbidden)
}

impl Report {
    fn print(&self, context: &mut Context) -> anyhow::Result<Exit> {
        if context.options.json == Json::Off {
            print_text(context, &self.text("ok"))?;
        } else {
            context.print_json(&self.json("ok"))?;
        }
        Ok(Exit::Done)
    }

    fn text(&self, status: &str) -> String {
        let version = self
            .server
            .version
            .as_deref()
            .unwrap_or("of unknown version");
        let yes_no = |value: Option<bool>| match value {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not known",
        };
        let mut text = format!(
            "status      {status}\n\
             server      {} {version}\n\
             address     {}\n\
             set by      {}\n\
             round trip  {:.2} ms\n\
             notes       {}\n\
             saved       append-only file: {}, snapshots: {}\n\
             evicts      {}\n\
             writable    {}\n",
            self.server.kind,
            self.address,
            self.origin,
            self.round_trip.as_secs_f64() * 1000.0,
            self.notes
                .map_or_else(|| "not known".to_owned(), |notes| notes.to_string()),
            yes_no(self.server.append_only),
            yes_no(self.server.snapshots),
            match (&self.server.eviction_policy, self.server.drops_notes()) {
                (None, _) => "not known".to_owned(),
                (Some(policy), None) => format!("no notes ({policy})"),
                (Some(policy), Some(_)) => format!("notes, when memory is full ({policy})"),
            },
            yes_no(self.server.read_only.map(|read_only| !read_only)),
        );
        for warning in warnings(&self.server) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "warning     {}", warning.detail);
        }
        text
    }

    fn json(&self, status: &str) -> Value {
        let warnings = warnings(&self.server).into_iter();
        let warnings: Vec<String> = warnings.map(|warning| warning.detail).collect();
        json!({
            "status": status,
            "redis": "ok",
            "timestamp": Context::timestamp(),
            "server": {
                "kind": self.server.kind,
                "version": self.server.version,
                "address": self.address,
                "origin": self.origin,
            },
            "round_trip_ms": self.round_trip.as_secs_f64() * 1000.0,
            "notes": self.notes,
            "safety": {
                "append_only": self.server.append_only,
                "snapshots": self.server.snapshots,
                "last_save_succeeded": self.server.last_save_succeeded,
                "eviction_policy": self.server.eviction_policy,
                "memory_limit": self.server.memory_limit,
                "read_only": self.server.read_only,
            },
            "warnings": warnings,
        })
    }
}

fn print_text(context: &mut Context, text: &str) -> Result<(), PrintError> {
    context.print(|out, stream: &Stream| out.write_all(stream.multi_line(text).as_bytes()))
}
