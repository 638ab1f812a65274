//! What `notes` does, seen from outside: the program is run as a user runs it, against a real
//! `redis-server` of each test's own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

mod add;
mod architecture;
mod cluster;
mod completion;
mod deep;
mod edit;
mod exit_codes;
mod export;
mod faults;
mod generated;
mod health;
mod help;
mod hygiene;
mod import;
mod import_foreign;
mod journal;
mod layout;
mod list;
mod merging;
mod odd_data;
mod picker;
mod pictures;
mod pipes;
mod private_redis;
mod rm;
mod search;
mod sentinel;
mod serve;
mod settings;
mod show;
mod tags;
mod terminal;
#[cfg(feature = "tls")]
mod tls;
mod topologies;
mod undo;
mod when;
