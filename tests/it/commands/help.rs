//! Help, and what is said to a command line that cannot be understood.

use clap::CommandFactory as _;
use notes::cli::Cli;
use unicode_width::UnicodeWidthStr as _;

use crate::support::Sandbox;

/// The words that call each command, those within `redis` included.
fn calls() -> Vec<Vec<String>> {
    let mut calls = vec![vec![]];
    for command in Cli::command().get_subcommands() {
        let name = command.get_name().to_owned();
        for inner in command.get_subcommands() {
            calls.push(vec![name.clone(), inner.get_name().to_owned()]);
        }
        calls.push(vec![name]);
    }
    calls
}

#[test]
fn the_help_of_every_command_fits_eighty_columns_and_connects_to_nothing() {
    let sandbox = Sandbox::bare();
    for call in calls() {
        for flag in ["-h", "--help"] {
            let mut arguments = call.clone();
            arguments.extend([flag.to_owned(), "--redis-url=nonsense".to_owned()]);
            let run = sandbox.notes(&arguments).env("COLUMNS", "80").run();
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
            assert!(run.stdout.contains("Usage: notes"), "{run:?}");
            for line in run.stdout.lines() {
                assert!(line.width() <= 80, "{arguments:?}: {line}");
            }
        }
    }
}

#[test]
fn help_is_coloured_as_everything_else_is() {
    let sandbox = Sandbox::bare();
    for arguments in [&[][..], &["--help"], &["help", "rm"]] {
        let coloured = |variable| {
            let variables = [("PAGER", "cat"), variable];
            sandbox.screen(arguments, &variables).contains('\u{1b}')
        };
        assert!(coloured(("COLUMNS", "80")), "{arguments:?}");
        assert!(!coloured(("NO_COLOR", "1")), "{arguments:?}");
        assert!(!coloured(("TERM", "dumb")), "{arguments:?}");
        let run = sandbox.notes(arguments).run();
        assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    }
}

#[test]
fn a_command_line_that_lacks_something_is_told_what() {
    let sandbox = Sandbox::bare();
    for (arguments, message) in [
        (
            &["redis"][..],
            "'notes redis' requires a subcommand but one was not provided; \
             [subcommands: start, stop, status, cli, help]",
        ),
        (
            &["show"],
            "the following required arguments were not provided: <NOTE>...",
        ),
        (&["shw"], "unrecognized subcommand 'shw'[..]"),
    ] {
        let stderr = format!("notes: {message}; `notes --help` tells more\n");
        sandbox.notes(arguments).gives(2, "", &stderr);
    }
}
