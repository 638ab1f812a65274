//! The pages of the manual, generated from the command line of the program.

use std::collections::BTreeMap;

use clap::Command;
use roff::{Inline, bold, italic, roman};

use super::markup::{Page, sentence};
use super::options::{argument, options};
use super::sections;
use super::synopsis::{usage, value_name};

/// Every page by its file name: `notes.1`, and one for each command.
pub(super) fn pages(notes: &Command) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([("notes.1".to_owned(), overview(notes))]);
    for command in commands(notes) {
        let name = format!("notes-{}.1", command.get_name());
        pages.insert(name, of_command(notes, command));
    }
    pages
}

/// The commands except `help`, which says what the pages say.
fn commands(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|command| command.get_name() != "help" && !command.is_hide_set())
}

fn page_name(command: &Command) -> String {
    format!("notes-{}", command.get_name())
}

fn overview(notes: &Command) -> String {
    let mut page = begin(notes, "notes", notes);
    page.section("SYNOPSIS");
    let mut line = usage("notes", notes);
    line.extend([roman(" "), italic("COMMAND"), roman(" [")]);
    line.extend([italic("ARGUMENT"), roman("]...")]);
    page.line(line);
    page.section("DESCRIPTION");
    page.paragraphs(&description(notes));
    page.section("COMMANDS");
    for command in commands(notes) {
        let term = vec![bold(page_name(command)), roman("(1)")];
        page.term(term, &sentence(&about(command)));
    }
    options(&mut page, notes);
    sections::where_notes_live(&mut page);
    sections::exit_status(&mut page);
    sections::environment(&mut page);
    sections::files(&mut page);
    sections::layout(&mut page);
    examples(&mut page, notes);
    let mut others: Vec<String> = commands(notes).map(page_name).collect();
    others.extend(["redis-cli", "redis-server"].map(str::to_owned));
    see_also(&mut page, &others);
    page.finish()
}

fn of_command(notes: &Command, command: &Command) -> String {
    let name = page_name(command);
    let mut page = begin(notes, &name, command);
    page.section("SYNOPSIS");
    let called = format!("notes {}", command.get_name());
    let forms: Vec<Vec<Inline>> = if command.has_subcommands() {
        commands(command)
            .map(|inner| usage(&format!("{called} {}", inner.get_name()), inner))
            .collect()
    } else {
        vec![usage(&called, command)]
    };
    for (index, form) in forms.into_iter().enumerate() {
        if index > 0 {
            page.line_break();
        }
        page.line(form);
    }
    page.section("DESCRIPTION");
    page.paragraphs(&description(command));
    let aliases: Vec<&str> = command.get_visible_aliases().collect();
    if !aliases.is_empty() {
        let aliases = aliases.join("`, `notes ");
        page.next_paragraph(&format!("`notes {aliases}` is the same."));
    }
    if command.has_subcommands() {
        page.section("COMMANDS");
        for inner in commands(command) {
            page.term(vec![bold(inner.get_name())], &description(inner));
            if inner.get_positionals().next().is_some() {
                page.within_term(|page| {
                    inner.get_positionals().for_each(|arg| argument(page, arg));
                });
            }
        }
    }
    options(&mut page, command);
    sections::exit_status(&mut page);
    page.section("ENVIRONMENT");
    page.paragraphs("For the variables and the files of settings see `notes`(1).");
    examples(&mut page, command);
    let siblings = commands(notes).map(page_name).filter(|it| *it != name);
    let others: Vec<String> = std::iter::once("notes".to_owned())
        .chain(siblings)
        .collect();
    see_also(&mut page, &others);
    page.finish()
}

fn begin(notes: &Command, name: &str, command: &Command) -> Page {
    let version = notes.get_version().expect("notes has a version");
    let placeholders = std::iter::once(command)
        .chain(commands(command))
        .flat_map(Command::get_arguments)
        .map(value_name)
        .collect();
    let mut page = Page::new(name, version, placeholders);
    page.section("NAME");
    let about = about(command);
    let (first, rest) = about.split_at(1);
    let about = format!("{name} - {}{rest}", first.to_lowercase());
    page.line(vec![roman(about)]);
    page
}

fn about(command: &Command) -> String {
    let about = command
        .get_about()
        .expect("every command says what it does");
    about.to_string()
}

/// The long description without its first paragraph, which is in NAME, unless that is all there is.
fn description(command: &Command) -> String {
    let long = command.get_long_about().map(ToString::to_string);
    let rest = long.as_deref().and_then(|long| long.split_once("\n\n"));
    rest.map_or_else(|| sentence(&about(command)), |(_, rest)| rest.to_owned())
}

/// The block of examples in the help of a command; each has one.
fn examples(page: &mut Page, command: &Command) {
    let help = command
        .get_after_long_help()
        .or_else(|| command.get_after_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let (_, lines) = help
        .split_once("Examples:\n")
        .unwrap_or_else(|| panic!("the help of {} has no examples", command.get_name()));
    page.section("EXAMPLES");
    page.block(
        lines
            .lines()
            .take_while(|line| !line.is_empty())
            .map(|line| {
                line.strip_prefix("  ")
                    .expect("examples are indented by two")
            }),
    );
}

fn see_also(page: &mut Page, names: &[String]) {
    page.section("SEE ALSO");
    page.references(names);
}
