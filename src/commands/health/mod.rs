//! `notes health`: which server answers, how fast, and if notes are safe there.

mod deep;

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::bail;
use serde_json::{Value, json};

use crate::cli::Health;
use crate::context::{Context, PrintError};
use crate::doctor::{self, Rights, warnings};
use crate::error::{self, exit_of};
use crate::exit::Exit;
use crate::output::{Json, Stream};
use crate::redis_client::{self, Primary, Replica, Replication, SLOTS, Server};
use crate::store::{Error, Store};

/// The facts about a server that answers.
struct Report {
    address: String,
    origin: String,
    /// The Sentinel group, and the sentinels that were asked.
    sentinel: Option<(String, String)>,
    server: Server,
    round_trip: Duration,
    /// `None` if the key of the set holds another type, or this user may not read it.
    notes: Option<usize>,
    rights: Rights,
}

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
            Json::Off => {
                let text = report.to_text("ok") + &report.refusals();
                print_text(context, &text)?;
            }
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
    let mut store = context.settings.open(None)?;
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
    let report = Report {
        address: store.address().to_string(),
        sentinel: store
            .group()
            .map(|group| (group.to_owned(), address.to_string())),
        origin,
        round_trip,
        notes,
        server: store.server()?,
        // This closes the connection, so it gets one of its own.
        rights: doctor::rights(context.settings.open(None)?)?,
    };
    Ok((report, store))
}

impl Report {
    fn to_text(&self, status: &str) -> String {
        let Self { server, .. } = self;
        let mut text = format!(
            "status      {status}\n\
             server      {} {}\n\
             address     {}\n\
             chosen by   {}\n\
             round trip  {:.2} ms\n\
             notes       {}\n\
             saved       append-only file: {}, snapshots: {}\n\
             eviction    {}\n\
             writable    {}\n",
            server.kind,
            server.version.as_deref().unwrap_or("of unknown version"),
            self.address,
            self.origin,
            self.round_trip.as_secs_f64() * 1000.0,
            self.notes
                .map_or("not known".to_owned(), |notes| notes.to_string()),
            yes_no(server.append_only),
            yes_no(server.snapshots),
            match (&server.eviction_policy, server.evicting_policy()) {
                (None, _) => "not known".to_owned(),
                (Some(policy), None) => format!("off ({policy})"),
                (Some(policy), Some(_)) => format!("when memory is full ({policy})"),
            },
            yes_no(if self.rights.refuses_changes {
                Some(false)
            } else {
                server.read_only.map(|read_only| !read_only)
            }),
        );
        if server.primaries.is_empty() {
            // Writing to a String cannot fail.
            let role = describe_role(server.replication.as_ref());
            let _ = writeln!(text, "role        {role}");
            push_replicas(&mut text, server.replication.as_ref());
        } else {
            let served = SLOTS - server.unserved_slots();
            let count = server.primaries.len();
            let _ = writeln!(
                text,
                "cluster     {count} primaries, {served} of {SLOTS} slots"
            );
        }
        for it in &server.primaries {
            let role = describe_role(it.replication.as_ref());
            let _ = writeln!(
                text,
                "node        {}, {} slots, {role}",
                it.address, it.slots
            );
            push_replicas(&mut text, it.replication.as_ref());
        }
        if let Some((group, sentinels)) = &self.sentinel {
            let _ = writeln!(text, "sentinel    group {group}, by {sentinels}");
        }
        for warning in warnings(server) {
            let _ = writeln!(text, "warning     {}", warning.detail);
        }
        text
    }

    /// Returns a line for each kind of refusal. `--deep` reports them among the problems.
    fn refusals(&self) -> String {
        let meaning = if self.rights.refuses_changes {
            "changes will be refused: "
        } else {
            ""
        };
        let mut text = String::new();
        for problems in self.rights.problems.chunk_by(|a, b| a.kind == b.kind) {
            if let Some(line) = deep::summarize(problems) {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "warning     {meaning}{line}");
            }
        }
        text
    }

    fn to_json(&self, status: &str) -> Value {
        let Self { server, .. } = self;
        let refused = self.rights.problems.iter().cloned();
        let warnings = warnings(server).into_iter().chain(refused);
        let warnings = warnings.map(|warning| warning.detail);
        json!({
            "status": status,
            "redis": "ok",
            "timestamp": Context::timestamp(),
            "server": {
                "kind": server.kind,
                "version": server.version,
                "address": self.address,
                "origin": self.origin,
            },
            "sentinel": self.sentinel.as_ref().map(|(group, sentinels)| json!({
                "group": group,
                "sentinels": sentinels.split(',').collect::<Vec<_>>(),
            })),
            "round_trip_ms": (self.round_trip.as_secs_f64() * 1e6).round() / 1e3,
            "notes": self.notes,
            "safety": {
                "append_only": server.append_only,
                "snapshots": server.snapshots,
                "last_save_succeeded": server.last_save_succeeded,
                "eviction_policy": server.eviction_policy,
                "memory_limit": server.memory_limit,
                "read_only": server.read_only,
            },
            "replication": server.replication.as_ref().map(replication_json),
            "cluster": (!server.primaries.is_empty()).then(|| cluster_json(server)),
            "warnings": warnings.collect::<Vec<_>>(),
        })
    }
}

/// Adds a line for each replica.
fn push_replicas(text: &mut String, replication: Option<&Replication>) {
    if let Some(Replication::Primary { replicas }) = replication {
        for replica in replicas {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "replica     {}", describe_replica(replica));
        }
    }
}

fn cluster_json(server: &Server) -> Value {
    let mut primaries = Vec::new();
    for Primary {
        address,
        slots,
        replication,
    } in &server.primaries
    {
        primaries.push(json!({
            "address": address,
            "slots": slots,
            "replication": replication.as_ref().map(replication_json),
        }));
    }
    json!({
        "slots": SLOTS,
        "slots_served": SLOTS - server.unserved_slots(),
        "primaries": primaries,
    })
}

fn describe_role(replication: Option<&Replication>) -> String {
    match replication {
        None => "not known".to_owned(),
        Some(Replication::Primary { replicas }) => match replicas.len() {
            0 => "primary, without replicas".to_owned(),
            1 => "primary of 1 replica".to_owned(),
            count => format!("primary of {count} replicas"),
        },
        Some(Replication::Replica { of, is_connected }) => {
            let state = if *is_connected {
                ""
            } else {
                ", not connected to it"
            };
            format!("replica of {of}{state}")
        }
    }
}

fn describe_replica(replica: &Replica) -> String {
    let mut text = format!("{} {}", replica.address, replica.state);
    if let Some(bytes) = replica.bytes_behind {
        let _ = write!(text, ", {bytes} bytes behind");
    }
    if let Some(seconds) = replica.seconds_since {
        let _ = write!(text, ", last confirmed {seconds} s ago");
    }
    text
}

fn replication_json(replication: &Replication) -> Value {
    match replication {
        Replication::Replica { of, is_connected } => {
            json!({ "role": "replica", "primary": of, "connected": is_connected })
        }
        Replication::Primary { replicas } => {
            let replicas = replicas.iter().map(|replica| {
                json!({
                    "address": replica.address,
                    "state": replica.state,
                    "bytes_behind": replica.bytes_behind,
                    "seconds_since": replica.seconds_since,
                })
            });
            json!({ "role": "primary", "replicas": replicas.collect::<Vec<_>>() })
        }
    }
}

fn yes_no(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    }
}

fn print_text(context: &mut Context, text: &str) -> Result<(), PrintError> {
    context.print(|out, stream: &Stream| out.write_all(stream.multi_line(text).as_bytes()))
}
