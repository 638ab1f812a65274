//! Every variable that `notes` reads, in one table.
//!
//! The man page, the README and `.env.example` are checked against it. It says where a variable may
//! be set, not what its value means.

/// One variable.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds when it is unset or empty; `None` where it then plays no part.
    pub default: Option<&'static str>,
    /// What it is for, as a fragment of one line.
    pub meaning: &'static str,
    /// Where it may be set.
    pub read_from: ReadFrom,
    /// Whether its value may be told to others.
    pub privacy: Privacy,
}

/// Where a variable may be set. An earlier place goes before a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// The process environment, `.env` in the working directory, the user's own `notes/.env`.
    Anywhere,
    /// The process environment and the user's own `notes/.env`.
    ///
    /// Not the working directory, which may hold the files of a stranger: these could run a program,
    /// or decide what is kept.
    UsersPlaces,
    /// The process environment.
    Environment,
}

/// Whether a value may be told to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// It may.
    Open,
    /// It belongs to the login of a server: `.env` in the working directory cannot learn it from the
    /// environment by `${NAME}`.
    Private,
}

/// All variables: those of the server first, then those of `notes`, then those of others.
pub const VARIABLES: &[Variable] = &[
    anywhere(
        "REDIS_URL",
        None,
        "the server, as a redis, rediss or unix URL",
    )
    .private(),
    anywhere(
        "REDIS_HOST",
        Some("localhost"),
        "the server's host name or address",
    ),
    anywhere(
        "REDIS_PORT",
        Some("6379"),
        "the server's port; tcp://ADDRESS:PORT is understood",
    ),
    anywhere("REDIS_DB", Some("0"), "the number of the database"),
    anywhere("REDIS_USERNAME", None, "the ACL user to log in as").private(),
    anywhere("REDIS_PASSWORD", None, "the password to log in with").private(),
    anywhere(
        "REDISCLI_AUTH",
        None,
        "a password where none is given, as redis-cli reads it",
    )
    .private(),
    anywhere(
        "NOTES_TIMEOUT",
        Some("5"),
        "the longest wait for the server, in seconds",
    ),
    users_places(
        "NOTES_DATA_DIR",
        Some("$XDG_DATA_HOME/notes"),
        "the directory of the private Redis, the journal and drafts",
    ),
    users_places(
        "NOTES_JOURNAL",
        Some("on"),
        "off: no journal of changes is kept, and nothing can be undone",
    ),
    users_places("NOTES_EDITOR", None, "the editor; goes before VISUAL"),
    users_places("NOTES_PAGER", None, "the pager; goes before PAGER"),
    anywhere(
        "SECRET_KEY",
        None,
        "accepted for the sake of older .env files, and not used",
    )
    .private(),
    anywhere(
        "DEBUG",
        Some("False"),
        "True: notes serve logs the details of requests",
    ),
    environment("VISUAL", None, "the editor; goes before EDITOR"),
    environment("EDITOR", Some("vi"), "the editor"),
    environment("PAGER", Some("less"), "the pager"),
    environment("LESS", None, "options of less, the usual pager"),
    environment(
        "COLUMNS",
        None,
        "the width of tables, in place of the terminal's",
    ),
    environment("NO_COLOR", None, "not empty: no colours"),
    environment("TERM", None, "dumb: no colours"),
    environment("PATH", None, "where redis-server and the editor are found"),
    environment("HOME", None, "the directory that the next two start from"),
    environment(
        "XDG_CONFIG_HOME",
        Some("$HOME/.config"),
        "the directory that holds notes/.env",
    ),
    environment(
        "XDG_DATA_HOME",
        Some("$HOME/.local/share"),
        "the directory that holds the data of the private Redis",
    ),
];

/// The variable of that name, if it is one that `notes` reads.
pub(super) fn find(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name == name)
}

type Text = &'static str;

const fn anywhere(name: Text, default: Option<Text>, meaning: Text) -> Variable {
    let read_from = ReadFrom::Anywhere;
    let privacy = Privacy::Open;
    Variable {
        name,
        default,
        meaning,
        read_from,
        privacy,
    }
}

const fn users_places(name: Text, default: Option<Text>, meaning: Text) -> Variable {
    let read_from = ReadFrom::UsersPlaces;
    Variable {
        read_from,
        ..anywhere(name, default, meaning)
    }
}

const fn environment(name: Text, default: Option<Text>, meaning: Text) -> Variable {
    let read_from = ReadFrom::Environment;
    Variable {
        read_from,
        ..anywhere(name, default, meaning)
    }
}

impl Variable {
    const fn private(self) -> Self {
        let privacy = Privacy::Private;
        Self { privacy, ..self }
    }
}
