//! The connection between `notes` and Redis is cut at a byte of the exchange, or too slow.

use std::time::Duration;

use redis::Connection;

use super::changes::{CHANGES, Change, connection};
use super::proxy::{Harm, Proxy};
use super::{Figures, assert_sound, thorough};
use crate::support::{Run, Sandbox};

/// A prime, so that the bytes tried by a quick run fall into every part of a command.
const QUICK_STEP: usize = 23;

#[test]
fn a_change_whose_connection_is_cut_at_any_byte_is_made_or_not_made() {
    for change in CHANGES {
        let sandbox = Sandbox::with_redis();
        let proxy = Proxy::start(sandbox.home(), sandbox.redis().socket());
        let mut redis = connection(&sandbox);
        let whole = run(&sandbox, &proxy, &mut redis, change, Harm::None);
        assert_eq!(whole.code, 0, "{whole:?}");
        let (requests, replies) = proxy.carried();
        let step = if thorough() { 1 } else { QUICK_STEP };
        let cuts = (0..requests).step_by(step).map(Harm::CutRequests);
        let cuts = cuts.chain((0..replies).step_by(step).map(Harm::CutReplies));
        let mut figures = Figures::default();
        for place in cuts {
            let run = run(&sandbox, &proxy, &mut redis, change, place);
            figures.count(&run, change.left(&mut redis));
        }
        assert!(figures.made > 0 && figures.not_made > 0, "{figures}");
        assert_sound(&sandbox);
        println!("cut   {:14} {figures}", change.name);
    }
}

fn run(
    sandbox: &Sandbox,
    proxy: &Proxy,
    redis: &mut Connection,
    change: &Change,
    harm: Harm,
) -> Run {
    proxy.harm(Harm::None);
    change.prepare(sandbox, redis, &proxy.url());
    proxy.harm(harm);
    sandbox
        .notes(change.arguments)
        .env("REDIS_URL", proxy.url())
        .run()
}

#[test]
fn a_change_whose_answers_come_too_late_is_made_or_not_made() {
    for change in CHANGES {
        let sandbox = Sandbox::with_redis();
        let proxy = Proxy::start(sandbox.home(), sandbox.redis().socket());
        let mut redis = connection(&sandbox);
        let whole = run(&sandbox, &proxy, &mut redis, change, Harm::None);
        assert_eq!(whole.code, 0, "{whole:?}");
        let (_, replies) = proxy.carried();
        let mut figures = Figures::default();
        // The first answer is late, one in the midst, the last.
        for bytes in [0, replies / 2, replies - 1] {
            proxy.harm(Harm::None);
            change.prepare(&sandbox, &mut redis, &proxy.url());
            proxy.harm(Harm::DelayReplies(bytes, Duration::from_millis(600)));
            let run = sandbox
                .notes(change.arguments)
                .env("REDIS_URL", proxy.url())
                .env("NOTES_TIMEOUT", "0.2")
                .run();
            assert_eq!(run.code, 7, "{run:?}");
            figures.count(&run, change.left(&mut redis));
        }
        assert!(figures.made > 0, "{figures}");
        assert_sound(&sandbox);
        println!("late  {:14} {figures}", change.name);
    }
}
