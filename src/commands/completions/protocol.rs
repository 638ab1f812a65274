//! `notes __complete`, which the scripts in `completions/` run at each TAB.

use std::ffi::OsString;
use std::sync::Arc;

use super::values::{FILES, find_values};
use crate::cli;
use crate::config::Environment;
use crate::output::Stream;

/// Answers the arguments of `notes __complete`: `words WORD...`, or `line LINE PART`, where PART is
/// the end of the last word that the shell replaces.
pub(crate) fn answer(request: &[OsString], environment: Environment) -> String {
    match request {
        [form, words @ ..] if form == "words" => complete(words, "", environment),
        [form, line, part] if form == "line" => {
            let (line, part) = (line.to_string_lossy(), part.to_string_lossy());
            complete_line(&line, &part, environment).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Returns the candidates for a line. `None` if its last word does not end with `part`.
fn complete_line(line: &str, part: &str, environment: Environment) -> Option<String> {
    let words = split_words(line);
    let last = words.last()?;
    // bash gives the part as it is typed, with a backslash before a space outside of quotes.
    let literal = split_words(part).concat();
    let kept = last
        .strip_suffix(part)
        .or_else(|| last.strip_suffix(&literal))?;
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    Some(complete(&words, kept, environment))
}

/// Splits a line into words; the last quote may be open. Returns none if the line ends in a comment.
fn split_words(line: &str) -> Vec<String> {
    const END: &str = "\u{1}";
    let mut closed = ["", "'", "\""].into_iter();
    let words = closed.find_map(|quote| shell_words::split(&format!("{line}{END}{quote}")).ok());
    let mut words = words.unwrap_or_default();
    let last = words.pop();
    match last.as_deref().and_then(|last| last.strip_suffix(END)) {
        Some(last) => words.push(last.to_owned()),
        None => words.clear(),
    }
    words
}

/// Returns the candidates that begin with `kept`, without that, a line each.
fn complete(words: &[OsString], kept: &str, environment: Environment) -> String {
    let environment = Arc::new(environment);
    let found = cli::candidates(words, move |asked| find_values(&asked, &environment));
    if found
        .iter()
        .any(|candidate| candidate.value.ends_with(FILES))
    {
        return format!("{FILES}\n");
    }
    let mut lines = String::new();
    for candidate in &found {
        if let Some(value) = candidate.value.strip_prefix(kept) {
            lines += &format_line(value, &candidate.description);
        }
    }
    lines
}

/// Returns a word and its description, of which 60 columns are shown.
fn format_line(value: &str, description: &str) -> String {
    let stream = Stream {
        terminal: true,
        color: false,
        width: Some(60),
        height: None,
        links: false,
    };
    format!("{value}\t{}\n", stream.cut(description))
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::super::values::candidate;
    use super::*;

    #[test]
    fn a_line_is_safe_and_short() {
        let candidate = candidate("a", "T\x1b[2J\tx\ny");
        let line = format_line("a", &candidate.description);
        assert_eq!(line, "a\tT^[[2J^Ix^Jy\n");
        assert_eq!(format_line("a", ""), "a\t\n");
        let long = format_line("", &"買".repeat(100));
        assert_eq!(long.trim().width(), 59, "{long}");
    }
}
