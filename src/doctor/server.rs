//! What of the server, and of what it lets this user do, could cost notes.

use super::{Kind, Problem, Unchecked};
use crate::redis_client::Server;
use crate::store::{Error, Store};

/// How the detail of a forbidden command begins.
pub(super) const FORBIDS: &str = "the ACL of Redis forbids this user ";

/// The beginning of the detail of a command that the server does not know.
pub(super) const LACKS: &str = "Redis does not know the command ";

/// The commands that `notes` needs and Redis refuses.
#[derive(Debug, Default)]
pub(crate) struct Rights {
    pub(crate) problems: Vec<Problem>,
    /// Set if Redis does not tell of every command.
    pub(crate) unchecked: Option<Unchecked>,
    /// True if a change needs one of them.
    pub(crate) refuses_changes: bool,
}

/// The dangers of a server, as far as it tells of itself, each with its remedy.
pub(crate) fn warnings(server: &Server) -> Vec<Problem> {
    let mut warnings = Vec::new();
    let mut warn = |is_so: bool, kind, text: &str| {
        warnings.extend(is_so.then(|| Problem::new(kind, None, text)));
    };
    let is_unlogged = server.append_only == Some(false);
    let is_unsaved = is_unlogged && server.snapshots == Some(false);
    warn(
        is_unsaved,
        Kind::NotSaved,
        "nothing is saved to disk: a restart loses every note (set appendonly yes)",
    );
    warn(
        is_unlogged && !is_unsaved,
        Kind::SnapshotsOnly,
        "only snapshots are saved: a crash loses the latest changes (set appendonly yes)",
    );
    warn(
        server.last_save_succeeded == Some(false),
        Kind::SaveFailed,
        "the last save to disk failed: see the log of the server",
    );
    warn(
        server.read_only == Some(true),
        Kind::ReadOnly,
        "it takes no changes: it is a replica (use its primary)",
    );
    let unserved = server.unserved_slots();
    let text = format!(
        "no node of the cluster serves {unserved} of its slots: notes in them are out of reach"
    );
    warn(unserved > 0, Kind::Unserved, &text);
    if let Some(policy) = server.evicting_policy() {
        let text = format!(
            "it may drop notes when its memory is full (set maxmemory-policy noeviction, not {policy})"
        );
        warn(true, Kind::Eviction, &text);
    }
    warnings
}

/// The commands that are needed and that this user may not send, or that the server does not know. The
/// connection is spent on it.
pub(crate) fn rights(store: Store) -> Result<Rights, Error> {
    let rights = store.rights()?;
    let refuses_changes = rights.refuses_changes();
    let forbidden = rights.forbidden.into_iter().map(|(command, key)| {
        let on = key.as_ref().map(|key| format!(" on {key}"));
        let on = on.unwrap_or_default();
        let detail = format!("{FORBIDS}{command}{on}");
        Problem::new(Kind::Acl, key, detail)
    });
    let unchecked = (!rights.unknown.is_empty()).then(|| Unchecked {
        what: "what the ACL allows",
        reason: format!("Redis does not tell of {}", rights.unknown.join(", ")),
    });
    let missing = rights.missing.into_iter();
    let missing =
        missing.map(|command| Problem::new(Kind::NoCommand, None, format!("{LACKS}{command}")));
    Ok(Rights {
        problems: forbidden.chain(missing).collect(),
        unchecked,
        refuses_changes,
    })
}
