//! The options of `notes serve`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use crate::config::parse_timeout;
use crate::http::Limits;

/// `notes serve`
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Listen at this address; anything but loopback is open to the network
    #[arg(
        long,
        value_name = "ADDRESS",
        value_hint = ValueHint::Hostname,
        default_value = "127.0.0.1"
    )]
    pub host: String,

    /// Listen at this port, 0 for any that is free
    #[arg(long, value_name = "PORT", value_hint = ValueHint::Other, default_value_t = 5000)]
    pub port: u16,

    /// Let in only who sends the token in this file, as `Authorization: Bearer TOKEN`
    ///
    /// /health is open all the same.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,

    /// Hold no more than this many connections; the next client waits until another is gone
    #[arg(long, value_name = "N", value_hint = ValueHint::Other, default_value_t = Limits::default().connections)]
    pub max_connections: usize,

    /// Accept no body longer than this
    #[arg(long, value_name = "BYTES", value_hint = ValueHint::Other, default_value_t = Limits::default().body)]
    pub max_body: u64,

    /// Hang up on a client that has sent nothing for this long
    #[arg(
        long,
        value_name = "SECONDS",
        value_hint = ValueHint::Other,
        default_value = "60",
        value_parser = parse_timeout
    )]
    pub idle_timeout: Duration,

    /// Do not count a connection whose request has not arrived this long after --idle-timeout
    ///
    /// Such a connection cannot be closed, and is reported in the log.
    #[arg(
        long,
        value_name = "SECONDS",
        value_hint = ValueHint::Other,
        default_value = "10",
        value_parser = parse_timeout
    )]
    pub header_timeout: Duration,

    /// Allow this long for one body to arrive, or one response to be sent
    #[arg(
        long,
        value_name = "SECONDS",
        value_hint = ValueHint::Other,
        default_value = "30",
        value_parser = parse_timeout
    )]
    pub transfer_timeout: Duration,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn the_defaults_are_those_of_the_server() {
        let cli = Cli::parse_from(["notes", "serve"]);
        let Some(Command::Serve(serve)) = cli.command else {
            panic!("{cli:?}");
        };
        let limits = Limits::default();
        assert_eq!(serve.max_connections, limits.connections);
        assert_eq!(serve.max_body, limits.body);
        assert_eq!(serve.idle_timeout, limits.idle);
        assert_eq!(serve.header_timeout, limits.head);
        assert_eq!(serve.transfer_timeout, limits.transfer);
    }
}
