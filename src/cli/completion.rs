//! What may come next on an unfinished command line, by clap_complete's engine. What the engine
//! cannot know is left to others: the arguments say where it comes from.

use std::ffi::{OsStr, OsString};

use clap::{Command, CommandFactory as _, ValueHint};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::Cli;

/// Where the values of an argument come from if they are not part of the command line itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Notes,
    Tags,
    /// Any word; the tags if it begins with `#`.
    Words,
    /// The name of a field.
    Field,
    /// Names of fields with commas between them, behind an equals sign.
    Fields,
    /// The shell knows them best.
    Files,
}

impl Source {
    const ALL: [Self; 6] = [
        Self::Notes,
        Self::Tags,
        Self::Words,
        Self::Field,
        Self::Fields,
        Self::Files,
    ];

    /// What stands for it among the candidates of the engine.
    fn mark(self) -> String {
        format!("{self:?}")
    }
}

/// Has the values of an argument come from there.
pub(super) fn from(source: Source) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| {
        let typed_text = typed.to_string_lossy().into_owned();
        let mark = CompletionCandidate::new(typed).id(Some(source.mark()));
        vec![mark.help(Some(typed_text.into()))]
    })
}

/// A word that may be put in place of the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) value: String,
    pub(crate) description: String,
}

/// A last word whose candidates are not known here.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) source: Source,
    /// What stands before the value in the same word, such as `--tag=`.
    pub(crate) before: String,
    /// The beginning of the value.
    pub(crate) typed: String,
}

/// A command line up to the cursor.
#[derive(Debug, Default)]
pub(crate) struct Unfinished {
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) open: Option<Open>,
    pub(crate) command: Option<String>,
    pub(crate) redis_url: Option<String>,
}

impl Unfinished {
    /// Reads the words, of which the first is the name of the program and the last is incomplete.
    pub(crate) fn read(words: &[OsString]) -> Self {
        let mut unfinished = Self::default();
        let mut asked = words.to_vec();
        let Some(last) = asked.last_mut() else {
            return unfinished;
        };
        if last == "-" {
            // With one dash the engine offers -n in place of --limit.
            last.push("-");
        }
        let last = last.to_string_lossy().into_owned();
        let index = asked.len() - 1;
        let mut command = shell_completes_files(Cli::command());
        let found = complete(&mut command, asked, index, None);
        let is_option = last.starts_with('-');
        for candidate in found.unwrap_or_default() {
            let mut value = candidate.get_value().to_string_lossy();
            let help = candidate.get_help().map(ToString::to_string);
            let help = help.unwrap_or_default();
            let source = Source::ALL
                .into_iter()
                .find(|source| candidate.get_id() == Some(&source.mark()));
            match source {
                Some(source) if unfinished.open.is_none() => {
                    let before = value.strip_suffix(&help).unwrap_or_default();
                    // The engine takes --tag=x for an operand as well, and a word behind a bare
                    // --json for its value.
                    if !before.is_empty() || !(is_option || source == Source::Fields) {
                        unfinished.open = Some(Open {
                            source,
                            before: before.to_owned(),
                            typed: help,
                        });
                    }
                }
                Some(_) => {}
                // Options would bury the rest if they were offered before a dash is typed.
                None if value.starts_with('-') && !is_option => {}
                None => {
                    // Of a command and its alias the engine offers one, whichever that is.
                    let id = candidate.get_id().map(String::as_str).unwrap_or_default();
                    if let Some(name) = id.strip_prefix("command::")
                        && name.starts_with(&last)
                    {
                        value = name.into();
                    }
                    unfinished.candidates.push(Candidate {
                        value: value.into_owned(),
                        description: help,
                    });
                }
            }
        }
        let lenient = Cli::command().ignore_errors(true);
        let complete_words = words.iter().take(index);
        if let Ok(matches) = lenient.try_get_matches_from(complete_words) {
            unfinished.command = matches.subcommand_name().map(str::to_owned);
            unfinished.redis_url = matches.get_one("redis_url").cloned();
        }
        unfinished
    }
}

fn shell_completes_files(command: Command) -> Command {
    command
        .mut_args(|arg| match arg.get_value_hint() {
            ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath => {
                arg.add(from(Source::Files))
            }
            _ => arg,
        })
        .mut_subcommands(shell_completes_files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Unfinished {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        Unfinished::read(&words)
    }

    #[test]
    fn each_argument_says_where_its_values_come_from() {
        for (line, source, before, typed) in [
            ("notes show ", Source::Notes, "", ""),
            ("notes show --raw a b", Source::Notes, "", "b"),
            ("notes show --json @", Source::Notes, "", "@"),
            ("notes -q edit -t new ab", Source::Notes, "", "ab"),
            ("notes rm x", Source::Notes, "", "x"),
            ("notes list --tag w", Source::Tags, "", "w"),
            ("notes ls --tag=w", Source::Tags, "--tag=", "w"),
            ("notes search #w", Source::Words, "", "#w"),
            ("notes search x --not #", Source::Words, "", "#"),
            ("notes show a --field t", Source::Field, "", "t"),
            ("notes list --json=id,t", Source::Fields, "--json=", "id,t"),
            ("notes --json=", Source::Fields, "--json=", ""),
            ("notes add -f ~/x", Source::Files, "", "~/x"),
            (
                "notes serve --token-file=x",
                Source::Files,
                "--token-file=",
                "x",
            ),
        ] {
            let open = read(line).open.unwrap_or_else(|| panic!("{line}"));
            let found = (open.source, open.before.as_str(), open.typed.as_str());
            assert_eq!(found, (source, before, typed), "{line}");
        }
        for line in [
            "notes",
            "notes ",
            "notes add x",
            "notes list -n ",
            "x",
            "",
            "notes show -",
        ] {
            assert!(read(line).open.is_none(), "{line}");
        }
    }

    #[test]
    fn the_url_and_the_command_are_read_from_an_unfinished_line() {
        for line in [
            "notes show --redis-url redis://h x",
            "notes -u redis://h show ",
            "notes -uredis://h show --nonsense x",
            "notes --redis-url=redis://h show --field",
            "notes -u redis://h show --color n",
        ] {
            let unfinished = read(line);
            assert_eq!(unfinished.redis_url.as_deref(), Some("redis://h"), "{line}");
            assert_eq!(unfinished.command.as_deref(), Some("show"), "{line}");
        }
        assert_eq!(read("notes ls ").command.as_deref(), Some("list"));
    }
}
