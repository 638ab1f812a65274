//! The options of `notes serve`.

use std::path::PathBuf;

use clap::Args;

use super::values::{Seconds, parse_number};
use crate::http::Limits;

/// `notes serve`
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Listen at this address
    ///
    /// Anything but loopback is open to the network.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub host: String,

    /// Listen at this port, 0 for any that is free
    #[arg(long, value_name = "PORT", default_value_t = 5000)]
    pub port: u16,

    /// Require the token in this file
    ///
    /// It is sent as `Authorization: Bearer TOKEN`. /health needs no token.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// Hold at most this many connections
    ///
    /// More clients wait.
    #[arg(long, value_name = "N", value_parser = parse_number::<usize>, default_value_t = Limits::default().connections)]
    pub max_connections: usize,

    /// Let at most this many clients read events
    ///
    /// They read /api/v1/events, all at once. At most half of --max-connections are for them.
    #[arg(long, value_name = "N", value_parser = parse_number::<usize>, default_value_t = Limits::default().streams)]
    pub max_streams: usize,

    /// Accept no body longer than this
    #[arg(long, value_name = "BYTES", value_parser = parse_number::<u64>, default_value_t = Limits::default().body)]
    pub max_body: u64,

    /// Close a connection silent for this long
    #[arg(long, value_name = "SECONDS", default_value_t = Seconds(Limits::default().idle))]
    pub idle_timeout: Seconds,

    /// After that, wait this long for a request
    ///
    /// The time begins after --idle-timeout. A connection without a request is then no longer counted. It
    /// cannot be closed, and is reported in the log.
    #[arg(long, value_name = "SECONDS", default_value_t = Seconds(Limits::default().head))]
    pub header_timeout: Seconds,

    /// Allow this long for a body or a response
    ///
    /// This is the time for one body to arrive, or one response to be sent. A connection whose body takes
    /// longer is no longer counted.
    #[arg(long, value_name = "SECONDS", default_value_t = Seconds(Limits::default().transfer))]
    pub transfer_timeout: Seconds,
}
