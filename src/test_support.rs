//! Test support that the unit tests share with the end-to-end tests.

#[path = "../tests/it/support/any_notes.rs"]
pub(crate) mod any_notes;
#[path = "../tests/it/support/interrupts.rs"]
pub(crate) mod interrupts;
#[path = "../tests/it/support/redis_server.rs"]
pub(crate) mod redis_server;
#[path = "../tests/it/support/servers.rs"]
pub(crate) mod servers;
