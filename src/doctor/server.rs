//! The risks of a server's settings, and the commands that its ACL refuses.

use super::problem::{FORBIDS, LACKS, Problem, ProblemKind, Unchecked};
use crate::redis_client::Server;
use crate::store::{Error, Store};

/// The commands that `notes` needs and Redis refuses.
#[derive(Debug, Default)]
pub(crate) struct Rights {
    pub(crate) problems: Vec<Problem>,
    /// Set if Redis does not report on every command.
    pub(crate) unchecked: Option<Unchecked>,
    /// True if a change needs one of them.
    pub(crate) refuses_changes: bool,
}

/// Returns the risks that the server's own report shows, each with its remedy.
pub(crate) fn warnings(server: &Server) -> Vec<Problem> {
    let mut warnings = Vec::new();
    if server.append_only == Some(false) {
        let (kind, text) = if server.snapshots == Some(false) {
            let text = "nothing is saved to disk: a restart loses every note (set appendonly yes)";
            (ProblemKind::NotSaved, text)
        } else {
            let text =
                "only snapshots are saved: a crash loses the latest changes (set appendonly yes)";
            (ProblemKind::SnapshotsOnly, text)
        };
        warnings.push(Problem::new(kind, None, text));
    }
    if server.last_save_succeeded == Some(false) {
        let text = "the last save to disk failed: see the log of the server";
        warnings.push(Problem::new(ProblemKind::SaveFailed, None, text));
    }
    if server.read_only == Some(true) {
        let text = "it takes no changes: it is a replica (use its primary)";
        warnings.push(Problem::new(ProblemKind::ReadOnly, None, text));
    }
    let unserved = server.unserved_slots();
    if unserved > 0 {
        let text = format!(
            "no node of the cluster serves {unserved} of its slots: notes in them are out of reach"
        );
        warnings.push(Problem::new(ProblemKind::Unserved, None, text));
    }
    if let Some(policy) = server.evicting_policy() {
        let text = format!(
            "it may drop notes when its memory is full (set maxmemory-policy noeviction, not {policy})"
        );
        warnings.push(Problem::new(ProblemKind::Eviction, None, text));
    }
    warnings
}

/// Returns the needed commands that this user may not send, or that the server does not know. It uses
/// up the connection.
pub(crate) fn rights(store: Store) -> Result<Rights, Error> {
    let rights = store.rights()?;
    let refuses_changes = rights.refuses_changes();
    let mut problems = Vec::new();
    for (command, key) in rights.forbidden {
        let detail = match &key {
            Some(key) => format!("{FORBIDS}{command} on {key}"),
            None => format!("{FORBIDS}{command}"),
        };
        problems.push(Problem::new(ProblemKind::Acl, key, detail));
    }
    for command in rights.missing {
        let detail = format!("{LACKS}{command}");
        problems.push(Problem::new(ProblemKind::NoCommand, None, detail));
    }
    let unchecked = (!rights.unknown.is_empty()).then(|| Unchecked {
        what: "what the ACL allows",
        reason: format!("Redis does not tell of {}", rights.unknown.join(", ")),
    });
    Ok(Rights {
        problems,
        unchecked,
        refuses_changes,
    })
}
