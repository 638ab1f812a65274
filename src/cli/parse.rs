//! Parses a command line, into a command or the page of help that is printed instead.

use std::ffi::OsString;
use std::str::FromStr;

use clap::builder::StyledStr;
use clap::{CommandFactory as _, Parser as _};

use super::Cli;

/// Parses a command line; `args[0]` is the name of the program.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli, ParseError> {
    Cli::try_parse_from(args).map_err(|error| {
        if error.use_stderr() {
            ParseError::Invalid(reason(&error))
        } else {
            ParseError::HelpAsked(Page(error.render()))
        }
    })
}

/// Parses a whole number. Its error is for users, that of Rust's parser is not.
pub(super) fn parse_number<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse()
        .map_err(|_| "expected a whole number from 0 up")
}

/// Parses the number of a step in the journal.
pub(super) fn parse_step(text: &str) -> Result<u64, &'static str> {
    text.parse()
        .map_err(|_| "a step is a number from `notes log`")
}

/// A command line without a command to run.
#[derive(Debug)]
pub(crate) enum ParseError {
    /// It asks for the help or the version.
    HelpAsked(Page),
    /// It is invalid. The text is the reason in one line.
    Invalid(String),
}

/// A page of help.
#[derive(Debug)]
pub(crate) struct Page(StyledStr);

impl Page {
    pub(crate) fn short_help() -> Self {
        Self(Cli::command().render_help())
    }

    /// Returns the text, with or without escape sequences for bold and colours.
    pub(crate) fn text(&self, color: bool) -> String {
        if color {
            self.0.ansi().to_string()
        } else {
            self.0.to_string()
        }
    }
}

fn reason(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.is_empty())
        .collect();
    let line = lines.join("; ").replace(":; ", ": ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    format!("{line}; `notes --help` tells more")
}
