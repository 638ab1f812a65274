//! A parsed command line, or the page that is printed instead: the help, or what is wrong with it.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::{CommandFactory as _, Parser as _};

use super::Cli;

/// Parses a command line, whose first argument is the name of the program.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli, Unread> {
    Cli::try_parse_from(args).map_err(|error| {
        if error.use_stderr() {
            Unread::Wrong(one_line(&error))
        } else {
            Unread::Asked(Page(error.render()))
        }
    })
}

/// Why a command line names nothing to run.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It asks for the help or the version.
    Asked(Page),
    /// It is invalid; why, in one line.
    Wrong(String),
}

/// A page of help.
#[derive(Debug)]
pub(crate) struct Page(StyledStr);

impl Page {
    pub(crate) fn short_help() -> Self {
        Self(Cli::command().render_help())
    }

    /// The text, with escape sequences for bold and colours or without.
    pub(crate) fn text(&self, color: bool) -> String {
        if color {
            self.0.ansi().to_string()
        } else {
            self.0.to_string()
        }
    }
}

fn one_line(error: &clap::Error) -> String {
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
