//! The errors of a connection that was not made: the server was not reached, or TLS to it failed.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use redis::RedisError;

use super::address::Address;
use super::error::Error;
use super::tls;

/// Returns the error for a connection that was not made. TLS can fail before it, because of the
/// files that it needs. A host that is not found, or refuses, is an error of the system.
pub(super) fn not_connected(server: &str, address: &Address, error: &RedisError) -> Error {
    let message = if let Some(reason) = tls::reason(error, &address.tls, address.advice) {
        format!("no TLS connection to {server}: {reason}")
    } else if address.is_tls() && system_error(error).is_none() {
        format!("no TLS connection to {server}")
    } else {
        format!("no Redis answers at {server}; start it, or name another")
    };
    let source = io_error(error);
    Error::Unreachable { message, source }
}

/// Returns the error for a server that was reached, if the TLS handshake failed.
pub(super) fn no_tls(server: &str, address: &Address, error: &RedisError) -> Error {
    let message = match tls::reason(error, &address.tls, address.advice) {
        Some(reason) => format!("no TLS connection to {server}: {reason}"),
        None => format!(
            "no TLS connection to {server}; it must speak TLS and have a certificate that this system trusts"
        ),
    };
    let source = io_error(error);
    Error::Unreachable { message, source }
}

/// Returns the error of the system within one of the redis crate.
fn system_error(error: &RedisError) -> Option<&io::Error> {
    StdError::source(error)?
        .downcast_ref::<Arc<dyn StdError + Send + Sync>>()?
        .downcast_ref()
}

fn io_error(error: &RedisError) -> io::Error {
    match system_error(error).map(|source| (source.raw_os_error(), source.kind())) {
        Some((Some(code), _)) => io::Error::from_raw_os_error(code),
        Some((None, kind)) => io::Error::new(kind, error.to_string()),
        None => io::Error::other(error.to_string()),
    }
}
