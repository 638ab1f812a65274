//! The command line: its options and its help. The only module that names clap.
//!
//! The commands decide what an option means. The help texts are also the source of the manual.

#![expect(
    clippy::doc_markdown,
    reason = "the doc comments are help texts, which are read on a terminal"
)]

mod arguments;
mod called;
mod completion;
mod global;
mod help;
mod links;
#[cfg(feature = "mcp")]
mod mcp;
mod parse;
mod query;
mod serve;
mod tasks;
mod tips;
mod today;
mod transfer;
mod values;
mod version;

use clap::{Parser, Subcommand};

pub(crate) use arguments::{
    Add, Completions, Content, Edit, Health, List, Log, OrderArgs, Redis, RedisAction, Rm, Shell,
    Show, SortArg, Undo, Watch,
};
pub(crate) use completion::{Asked, Candidate, ValueKind, candidates};
pub(crate) use global::{Color, Global};
pub(crate) use help::Page;
pub(crate) use links::Links;
#[cfg(feature = "mcp")]
pub(crate) use mcp::Mcp;
pub(crate) use parse::{ParseError, parse};
pub(crate) use query::QueryArgs;
pub(crate) use serve::Serve;
pub(crate) use tasks::{Place, Tasks};
pub(crate) use today::Today;
pub(crate) use transfer::{Export, FileFormat, Import, ImportFormat, OnConflict};

