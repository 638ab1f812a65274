//! Parses a command line, into a command or the page of help that is printed instead.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _};

use super::help::{Page, for_help, is_long};
use super::{Cli, called, tips};

/// The commands with a number of lines, which `-5` is too.
const LIMITED: [&str; 3] = ["list", "search", "log"];

/// The options whose value may look like an option.
const WITH_ANY_VALUE: [&str; 3] = ["--not", "-e", "--regex"];

/// Parses a command line; `args[0]` is the name of the program.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli, ParseError> {
    let words: Vec<&str> = args.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
    if words == ["help", "options"] {
        return Err(ParseError::HelpAsked(Page::options()));
    }
    let matches = match called::matches(args) {
        Some(matches) => Ok(matches),
        None => Cli::command().try_get_matches_from(args),
    };
    let error = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(args) = with_limit(args)
    {
        return parse(&args);
    }
    if error.use_stderr() {
        return Err(ParseError::Invalid(reason(&error, args)));
    }
    let page = match error.kind() {
        ErrorKind::DisplayHelp => for_help(is_long(args)).try_get_matches_from(args).err(),
        _ => None,
    };
    let page = page.as_ref().unwrap_or(&error);
    Err(ParseError::HelpAsked(Page(page.render())))
}

/// A command line without a command to run.
#[derive(Debug)]
pub(crate) enum ParseError {
    /// It asks for the help or the version.
    HelpAsked(Page),
    /// It is invalid. The text is the reason in one line.
    Invalid(String),
}

/// Returns the arguments with `-n 5` in place of `-5`, if the command has that option.
fn with_limit(args: &[OsString]) -> Option<Vec<OsString>> {
    let command = command_of(args)?;
    if !LIMITED.contains(&command.as_str()) {
        return None;
    }
    let mut before = "";
    for (at, arg) in args.iter().enumerate() {
        let arg = arg.to_str().unwrap_or_default();
        if arg == "--" {
            return None;
        }
        if let Some(number) = arg.strip_prefix('-')
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !WITH_ANY_VALUE.contains(&before)
        {
            let mut args = args.to_vec();
            args.splice(at..=at, ["-n".into(), number.into()]);
            return Some(args);
        }
        before = arg;
    }
    None
}

/// Returns the name of the command, and of one within it, on a line that may be wrong.
fn command_of(args: &[OsString]) -> Option<String> {
    let lenient = Cli::command().ignore_errors(true);
    let matches = lenient.try_get_matches_from(args).ok()?;
    let (name, inner) = matches.subcommand()?;
    Some(match inner.subcommand_name() {
        Some(inner) => format!("{name} {inner}"),
        None => name.to_owned(),
    })
}

fn reason(error: &clap::Error, args: &[OsString]) -> String {
    let command = command_of(args);
    let help = command.map_or_else(|| "notes -h".to_owned(), |name| format!("notes {name} -h"));
    let word = match error.kind() {
        ErrorKind::InvalidSubcommand => context(error, ContextKind::InvalidSubcommand),
        ErrorKind::UnknownArgument => context(error, ContextKind::InvalidArg),
        _ => None,
    };
    let word = word.unwrap_or_default();
    let text = error.render().to_string();
    let mut lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    let tip = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            tips::command(word).map(|ours| format!("here it is `{ours}`"))
        }
        ErrorKind::UnknownArgument => tips::option(word).map(str::to_owned),
        _ => None,
    };
    let suggested = context(error, ContextKind::SuggestedArg);
    if tip.is_some() || suggested.is_some_and(|suggested| !is_like(word, suggested)) {
        lines.retain(|line| !line.starts_with("tip:"));
    }
    lines.extend(tip.as_deref());
    let line = lines.join("; ").replace(":; ", ": ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    format!("{line}; `{help}` tells more")
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        _ => None,
    }
}

/// Returns true if an option is probably a misspelling of the other: clap suggests any that has some of
/// its letters.
fn is_like(typed: &str, option: &str) -> bool {
    let [typed, option] = [typed, option].map(|it| it.trim_start_matches('-'));
    typed.len().abs_diff(option.len()) <= 2 && typed.chars().next() == option.chars().next()
}
