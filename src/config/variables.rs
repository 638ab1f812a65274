//! Every variable that `notes` reads, in one table, with the places where it may be set. The manual
//! page, the README and `.env.example` are checked against it.

/// A variable that `notes` reads.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The value that holds when it is unset or empty. `None` if it then has no effect.
    pub default: Option<&'static str>,
    /// Its meaning, as a fragment of one line.
    pub meaning: &'static str,
    /// The places where it may be set.
    pub read_from: ReadFrom,
}

/// The places where a variable may be set. An earlier source takes precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// The process environment, `.env` in the working directory, the user's own `notes/.env`.
    Anywhere,
    /// The process environment and the user's own `notes/.env`.
    ///
    /// Not the working directory, which may hold a stranger's files: these could run a program, turn
    /// off the journal, or show the user's certificate to a server.
    UsersPlaces,
    /// The process environment.
    Environment,
}

use ReadFrom::{Anywhere, Environment, UsersPlaces};

/// All variables: those of the server first, then those of `notes`, then those of others.
#[rustfmt::skip]
pub const VARIABLES: &[Variable] = &[
    variable(Anywhere, "REDIS_URL", None, "the server, as a redis, rediss or unix URL"),
    variable(Anywhere, "REDIS_HOST", Some("localhost"), "the server's host name or address"),
    variable(Anywhere, "REDIS_PORT", Some("6379"), "the server's port; tcp://ADDRESS:PORT is understood"),
    variable(Anywhere, "REDIS_DB", Some("0"), "the number of the database"),
    variable(Anywhere, "REDIS_USERNAME", None, "the ACL user to log in as"),
    variable(Anywhere, "REDIS_PASSWORD", None, "the password to log in with"),
    variable(Anywhere, "REDISCLI_AUTH", None, "a password where none is given, as redis-cli reads it"),
    variable(Anywhere, "REDIS_SENTINEL_PASSWORD", None, "the password of sentinels, if it is not that of the servers"),
    variable(Anywhere, "REDIS_TLS_CA", None, "the file with the CA certificates that vouch for a rediss server, in place of the system's"),
    variable(UsersPlaces, "REDIS_TLS_CERT", None, "the file with the client certificate for a rediss server"),
    variable(UsersPlaces, "REDIS_TLS_KEY", None, "the file with the key of the client certificate"),
    variable(Anywhere, "NOTES_TIMEOUT", Some("5"), "the longest wait for the server, in seconds"),
    variable(UsersPlaces, "NOTES_WAIT_REPLICAS", Some("0"), "how many replicas have to confirm each change, within the longest wait"),
    variable(UsersPlaces, "NOTES_DATA_DIR", Some("$XDG_DATA_HOME/notes"), "the directory of the private Redis, the journal and drafts"),
    variable(UsersPlaces, "NOTES_JOURNAL", Some("on"), "off: no journal of changes is kept, and nothing can be undone"),
    variable(UsersPlaces, "NOTES_EDITOR", None, "the editor; takes precedence over VISUAL"),
    variable(UsersPlaces, "NOTES_PAGER", None, "the pager; takes precedence over PAGER"),
    variable(UsersPlaces, "NOTES_PICKER", None, "the program that notes are picked with, such as fzf, in place of the built-in picker"),
    variable(Anywhere, "NOTES_TODAY", Some("%Y-%m-%d"), "the title of the note of notes today, as a format of strftime"),
    variable(Environment, "NOTES_COMPLETION_TIMEOUT", Some("0.12"), "how long completion waits for notes and tags, in seconds"),
    variable(Anywhere, "SECRET_KEY", None, "accepted for the sake of older .env files, and not used"),
    variable(Anywhere, "DEBUG", Some("False"), "True: notes serve logs the details of requests"),
    variable(Environment, "VISUAL", None, "the editor; takes precedence over EDITOR"),
    variable(Environment, "EDITOR", Some("vi"), "the editor"),
    variable(Environment, "PAGER", Some("less"), "the pager"),
    variable(Environment, "LESS", None, "options of less, the usual pager"),
    variable(Environment, "COLUMNS", None, "the width of tables and notes, in place of the terminal's"),
    variable(Environment, "NO_COLOR", None, "not empty: no colours"),
    variable(Environment, "TERM", None, "dumb: no colours"),
    variable(Environment, "FORCE_HYPERLINK", None, "1: links in notes can be opened on a terminal; 0: they cannot"),
    variable(Environment, "PATH", None, "where redis-server and the editor are found"),
    variable(Environment, "HOME", None, "the directory that the next two start from"),
    variable(Environment, "XDG_CONFIG_HOME", Some("$HOME/.config"), "the directory that holds notes/.env"),
    variable(Environment, "XDG_DATA_HOME", Some("$HOME/.local/share"), "the directory that holds the data of the private Redis"),
];

const fn variable(
    read_from: ReadFrom,
    name: &'static str,
    default: Option<&'static str>,
    meaning: &'static str,
) -> Variable {
    Variable {
        name,
        default,
        meaning,
        read_from,
    }
}
