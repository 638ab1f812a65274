//! What is wrong, whatever found it, in the one shape in which it is reported.

use serde::Serialize;

use super::warning::Warning;
use crate::store::{Finding, Fix, Forbidden, Kind};

/// How many examples a line names.
const NAMED: usize = 3;

/// Something wrong. Serialized, it is an element of `deep.problems`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Problem {
    /// A word for programs.
    kind: &'static str,
    /// The note it is about.
    id: Option<String>,
    /// The key it is about; `note:*` for those of all notes.
    key: Option<String>,
    /// The field it is about.
    field: Option<String>,
    /// All of it in words.
    detail: String,
    /// Whether `--fix` mends it.
    mendable: bool,
    /// What it counts under, for people.
    #[serde(skip)]
    plural: &'static str,
    /// It as an example of its kind, in few words.
    #[serde(skip)]
    example: String,
    #[serde(skip)]
    fix: Option<Fix>,
}

impl Problem {
    pub(super) fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }
}

impl From<Finding> for Problem {
    fn from(finding: Finding) -> Self {
        let Finding { fault, fix } = finding;
        let Kind { word, plural } = fault.kind();
        let (id, key) = (fault.id().map(String::from), fault.key());
        let named = id.as_ref().unwrap_or(&key);
        Self {
            kind: word,
            example: match fault.field() {
                Some(field) => format!("{named} {field}"),
                None => named.clone(),
            },
            id,
            key: Some(key),
            field: fault.field().map(str::to_owned),
            detail: fault.detail(),
            mendable: fix.is_some(),
            plural,
            fix,
        }
    }
}

impl From<&Warning> for Problem {
    fn from(warning: &Warning) -> Self {
        Self {
            kind: warning.kind,
            id: None,
            key: None,
            field: None,
            detail: warning.text.clone(),
            mendable: false,
            plural: "",
            example: String::new(),
            fix: None,
        }
    }
}

impl From<Forbidden> for Problem {
    fn from(forbidden: Forbidden) -> Self {
        let Forbidden { command, key } = forbidden;
        let on = key
            .as_ref()
            .map_or_else(String::new, |key| format!(" on {key}"));
        Self {
            kind: "acl",
            id: None,
            detail: format!("the ACL of Redis forbids this user {command}{on}"),
            example: format!("{command}{on}"),
            key,
            field: None,
            mendable: false,
            plural: "commands that the ACL forbids",
            fix: None,
        }
    }
}

/// A line for each kind: how many there are, some of them, and how many `--fix` mends.
pub(super) fn by_kind(problems: &[Problem]) -> Vec<String> {
    let mut kinds: Vec<(&str, Vec<&Problem>)> = Vec::new();
    // A warning has its own line already.
    for problem in problems.iter().filter(|problem| !problem.plural.is_empty()) {
        match kinds
            .iter_mut()
            .find(|(plural, _)| *plural == problem.plural)
        {
            Some((_, others)) => others.push(problem),
            None => kinds.push((problem.plural, vec![problem])),
        }
    }
    kinds
        .into_iter()
        .map(|(plural, problems)| {
            let named = problems.iter().take(NAMED);
            let mut examples: Vec<&str> = named.map(|it| it.example.as_str()).collect();
            if problems.len() > NAMED {
                examples.push("…");
            }
            let mendable = problems.iter().filter(|it| it.mendable).count();
            let remedy = match mendable {
                0 => String::new(),
                all if all == problems.len() => "; --fix mends this".to_owned(),
                some => format!("; --fix mends {some} of them"),
            };
            let examples = examples.join(", ");
            format!("{plural}: {} ({examples}){remedy}", problems.len())
        })
        .collect()
}
