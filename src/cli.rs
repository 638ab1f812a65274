//! The command line: its options, its help, nothing else. The one place that names clap.
//!
//! What an option means is decided by the commands; here it is only read. The help texts are also
//! the source of the manual and the completions.

#![expect(
    clippy::doc_markdown,
    reason = "the doc comments are help texts, which are read on a terminal"
)]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config::parse_timeout;

/// The command line of `notes`.
#[derive(Debug, Parser)]
#[command(
    name = "notes",
    version,
    about = "Keep notes in Redis, from the shell",
    long_about = "Keep notes in Redis, from the shell.\n\n\
        With nothing set up, notes live in a private Redis of your own, which is started when it is \
        first needed. Set REDIS_URL, or REDIS_HOST and REDIS_PORT, to use another.",
    after_help = "Examples:\n  \
        notes add Buy milk                      a note with a title\n  \
        echo 'From a pipe' | notes add          a note from standard input\n  \
        notes list                              every note, the newest first\n  \
        notes show 3f2a                         a note by the beginning of its id\n\n\
        `notes help COMMAND` tells more; so does the manual, notes(1).",
    disable_help_subcommand = false,
    max_term_width = 100
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do; nothing is a short help.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Args, Debug)]
pub struct Global {
    /// Use the Redis at this URL
    ///
    /// For example redis://:password@host:6379/0, rediss://host for TLS, or
    /// redis+unix:///path/to/socket. It takes the place of every setting of the environment and of
    /// the .env files.
    #[arg(short = 'u', long, value_name = "URL", global = true, value_hint = ValueHint::Url)]
    pub redis_url: Option<String>,

    /// Wait no longer than this for an answer of Redis [default: 5]
    #[arg(long, value_name = "SECONDS", global = true, value_parser = parse_timeout)]
    pub timeout: Option<Duration>,

    /// Print JSON, of these fields alone if any are named
    ///
    /// A note is one object, a list an array of them; errors are JSON too, on standard error.
    /// Indented on a terminal, compact in a pipe.
    #[arg(
        long,
        value_name = "FIELDS",
        global = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub json: Option<String>,

    /// Say nothing but errors on standard error
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// When to use colours
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = true
    )]
    pub color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a note
    ///
    /// The words of TITLE are joined by spaces. Without a TITLE the text comes from standard input
    /// or, on a terminal, from your editor: its first line is the title, the rest the content.
    ///
    /// Prints the id of the new note.
    #[command(after_long_help = "Examples:\n  \
            notes add Buy milk\n  \
            notes add 'Meeting' -c 'Tuesday at ten'\n  \
            notes add 'Build log' -f build.log\n  \
            git log -1 | notes add\n  \
            notes add -- '-dashes are fine after two dashes'")]
    Add(Add),

    /// List notes
    ///
    /// On a terminal a table. In a pipe one note a line, four fields parted by tabs: id, title,
    /// time of the last change (RFC 3339), content; nothing is cut, and a tab, line break,
    /// carriage return or backslash within a field is written \t, \n, \r or \\.
    #[command(
        visible_alias = "ls",
        after_long_help = "Examples:\n  \
            notes list -n 10 --sort updated\n  \
            notes list --json | jq -r '.[].title'\n  \
            notes list --json=id,title\n  \
            notes list --ids | xargs notes show"
    )]
    List(List),

    /// Show notes
    ///
    /// NOTE is an id, the beginning of one (4 characters or more), or @ for the note changed last.
    /// Long output goes through a pager on a terminal.
    #[command(after_long_help = "Examples:\n  \
            notes show @\n  \
            notes show 3f2a --field content\n  \
            notes show 3f2a --raw > note.md\n  \
            notes show 3f2a --json")]
    Show(Show),

    /// Edit a note
    ///
    /// NOTE is an id, the beginning of one (4 characters or more), or @ for the note changed last.
    /// Without an option the note opens in your editor (NOTES_EDITOR, VISUAL, EDITOR, then vi): the
    /// first line is the title, the content begins below the empty line. If the editor fails, or
    /// leaves the text empty or unchanged, nothing is written.
    ///
    /// Prints the id of the note.
    #[command(after_long_help = "Examples:\n  \
            notes edit @\n  \
            notes edit 3f2a -t 'A better title'\n  \
            notes edit 3f2a --append 'one more line'\n  \
            sort list.txt | notes edit 3f2a -f -")]
    Edit(Edit),

    /// Delete notes
    ///
    /// NOTE is an id, the beginning of one (4 characters or more), or @ for the note changed last.
    /// Asks first on a terminal; elsewhere it wants --yes. A NOTE that is not there does not keep the
    /// others, but the exit code is then 3.
    ///
    /// Prints the ids of the deleted notes.
    #[command(
        visible_alias = "delete",
        after_long_help = "Examples:\n  \
            notes rm 3f2a\n  \
            notes rm --dry-run @\n  \
            notes list --ids -n 5 --reverse | xargs notes rm --yes"
    )]
    Rm(Rm),

    /// Take back a change
    ///
    /// Takes back the last change that this machine made to the Redis in use and that still holds,
    /// or the STEP of that number in `notes log`. Everything that one command changed is one step. It
    /// is taken back only if Redis still holds exactly what the step left; otherwise nothing is
    /// changed and the exit code is 6. With nothing left to undo it is 3.
    ///
    /// An undo is a step itself: `notes undo STEP` with its number does the change again.
    ///
    /// Prints the ids of the notes it touched.
    #[command(after_long_help = "Examples:\n  \
            notes undo\n  \
            notes undo --dry-run\n  \
            notes undo 12")]
    Undo(Undo),

    /// Show the changes that can be undone
    ///
    /// The changes that this machine made to the Redis in use, the newest first: by commands and by
    /// the HTTP API. They are kept in a file of your own, journal.jsonl in the data directory, up to 16 MiB;
    /// it holds the text of notes, deleted ones too. NOTES_JOURNAL=off switches it off.
    ///
    /// In a pipe one step a line, six fields parted by tabs: number, time (RFC 3339), command,
    /// state (made, undone or cancelled), ids, titles.
    #[command(after_long_help = "Examples:\n  \
            notes log -n 10\n  \
            notes log --json | jq '.[] | select(.by == \"rm\")'")]
    Log(Log),

    /// Tell whether Redis answers and keeps notes safe
    ///
    /// Which server answers, which setting named it, how fast it answers, how many notes it has, and
    /// whether they are safe there: saved to disk, never dropped to make room, open to changes.
    /// Never starts the private Redis.
    #[command(after_long_help = "Examples:\n  notes health\n  notes health --json | jq .redis")]
    Health,

    /// Manage the private Redis
    #[command(after_long_help = "Examples:\n  \
            notes redis status\n  \
            notes redis cli DBSIZE\n  \
            notes redis stop")]
    Redis(Redis),

    /// Print a completion script for a shell
    #[command(after_long_help = "Examples:\n  \
            notes completions bash > ~/.local/share/bash-completion/completions/notes\n  \
            notes completions zsh > ~/.zfunc/_notes\n  \
            notes completions fish > ~/.config/fish/completions/notes.fish")]
    Completions(Completions),
}

