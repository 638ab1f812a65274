//! The connection between `notes` and Redis is cut at a byte of the exchange, or too slow.

use std::time::Duration;

use super::changes::{CHANGES, Change};
use super::direct::Direct;
use super::proxy::{Harm, Proxy};
use super::{Figures, assert_sound, thorough};
use crate::support::{Run, Sandbox};

/// A prime, so that the bytes tried by a quick run fall into every part of a command.
const QUICK_STEP: usize = 23;

/// The longest wait of a run whose answers are not late, in seconds.
const PATIENT: &str = "5";

/// A Redis behind a proxy, and a way around it.
struct Trial {
    sandbox: Sandbox,
    proxy: Proxy,
    redis: Direct,
}

impl Trial {
    fn new() -> Self {
        let sandbox = Sandbox::with_redis();
        Self {
            proxy: Proxy::start("127.0.0.1", sandbox.redis().socket()),
            redis: Direct::new([sandbox.redis().socket()]),
            sandbox,
        }
    }

    /// Makes a change over a connection that is harmed.
    fn run(&mut self, change: &Change, harm: Harm, timeout: &str) -> Run {
        self.proxy.harm(Harm::None);
        change.prepare(&self.sandbox, &mut self.redis, &self.proxy.url());
        self.proxy.harm(harm);
        self.sandbox
            .notes(change.arguments)
            .env("REDIS_URL", self.proxy.url())
            .env("NOTES_TIMEOUT", timeout)
            .run()
    }

    /// How many bytes go each way for a change that nothing harms.
    fn lengths(&mut self, change: &Change) -> (usize, usize) {
        let whole = self.run(change, Harm::None, PATIENT);
        assert_eq!(whole.code, 0, "{whole:?}");
        self.proxy.carried()
    }
}

#[test]
fn a_change_whose_connection_is_cut_at_any_byte_is_made_or_not_made() {
    for change in CHANGES {
        let mut trial = Trial::new();
        let (requests, replies) = trial.lengths(change);
        let step = if thorough() { 1 } else { QUICK_STEP };
        let cuts = (0..requests).step_by(step).map(Harm::CutRequests);
        let cuts = cuts.chain((0..replies).step_by(step).map(Harm::CutReplies));
        // The answer to the change itself may be shorter than a step.
        let cuts = cuts.chain([Harm::CutReplies(replies - 1)]);
        let mut figures = Figures::default();
        for cut in cuts {
            let run = trial.run(change, cut, PATIENT);
            figures.count(&run, change.left(&mut trial.redis));
        }
        assert!(figures.made > 0 && figures.not_made > 0, "{figures}");
        assert_sound(&trial.sandbox);
        println!("cut   {:14} {figures}", change.name);
    }
}

#[test]
fn a_change_whose_answers_come_too_late_is_made_or_not_made() {
    for change in CHANGES {
        let mut trial = Trial::new();
        let (_, replies) = trial.lengths(change);
        let mut figures = Figures::default();
        // The first answer is late, one in the midst, the last.
        for bytes in [0, replies / 2, replies - 1] {
            let late = Harm::DelayReplies(bytes, Duration::from_millis(600));
            let run = trial.run(change, late, "0.2");
            assert_eq!(run.code, 7, "{run:?}");
            figures.count(&run, change.left(&mut trial.redis));
        }
        assert!(figures.made > 0, "{figures}");
        assert_sound(&trial.sandbox);
        println!("late  {:14} {figures}", change.name);
    }
}
