//! The arguments of `tasks`.

use std::str::FromStr;

use clap::Args;

use super::query::QueryArgs;

#[derive(Args, Debug)]
pub(crate) struct Tasks {
    #[command(flatten)]
    pub(crate) query: QueryArgs,

    /// List the tasks that are done too
    #[arg(long)]
    pub(crate) done: bool,

    /// Tick the task in this line of a note
    ///
    /// LINE is the number of a line of the content, as `notes tasks` prints it behind the id. If it has
    /// no open task, nothing is changed and the exit code is 6. It may be given several times.
    #[arg(
        long,
        value_name = "NOTE:LINE",
        conflicts_with_all = ["words", "tag", "not", "regex", "since", "until", "done"]
    )]
    pub(crate) tick: Vec<Place>,
}

/// A line of a note.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) note: String,
    pub(crate) line: usize,
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (note, line) = text.rsplit_once(':').unwrap_or_default();
        match line.parse() {
            Ok(line @ 1..) if !note.is_empty() => Ok(Self {
                note: note.to_owned(),
                line,
            }),
            _ => Err(
                "expected a NOTE, a colon and the number of a line, as `notes tasks` prints them",
            ),
        }
    }
}
