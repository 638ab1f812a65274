//! Servers that have much to read before they answer.

use std::thread;
use std::time::{Duration, Instant};

use super::home::{Home, TIMEOUT, started};
use crate::private_redis::{PrivateRedis, programs};

/// Less than reading the keys takes, and mostly more than it takes until the server says that it loads.
const LITTLE: Duration = Duration::from_millis(300);

/// A home with 20,000 keys, and a server that takes 1 ms to read one, 20 s in all.
fn slow_home() -> (Home, PrivateRedis) {
    let home = Home::new();
    started(home.redis().ensure_running(TIMEOUT).unwrap());
    home.ask(&[
        "EVAL",
        "for i = 1, 20000 do redis.call('SET', 'k' .. i, i) end",
        "0",
    ]);
    // Between the keys of a snapshot the server looks at its socket, but only once in 1,024 commands.
    home.ask(&["CONFIG", "SET", "aof-use-rdb-preamble", "yes"]);
    home.ask(&["BGREWRITEAOF"]);
    let deadline = Instant::now() + TIMEOUT;
    loop {
        let text = home.ask(&["INFO", "persistence"]);
        if text.contains("aof_rewrite_in_progress:0") {
            assert!(text.contains("aof_last_bgrewrite_status:ok"), "{text}");
            break;
        }
        assert!(Instant::now() < deadline);
        thread::sleep(Duration::from_millis(2));
    }
    home.kill_servers();
    let real = programs::server(&home.redis().search_path).unwrap();
    let script = format!(
        "#!/bin/sh\nexec {} \"$@\" --key-load-delay 1000 --loading-process-events-interval-bytes 1024\n",
        real.display()
    );
    let redis = home.redis_with(&[("redis-server", &script)]);
    (home, redis)
}

/// Waits for a server that loads for far less than that takes. On a busy machine it may not even say so in
/// that time; then it is given more.
fn wait_a_little(redis: &PrivateRedis) {
    let mut timeout = LITTLE;
    loop {
        let error = redis.ensure_running(timeout).unwrap_err().to_string();
        if error.contains("is still reading its files") {
            return;
        }
        timeout *= 2;
        assert!(timeout < TIMEOUT, "{error}");
    }
}

#[test]
fn a_server_that_still_loads_is_left_to_it_and_waited_for() {
    let (home, redis) = slow_home();
    for _ in 0..2 {
        wait_a_little(&redis);
        assert_eq!(home.servers().len(), 1);
    }
    let running = redis.status().unwrap().expect("it runs");
    assert!(running.is_loading, "20 s cannot have passed");
    assert_eq!(home.servers(), [started(running.server.pid)]);
    let waiting = thread::spawn(move || redis.ensure_running(TIMEOUT));
    home.ask(&["CONFIG", "SET", "key-load-delay", "0"]);
    assert_eq!(waiting.join().unwrap().unwrap(), None);
    assert_eq!(home.ask(&["DBSIZE"]), "20000");
}

#[test]
fn a_server_that_still_loads_can_be_stopped() {
    let (home, redis) = slow_home();
    wait_a_little(&redis);
    assert!(redis.stop(TIMEOUT).unwrap().is_some());
    assert_eq!(home.servers(), []);
    started(home.redis().ensure_running(TIMEOUT).unwrap());
    assert_eq!(home.ask(&["DBSIZE"]), "20000");
}