/// `notes add`
#[derive(Args, Debug)]
pub struct Add {
    /// The title; its words are joined by spaces
    #[arg(value_name = "TITLE")]
    pub title: Vec<String>,

    /// The content
    #[arg(
        short,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    pub content: Option<String>,

    /// Read the content from a file, - for standard input
    ///
    /// Without a TITLE the first line of the file is the title.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

/// `notes list`
#[derive(Args, Debug)]
pub struct List {
    /// No more than this many notes
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,

    /// What to sort by: times the newest first, titles from A to Z
    #[arg(long, value_name = "BY", default_value = "created")]
    pub sort: Sort,

    /// The other way round
    #[arg(short, long)]
    pub reverse: bool,

    /// How to print them.
    #[command(flatten)]
    pub format: Format,

    /// Leave out the header of --csv and --tsv
    #[arg(long)]
    pub no_headers: bool,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    /// When they were made.
    Created,
    /// When they were changed.
    Updated,
    /// Their titles.
    Title,
}

/// Formats of a list besides the usual one; no more than one of them.
#[derive(Args, Clone, Copy, Debug, Default)]
#[group(multiple = false)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub struct Format {
    /// Print one JSON object a line
    #[arg(long)]
    pub jsonl: bool,
    /// Print comma-separated values with a header (RFC 4180)
    #[arg(long)]
    pub csv: bool,
    /// Print tab-separated values with a header
    #[arg(long)]
    pub tsv: bool,
    /// Print the ids alone
    #[arg(long)]
    pub ids: bool,
}

/// `notes show`
#[derive(Args, Debug)]
pub struct Show {
    /// The notes to show
    #[arg(value_name = "NOTE", required = true)]
    pub notes: Vec<String>,

    /// Print this field alone
    #[arg(long, value_name = "NAME")]
    pub field: Option<String>,

    /// Print the stored text and nothing else: title and content, or the --field
    #[arg(long)]
    pub raw: bool,
}

/// `notes edit`
#[derive(Args, Debug)]
pub struct Edit {
    /// The note to edit
    #[arg(value_name = "NOTE")]
    pub note: String,

    /// Set the title
    #[arg(short, long, value_name = "TITLE", allow_hyphen_values = true)]
    pub title: Option<String>,

    /// Set the content
    #[arg(
        short,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    pub content: Option<String>,

    /// Set the content to that of a file, - for standard input
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Add lines at the end of the content
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub append: Option<String>,
}

/// `notes rm`
#[derive(Args, Debug)]
pub struct Rm {
    /// The notes to delete
    #[arg(value_name = "NOTE", required = true)]
    pub notes: Vec<String>,

    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,

    /// Say what would be deleted, and delete nothing
    #[arg(short = 'n', long, action = ArgAction::SetTrue)]
    pub dry_run: bool,
}

/// `notes undo`
#[derive(Args, Debug)]
pub struct Undo {
    /// The number of the step; without it the last one
    #[arg(value_name = "STEP")]
    pub step: Option<u64>,

    /// Say what would be undone, and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `notes log`
#[derive(Args, Debug)]
pub struct Log {
    /// No more than this many steps
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
}

/// `notes redis`
#[derive(Args, Debug)]
pub struct Redis {
    /// What to do with it.
    #[command(subcommand)]
    pub action: RedisAction,
}

/// What to do with the private Redis.
#[derive(Debug, Subcommand)]
pub enum RedisAction {
    /// Start the private Redis if it is not running
    Start,
    /// Stop the private Redis; the notes stay on disk
    Stop,
    /// Tell whether the private Redis is running, and start nothing
    Status,
    /// Run redis-cli on the Redis in use, private or not
    Cli {
        /// What to pass to redis-cli; nothing is a session
        #[arg(
            value_name = "ARG",
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        args: Vec<OsString>,
    },
}

/// `notes completions`
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// The script that teaches a shell to complete `notes`.
#[must_use]
pub fn completion_script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "notes", &mut script);
    script
}

/// The help of `notes -h`.
#[must_use]
pub fn short_help() -> String {
    Cli::command().render_help().to_string()
}

/// What is wrong with a command line, in one line.
#[must_use]
pub fn one_line(error: &clap::Error) -> String {
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
