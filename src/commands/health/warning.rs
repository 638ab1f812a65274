//! What of the server could cost the user notes, each with its remedy.

use crate::store::Server;

/// A danger to notes that lies in the server.
pub(super) struct Warning {
    /// A word for programs.
    pub(super) kind: &'static str,
    /// What it is, and the remedy.
    pub(super) text: String,
}

/// The dangers of a server, as far as it tells of itself.
pub(super) fn warnings(server: &Server) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |kind, text: &str| {
        let text = text.to_owned();
        warnings.push(Warning { kind, text });
    };
    match (server.append_only, server.snapshots) {
        (Some(false), Some(false)) => warn(
            "not_saved",
            "nothing is saved to disk: a restart loses every note (set appendonly yes)",
        ),
        (Some(false), _) => warn(
            "snapshots_only",
            "only snapshots are saved: a crash loses the latest changes (set appendonly yes)",
        ),
        _ => {}
    }
    if server.last_save_succeeded == Some(false) {
        warn(
            "save_failed",
            "the last save to disk failed: see the log of the server",
        );
    }
    if server.read_only == Some(true) {
        warn(
            "read_only",
            "it takes no changes: it is a replica (use its primary)",
        );
    }
    if let Some(policy) = server.drops_notes() {
        let text = format!(
            "it may drop notes when its memory is full (set maxmemory-policy noeviction, not {policy})"
        );
        warn("eviction", &text);
    }
    warnings
}
