//! The targets of links that a terminal can open (OSC 8), and the addresses in plain text.

use std::fmt::Write as _;
use std::ops::Range;

/// The longest target that is passed to the terminal: some terminals ignore longer ones.
const LONGEST: usize = 2083;

/// The schemes that are passed to the terminal. Others may start programs.
const SCHEMES: [&str; 3] = ["https:", "http:", "mailto:"];

/// Returns the target of a link in the characters of RFC 3986, or nothing if the terminal should not
/// get it. Control characters, which an entity such as `&#27;` may hide, are refused.
pub(super) fn target(url: &str) -> Option<String> {
    let is_known = SCHEMES.iter().any(|scheme| {
        let start = url.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if !is_known || url.len() > LONGEST {
        return None;
    }
    let mut target = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '!'..='~' => target.push(c),
            c if c.is_ascii() || c.is_control() => return None,
            c => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    write!(target, "%{byte:02X}").expect("writing to a string cannot fail");
                }
            }
        }
    }
    (target.len() <= LONGEST).then_some(target)
}

/// Returns the places of the addresses of web pages in a text, in order, without the punctuation that
/// ends a sentence or a bracket.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut done = 0;
    for (colon, _) in text.match_indices("://") {
        let before = text.get(done..colon).unwrap_or_default();
        let Some(scheme) = ["https", "http"].into_iter().find(|s| before.ends_with(s)) else {
            continue;
        };
        let start = colon - scheme.len();
        let is_in_word = text
            .get(..start)
            .is_some_and(|before| before.ends_with(char::is_alphanumeric));
        let host = colon + "://".len();
        let rest = text.get(host..).unwrap_or_default();
        let rest = without_punctuation(rest.find(ends).map_or(rest, |end| &rest[..end]));
        done = host + rest.len();
        if !is_in_word && rest.starts_with(|c: char| c.is_alphanumeric() || c == '[') {
            found.push(start..done);
        }
    }
    found
}

/// Returns true if no address goes on with this character.
fn ends(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}')
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

fn without_punctuation(address: &str) -> &str {
    let closed = address.matches(')').count();
    let mut unopened = closed.saturating_sub(address.matches('(').count());
    address.trim_end_matches(|c| match c {
        ')' if unopened > 0 => {
            unopened -= 1;
            true
        }
        _ => matches!(
            c,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | ']'
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_a_known_scheme_and_only_characters_of_an_address() {
        for url in ["https://a.b/c?d=%20#e", "HTTP://x", "mailto:a@b.c"] {
            assert_eq!(target(url).as_deref(), Some(url));
        }
        assert_eq!(target("https://a/日").unwrap(), "https://a/%E6%97%A5");
        for url in [
            "",
            "a.md",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://a b",
            "https://a\x1b]8;;",
            "https://a\x07",
            "https://a\u{9c}b",
            &format!("https://{}", "a".repeat(LONGEST)),
            &format!("https://{}", "日".repeat(LONGEST / 6)),
        ] {
            assert_eq!(target(url), None, "{url}");
        }
    }

    #[test]
    fn an_address_ends_before_white_space_and_the_punctuation_of_a_sentence() {
        for (text, expected) in [
            (
                "see https://a.b/c_d, or http://[::1]:80/.",
                "https://a.b/c_d http://[::1]:80/",
            ),
            (
                "(https://a.b/x_(y)) <https://c>",
                "https://a.b/x_(y) https://c",
            ),
            (
                "**https://a.b** 「https://日本.jp/道」。",
                "https://a.b https://日本.jp/道",
            ),
            ("xhttps://a https:// http://. ftp://a ://", ""),
            ("https://a/https://b", "https://a/https://b"),
        ] {
            let found: Vec<_> = addresses(text).into_iter().map(|at| &text[at]).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
