//! The risks of a server's settings.

use super::{Problem, ProblemKind};
use crate::redis_client::Server;
use crate::store::Error;

/// Returns the risks that the server's own report shows, each with its remedy. `refusal` is its answer
/// to a change, if that is an error.
pub(crate) fn warnings(server: &Server, refusal: Option<&Error>) -> Vec<Problem> {
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
    if let Some(refusal) = refusal {
        let text = format!("changes will be refused: {refusal}");
        warnings.push(Problem::new(ProblemKind::Refused, None, text));
    }
    warnings
}
