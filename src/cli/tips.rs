//! Words of other programs, each with what it is called here.

/// Commands, each with the one that does it.
const COMMANDS: [(&[&str], &str); 14] = [
    (
        &[
            "new", "create", "n", "a", "insert", "write", "capture", "touch",
        ],
        "notes add",
    ),
    (&["find", "grep", "s", "query", "lookup"], "notes search"),
    (
        &["view", "cat", "get", "open", "print", "read", "less", "p"],
        "notes show",
    ),
    (
        &["remove", "del", "d", "erase", "trash", "unlink"],
        "notes rm",
    ),
    (&["l", "ll", "dir", "all", "recent", "browse"], "notes list"),
    (
        &["e", "change", "modify", "update", "set", "append"],
        "notes edit",
    ),
    (
        &["rename", "mv", "move", "retitle"],
        "notes edit NOTE -t TITLE",
    ),
    (&["tag", "t", "labels", "categories"], "notes tags"),
    (&["history", "journal", "changes"], "notes log"),
    (&["restore", "revert", "undelete", "redo"], "notes undo"),
    (
        &["doctor", "check", "info", "stats", "ping"],
        "notes health",
    ),
    (&["server", "web", "api", "http"], "notes serve"),
    (&["backup", "dump", "save"], "notes export"),
    (&["load", "migrate"], "notes import"),
];

/// Options, each with what does it.
const OPTIONS: [(&[&str], &str); 8] = [
    (
        &["--editor"],
        "NOTES_EDITOR names the editor, which `notes add` without a TITLE and `notes edit` open",
    ),
    (
        &["--message", "-m", "--body", "--text", "--content-file"],
        "-c TEXT is the content, -f FILE a file with it",
    ),
    (
        &["--force", "--no-confirm", "--assume-yes"],
        "--yes asks no question",
    ),
    (
        &["--number", "--max-count", "--count", "--top", "--max"],
        "-n N limits the number",
    ),
    (
        &["--tags", "--label", "-T"],
        "--tag TAG selects notes by a tag",
    ),
    (
        &["--order", "--sort-by", "--order-by"],
        "--sort BY chooses the order",
    ),
    (
        &["--after", "--from"],
        "--since WHEN selects notes by their time",
    ),
    (
        &["--before", "--to"],
        "--until WHEN selects notes by their time",
    ),
];

/// Returns the command that does what this word does elsewhere.
pub(super) fn command(word: &str) -> Option<&'static str> {
    find(&COMMANDS, word)
}

/// Returns what does here what this option does elsewhere.
pub(super) fn option(word: &str) -> Option<&'static str> {
    find(&OPTIONS, word)
}

fn find(table: &[(&[&str], &'static str)], word: &str) -> Option<&'static str> {
    let (_, ours) = table.iter().find(|(words, _)| words.contains(&word))?;
    Some(ours)
}
