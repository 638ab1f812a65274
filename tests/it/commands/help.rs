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
            // With the prompt below it.
            let lines = run.stdout.lines().count();
            assert!(
                flag == "--help" || lines < 24,
                "{arguments:?}: {lines} lines"
            );
        }
    }
}

#[test]
fn the_options_of_every_command_stand_on_one_page_and_the_others_name_it() {
    let sandbox = Sandbox::bare();
    let options = sandbox.notes(["help", "options"]).run();
    assert_eq!((options.code, options.stderr.as_str()), (0, ""));
    for option in [
        "--redis-url",
        "--tls-ca",
        "--timeout",
        "--json",
        "--quiet",
        "--color",
    ] {
        assert!(options.stdout.contains(option), "{option}: {options:?}");
    }
    for call in calls() {
        for flag in ["-h", "--help"] {
            let page = sandbox
                .notes([call.clone(), vec![flag.to_owned()]].concat())
                .run()
                .stdout;
            assert!(page.contains("`notes help options`"), "{call:?}: {page}");
            for option in ["--tls-ca", "--timeout <", "Global"] {
                assert!(!page.contains(option), "{call:?} {flag}: {page}");
            }
        }
    }
    let help = |words: &[&str]| sandbox.notes(words).run().stdout;
    assert_eq!(help(&[]), help(&["-h"]));
    assert_eq!(help(&["help"]), help(&["--help"]));
    assert_eq!(help(&["help", "list"]), help(&["list", "--help"]));
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
             [subcommands: start, stop, status, cli, help]; `notes redis -h`",
        ),
        (
            &["show"],
            "the following required arguments were not provided: <NOTE>...; `notes show -h`",
        ),
        (
            &["list", "--sort", "x"],
            "invalid value 'x' for '--sort <BY>'; [..]; `notes list -h`",
        ),
        (
            &["shw"],
            "unrecognized subcommand 'shw'; tip: a similar subcommand exists: 'show'; `notes -h`",
        ),
    ] {
        let stderr = format!("notes: {message} tells more\n");
        sandbox.notes(arguments).gives(2, "", &stderr);
    }
}

#[test]
fn the_words_of_other_programs_are_told_ours() {
    let sandbox = Sandbox::bare();
    for (word, ours) in [
        ("new", "notes add"),
        ("find", "notes search"),
        ("grep", "notes search"),
        ("view", "notes show"),
        ("cat", "notes show"),
        ("remove", "notes rm"),
        ("del", "notes rm"),
        ("rename", "notes edit NOTE -t TITLE"),
    ] {
        let stderr = format!(
            "notes: unrecognized subcommand '{word}'; here it is `{ours}`; `notes -h` tells more\n"
        );
        sandbox.notes([word, "x"]).gives(2, "", &stderr);
    }
    for (arguments, tip) in [
        (
            &["add", "--editor"][..],
            "NOTES_EDITOR names the editor, [..]; `notes add -h`",
        ),
        (
            &["add", "x", "-m", "y"],
            "-c TEXT is the content, [..]; `notes add -h`",
        ),
        (
            &["list", "--jsn"],
            "tip: a similar argument exists: '--json'; `notes list -h`",
        ),
        (
            &["edit", "@", "--titel"],
            "tip: a similar argument exists: '--title'; `notes edit -h`",
        ),
        // No option here is like it.
        (
            &["list", "--rows"],
            "tip: to pass '--rows' as a value, use '-- --rows'; `notes list -h`",
        ),
    ] {
        let run = sandbox.notes(arguments);
        run.gives(
            2,
            "",
            &format!("notes: unexpected argument '-[..]' found; {tip} tells more\n"),
        );
    }
    // These are names of ours too.
    for (word, same) in [("ls", "list"), ("delete", "rm")] {
        let help = |word| sandbox.notes([word, "--help"]).run().stdout;
        assert_eq!(help(word), help(same));
    }
}

#[test]
fn a_number_after_a_dash_limits_a_list() {
    let sandbox = Sandbox::with_redis();
    for title in ["one #a", "two -5", "three"] {
        sandbox.add(title, "");
    }
    let titles = |arguments: &[&str]| {
        let json = sandbox
            .notes([&["--json=title"], arguments].concat())
            .run()
            .json();
        let notes = json.as_array().unwrap().iter();
        notes
            .map(|note| note["title"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(&["list", "-2"]), ["three", "two -5"]);
    assert_eq!(titles(&["ls", "-1", "--sort", "title"]), ["one #a"]);
    assert_eq!(titles(&["search", "o", "-1"]), ["two -5"]);
    assert_eq!(titles(&["search", "-20", "o"]).len(), 2);
    assert_eq!(titles(&["list", "--not", "-5", "-1"]), ["three"]);
    assert_eq!(titles(&["search", "--", "-5"]), ["two -5"]);
    let log = sandbox.notes(["log", "-1"]).run();
    assert_eq!((log.code, log.stdout.lines().count()), (0, 1), "{log:?}");
    for arguments in [
        &["show", "-5"][..],
        &["rm", "-5"],
        &["list", "-5x"],
        &["list", "-1", "-2"],
    ] {
        let run = sandbox.notes(arguments).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    }
}
