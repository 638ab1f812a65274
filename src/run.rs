//! One run of `notes`: the command line is read, a context made, the command run, its error said,
//! and the exit code found.

use std::ffi::OsString;
use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Parser as _;

use crate::cli::{self, Cli, Color, Global};
use crate::commands;
use crate::config::{Environment, Flags, Settings};
use crate::context::{Context, Json, Manner, PrintError, Talk};
use crate::exit::Exit;
use crate::failure::{self, Usage};
use crate::output::{ColorChoice, Stream};
use crate::secret::Secret;

/// Runs `notes` with these arguments, of which the first is the name of the program.
#[must_use]
pub fn run(args: &[OsString]) -> Exit {
    let environment = Environment::from_process();
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return unread(&error, args, &environment),
    };
    let (mut manner, json) = manner(&cli.global, &environment);
    let outcome = json.and_then(|json| {
        manner.json = json;
        dispatch(cli, &manner, environment)
    });
    match outcome {
        Ok(exit) => exit,
        Err(error) if failure::is_broken_pipe(&error) => Exit::Done,
        Err(error) => {
            failure::report(&error, &manner);
            failure::exit_of(&error)
        }
    }
}

fn dispatch(cli: Cli, manner: &Manner, environment: Environment) -> anyhow::Result<Exit> {
    let Some(command) = cli.command else {
        return Ok(short_help()?);
    };
    let working_dir = std::env::current_dir().context("cannot tell the working directory")?;
    let flags = Flags {
        redis_url: cli.global.redis_url.map(Secret::from),
        timeout: cli.global.timeout,
    };
    let settings = Settings::load(&flags, &environment, &working_dir)?;
    let mut context = Context::new(manner.clone(), settings, environment);
    let outcome = commands::run(command, &mut context).map_err(|error| context.explained(error));
    // What was printed before a failure is still the user's.
    let finished = context.finish();
    let exit = outcome?;
    finished?;
    Ok(exit)
}

fn manner(global: &Global, environment: &Environment) -> (Manner, anyhow::Result<Json>) {
    let choice = match global.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let variable = |name: &str| environment.get(name).map(str::to_owned);
    let json = match global.json.as_deref() {
        None => Ok(Json::Off),
        Some("") => Ok(Json::On(None)),
        Some(fields) => fields
            .parse()
            .map(|selection| Json::On(Some(selection)))
            .map_err(anyhow::Error::from),
    };
    let manner = Manner {
        stdout: Stream::detect(io::stdout(), choice, variable),
        stderr: Stream::detect(io::stderr(), choice, variable),
        json: if global.json.is_some() {
            Json::On(None)
        } else {
            Json::Off
        },
        talk: if global.quiet {
            Talk::Quiet
        } else {
            Talk::Normal
        },
    };
    (manner, json)
}

fn short_help() -> Result<Exit, PrintError> {
    let mut out = io::stdout();
    write!(out, "{}", cli::short_help())?;
    out.flush()?;
    Ok(Exit::Done)
}

/// A command line that could not be read, or that asks for help.
fn unread(error: &clap::Error, args: &[OsString], environment: &Environment) -> Exit {
    if error.use_stderr() {
        let color = Color::Auto;
        let wants_json = args.iter().any(|arg| {
            let arg = arg.to_string_lossy();
            arg == "--json" || arg.starts_with("--json=")
        });
        let global = Global {
            redis_url: None,
            timeout: None,
            json: wants_json.then(String::new),
            quiet: false,
            color,
        };
        let usage = Usage::new(cli::one_line(error));
        failure::report(&usage.into(), &manner(&global, environment).0);
        return Exit::Usage;
    }
    match error.print() {
        Ok(()) => Exit::Done,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
        Err(_) => Exit::Failed,
    }
}
