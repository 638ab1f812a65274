//! The words that may come next on an unfinished command line, found by the engine of clap_complete.
//! The caller looks up values that the command line does not define, such as notes.

use std::ffi::{OsStr, OsString};
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::{Cli, Global};
use crate::config::Flags;

/// The kind of the values of an argument, for values that the command line does not define.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Notes,
    Tags,
    /// Any word; the tags if it begins with `#`.
    Words,
    /// The name of a field.
    Field,
    /// Names of fields with commas between them, behind an equals sign.
    Fields,
    /// The shell completes them.
    Files,
}

impl ValueKind {
    fn of_arg(arg: &Arg) -> Option<Self> {
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

/// A value to complete, and the parts of the words before it that matter.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) kind: ValueKind,
    /// The beginning of the value.
    pub(crate) typed: String,
    pub(crate) command: Option<String>,
    pub(crate) flags: Flags,
}

/// Completes the last of `words`; `words[0]` is the program. Calls `values` for the values of an
/// argument that has a [`ValueKind`].
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
    let ask: Ask = Arc::new(move |kind, typed: &str| {
        // The engine also takes --tag=x for an operand, and a word after a bare --json for its value.
        if typed.starts_with('-') || kind == ValueKind::Fields && !is_option {
            return Vec::new();
        }
        values(Asked {
            kind,
            typed: typed.to_owned(),
            command: command.clone(),
            flags: flags.clone(),
        })
    });
    let mut command = with_values(Cli::command(), &ask);
    let mut line = before.to_vec();
    line.push(last.clone().into());
    let found = complete(&mut command, line, before.len(), None).unwrap_or_default();
    let mut candidates = Vec::with_capacity(found.len());
    for candidate in &found {
        let candidate = to_candidate(candidate, &last);
        // Options would hide the rest if they were offered before a dash is typed.
        if is_option || !candidate.value.starts_with('-') {
            candidates.push(candidate);
        }
    }
    candidates
}

fn to_candidate(found: &CompletionCandidate, typed: &str) -> Candidate {
    let mut value = found.get_value().to_string_lossy().into_owned();
    // The engine offers a command or its alias, but not both: prefer the one that was begun.
    let id = found.get_id().map(String::as_str).unwrap_or_default();
    if let Some(name) = id.strip_prefix("command::")
        && name.starts_with(typed)
    {
        name.clone_into(&mut value);
    }
    let description = found.get_help().map(ToString::to_string);
    Candidate {
        value,
        description: description.unwrap_or_default(),
    }
}

type Ask = Arc<dyn Fn(ValueKind, &str) -> Vec<Candidate> + Send + Sync>;

/// Adds to each argument that has a [`ValueKind`] a completer that calls `ask`.
fn with_values(command: Command, ask: &Ask) -> Command {
    let command = command.mut_args(|arg| {
        let Some(kind) = ValueKind::of_arg(&arg) else {
            return arg;
        };
        let ask = Arc::clone(ask);
        arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
            let mut offered = Vec::new();
            for it in ask(kind, &typed.to_string_lossy()) {
                let candidate = CompletionCandidate::new(it.value);
                offered.push(candidate.help(Some(it.description.into())));
            }
            offered
        }))
    });
    command.mut_subcommands(|command| with_values(command, ask))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::secret::Secret;

    /// Returns the values that completing the line asks for.
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
        for (line, kind, typed) in [
            ("notes show ", ValueKind::Notes, ""),
            ("notes show --raw a b", ValueKind::Notes, "b"),
            ("notes show --json @", ValueKind::Notes, "@"),
            ("notes -q edit -t new ab", ValueKind::Notes, "ab"),
            ("notes rm x", ValueKind::Notes, "x"),
            ("notes links x", ValueKind::Notes, "x"),
            ("notes list --links-to x", ValueKind::Notes, "x"),
            ("notes add T --tag w", ValueKind::Tags, "w"),
            ("notes edit x --untag w", ValueKind::Tags, "w"),
            ("notes export --note x", ValueKind::Notes, "x"),
            ("notes list --tag w", ValueKind::Tags, "w"),
            ("notes ls --tag=w", ValueKind::Tags, "w"),
            ("notes search #w", ValueKind::Words, "#w"),
            ("notes search x --not #", ValueKind::Words, "#"),
            ("notes show a --field t", ValueKind::Field, "t"),
            ("notes list --json=id,t", ValueKind::Fields, "id,t"),
            ("notes --json=", ValueKind::Fields, ""),
            ("notes add -f ~/x", ValueKind::Files, "~/x"),
            ("notes import x", ValueKind::Files, "x"),
            ("notes export -o x", ValueKind::Files, "x"),
            ("notes serve --token-file=x", ValueKind::Files, "x"),
        ] {
            let all = asked(line);
            let [asked] = all.as_slice() else {
                panic!("{line}: {all:?}");
            };
            assert_eq!((asked.kind, asked.typed.as_str()), (kind, typed), "{line}");
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
