//! One run of `notes`: parses the command line, makes the context, runs the command, and turns an
//! error into a message and an exit code.

use std::ffi::OsString;
use std::io::{self, Write as _};

use crate::cli::{self, Cli, Color, Command, Global, Page, ParseError};
use crate::commands;
use crate::config::{Environment, Flags, Settings};
use crate::context::{Context, PrintError};
use crate::error::{self, Error};
use crate::exit::Exit;
use crate::output::{Json, OutputOptions, Stream};
use crate::terminal::pager::Output;

/// Runs `notes` with these arguments, of which the first is the name of the program.
#[must_use]
pub fn run(args: &[OsString]) -> Exit {
    let environment = Environment::from_process();
    if let [_, first, request @ ..] = args
        && first == "__complete"
    {
        let answer = commands::completions::answer(request, environment);
        // If this fails, the shell offers nothing.
        let _ = io::stdout().write_all(answer.as_bytes());
        return Exit::Done;
    }
    let parsed = cli::parse(args);
    let (color, is_json, is_quiet) = match &parsed {
        Ok(cli) => (
            cli.global.color,
            cli.global.json.is_some(),
            cli.global.quiet,
        ),
        Err(_) => (Color::Auto, asks_for_json(args), false),
    };
    let (stdout, stderr) = streams(color, &environment);
    // The fields that --json selects are checked later.
    let json = if is_json { Json::On(None) } else { Json::Off };
    let mut options = OutputOptions {
        stdout,
        stderr,
        json,
        quiet: is_quiet,
    };
    let outcome = match parsed {
        Ok(cli) => dispatch(cli, &mut options, environment),
        Err(ParseError::HelpAsked(page)) => {
            print_page(&page, &options, &environment).map_err(Into::into)
        }
        Err(ParseError::Invalid(text)) => Err(Error::usage(text).into()),
    };
    match outcome {
        Ok(exit) => exit,
        Err(error) if PrintError::is_closed(&error) => Exit::Done,
        Err(error) => {
            error::report(&error, &options);
            error::exit_of(&error)
        }
    }
}

fn dispatch(
    cli: Cli,
    options: &mut OutputOptions,
    environment: Environment,
) -> anyhow::Result<Exit> {
    if let Some(fields) = cli.global.json.as_deref().filter(|text| !text.is_empty()) {
        options.json = Json::On(Some(fields.parse()?));
    }
    let Some(command) = cli.command else {
        return Ok(print_page(&Page::short_help(), options, &environment)?);
    };
    let settings = match command {
        // The script does not depend on settings, which may be wrong.
        Command::Completions(_) => Settings::default(),
        _ => load_settings(cli.global, &environment)?,
    };
    for warning in &settings.warnings {
        // Printed even if --quiet is given: it decides where the notes are.
        error::report(&warning.clone().into(), options);
    }
    let is_about_notes = !matches!(
        command,
        Command::Completions(_) | Command::Health(_) | Command::Log(_) | Command::Redis(_)
    );
    let mut context = Context::new(options.clone(), settings, environment);
    if is_about_notes {
        context.say_surprising_server();
    }
    let outcome = commands::run(command, &mut context).map_err(|error| context.explain(error));
    // The output of a command that failed is printed too.
    let finished = context.finish();
    let exit = outcome?;
    finished?;
    Ok(exit)
}

fn load_settings(global: Global, environment: &Environment) -> anyhow::Result<Settings> {
    let working_dir = std::env::current_dir().ok();
    Ok(Settings::load(
        &global.flags(),
        environment,
        working_dir.as_deref(),
    )?)
}

/// Returns the two output streams, with colours as `--color` and the environment say.
fn streams(color: Color, environment: &Environment) -> (Stream, Stream) {
    let color = match color {
        Color::Auto => None,
        Color::Always => Some(true),
        Color::Never => Some(false),
    };
    let variable = |name: &str| environment.get(name).map(str::to_owned);
    (
        Stream::detect(io::stdout(), color, variable),
        Stream::detect(io::stderr(), color, variable),
    )
}

/// Prints a page of help, which does not depend on settings: they may be wrong.
fn print_page(
    page: &Page,
    options: &OutputOptions,
    environment: &Environment,
) -> Result<Exit, PrintError> {
    let stream = options.stdout;
    let mut out = Output::default();
    if stream.terminal {
        let settings = Settings::load(&Flags::default(), environment, None).unwrap_or_default();
        out.page(stream, settings.pager.as_deref(), environment);
    }
    out.write_all(page.text(stream.color).as_bytes())?;
    out.end()?;
    Ok(Exit::Done)
}

/// Returns true if a command line that cannot be parsed has the option `--json`.
fn asks_for_json(args: &[OsString]) -> bool {
    let mut args = args.iter().map(|arg| arg.to_string_lossy());
    args.any(|arg| arg == "--json" || arg.starts_with("--json="))
}
