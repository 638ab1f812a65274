//! `notes serve`: the HTTP API over the notes, until a signal stops it.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::text_args::read_file;
use crate::cli::Serve;
use crate::connect;
use crate::context::Context;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::http::{self, Limits, Log, Opener, Options, Token, Verbosity};
use crate::terminal::signals;

/// The bit of a file's mode that lets all users read it.
const READABLE_BY_OTHERS: u32 = 0o004;

pub(super) fn run(args: &Serve, context: &mut Context) -> anyhow::Result<Exit> {
    let limits = limits(args);
    let options = Options {
        token: args.token_file.as_deref().map(read_token).transpose()?,
        limits,
        log: Log::new(Box::new(io::stderr()), verbosity(context)).context("cannot log")?,
        journal: context.take_journal(),
        watching: opener(context, false),
    };
    check_redis(context)?;
    let stop = Arc::default();
    signals::set_at_the_first(&stop).context("cannot handle signals")?;
    let listener = http::bind(&args.host, args.port, &limits)?;
    let address = listener
        .local_addr()
        .context("cannot read the listening address")?;
    warn_of_open_doors(args, address.ip(), context);
    context.print(|out, _| writeln!(out, "http://{address}"))?;
    context.flush()?;
    http::serve(listener, options, opener(context, true), stop).context("the server failed")?;
    Ok(Exit::Done)
}

fn limits(args: &Serve) -> Limits {
    Limits {
        connections: args.max_connections,
        streams: args.max_streams,
        body: args.max_body,
        idle: args.idle_timeout.0,
        head: args.header_timeout.0,
        transfer: args.transfer_timeout.0,
        ..Limits::default()
    }
}

fn read_token(file: &Path) -> anyhow::Result<Token> {
    let text = read_file(file)?;
    Token::parse(&text)
        .map_err(|error| Error::usage(format!("the token in {}: {error}", file.display())).into())
}

/// Warns where others than the user may reach the notes, or the token.
fn warn_of_open_doors(args: &Serve, listening: IpAddr, context: &Context) {
    let Some(file) = &args.token_file else {
        if !listening.to_canonical().is_loopback() {
            context.say(
                "warning: everyone who can reach this port can read and change the notes; \
                 --token-file requires a token",
            );
        }
        return;
    };
    let is_open = |metadata: fs::Metadata| metadata.permissions().mode() & READABLE_BY_OTHERS != 0;
    if fs::metadata(file).is_ok_and(is_open) {
        let file = file.display();
        context.say(&format!(
            "warning: other users of this machine can read the token; run: chmod 600 {file}"
        ));
    }
}

fn verbosity(context: &Context) -> Verbosity {
    match (context.options.quiet, context.settings.debug) {
        (true, _) => Verbosity::Problems,
        (false, true) => Verbosity::Details,
        (false, false) => Verbosity::Requests,
    }
}

/// Opens the store once, so that an error that only the user can fix is reported at once. A server out
/// of reach may come back: requests fail until then.
fn check_redis(context: &mut Context) -> anyhow::Result<()> {
    let Err(error) = context.store() else {
        // The server opens its own connections when it needs them.
        context.close_store();
        return Ok(());
    };
    let error = anyhow::Error::from(error);
    if context.settings.server.is_some() && error::exit_of(&error) == Exit::OutOfReach {
        let _exit = context.complain(&error);
        return Ok(());
    }
    Err(error)
}

/// Requests start a private Redis that was stopped. Readers of events, who only wait, do not.
fn opener(context: &Context, starts: bool) -> Opener {
    let settings = context.settings.clone();
    Arc::new(move || {
        let starting: connect::Starting<'_> = if starts { Some(&|_| ()) } else { None };
        Ok(settings.open_store(starting)?)
    })
}
