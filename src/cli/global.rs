//! The options of every command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::config::{Flags, parse_timeout};
use crate::redis_client::TlsFiles;
use crate::secret::Secret;

#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Use the Redis server at this URL
    ///
    /// For example redis://:password@host:6379/0, rediss://host for TLS, or
    /// redis+unix:///path/to/socket, or redis://host1,host2/group for the primary that Sentinel
    /// names, or redis://host1:port,host2:port for nodes of a Cluster. It replaces the server
    /// settings of the environment and of the .env files.
    #[arg(short = 'u', long, value_name = "URL", global = true)]
    pub(crate) redis_url: Option<String>,

    /// Trust the certificates in this file alone, for rediss:// [env: REDIS_TLS_CA]
    #[arg(long, value_name = "FILE", global = true, visible_alias = "cacert")]
    pub(crate) tls_ca: Option<PathBuf>,

    /// Show this client certificate to the server [env: REDIS_TLS_CERT]
    #[arg(long, value_name = "FILE", global = true, visible_alias = "cert")]
    pub(crate) tls_cert: Option<PathBuf>,

    /// Use this key of the client certificate [env: REDIS_TLS_KEY]
    #[arg(long, value_name = "FILE", global = true, visible_alias = "key")]
    pub(crate) tls_key: Option<PathBuf>,

    /// Wait at most this long for each reply of Redis [default: 5]
    #[arg(long, value_name = "SECONDS", global = true, value_parser = parse_timeout)]
    pub(crate) timeout: Option<Duration>,

    /// Print JSON, with all fields or only these
    ///
    /// A note is one object, a list is an array of them. Errors are JSON too, on standard error.
    /// JSON is indented on a terminal and compact in a pipe.
    #[arg(
        long,
        value_name = "FIELDS",
        global = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub(crate) json: Option<String>,

    /// Print only errors on standard error
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Use colours: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = true
    )]
    pub(crate) color: Color,
}

impl Global {
    /// Returns the options that choose the server.
    pub(crate) fn flags(self) -> Flags {
        Flags {
            redis_url: self.redis_url.map(Secret::from),
            timeout: self.timeout,
            tls: TlsFiles {
                ca: self.tls_ca,
                certificate: self.tls_cert,
                key: self.tls_key,
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    Auto,
    /// In a pipe or a file too, whatever the environment says
    Always,
    /// Not even on a terminal
    Never,
}
