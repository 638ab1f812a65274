//! `notes` is killed at a random moment of a writing command.

use std::thread;
use std::time::{Duration, Instant};

use super::changes::{CHANGES, Change};
use super::direct::Direct;
use super::{Left, assert_sound, thorough};
use crate::support::Sandbox;

#[test]
fn a_change_that_is_killed_at_any_moment_is_made_or_not_made() {
    let rounds = if thorough() { 500 } else { 25 };
    for change in CHANGES {
        let sandbox = Sandbox::with_redis();
        let mut redis = Direct::new([sandbox.redis().socket()]);
        let usual = usual_time(&sandbox, &mut redis, change);
        let (mut made, mut killed) = (0, 0);
        for round in 0..rounds {
            change.prepare(&sandbox, &mut redis, &sandbox.redis().url());
            let mut child = sandbox.silent(change.arguments).spawn().unwrap();
            // Moments spread evenly over a run, and past its usual end: it is slower on a busy machine.
            thread::sleep(usual.mul_f64(2.0 * f64::from(round) / f64::from(rounds)));
            child.kill().unwrap();
            let finished = child.wait().unwrap().success();
            killed += usize::from(!finished);
            let left = settled(&sandbox, change, &mut redis);
            made += usize::from(left == Left::Whole);
            assert!(left == Left::Whole || !finished, "acknowledged and lost");
        }
        assert_sound(&sandbox);
        println!(
            "kill  {:14} {rounds:5} tried: {killed:5} killed, {made:5} made; 0 lost, 0 torn, 0 unsound",
            change.name
        );
    }
}

/// How long the command takes: the median of a few runs.
fn usual_time(sandbox: &Sandbox, redis: &mut Direct, change: &Change) -> Duration {
    let mut times: Vec<Duration> = (0..7)
        .map(|_| {
            change.prepare(sandbox, redis, &sandbox.redis().url());
            let start = Instant::now();
            assert!(sandbox.silent(change.arguments).status().unwrap().success());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// What is left once Redis has done what it was sent: a request may still be on its way when the
/// client dies.
fn settled(sandbox: &Sandbox, change: &Change, redis: &mut Direct) -> Left {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let clients = sandbox.redis_cli(&["CLIENT", "LIST"]);
        // The test's own connection, and that of redis-cli.
        if clients.trim_end().lines().count() == 2 {
            return change.left(redis);
        }
        assert!(Instant::now() < deadline, "a dead client stays: {clients}");
    }
}
