//! The command line: its options, its help, nothing else. The one place that names clap.
//!
//! What an option means is decided by the commands; here it is only read. The help texts are also
//! the source of the manual and the completions.

#![expect(
    clippy::doc_markdown,
    reason = "the doc comments are help texts, which are read on a terminal"
)]

mod serve;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::StyledStr;
use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config::parse_timeout;

pub use serve::Serve;

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
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Use the Redis at this URL
    ///
    /// For example redis://:password@host:6379/0, rediss://host for TLS, or
    /// redis+unix:///path/to/socket. It takes the place of every setting of the environment and of
    /// the .env files.
    #[arg(short = 'u', long, value_name = "URL", global = true, value_hint = ValueHint::Url)]
    pub redis_url: Option<String>,

    /// Wait no longer than this for Redis [default: 5]
    #[arg(long, value_name = "SECONDS", global = true, value_parser = parse_timeout,
        value_hint = ValueHint::Other)]
    pub timeout: Option<Duration>,

    /// Print JSON, all of it or these fields alone
    ///
    /// A note is one object, a list an array of them; errors are JSON too, on standard error.
    /// Indented on a terminal, compact in a pipe.
    #[arg(
        long,
        value_name = "FIELDS",
        global = true,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_hint = ValueHint::Other
    )]
    pub json: Option<String>,

    /// Say nothing but errors on standard error
    #[arg(short, long, global = true)]
    pub quiet: bool,

    /// Use colours: auto, always or never
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
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    Auto,
    /// In a pipe or a file too, whatever the environment says
    Always,
    /// Not even on a terminal
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
    /// If the note was changed meanwhile, both changes are merged. Where they overlap nothing is
    /// written, the exit code is 6, and --resume goes on from your text.
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

    /// Tell whether Redis answers and keeps notes safe
    ///
    /// Which server answers, which setting named it, how fast it answers, how many notes it has, and
    /// whether they are safe there: saved to disk, never dropped to make room, open to changes.
    /// Never starts the private Redis.
    #[command(after_long_help = "Examples:\n  notes health\n  notes health --json | jq .redis")]
    Health,

    /// Serve the notes over HTTP
    ///
    /// Answers as a REST API at /api/v1/notes, described at /openapi.json, until it is told to stop
    /// by Ctrl-C or SIGTERM; what is under way is finished. Prints its address once it listens, and
    /// a line for each request on standard error.
    ///
    /// It listens at loopback unless --host says otherwise, and then refuses requests for another
    /// host, which a web page could send. Put a proxy such as nginx in front of anything that the
    /// network can reach.
    #[command(after_long_help = "Examples:\n  \
            notes serve\n  \
            notes serve --port 8080 --token-file ~/.config/notes/token\n  \
            curl http://127.0.0.1:5000/api/v1/notes")]
    Serve(Serve),

    /// Manage the private Redis
    ///
    /// The private Redis keeps your notes where no other Redis is named. It starts with the first
    /// note, goes on running, and lets no other user in; its files are in the directory redis below
    /// NOTES_DATA_DIR. Only `cli` turns to another Redis, if that is the one in use.
    #[command(
        // Without this, `notes redis` alone would fail with a page of help instead of a reason.
        arg_required_else_help = false,
        after_long_help = "Examples:\n  \
            notes redis status\n  \
            notes redis cli DBSIZE\n  \
            notes redis stop"
    )]
    Redis(Redis),

    /// Print a completion script for a shell
    ///
    /// Put the script where your shell looks for completions, as in the examples, and start a new
    /// shell.
    #[command(after_long_help = "Examples:\n  \
            notes completions bash > ~/.local/share/bash-completion/completions/notes\n  \
            notes completions zsh > ~/.zfunc/_notes\n  \
            notes completions fish > ~/.config/fish/completions/notes.fish")]
    Completions(Completions),
}

/// `notes add`
#[derive(Args, Debug)]
pub struct Add {
    /// The words of the title
    #[arg(value_name = "TITLE", value_hint = ValueHint::Other)]
    pub title: Vec<String>,

