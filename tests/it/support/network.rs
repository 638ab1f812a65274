//! Servers that reach each other over TCP, without a race for ports.

use std::sync::atomic::{AtomicU8, Ordering};

use super::redis_server::RedisServer;

/// An address of this machine that no other test uses, so that any port there is free.
pub(crate) fn loopback() -> String {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    let [.., high, low] = std::process::id().to_be_bytes();
    format!("127.{high}.{low}.{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Makes a server listen at port 6379 of an address of its own, which is returned.
pub(crate) fn listen(server: &RedisServer) -> String {
    let host = loopback();
    for (setting, value) in [
        ("replica-announce-ip", &*host),
        ("protected-mode", "no"),
        ("bind", &host),
        ("port", "6379"),
    ] {
        assert_eq!(server.command(&["CONFIG", "SET", setting, value]), "OK");
    }
    host
}
