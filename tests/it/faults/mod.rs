//! Faults on purpose: connections cut at every byte, programs killed at any moment, servers that are
//! full, read-only, loading or failing over. After each, what was acknowledged is there, what was
//! not is wholly there or wholly absent, and the error said which.
//!
//! A run of the test suite tries some of each; `make faults` tries all and prints the figures.

#![expect(
    clippy::print_stdout,
    reason = "the figures are what `make faults` is run for"
)]

mod appends;
mod changes;
mod cluster;
mod cuts;
mod direct;
mod kills;
mod proxy;
mod states;

use std::fmt;

use crate::support::{Run, Sandbox};

/// Whether everything is to be tried, as `make faults` asks, or a part of it.
pub(crate) fn thorough() -> bool {
    std::env::var_os("NOTES_FAULTS").is_some_and(|value| value == "all")
}

/// What a change left in Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// All of it.
    Whole,
    /// Some of its notes, where they are on different nodes of a cluster.
    Part,
    /// Nothing of it.
    Nothing,
}

/// Has `notes health --deep` look at everything: what it finds may be about the server, which keeps
/// nothing on the disk, but not about notes.
fn assert_sound(sandbox: &Sandbox) {
    let run = sandbox.notes(["health", "--deep", "--json"]).run();
    for problem in run.json()["deep"]["problems"].as_array().unwrap() {
        assert!(
            problem["id"].is_null() && problem["key"].is_null(),
            "{problem}"
        );
    }
}

/// What came of the faults of one kind.
#[derive(Debug, Default)]
struct Figures {
    tried: usize,
    made: usize,
    in_part: usize,
    not_made: usize,
    in_doubt: usize,
}

impl Figures {
    /// Counts a run, and checks what it said against what it left.
    fn count(&mut self, run: &Run, left: Left) {
        self.tried += 1;
        let in_doubt = run.stderr.contains("may or may not have been made");
        match left {
            Left::Whole => self.made += 1,
            Left::Part => self.in_part += 1,
            Left::Nothing => self.not_made += 1,
        }
        self.in_doubt += usize::from(in_doubt);
        if run.code == 0 {
            assert_eq!(left, Left::Whole, "acknowledged and lost: {run:?}");
        } else {
            assert_eq!(run.stdout, "", "failed and told a result: {run:?}");
            assert!(
                left == Left::Nothing || in_doubt,
                "made, and said not to be: {run:?}"
            );
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:5} tried: {:5} made, {:5} not made, {:5} said to be in doubt; 0 lost, 0 torn, 0 unsound",
            self.tried, self.made, self.not_made, self.in_doubt
        )?;
        if self.in_part > 0 {
            write!(f, "; {} of one of two notes", self.in_part)?;
        }
        Ok(())
    }
}
