//! `completions/` and `man/`: the committed files are those that the command line generates.

mod man;
mod markup;
mod options;
mod sections;
mod synopsis;

use std::collections::BTreeMap;
use std::process::Command;

use clap::{CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;
use notes::cli::{self, Cli};

use crate::support::committed::{Committed, repository};
use crate::support::{Sandbox, program};

/// The file name of the script of a shell.
fn script_name(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => "notes.bash",
        Shell::Zsh => "_notes",
        Shell::Fish => "notes.fish",
        Shell::PowerShell => "_notes.ps1",
        Shell::Elvish => "notes.elv",
        other => panic!("{other} has no file in completions/ yet"),
    }
}

fn scripts() -> BTreeMap<String, String> {
    Shell::value_variants()
        .iter()
        .map(|shell| {
            let script = String::from_utf8(cli::completion_script(*shell)).unwrap();
            (script_name(*shell).to_owned(), script)
        })
        .collect()
}

/// The command line with what clap adds, such as `help`.
fn command() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    command
}

#[test]
fn the_completions_are_those_of_the_program() {
    let committed = Committed {
        directory: "completions",
        ending: "",
        test: "generated",
    };
    committed.assert_is(&scripts());
}

#[test]
fn the_manual_is_that_of_the_program() {
    let committed = Committed {
        directory: "man",
        ending: "",
        test: "generated",
    };
    committed.assert_is(&man::pages(&command()));
}

#[test]
fn the_program_prints_the_completions() {
    let sandbox = Sandbox::bare();
    for shell in Shell::value_variants() {
        let run = sandbox.notes(["completions", &shell.to_string()]).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        assert_eq!(run.stdout, scripts()[script_name(*shell)], "{shell}");
    }
}

/// What bash offers for these words, the last of which is incomplete.
fn offered(words: &[&str]) -> Vec<String> {
    let script = r#"
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        compopt() { :; }
        _notes notes "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let sandbox = Sandbox::bare();
    let output = Command::new("bash")
        .args(["--norc", "-uc", script, "bash"])
        .arg(sandbox.file("notes.bash", cli::completion_script(Shell::Bash)))
        .args(words)
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_values_and_files() {
    for (words, expected) in [
        (["notes", "", "he"], vec!["health", "help"]),
        (["notes", "list", "--js"], vec!["--jsonl", "--json"]),
        (["notes", "--color", "a"], vec!["auto", "always"]),
        (["notes", "redis", "st"], vec!["start", "stop", "status"]),
        (["notes", "completions", "z"], vec!["zsh"]),
    ] {
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        assert_eq!(offered(&words), expected, "{words:?}");
    }
    let sorts = ["created", "updated", "title"];
    assert_eq!(offered(&["notes", "list", "--sort", ""]), sorts);
    let files = offered(&["notes", "add", "-f", "Cargo."]);
    assert!(files.contains(&"Cargo.toml".to_owned()), "{files:?}");
    assert_eq!(offered(&["notes", "show", "Cargo."]), [""]);
}

#[test]
fn the_note_that_the_manual_makes_by_hand_is_a_note() {
    let sandbox = Sandbox::with_redis();
    let notes = program().parent().unwrap().to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-euc", sections::BY_HAND])
        .env("PATH", format!("{notes}:{path}"))
        .env("HOME", sandbox.home())
        .env("REDIS_URL", sandbox.redis().url())
        .current_dir(sandbox.home())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    sandbox
        .notes(["list"])
        .gives(0, "by-hand\tBy hand\t20[..]+00:00\tNo notes add\n", "");
}
