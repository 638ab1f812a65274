//! The facts about a server that `notes health` reports, as text and as JSON.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::context::{Context, PrintError};
use crate::doctor::{Problem, ProblemKind};
use crate::output::facts;
use crate::redis_client::{Primary, Replica, Replication, SLOTS, Server};

/// The most examples in one line.
const EXAMPLES: usize = 3;

/// The facts about a server that answers.
pub(super) struct Report {
    pub(super) address: String,
    pub(super) origin: String,
    /// The Sentinel group, and the sentinels that were asked.
    pub(super) sentinel: Option<(String, String)>,
    pub(super) server: Server,
    pub(super) round_trip: Duration,
    /// `None` if the key of the set holds another type, or this user may not read it.
    pub(super) notes: Option<usize>,
    /// True if Redis takes changes from this user; `None` if that is not known.
    pub(super) is_writable: Option<bool>,
    /// What endangers notes there.
    pub(super) warnings: Vec<Problem>,
    pub(super) changes: ChangeNews,
}

/// The way in which `notes watch` finds changes.
pub(super) enum ChangeNews {
    Told,
    /// The server cannot tell of them, and this is why.
    Polled(String),
    /// This user may not hear of them, and this is why.
    Refused(String),
}

impl Report {
    pub(super) fn to_text(&self, status: &str) -> String {
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
             writable    {}\n\
             changes     {}\n",
            server.kind,
            server.version.as_deref().unwrap_or("of unknown version"),
            self.address,
            self.origin,
            self.round_trip.as_secs_f64() * 1000.0,
            self.notes
                .map_or("not known".to_owned(), |notes| notes.to_string()),
            yes_no(server.append_only),
            yes_no(server.snapshots),
            describe_eviction(server),
            yes_no(self.is_writable),
            describe_changes(&self.changes),
        );
        push_topology(&mut text, server);
        if let Some((group, sentinels)) = &self.sentinel {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "sentinel    group {group}, by {sentinels}");
        }
        for warning in &self.warnings {
            let _ = writeln!(text, "warning     {}", warning.detail);
        }
        text
    }

    pub(super) fn to_json(&self, status: &str) -> Value {
        let Self { server, .. } = self;
        let warnings = self.warnings.iter().map(|warning| &warning.detail);
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
            "changes": changes_json(&self.changes),
            "replication": server.replication.as_ref().map(replication_json),
            "cluster": (!server.primaries.is_empty()).then(|| cluster_json(server)),
            "warnings": warnings.collect::<Vec<_>>(),
        })
    }
}

fn describe_eviction(server: &Server) -> String {
    match (&server.eviction_policy, server.evicting_policy()) {
        (None, _) => "not known".to_owned(),
        (Some(policy), None) => format!("off ({policy})"),
        (Some(policy), Some(_)) => format!("when memory is full ({policy})"),
    }
}

fn describe_changes(changes: &ChangeNews) -> String {
    match changes {
        ChangeNews::Told => "told by the server".to_owned(),
        ChangeNews::Polled(reason) => {
            format!("found by asking every second, as the server cannot tell of them: {reason}")
        }
        ChangeNews::Refused(reason) => format!("not told to this user: {reason}"),
    }
}

fn changes_json(changes: &ChangeNews) -> Value {
    let (found, reason) = match changes {
        ChangeNews::Told => ("told", None),
        ChangeNews::Polled(reason) => ("polled", Some(reason)),
        ChangeNews::Refused(reason) => ("refused", Some(reason)),
    };
    json!({ "found": found, "reason": reason })
}

/// Adds lines for the role of the server, or for the nodes of the cluster.
fn push_topology(text: &mut String, server: &Server) {
    // Writing to a String cannot fail.
    if server.primaries.is_empty() {
        let role = describe_role(server.replication.as_ref());
        let _ = writeln!(text, "role        {role}");
        push_replicas(text, server.replication.as_ref());
        return;
    }
    let unserved = server.unserved_slots();
    let count = server.primaries.len();
    let _ = writeln!(
        text,
        "cluster     {count} primaries, {} of {SLOTS} slots",
        SLOTS - unserved
    );
    for it in &server.primaries {
        let role = describe_role(it.replication.as_ref());
        let _ = writeln!(
            text,
            "node        {}, {} slots, {role}",
            it.address, it.slots
        );
        push_replicas(text, it.replication.as_ref());
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

pub(super) fn print_text(context: &mut Context, text: &str) -> Result<(), PrintError> {
    context.print(|out, stream| facts::write(out, text, stream))
}

/// Sums up problems of one kind in a line: their number, some examples, and how many `--fix` repairs.
/// `None` for a warning, which has a line of its own.
pub(super) fn summarize(problems: &[Problem]) -> Option<String> {
    let plural = problems.first()?.kind.plural()?;
    let named = problems.iter().take(EXAMPLES);
    let mut examples: Vec<String> = named.map(Problem::example).collect();
    if problems.len() > EXAMPLES {
        examples.push("…".to_owned());
    }
    let remedy = match problems.iter().filter(|it| it.repair.is_some()).count() {
        0 => String::new(),
        all if all == problems.len() => "; --fix repairs this".to_owned(),
        some => format!("; --fix repairs {some} of them"),
    };
    let latest = match problems
        .iter()
        .filter(|it| is_changed_in_future(it))
        .count()
    {
        0 => "",
        1 => "; until then `@` is this note",
        _ => "; until then `@` is one of these notes",
    };
    let (count, examples) = (problems.len(), examples.join(", "));
    Some(format!("{plural}: {count} ({examples}){latest}{remedy}"))
}

fn is_changed_in_future(problem: &Problem) -> bool {
    problem.kind == ProblemKind::FutureTime && problem.field.as_deref() == Some("updated_at")
}
