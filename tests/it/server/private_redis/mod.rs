//! The private Redis, by the program: a home where nobody has set anything up.
//!
//! How a server is started, found and stopped is tested beside its code; here is what a user meets.

mod by_hand;
mod damage;
mod durability;
mod failures;
mod interrupts;
mod ownership;

use std::thread;

use crate::support::Sandbox;

/// What the first command says that needs the private Redis.
const STARTED: &str = "started your private Redis in [..]/.local/share/notes/redis \
    (`notes redis stop` stops it, REDIS_URL uses another)\n";

#[test]
fn a_text_from_a_pipe_is_stored_in_an_empty_home() {
    let sandbox = Sandbox::bare();
    let added = sandbox.notes(["add"]).stdin("x\n").gives(
        0,
        "[..]-[..]-[..]-[..]-[..]\n",
        &format!("{STARTED}added [..] x\n"),
    );
    let id = added.stdout.trim_end();
    sandbox
        .notes(["list", "--ids"])
        .gives(0, &format!("{id}\n"), "");
}

#[test]
fn the_first_start_is_told_once_and_not_to_who_wants_quiet() {
    let sandbox = Sandbox::bare();
    sandbox.notes(["list"]).gives(0, "", STARTED);
    sandbox.notes(["list"]).gives(0, "", "");
    let quiet = Sandbox::bare();
    quiet.notes(["add", "-q", "T"]).gives(0, "[..]\n", "");
}

#[test]
fn sixteen_adds_at_once_in_an_empty_home_make_one_server_and_sixteen_notes() {
    let sandbox = Sandbox::bare();
    let runs: Vec<_> = thread::scope(|scope| {
        let adds: Vec<_> = (0..16)
            .map(|number| {
                let notes = sandbox.notes(["add", &format!("note {number}")]);
                scope.spawn(move || notes.run())
            })
            .collect();
        adds.into_iter().map(|add| add.join().unwrap()).collect()
    });
    assert!(runs.iter().all(|run| run.code == 0), "{runs:?}");
    let starts = runs.iter().filter(|run| run.stderr.contains("started"));
    assert_eq!(starts.count(), 1, "{runs:?}");
    assert_eq!(sandbox.private_servers().len(), 1);
    let listed = sandbox.notes(["list", "--ids"]).run();
    let mut listed: Vec<_> = listed.stdout.lines().collect();
    let mut added: Vec<_> = runs.iter().map(|run| run.stdout.trim_end()).collect();
    listed.sort_unstable();
    added.sort_unstable();
    assert_eq!(listed, added);
}

#[test]
fn a_home_that_is_set_up_for_another_redis_starts_none() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "");
    assert!(!sandbox.private_dir().exists());
}
