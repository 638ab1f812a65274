//! `notes serve`: the HTTP API over the notes, until a signal stops it.

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::text_args::read_file;
use crate::cli::Serve;
use crate::context::Context;
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::http::{self, Limits, Log, Opener, Options, Token, Verbosity};
use crate::terminal::signals;

pub(super) fn run(args: &Serve, context: &mut Context) -> anyhow::Result<Exit> {
    let limits = limits(args);
    let options = Options {
        token: args.token_file.as_deref().map(read_token).transpose()?,
        limits,
        log: Log::new(Box::new(io::stderr()), verbosity(context)).context("cannot log")?,
        journal: context.take_journal(),
    };
    check_redis(context)?;
    let stop = Arc::default();
    signals::set_at_the_first(&stop).context("cannot handle signals")?;
    let listener = http::bind(&args.host, args.port, &limits)?;
    let address = listener
        .local_addr()
        .context("cannot read the listening address")?;
    context.print(|out, _| writeln!(out, "http://{address}"))?;
    context.flush()?;
    http::serve(listener, options, opener(context), stop).context("the server failed")?;
    Ok(Exit::Done)
}

fn limits(args: &Serve) -> Limits {
    Limits {
        connections: args.max_connections,
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

fn opener(context: &Context) -> Opener {
    let settings = context.settings.clone();
    Arc::new(move || Ok(settings.open(Some(&|_| ()))?))
}
