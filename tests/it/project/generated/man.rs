//! The pages of the manual: what `clap_mangen` makes of the command line, and sections of our own.

use std::collections::BTreeMap;

use clap::Command;
use clap_mangen::Man;
use roff::Roff;

use super::sections::{self, Sections};

/// Every page by its file name: `notes.1`, and one for each command.
pub(super) fn pages(notes: &Command) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for command in std::iter::once(notes).chain(commands(notes)) {
        // One line instead of every option there is.
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").to_owned();
        let mut shown = command.clone().override_usage(usage);
        if command.get_name() != notes.get_name() {
            shown = shown.mut_args(|arg| {
                let is_global = arg.is_global_set();
                if is_global { arg.hide(true) } else { arg }
            });
        }
        let man = Man::new(shown)
            // No date, which would differ from day to day; roff wants an empty argument quoted.
            .date("\"\"")
            .source(format!("notes {}", env!("CARGO_PKG_VERSION")))
            .manual("Notes Manual");
        pages.insert(man.get_filename(), page(&man, notes, command));
    }
    pages
}

/// The commands that have pages, or parts of one.
fn commands(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
}

fn page(man: &Man, notes: &Command, command: &Command) -> String {
    let is_overview = command.get_name() == notes.get_name();
    let mut page = Vec::new();
    man.render_title(&mut page).expect("a Vec takes all");
    // A word that is broken cannot be copied, and left-aligned lines need no wide gaps.
    page.extend(b".nh\n.ad l\n");
    man.render_name_section(&mut page).expect("a Vec takes all");
    man.render_synopsis_section(&mut page)
        .expect("a Vec takes all");
    man.render_description_section(&mut page)
        .expect("a Vec takes all");
    let mut own = Sections::default();
    if is_overview {
        man.render_subcommands_section(&mut page)
            .expect("a Vec takes all");
    } else {
        parts(&mut own, command);
    }
    page.extend(std::mem::take(&mut own).finish().bytes());
    man.render_options_section(&mut page)
        .expect("a Vec takes all");
    if is_overview {
        words(&mut own, notes);
        sections::where_notes_live(&mut own);
    }
    sections::exit_status(&mut own);
    if is_overview {
        sections::environment(&mut own);
        sections::files(&mut own);
        sections::layout(&mut own);
    } else {
        own.section("ENVIRONMENT");
        own.paragraphs(
            "For the options that every command has, the variables and the files of settings see \
             `notes`(1).",
        );
    }
    examples(&mut own, command);
    see_also(&mut own, notes, command);
    page.extend(own.finish().bytes());
    let page = String::from_utf8(page).expect("the help is UTF-8");
    // Each section begins with the same definitions.
    let definitions = Roff::new().render();
    format!(
        "{definitions}{}",
        bold_commands(&page.replace(&definitions, ""))
    )
}

/// Sets in bold what the help has between backquotes.
fn bold_commands(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    for (index, part) in page.split('`').enumerate() {
        if index > 0 {
            text.push_str(if index % 2 == 1 { r"\fB" } else { r"\fR" });
        }
        text.push_str(part);
    }
    text
}

/// The words in capitals that stand for several forms, as the help of their arguments describes them.
fn words(own: &mut Sections, notes: &Command) {
    own.section("NOTES, QUERIES AND TIMES");
    for (word, command, argument) in [
        ("NOTE", "show", "notes"),
        ("QUERY", "list", "words"),
        ("WHEN", "list", "since"),
    ] {
        let command = notes.find_subcommand(command).expect("a command");
        let mut arguments = command.get_arguments();
        let argument = arguments
            .find(|it| it.get_id() == argument)
            .expect("an argument");
        let help = argument.get_long_help().expect("a long help").to_string();
        let (first, more) = help.split_once("\n\n").expect("a description");
        match word {
            "QUERY" => own.term(word, &format!("{first}. {more}")),
            // Their first lines are about the one argument.
            _ => own.term(word, more),
        }
    }
    let tags = notes
        .find_subcommand("tags")
        .and_then(Command::get_long_about);
    let tags = tags.expect("a description").to_string();
    let (_, tag) = tags.split_once("\n\n").expect("a description of a tag");
    let (tag, _) = tag.split_once(" In a pipe").expect("what a pipe gets");
    own.term("TAG", tag);
}

/// The other names of a command, and the commands below it, which have no pages of their own.
fn parts(own: &mut Sections, command: &Command) {
    for alias in command.get_visible_aliases() {
        own.next_paragraph(&format!("`notes {alias}` is the same."));
    }
    if command.has_subcommands() {
        own.section("COMMANDS");
        for inner in commands(command) {
            let about = inner.get_long_about().or_else(|| inner.get_about());
            let about = about.expect("every command says what it does");
            own.term(inner.get_name(), &about.to_string());
        }
    }
}

/// The block of examples in the help of a command; each has one.
fn examples(own: &mut Sections, command: &Command) {
    let help = command
        .get_after_long_help()
        .or_else(|| command.get_after_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let (_, lines) = help
        .split_once("Examples:\n")
        .unwrap_or_else(|| panic!("the help of {} has no examples", command.get_name()));
    own.section("EXAMPLES");
    let lines = lines.lines().take_while(|line| !line.is_empty());
    own.block(lines.map(|line| {
        line.strip_prefix("  ")
            .expect("examples are indented by two")
    }));
}

fn see_also(own: &mut Sections, notes: &Command, command: &Command) {
    let mut names = Vec::new();
    if command.get_name() != notes.get_name() {
        names.push("notes".to_owned());
    }
    for other in commands(notes).filter(|it| it.get_name() != command.get_name()) {
        names.push(format!("notes-{}", other.get_name()));
    }
    if command.get_name() == notes.get_name() {
        names.extend(["redis-cli", "redis-server"].map(str::to_owned));
    }
    own.section("SEE ALSO");
    own.paragraphs(&format!("`{}`(1)", names.join("`(1), `")));
}
