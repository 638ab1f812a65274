//! What may come next on an unfinished command line, by clap_complete's engine. Values that are no
//! part of the command line come from whoever asks.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::{Cli, Global};
use crate::config::Flags;

/// What the values of an argument are if they are not part of the command line itself.
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
    fn of(arg: &Arg) -> Option<Self> {
        Some(match arg.get_value_names()?.first()?.as_str() {
            "NOTE" => Self::Notes,
            "TAG" => Self::Tags,
            "QUERY" | "WORD" => Self::Words,
            "NAME" => Self::Field,
            "FIELDS" => Self::Fields,
            "FILE" | "PATH" => Self::Files,
            _ => return None,
        })
    }
}

/// A word that may be put in place of the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) value: String,
    pub(crate) description: String,
}

/// A value that is looked for, and the words before it as far as they matter.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) source: Source,
    /// The beginning of the value.
    pub(crate) typed: String,
    pub(crate) command: Option<String>,
    pub(crate) flags: Flags,
}

/// What may stand in place of the last of the words, of which the first is the name of the program.
/// Those that come from a [`Source`] are asked of `values`.
pub(crate) fn candidates(
    words: &[OsString],
    values: impl Fn(Asked) -> Vec<Candidate> + Send + Sync + 'static,
) -> Vec<Candidate> {
    let Some((last, before)) = words.split_last() else {
        return Vec::new();
    };
    let mut last = last.to_string_lossy().into_owned();
    if last == "-" {
        // With one dash the engine offers -n in place of --limit.
        last.push('-');
    }
    let is_option = last.starts_with('-');
    let lenient = Cli::command().ignore_errors(true);
    let Ok(matches) = lenient.try_get_matches_from(before) else {
        return Vec::new();
    };
    let command = matches.subcommand_name().map(str::to_owned);
    let flags = Global::from_arg_matches(&matches).map(Global::flags);
    let flags = flags.unwrap_or_default();
    let ask = move |source, typed: &str| {
        // The engine takes --tag=x for an operand as well, and a word behind a bare --json for its
        // value.
        if typed.starts_with('-') || source == Source::Fields && !is_option {
            return Vec::new();
        }
        values(Asked {
            source,
            typed: typed.to_owned(),
            command: command.clone(),
            flags: flags.clone(),
        })
    };
    let mut asking = with_values(Cli::command(), &(Arc::new(ask) as Ask));
    let asked = before.iter().cloned().chain([last.clone().into()]);
    let found = complete(&mut asking, asked.collect(), before.len(), None);
    let found = found.unwrap_or_default().into_iter();
    let found = found.map(|candidate| {
        let mut value = candidate.get_value().to_string_lossy().into_owned();
        // Of a command and its alias the engine offers one, whichever that is.
        let id = candidate.get_id().map(String::as_str).unwrap_or_default();
        if let Some(name) = id.strip_prefix("command::")
            && name.starts_with(&last)
        {
            name.clone_into(&mut value);
        }
        let description = candidate.get_help().map(ToString::to_string);
        Candidate {
            value,
            description: description.unwrap_or_default(),
        }
    });
    // Options would bury the rest if they were offered before a dash is typed.
    let found = found.filter(|candidate| is_option || !candidate.value.starts_with('-'));
    found.collect()
}

type Ask = Arc<dyn Fn(Source, &str) -> Vec<Candidate> + Send + Sync>;

/// The command with the sources of its arguments asked.
fn with_values(command: Command, ask: &Ask) -> Command {
    let command = command.mut_args(|arg| {
        let Some(source) = Source::of(&arg) else {
            return arg;
        };
        let ask = Arc::clone(ask);
        arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
            let found = ask(source, &typed.to_string_lossy()).into_iter();
            let offered = found
                .map(|it| CompletionCandidate::new(it.value).help(Some(it.description.into())));
            offered.collect()
        }))
    });
    command.mut_subcommands(|command| with_values(command, ask))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::secret::Secret;

    /// What is asked for at the end of a line.
    fn asked(line: &str) -> Vec<Asked> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let all = Arc::new(Mutex::new(Vec::new()));
        let asking = Arc::clone(&all);
        candidates(&words, move |asked| {
            asking.lock().unwrap().push(asked);
            Vec::new()
        });
        all.lock().unwrap().clone()
    }

    #[test]
    fn each_argument_says_where_its_values_come_from() {
        for (line, source, typed) in [
            ("notes show ", Source::Notes, ""),
            ("notes show --raw a b", Source::Notes, "b"),
            ("notes show --json @", Source::Notes, "@"),
            ("notes -q edit -t new ab", Source::Notes, "ab"),
            ("notes rm x", Source::Notes, "x"),
            ("notes export --note x", Source::Notes, "x"),
            ("notes list --tag w", Source::Tags, "w"),
            ("notes ls --tag=w", Source::Tags, "w"),
            ("notes search #w", Source::Words, "#w"),
            ("notes search x --not #", Source::Words, "#"),
            ("notes show a --field t", Source::Field, "t"),
            ("notes list --json=id,t", Source::Fields, "id,t"),
            ("notes --json=", Source::Fields, ""),
            ("notes add -f ~/x", Source::Files, "~/x"),
            ("notes import x", Source::Files, "x"),
            ("notes export -o x", Source::Files, "x"),
            ("notes serve --token-file=x", Source::Files, "x"),
        ] {
            let all = asked(line);
            let [asked] = all.as_slice() else {
                panic!("{line}: {all:?}");
            };
            assert_eq!(
                (asked.source, asked.typed.as_str()),
                (source, typed),
                "{line}"
            );
        }
        for line in [
            "notes",
            "notes ",
            "notes add x",
            "notes list -n ",
            "x",
            "",
            "notes show -",
            "notes --help show ",
        ] {
            assert!(asked(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn what_is_found_stands_behind_its_option() {
        let words = ["notes", "ls", "--tag=w"].map(OsString::from);
        let found = candidates(&words, |_| {
            vec![Candidate {
                value: "work".into(),
                description: "d".into(),
            }]
        });
        let found: Vec<_> = found
            .iter()
            .map(|it| (&*it.value, &*it.description))
            .collect();
        assert_eq!(found, [("--tag=work", "d")]);
    }

    #[test]
    fn the_server_and_the_command_are_read_from_an_unfinished_line() {
        for line in [
            "notes show --redis-url redis://h --tls-ca ca.pem x",
            "notes -u redis://h show --cacert=ca.pem ",
            "notes --tls-ca ca.pem -uredis://h show --nonsense x",
            "notes --redis-url=redis://h --tls-ca ca.pem show --field ",
        ] {
            let all = asked(line);
            let asked = all.first().unwrap_or_else(|| panic!("{line}"));
            let url = asked.flags.redis_url.as_ref();
            assert_eq!(url.map(Secret::expose), Some("redis://h"), "{line}");
            assert_eq!(asked.flags.tls.ca.as_deref(), Some("ca.pem".as_ref()));
            assert_eq!(asked.command.as_deref(), Some("show"), "{line}");
        }
        assert_eq!(asked("notes ls --tag ")[0].command.as_deref(), Some("list"));
    }
}
