//! The connection is cut at a byte of the exchange between `notes` and Redis.

use redis::Connection;

use super::changes::{CHANGES, Change, connection};
use super::proxy::{Cut, Proxy};
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
        let whole = cut(&sandbox, &proxy, &mut redis, change, Cut::Never);
        assert_eq!(whole.code, 0, "{whole:?}");
        let (requests, replies) = proxy.carried();
        let step = if thorough() { 1 } else { QUICK_STEP };
        let cuts = (0..requests).step_by(step).map(Cut::Requests);
        let cuts = cuts.chain((0..replies).step_by(step).map(Cut::Replies));
        let mut figures = Figures::default();
        for place in cuts {
            let run = cut(&sandbox, &proxy, &mut redis, change, place);
            figures.count(&run, change.left(&mut redis));
        }
        assert!(figures.made > 0 && figures.not_made > 0, "{figures}");
        assert_sound(&sandbox);
        println!("cut   {:14} {figures}", change.name);
    }
}

fn cut(
    sandbox: &Sandbox,
    proxy: &Proxy,
    redis: &mut Connection,
    change: &Change,
    place: Cut,
) -> Run {
    proxy.cut(Cut::Never);
    change.prepare(sandbox, redis, &proxy.url());
    proxy.cut(place);
    sandbox
        .notes(change.arguments)
        .env("REDIS_URL", proxy.url())
        .run()
}