/// The command line of `notes`.
#[derive(Debug, Parser)]
#[command(
    name = "notes",
    version,
    long_version = version::long_version(),
    about = "Keep notes in Redis, from the shell",
    long_about = "Keep notes in Redis, from the shell.\n\n\
        Without any configuration, notes are stored in a private Redis server of your own, which is \
        started when it is first needed. Set REDIS_URL, or REDIS_HOST and REDIS_PORT, to use another \
        server.",
    after_long_help = "Examples:\n  \
        notes add Buy milk                      a note with a title\n  \
        echo 'From a pipe' | notes add          a note from standard input\n  \
        notes list                              every note, the one changed last first\n  \
        notes show 3f2a                         a note by the beginning of its id\n\n\
        `notes help COMMAND` tells more; so does the manual, notes(1).",
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a note
    ///
    /// The words of TITLE are joined by spaces. Without a TITLE the text comes from -f, standard input
    /// or, on a terminal, your editor: its first line is the title, the rest is the content. With a
    /// TITLE standard input is read only for -f -; a warning says so if text waits there.
    ///
    /// A first line that is a Markdown heading is stored as it is, and shown without its #.
    ///
    /// A note is text of at most 16 MiB, UTF-8 without NUL bytes. A byte order mark before it is left
    /// out; all else is kept byte for byte.
    ///
    /// If a run ends while the editor is open, or the text cannot be stored, --resume continues with
    /// what was saved.
    ///
    /// Prints the id of the new note, where standard output is no terminal.
    #[command(after_long_help = "Examples:\n  \
            notes add Buy milk\n  \
            notes add 'Meeting' -c 'Tuesday at ten'\n  \
            notes add 'Build log' -f build.log\n  \
            notes add < meeting.md                        its heading is the title\n  \
            git log -1 --format=%B | notes add            the subject is the title\n  \
            date | notes add 'What time it was' -f -\n  \
            notes add -- '-dashes are fine after two dashes'")]
    Add(Add),

    /// List notes, all or those that a QUERY finds
    ///
    /// On a terminal the list is a table. In a pipe it is one note per line, with four
    /// tab-separated fields: id, title, time of the last change (RFC 3339) and content. Nothing is
    /// cut off. A tab, line feed, carriage return or backslash within a field is written as \t, \n,
    /// \r or \\.
    #[command(
        visible_alias = "ls",
        after_long_help = "Examples:\n  \
            notes list -n 10 --sort created\n  \
            notes list --tag work --since yesterday\n  \
            notes list --json | jq -r '.[].title'\n  \
            notes list --json=id,title\n  \
            notes list --ids | notes show -"
    )]
    List(List),

    /// Search notes
    ///
    /// Finds the notes in which every word of QUERY occurs, in the title or the content, and which
    /// satisfy every option. On a terminal the lines that match are printed below each note; in a
    /// pipe and with --json and the like the output is that of `notes list`.
    #[command(after_long_help = "Examples:\n  \
            notes search milk eggs                  both words\n  \
            notes search title:plan --not done\n  \
            notes search --tag work --since 'last monday'\n  \
            notes search '#work'                    quoted, or the shell takes it for a comment\n  \
            notes search -e 'v[0-9]+\\.[0-9]+'\n  \
            notes search draft --ids | notes rm -")]
    Search(List),

    /// List the tags, and how many notes have each
    ///
    /// A tag is a # and letters, digits, -, _ and /, not digits alone and not with a / at its end, at
    /// the start of a line or after white space, anywhere in a note. In a pipe the output is one tag per line, with the
    /// number of notes after a tab.
    #[command(after_long_help = "Examples:\n  \
            notes tags\n  \
            notes list --tag work\n  \
            notes tags --json | jq -r '.[].tag'")]
    Tags,

    /// Show notes
    ///
    /// On a terminal Markdown is styled where it stands, lines are wrapped at words, and long output goes
    /// through a pager.
    #[command(after_long_help = "Examples:\n  \
            notes show @\n  \
            notes show 3f2a --field content\n  \
            notes show 3f2a --raw > note.md\n  \
            notes show 3f2a --json")]
    Show(Show),

    /// Edit notes
    ///
    /// Without an option the note opens in your editor (NOTES_EDITOR, VISUAL, EDITOR, then vi): the
    /// first line is the title, the content begins below the empty line. If the editor fails, or
    /// leaves the text empty or unchanged, nothing is stored. A byte order mark that an editor adds is
    /// taken away, and so is CRLF at the end of every line unless the note had some.
    ///
    /// If someone else changes the note at the same time, the two changes are merged. If they overlap, nothing is
    /// stored, the exit code is 6, and --resume continues with your text. It also continues with what
    /// was saved in the editor if the run ended early, as when the terminal was closed.
    ///
    /// Several notes can be changed at once by options, as one step to undo. On a
    /// terminal three or more are shown first, and changed only after a question, also where their
    /// ids come from a pipe.
    ///
    /// Prints the ids of the notes, where standard output is no terminal.
    #[command(after_long_help = "Examples:\n  \
            notes edit @\n  \
            notes edit 3f2a -t 'A better title'\n  \
            notes edit 3f2a --append 'one more line'\n  \
            notes edit 3f2a --replace 'at ten' 'at nine'\n  \
            notes edit --create Groceries --append milk\n  \
            sort list.txt | notes edit 3f2a -f -\n  \
            notes search draft --ids | notes edit - --append '#draft'")]
    Edit(Edit),

    /// Show or change the note of today
    ///
    /// Its title is today's date, or what NOTES_TODAY makes of it, a format of strftime such as
    /// 'Log %Y-%m-%d'. The note is made if there is none. Without an option it is shown, as by `notes
    /// show`; with --append its id is printed.
    #[command(after_long_help = "Examples:\n  \
            notes today\n  \
            notes today -e\n  \
            notes today --append \"$(date +%H:%M) called the bank\"")]
    Today(Today),

    /// List the links of a note, and those to it
    ///
    /// `[[Title]]` or `[[id]]` in the content of a note is a link, and so is `[[Title|shown]]`, outside
    /// code. It names a note as NOTE does on the command line. `notes edit -t` changes the links to a note.
    ///
    /// In a pipe a line has four tab-separated fields: to or from, id and title of the other note, and
    /// the link as written. With --broken they are missing or ambiguous, id and title of the note, and
    /// the link.
    #[command(after_long_help = "Examples:\n  \
            notes links @\n  \
            notes links --broken\n  \
            notes list --links-to 'Rust plan'")]
    Links(Links),

    /// List open tasks, and tick them
    ///
    /// A task is an item of a list that begins with a box, as in `- [ ] buy milk`, outside code; with
    /// `[x]` it is done. They are listed with their notes, of all notes or of those that a QUERY finds.
    ///
    /// In a pipe a line has four tab-separated fields: id and line with a colon between them, open or
    /// done, the text, and the title of the note. --tick prints the ids of the notes that it changed.
    #[command(after_long_help = "Examples:\n  \
            notes tasks\n  \
            notes tasks --tag work --done\n  \
            notes tasks --tick 3f2a:4\n  \
            notes tasks milk | cut -f 1 | xargs -n 1 notes tasks --tick")]
    Tasks(Tasks),

    /// Delete notes
    ///
    /// Asks first on a terminal, also where the ids come from a pipe: type y or yes, then Enter, to
    /// delete. Anything else deletes nothing. Without a terminal --yes is required.
    ///
    /// If one NOTE does not exist, the others are still deleted, and the exit code is 3.
    ///
    /// Prints the ids of the deleted notes, where standard output is no terminal.
    #[command(
        visible_alias = "delete",
        after_long_help = "Examples:\n  \
            notes rm 3f2a\n  \
            notes rm --dry-run @\n  \
            notes search draft --ids | notes rm -\n  \
            notes list --ids -n 5 --reverse | notes rm --yes -"
    )]
    Rm(Rm),

    /// Export notes, all or those that a QUERY finds
    ///
    /// They go to a file or a directory. Without -o, or with -o -, they are written to standard output. A QUERY that looks like a file,
    /// such as notes.jsonl, is then refused unless -o - is given. `notes import` reads every format
    /// back to the byte. With the formats jsonl and json a note is the object that `notes list --json`
    /// prints; csv has a column for each field; md is a directory with a Markdown file per note, which
    /// has the content below YAML front matter with the other fields.
    ///
    /// Data that a format cannot hold goes into an extra field, `fields`, as JSON: bytes that are not
    /// UTF-8, fields that are missing, a field `id` other than the id of the note.
    ///
    /// A file is replaced only once the new one is complete; it is never half an export.
    #[command(after_long_help = "Examples:\n  \
            notes export -o notes.jsonl\n  \
            notes export | gzip > notes.jsonl.gz\n  \
            notes export --format md -o notes/\n  \
            notes export --tag work --since 2026-01-01 -o work.jsonl\n  \
            notes search draft --ids | notes export --note - -o drafts.json\n  \
            notes export --format csv | head -1")]
    Export(Export),

    /// Print every change of a note as it happens
    ///
    /// Tells of the changes of all programs that write to the Redis in use, until Ctrl-C or SIGTERM. In a
    /// pipe the output is one JSON object per line, {"event":"created","id":…,"note":{…}}; the event is
    /// created, updated or deleted, and a deleted note has no member note. On a terminal it is the time, the
    /// event, the beginning of the id and the title.
    ///
    /// With a QUERY, a note that begins to match is created, and one that ceases to match is deleted. Changes
    /// of one note that follow each other faster than it can be read are one event.
    ///
    /// When the connection to Redis is lost, it is made again, and what changed in between is told then. A
    /// server that cannot tell of changes (before Redis 6) is asked every second for notes whose time of
    /// last change, updated_at, is another one. Redis needs no configuration; a user with an ACL needs
    /// +client|tracking.
    #[command(after_long_help = "Examples:\n  \
            notes watch\n  \
            notes watch --tag work\n  \
            notes watch --count 1 > /dev/null && make   wait for a change\n  \
            notes watch | jq -r --unbuffered .id\n  \
            notes watch --initial > events.jsonl")]
    Watch(Watch),

    /// Import notes from files, directories and archives
    ///
    /// Reads what `notes export` writes, Markdown and text files, and what other programs export: jrnl
    /// (`jrnl --format json`), Google Keep (a Takeout), Simplenote and memos. A directory, a zip, a tar or
    /// a tar.gz of these is read as it is. The format is detected. Files of other kinds are left out and
    /// counted.
    ///
    /// A note that is stored in the same version is left alone: to import a file a second time changes
    /// nothing. If a different version with the same id is stored, that is a conflict: --on-conflict
    /// says what to do, and by default the stored note is kept.
    ///
    /// A note that cannot be read is reported with its file and line. The others are still
    /// imported, and the exit code is 1. With --on-conflict fail a conflict is exit code 6. The whole import
    /// is one step for `notes undo`.
    ///
    /// Prints the ids of the notes that it stored, where standard output is no terminal. With --dry-run it prints a line per note instead:
    /// create, replace, skip, conflict or unchanged, the id and the title, separated by tabs.
    #[command(after_long_help = "Examples:\n  \
            notes import notes.jsonl\n  \
            notes import --dry-run notes.csv\n  \
            notes import --on-conflict newer notes/\n  \
            jrnl --format json | notes import -\n  \
            notes import takeout-20260115T103000Z-001.zip\n  \
            notes import ~/vault plan.md todo.txt\n  \
            notes import --source vault /media/stick/vault\n  \
            curl https://example.org/notes.jsonl.gz | notes import -")]
    Import(Import),

    /// Undo a change
    ///
    /// Undoes the last change that was made from this machine to the Redis in use and is not undone
    /// yet, or the STEP with that number in `notes log`. Everything that one command changed is one
    /// step. It is undone only if Redis still holds exactly what the step left; otherwise nothing is
    /// changed and the exit code is 6. With nothing left to undo, or a STEP that is undone already, it
    /// is 3. A step of more than 1,000 notes is checked and undone in parts of 1,000, so that Redis can
    /// serve others in between.
    ///
    /// An undo is a step too: `notes undo STEP` with its number makes the change again.
    ///
    /// Prints the ids of the notes that it changed, where standard output is no terminal.
    #[command(after_long_help = "Examples:\n  \
            notes undo\n  \
            notes undo --dry-run\n  \
            notes undo 12")]
    Undo(Undo),

    /// Show the changes that can be undone
    ///
    /// Lists the changes that were made from this machine to the Redis in use, newest first: by
    /// commands and by the HTTP API. They are kept in the file journal.jsonl in the data directory, up
    /// to 16 MiB, readable by you alone. It holds the text of notes, including deleted ones.
    /// NOTES_JOURNAL=off turns it off.
    ///
    /// In a pipe the output is one step per line, with six tab-separated fields: number, time
    /// (RFC 3339), command, state (made, undone or cancelled), ids and titles.
    #[command(after_long_help = "Examples:\n  \
            notes log -n 10\n  \
            notes log --json | jq '.[] | select(.by == \"rm\")'")]
    Log(Log),

    /// Check that Redis answers and keeps notes safe
    ///
    /// Reports which server answers, which setting named it, how fast it answers, how many notes it
    /// has, whether they are safe there (saved to disk, never evicted, not read-only), and which
    /// replicas copy them. It never starts the private Redis.
    ///
    /// With --deep every note is read. The exit code is then 1 if there is any problem or warning, and
    /// 0 if there is none. --fix repairs what needs no guess: it removes ids without a note, adds lost
    /// notes to the set of ids, sets the field id to the id in the key, and removes a time to live. It
    /// never removes text, and never invents text or times.
    ///
    /// A time in the future comes from a clock that is ahead. Until it has come, `@` is that note.
    #[command(after_long_help = "Examples:\n  \
            notes health\n  \
            notes health --json | jq .redis\n  \
            notes health --deep\n  \
            notes health --deep --fix --dry-run\n  \
            notes health --deep --json | jq -r '.deep.problems[].detail'")]
    Health(Health),

    /// Serve the notes over HTTP
    ///
    /// Serves a REST API at /api/v1/notes, described at /openapi.json, until Ctrl-C or SIGTERM;
    /// requests in progress are then finished. Prints its address when it listens, and a line for each
    /// request on standard error.
    ///
    /// It listens on loopback unless --host says otherwise. On loopback it refuses requests for any
    /// other host name, which a web page could send. Put a proxy such as nginx in front of anything
    /// that the network can reach: there are limits here that only a proxy can set.
    #[command(after_long_help = "Examples:\n  \
            notes serve\n  \
            notes serve --port 8080 --token-file ~/.config/notes/token\n  \
            curl http://127.0.0.1:5000/api/v1/notes")]
    Serve(Serve),

    /// Serve the notes to agents over the Model Context Protocol
    ///
    /// For programs such as Claude, Cursor or VS Code, which start it themselves and speak to it over standard
    /// input and output; docs/agents.md says what to enter in their settings. It ends when standard input ends.
    ///
    /// The tools are search, list, read, add, edit, delete and undo. An edit or a deletion needs the ETag of
    /// the note, the one of the HTTP API: if the note has changed since, nothing is written. Each change is
    /// one step for `notes undo`, named `mcp edit` and the like in `notes log`.
    #[cfg(feature = "mcp")]
    #[command(after_long_help = "Examples:\n  \
            notes mcp\n  \
            notes mcp --read-only\n  \
            claude mcp add notes -- notes mcp")]
    Mcp(Mcp),

    /// Manage the private Redis
    ///
    /// The private Redis stores your notes when no other Redis is configured. It starts when a command
    /// first needs it, keeps running, and admits no other user; its files are in NOTES_DATA_DIR/redis.
    /// Only `cli` works with another Redis, if that is the one in use.
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
    /// shell; `make install` does that. At each TAB the script asks the `notes` in PATH, which reads
    /// notes, tags and fields from the Redis in use. What Redis does not answer within an eighth of a
    /// second, or the seconds in NOTES_COMPLETION_TIMEOUT, is not offered. Nothing is started, and no
    /// error is shown.
    #[command(after_long_help = "Examples:\n  \
            notes completions bash > ~/.local/share/bash-completion/completions/notes\n  \
            notes completions zsh > ~/.zfunc/_notes\n  \
            notes completions fish > ~/.config/fish/completions/notes.fish")]
    Completions(Completions),
}
