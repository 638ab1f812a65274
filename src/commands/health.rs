//! `notes health`: what answers, how fast, and whether notes are safe there.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::config::Server as Chosen;
use crate::connect::{self, Starting};
use crate::context::Context;
use crate::exit::Exit;
use crate::manner::Json;
use crate::output::Stream;
use crate::store::{Server, Store};

/// What a healthy server tells.
struct Report {
    address: String,
    origin: String,
    server: Server,
    round_trip: Duration,
    notes: usize,
}

pub(super) fn run(context: &mut Context) -> anyhow::Result<Exit> {
    match examine(context) {
        Ok(report) => {
            let warnings = warnings(&report.server);
            if context.manner.json == Json::Off {
                let text = report.text(&warnings);
                context.print(|out, stream: &Stream| {
                    out.write_all(stream.multi_line(&text).as_bytes())
                })?;
            } else {
                let value = report.json(&warnings, &Context::timestamp());
                context.print_json(&value)?;
            }
            Ok(Exit::Done)
        }
        Err(error) => {
            if context.manner.json != Json::Off {
                let detail = format!("{error:#}");
                context.print_json(&json!({
                    "status": "error",
                    "redis": "unreachable",
                    "detail": detail,
                }))?;
            }
            Err(error)
        }
    }
}

fn examine(context: &mut Context) -> anyhow::Result<Report> {
    let (settings, search_path) = (&context.settings, context.environment.path());
    let (address, origin) = match &settings.server {
        Chosen::Named(server) => (
            connect::named(server)?.to_string(),
            server.origin().to_string(),
        ),
        Chosen::Private => (
            connect::private(settings, search_path)?
                .socket()
                .display()
                .to_string(),
            "your private Redis, as no setting names another".to_owned(),
        ),
    };
    let mut store: Store = connect::open(settings, search_path, Starting::Forbidden)?;
    // The first answer may include what the server does for a new connection.
    store.ping()?;
    Ok(Report {
        address,
        origin,
        round_trip: store.ping()?,
        notes: store.count()?,
        server: store.server()?,
    })
}

/// What could cost the user notes, each with its remedy.
fn warnings(server: &Server) -> Vec<String> {
    let mut warnings = Vec::new();
    if server.append_only == Some(false) {
        warnings.push(match server.snapshots {
            Some(false) => {
                "nothing is saved to disk: a restart loses every note (set appendonly yes)"
            }
            _ => "only snapshots are saved: a crash loses the latest changes (set appendonly yes)",
        });
    }
    if server.last_save_succeeded == Some(false) {
        warnings.push("the last save to disk failed: see the log of the server");
    }
    if server.read_only == Some(true) {
        warnings.push("it takes no changes: it is a replica (use its primary)");
    }
    let mut warnings: Vec<String> = warnings.into_iter().map(str::to_owned).collect();
    if let Some(policy) = server.drops_notes() {
        warnings.push(format!(
            "it may drop notes when its memory is full (set maxmemory-policy noeviction, not {policy})"
        ));
    }
    warnings
}

impl Report {
    fn text(&self, warnings: &[String]) -> String {
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
            "status      ok\n\
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
            self.notes,
            yes_no(self.server.append_only),
            yes_no(self.server.snapshots),
            match (&self.server.eviction_policy, self.server.drops_notes()) {
                (None, _) => "not known".to_owned(),
                (Some(policy), None) => format!("no notes ({policy})"),
                (Some(policy), Some(_)) => format!("notes, when memory is full ({policy})"),
            },
            yes_no(self.server.read_only.map(|read_only| !read_only)),
        );
        for warning in warnings {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "warning     {warning}");
        }
        text
    }

    fn json(&self, warnings: &[String], now: &str) -> Value {
        json!({
            "status": "ok",
            "redis": "ok",
            "timestamp": now,
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
