//! README, the changelog and the pages in `docs/` are complete: a version, command, exit code, variable
//! or option of the server that is not in them fails here, and so does a link that leads nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

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

#[test]
fn the_readme_names_the_oldest_rust_that_builds_it() {
    let (readme, oldest) = (text("README.md"), env!("CARGO_PKG_RUST_VERSION"));
    let expected = format!("Rust {oldest} or later");
    assert!(readme.contains(&expected), "README.md lacks: {expected}");
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

/// The first cell of every row of the tables in a page.
fn first_cells(page: &str) -> BTreeSet<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix('|')?.split('|').next())
        .map(|cell| cell.trim_matches([' ', '*', '`']))
        .collect()
}

#[test]
fn the_page_of_scripts_has_every_exit_code_in_a_table() {
    let page = text("docs/scripts.md");
    let codes = first_cells(&page);
    for exit in Exit::ALL {
        let code = exit.code().to_string();
        assert!(codes.contains(code.as_str()), "{code} {}", exit.meaning());
    }
}

#[test]
fn the_page_of_settings_has_every_variable_in_a_table() {
    let page = text("docs/settings.md");
    let names = first_cells(&page);
    for variable in VARIABLES {
        assert!(names.contains(variable.name), "{}", variable.name);
    }
}

#[test]
fn the_page_of_the_http_api_has_every_option_of_serve_with_its_default() {
    let page = text("docs/http.md");
    let notes = Cli::command();
    let serve = notes.find_subcommand("serve").unwrap();
    for option in serve.get_arguments().filter(|it| it.get_long().is_some()) {
        let start = format!("| `--{}` |", option.get_long().unwrap());
        let row = page.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("no row for {start}"));
        for default in option.get_default_values() {
            assert!(row.contains(default.to_str().unwrap()), "{row}");
        }
    }
}

/// A heading as GitHub writes it in links.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let text: String = heading
        .trim_start_matches('#')
        .trim()
        .chars()
        .filter(kept)
        .collect();
    text.to_lowercase().replace(' ', "-")
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    let mut pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]
        .map(str::to_owned)
        .to_vec();
    for entry in fs::read_dir(repository().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_name().unwrap().to_str().unwrap();
            pages.push(format!("docs/{name}"));
        }
    }
    for page in &pages {
        let (source, directory) = (text(page), Path::new(page).parent().unwrap());
        let links = source
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("https://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() {
                page.into()
            } else {
                directory.join(file)
            };
            let target = text(target.to_str().unwrap());
            let mut headings = target.lines().filter(|line| line.starts_with('#'));
            assert!(
                heading.is_empty() || headings.any(|line| anchor(line) == heading),
                "{page}: {link}"
            );
        }
    }
}
