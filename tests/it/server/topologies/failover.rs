//! What becomes of the notes that are added through `serve` while a primary is killed.

#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use crate::http::Served;
use crate::support::eventually;

/// What clients were told.
pub(crate) struct Load {
    acknowledged: Vec<String>,
    in_doubt: usize,
    refused: usize,
}

impl Load {
    /// Has four clients add notes until a primary is killed, and until they can go on.
    pub(crate) fn across(server: &Served, kill: impl FnOnce() + Send) -> Self {
        let acknowledged = Mutex::new(Vec::new());
        let [in_doubt, refused] = [(); 2].map(|()| AtomicUsize::new(0));
        let add = |over: &ScopedJoinHandle<'_, ()>| {
            while !over.is_finished() {
                let mut client = server.client();
                let reply = client.json("POST /api/v1/notes", r#"{"title":"a"}"#);
                let is_in_doubt = || {
                    let error = reply.error();
                    error.contains("may or may not") || error.contains("too few replicas")
                };
                match reply.status {
                    201 => {
                        let id = reply.value()["id"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().push(id);
                    }
                    503 if is_in_doubt() => drop(in_doubt.fetch_add(1, Ordering::SeqCst)),
                    503 => drop(refused.fetch_add(1, Ordering::SeqCst)),
                    _ => panic!("{reply:?}"),
                }
            }
        };
        let go_on = || {
            let count = || acknowledged.lock().unwrap().len();
            let before = count();
            eventually("notes are added", || count() > before + 500);
        };
        let across = || {
            go_on();
            kill();
            go_on();
        };
        thread::scope(|scope| {
            let over = scope.spawn(across);
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| add(&over));
                }
            });
        });
        Self {
            acknowledged: acknowledged.into_inner().unwrap(),
            in_doubt: in_doubt.into_inner(),
            refused: refused.into_inner(),
        }
    }

    /// Compares it with what there is besides one note of before. Returns how many of the notes that
    /// were acknowledged are lost, and prints it under a name.
    pub(crate) fn lost(&self, name: &str, server: &Served, before: &str) -> usize {
        let listed = server.get("/api/v1/notes").value();
        let notes = listed["notes"].as_array().unwrap();
        let mut there: BTreeSet<_> = notes.iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert!(there.remove(before), "what replicas had is not lost");
        let is_lost = |id: &&String| !there.contains(id.as_str());
        let lost = self.acknowledged.iter().filter(is_lost).count();
        println!(
            "{name}: {} acknowledged, {lost} of them lost, {} in doubt, {} refused, {} there",
            self.acknowledged.len(),
            self.in_doubt,
            self.refused,
            there.len(),
        );
        assert!(there.len() <= self.acknowledged.len() - lost + self.in_doubt);
        lost
    }
}
