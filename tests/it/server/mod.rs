//! Servers: the private one, TLS, Sentinel, Cluster, and those that answer oddly.

mod answers;
mod cluster;
mod private_redis;
mod sentinel;
#[cfg(feature = "tls")]
mod tls;
pub(crate) mod topologies;
mod upgrading;