    /// Set the content
    #[arg(
        short,
        long,
        value_name = "TEXT",
        value_hint = ValueHint::Other,
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
    /// List no more than this many notes
    #[arg(short = 'n', long, value_name = "N", value_hint = ValueHint::Other)]
    pub limit: Option<usize>,

    /// Sort by a time, the newest first, or by title, from A to Z
    #[arg(long, value_name = "BY", default_value = "created")]
    pub sort: Sort,

    /// Reverse the order
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
    /// When they were made
    Created,
    /// When they were changed
    Updated,
    /// Their titles
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
    #[arg(value_name = "NOTE", required = true, value_hint = ValueHint::Other)]
    pub notes: Vec<String>,

    /// Print this field alone
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub field: Option<String>,

    /// Print the stored text and nothing else: title and content, or the --field
    #[arg(long)]
    pub raw: bool,
}

/// `notes edit`
#[derive(Args, Debug)]
pub struct Edit {
    /// The note to edit
    #[arg(value_name = "NOTE", value_hint = ValueHint::Other)]
    pub note: String,

    /// Set the title
    #[arg(short, long, value_name = "TITLE", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    pub title: Option<String>,

    /// Set the content
    #[arg(
        short,
        long,
        value_name = "TEXT",
        value_hint = ValueHint::Other,
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    pub content: Option<String>,

    /// Set the content to that of a file, - for standard input
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Add lines at the end of the content
    #[arg(long, value_name = "TEXT", value_hint = ValueHint::Other, allow_hyphen_values = true)]
    pub append: Option<String>,

    /// Go on from the draft that was kept when an edit of this note could not be written
    ///
    /// What changed in Redis since is merged in; where both changed the same lines, both are shown
    /// between conflict markers: first yours, then theirs.
    #[arg(long, conflicts_with_all = ["title", "content", "file", "append"])]
    pub resume: bool,
}

/// `notes rm`
#[derive(Args, Debug)]
pub struct Rm {
    /// The notes to delete
    #[arg(value_name = "NOTE", required = true, value_hint = ValueHint::Other)]
    pub notes: Vec<String>,

    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,

    /// Say what would be deleted, and delete nothing
    #[arg(short = 'n', long, action = ArgAction::SetTrue)]
    pub dry_run: bool,
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
        /// What to pass to redis-cli; without it a session begins
        #[arg(
            value_name = "ARG",
            value_hint = ValueHint::Other,
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        args: Vec<OsString>,
    },
}

/// `notes completions`
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell to print it for
    pub shell: clap_complete::Shell,
}

/// What clap_complete leaves out for fish, which would offer files wherever an id belongs.
const FISH_OPERANDS: &str = "\
complete -c notes -f
complete -c notes -n \"__fish_notes_using_subcommand completions\" -a \"bash elvish fish powershell zsh\"
";

/// The script that teaches a shell to complete `notes`.
#[must_use]
pub fn completion_script(shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "notes", &mut script);
    if shell == clap_complete::Shell::Fish {
        script.extend_from_slice(FISH_OPERANDS.as_bytes());
    }
    script
}

/// Reads a command line, whose first argument is the name of the program.
pub fn parse(args: &[OsString]) -> Result<Cli, Unread> {
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
pub enum Unread {
    /// It asks for help or for the version, which this is.
    Asked(Page),
    /// It cannot be understood; what is wrong, in one line.
    Wrong(String),
}

/// A page of help.
#[derive(Debug)]
pub struct Page(StyledStr);

impl Page {
    /// The short help, of `notes -h`.
    #[must_use]
    pub fn short_help() -> Self {
        Self(Cli::command().render_help())
    }

    /// The text with the sequences that style it.
    #[must_use]
    pub fn styled(&self) -> String {
        self.0.ansi().to_string()
    }

    /// The text alone.
    #[must_use]
    pub fn plain(&self) -> String {
        self.0.to_string()
    }
}

/// What is wrong with a command line, in one line.
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
