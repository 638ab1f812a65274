//! The sections of notes(1) that belong to no single command: where notes live, exit codes,
//! variables, files, and the layout in Redis.

use notes::config::{ReadFrom, VARIABLES, Variable};
use notes::exit::Exit;

pub(super) use super::markup::Sections;
use super::markup::sentence;

/// Creates a note as another program would.
pub(super) const BY_HAND: &str = "\
now=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)
notes redis cli HSET note:by-hand id by-hand title 'By hand' \\
    content 'No notes add' created_at \"$now\" updated_at \"$now\"
notes redis cli SADD notes:ids by-hand";

pub(super) fn where_notes_live(page: &mut Sections) {
    page.section("WHERE NOTES LIVE");
    page.paragraphs("The first of these that names a server decides:");
    page.steps(&[
        "the option --redis-url;",
        "the environment: REDIS_URL, REDIS_HOST or REDIS_PORT;",
        "the same variables in the file .env in the working directory;",
        "the same variables in your own .env file, see FILES;",
        "none: the private Redis, a redis-server of your own on a Unix socket, which is started when \
         it is first needed and keeps running. It writes each change to disk before the command ends.",
    ]);
    page.next_paragraph(
        "`notes health` reports which server is used, and which setting named it. If .env in the \
         working directory named it, a command on a terminal says so first. Such a file is skipped \
         with a warning if it cannot be read.",
    );
}

pub(super) fn exit_status(page: &mut Sections) {
    page.section("EXIT STATUS");
    for exit in Exit::ALL {
        page.term(
            &exit.code().to_string(),
            &sentence(&capital(exit.meaning())),
        );
    }
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

pub(super) fn environment(page: &mut Sections) {
    page.section("ENVIRONMENT");
    page.paragraphs(
        "An empty variable counts as unset. The environment takes precedence over the files, and .env \
         in the working directory over your own.",
    );
    for (read_from, title) in [
        (ReadFrom::Anywhere, "In the environment or either file"),
        (ReadFrom::UsersPlaces, "In the environment or your own file"),
        (ReadFrom::Environment, "In the environment only"),
    ] {
        page.subsection(title);
        for variable in VARIABLES.iter().filter(|it| it.read_from == read_from) {
            page.term(variable.name, &meaning(variable));
        }
    }
}

fn meaning(variable: &Variable) -> String {
    // `dumb: no colours` begins with a value, which keeps its case.
    let is_value = variable
        .meaning
        .split(' ')
        .next()
        .is_some_and(|word| word.ends_with(':'));
    let meaning = if is_value {
        sentence(variable.meaning)
    } else {
        sentence(&capital(variable.meaning))
    };
    match variable.default {
        Some(default) => format!("{meaning} The default is `{default}`."),
        None => meaning,
    }
}

pub(super) fn files(page: &mut Sections) {
    page.section("FILES");
    for (path, text) in [
        (
            "./.env",
            "Settings for the directory in which `notes` is run.",
        ),
        (
            "$XDG_CONFIG_HOME/notes/.env",
            "Your own settings, for every directory.",
        ),
        (
            "$NOTES_DATA_DIR/redis/",
            "The private Redis: its data, its socket and its log. Only you can read it.",
        ),
        (
            "$NOTES_DATA_DIR/journal.jsonl",
            "The journal of changes, for `notes undo`. Only you can read it.",
        ),
        (
            "$NOTES_DATA_DIR/drafts/",
            "The texts that are open in the editor, and those that were not stored. Only you can read them.",
        ),
    ] {
        page.term(path, text);
    }
}

pub(super) fn layout(page: &mut Sections) {
    page.section("NOTES IN REDIS");
    page.paragraphs("Any program can read and write the notes. There are two kinds of keys:");
    page.term("notes:ids", "A set: the id of every note.");
    page.term(
        "note:ID",
        "A hash for each note, with the fields id, title, content, created_at and updated_at. \
         Fields that other programs add are kept and shown.",
    );
    page.next_paragraph(
        "An id may be any text; `notes` uses random UUIDs. Times are UTC, in the form \
         2024-01-15T10:30:00.123456+00:00. This creates a note by hand:",
    );
    page.next_block(BY_HAND.lines());
}
