//! What is written for people names all there is: a version, a command, an exit code or a variable
//! that a page has not heard of fails here.

use std::collections::BTreeSet;
use std::fs;

use clap::CommandFactory as _;
use notes::cli::Cli;
use notes::config::VARIABLES;
use notes::exit::Exit;

use crate::support::committed::repository;

fn text(name: &str) -> String {
    let path = repository().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_changelog_tells_of_this_version() {
    let changelog = text("CHANGELOG.md");
    let version = env!("CARGO_PKG_VERSION");
    let told = changelog
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .any(|heading| heading.contains(version));
    assert!(told, "CHANGELOG.md has no heading for {version}");
}

/// Whether the text has `before` followed by the word, alone or in a list such as `start|stop`.
fn has(text: &str, before: &str, word: &str) -> bool {
    text.match_indices(before).any(|(at, _)| {
        let rest = &text[at + before.len()..];
        let end = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '|' | '\\'));
        let list = &rest[..end.unwrap_or(rest.len())];
        // In a table a bar has to be written with a backslash.
        list.split('|')
            .any(|one| one.trim_end_matches('\\') == word)
    })
}

#[test]
fn the_readme_names_every_command() {
    let readme = text("README.md");
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        assert!(has(&readme, "notes ", name), "notes {name}");
        for inner in command.get_subcommands().map(clap::Command::get_name) {
            let before = format!("notes {name} ");
            assert!(has(&readme, &before, inner), "{before}{inner}");
        }
    }
}

#[test]
fn the_readme_has_every_exit_code_in_a_table() {
    let readme = text("README.md");
    let codes: BTreeSet<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.split('|').next())
        .map(|cell| cell.trim().trim_matches('`'))
        .collect();
    for exit in Exit::ALL {
        let code = exit.code().to_string();
        assert!(codes.contains(code.as_str()), "{code} {}", exit.meaning());
    }
}

#[test]
fn the_readme_names_every_variable() {
    let readme = text("README.md");
    let words: BTreeSet<&str> = readme
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    for variable in VARIABLES {
        assert!(words.contains(variable.name), "{}", variable.name);
    }
}
