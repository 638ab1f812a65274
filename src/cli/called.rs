//! A command line with the commands alone that it may call: to make the options of all commands takes
//! longer than to parse with them.

use std::ffi::OsString;

use clap::{ArgMatches, Args, Command};

use super::{
    Add, Completions, Edit, Export, Global, Health, Import, Links, List, Log, Redis, Rm, Serve,
    Show, Tasks, Today, Undo, Watch,
};

type AddArguments = fn(Command) -> Command;

/// The names of each command, and the function that adds its arguments.
const COMMANDS: &[(&[&str], AddArguments)] = &[
    (&["add"], Add::augment_args),
    (&["list", "ls"], List::augment_args),
    (&["search"], List::augment_args),
    (&["tags"], |command| command),
    (&["show"], Show::augment_args),
    (&["edit"], Edit::augment_args),
    (&["today"], Today::augment_args),
    (&["links"], Links::augment_args),
    (&["tasks"], Tasks::augment_args),
    (&["rm", "delete"], Rm::augment_args),
    (&["export"], Export::augment_args),
    (&["watch"], Watch::augment_args),
    (&["import"], Import::augment_args),
    (&["undo"], Undo::augment_args),
    (&["log"], Log::augment_args),
    (&["health"], Health::augment_args),
    (&["serve"], Serve::augment_args),
    #[cfg(feature = "mcp")]
    (&["mcp"], super::Mcp::augment_args),
    (&["redis"], Redis::augment_args),
    (&["completions"], Completions::augment_args),
];

/// Parses a command line as the whole one would, or returns nothing: it then asks for a page of help, or
/// is wrong, which the whole one says better.
///
/// A command is called by one of its names, so a command none of whose names is a word of the line cannot
/// matter. One whose name is a word by chance, as a title may be, is a command too many.
pub(super) fn matches(args: &[OsString]) -> Option<ArgMatches> {
    let mut notes = Global::augment_args(Command::new("notes"));
    for (names, add_arguments) in COMMANDS {
        if args.iter().any(|arg| names.iter().any(|name| arg == name)) {
            let (name, aliases) = names.split_first()?;
            let command = add_arguments(Command::new(*name));
            notes = notes.subcommand(command.aliases(aliases));
        }
    }
    notes.try_get_matches_from(args).ok()
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, FromArgMatches as _};

    use super::super::Cli;
    use super::*;

    fn ids(command: &Command) -> Vec<&str> {
        command
            .get_arguments()
            .map(|argument| argument.get_id().as_str())
            .collect()
    }

    #[test]
    fn the_commands_are_all_those_of_the_command_line_with_their_names_and_arguments() {
        let whole = Cli::command();
        let mut names = Vec::new();
        for (of_one, add_arguments) in COMMANDS {
            let command = whole.find_subcommand(of_one[0]).unwrap();
            let mut expected = vec![command.get_name()];
            expected.extend(command.get_all_aliases());
            assert_eq!(*of_one, expected);
            assert_eq!(ids(&add_arguments(Command::new("x"))), ids(command));
            names.push(command.get_name());
        }
        let all: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
        assert_eq!(names, all);
    }

    #[test]
    fn a_line_is_parsed_as_by_the_whole_command_line() {
        for line in [
            "notes",
            "notes -q",
            "notes show list",
            "notes -u list show search --raw",
            "notes ls -n 5 show --json=id",
            "notes delete -- rm",
            "notes redis stop",
            "notes add redis stop",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let whole = Cli::command().try_get_matches_from(&words).unwrap();
            let [found, expected] = [matches(&words).unwrap(), whole]
                .map(|matches| format!("{:?}", Cli::from_arg_matches(&matches).unwrap()));
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn a_line_that_is_wrong_or_asks_for_help_is_left_to_the_whole_command_line() {
        for line in [
            "notes help",
            "notes help show",
            "notes -V",
            "notes show -h",
            "notes shwo",
            "notes redis",
        ] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert!(matches(&words).is_none(), "{line}");
        }
    }
}
