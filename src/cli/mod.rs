//! The command line: its options, its help, nothing else. The one place that names clap.
//!
//! What an option means is decided by the commands; here it is only read. The help texts are also
//! the source of the manual and the completions.

#![expect(
    clippy::doc_markdown,
    reason = "the doc comments are help texts, which are read on a terminal"
)]

mod arguments;
mod health;
mod page;
mod serve;

use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::config::parse_timeout;

pub use arguments::{
    Add, Completions, Edit, Format, List, Log, Redis, RedisAction, Rm, Show, Sort, Undo,
};
pub use health::Health;
pub use page::{Page, Unread, completion_script, parse};
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
    ///
    /// With --deep every note is read, and everything that is wrong counts, the warnings too: the exit
    /// code is 1 then, and 0 if all is sound. --fix mends what takes no guess: it drops ids without a
    /// note, adds lost notes to the set of ids, sets the field id to the id of the key, and takes a
    /// time to live away. It never removes text, and makes up neither text nor times.
    #[command(after_long_help = "Examples:\n  \
            notes health\n  \
            notes health --json | jq .redis\n  \
            notes health --deep\n  \
            notes health --deep --fix --dry-run\n  \
            notes health --deep --json | jq -r '.deep.problems[].detail'")]
    Health(Health),

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
