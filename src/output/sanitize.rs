//! Makes text from Redis safe to show on a terminal.
//!
//! A note can hold anything: an escape sequence that rewrites the screen, an override that reverses text.
//! Pipes and files get it unchanged, as [`Stream`](super::Stream) decides.
//!
//! The characters that are made visible:
//! - C0 controls and DEL in caret notation: `^[` for ESC, `^G` for BEL, `^?` for DEL;
//! - C1 controls, the controls of bidirectional text (Unicode Standard Annex 9), the line and
//!   paragraph separators, U+FEFF and the tag characters as `\u{202e}`.
//!
//! Joiners, variation selectors and combining marks stay: emoji and many scripts need them. Tag
//! characters could hide a text; only those of the flags of England, Scotland and Wales stay.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Makes text safe as a part of one line: line breaks (`^J`) and tabs (`^I`) are shown too.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    rewrite(text, is_hostile, |safe, hostile, _| {
        push_visible(safe, hostile);
    })
}

/// Makes text of many lines safe: line feeds and tabs stay, and a carriage return before a line feed is
/// removed.
pub(crate) fn multi_line(text: &str) -> Cow<'_, str> {
    rewrite(text, is_hostile_in_lines, |safe, hostile, rest| {
        if !rest.starts_with("\r\n") {
            push_visible(safe, hostile);
        }
    })
}

/// Makes JSON as `serde_json` writes it, compact or pretty, safe without changing its meaning: hostile
/// characters become `\u` escapes. They occur only inside strings, where an escape means the same.
pub(crate) fn json(serialized: &str) -> Cow<'_, str> {
    rewrite(serialized, is_hostile_in_lines, |safe, hostile, _| {
        for unit in hostile.encode_utf16(&mut [0; 2]) {
            write!(safe, "\\u{unit:04x}").expect("writing to a string cannot fail");
        }
    })
}

fn is_hostile_in_lines(c: char) -> bool {
    is_hostile(c) && !matches!(c, '\n' | '\t')
}

fn is_hostile(c: char) -> bool {
    matches!(
        c,
        '\0'..='\x1f'
            | '\x7f'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The three flags with tag characters that are recommended for interchange (Unicode Technical Standard
/// 51, RGI).
const FLAGS: [&str; 3] = [
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
];

/// Calls `replace` for every hostile character, with the text from there on, to push its replacement.
fn rewrite(
    text: &str,
    is_hostile: impl Fn(char) -> bool,
    replace: impl Fn(&mut String, char, &str),
) -> Cow<'_, str> {
    let is_plain_ascii = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_plain_ascii || !text.contains(&is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(flag) = FLAGS.into_iter().find(|flag| rest.starts_with(flag)) {
            safe.push_str(flag);
            rest = &rest[flag.len()..];
            continue;
        }
        if is_hostile(c) {
            replace(&mut safe, c, rest);
        } else {
            safe.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(safe)
}

fn push_visible(safe: &mut String, hostile: char) {
    match u8::try_from(hostile) {
        Ok(byte) if byte.is_ascii() => {
            safe.push('^');
            safe.push(char::from(byte ^ 0x40));
        }
        _ => safe.extend(hostile.escape_unicode()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn controls_are_shown_in_caret_notation_or_by_number() {
        assert_eq!(one_line("\x1b]0;x\x07"), "^[]0;x^G");
        assert_eq!(
            one_line("\0\x01\t\r\n\x1f\x7f\u{80}\u{9b}"),
            "^@^A^I^M^J^_^?\\u{80}\\u{9b}"
        );
        assert_eq!(one_line("a\u{202e}b\u{feff}"), "a\\u{202e}b\\u{feff}");
    }

    #[test]
    fn many_lines_keep_their_line_feeds_and_tabs() {
        assert_eq!(
            multi_line("a\tb\r\nc\rd\n\x1be\r"),
            "a\tb\nc^Md\n^[e^M",
            "a carriage return is dropped before a line feed only"
        );
    }

    #[test]
    fn every_invisible_control_of_direction_order_and_tags_is_shown() {
        let ranges = [
            '\u{61c}'..='\u{61c}',
            '\u{200e}'..='\u{200f}',
            '\u{2028}'..='\u{202e}',
            '\u{2066}'..='\u{2069}',
            '\u{feff}'..='\u{feff}',
            '\u{e0000}'..='\u{e007f}',
        ];
        for c in ranges.into_iter().flatten() {
            let expected = format!("\\u{{{:x}}}", u32::from(c));
            assert_eq!(one_line(&c.to_string()), expected);
            assert_eq!(multi_line(&c.to_string()), expected);
        }
    }

    #[test]
    fn the_flags_of_three_regions_are_shown_and_other_tag_characters_are_not() {
        let [england, scotland, wales] = FLAGS;
        let flags = format!("{england} {scotland}{wales}.");
        assert_eq!(one_line(&flags), flags);
        assert_eq!(multi_line(&flags), flags);
        assert_eq!(json(&flags), flags);
        let unended = england.trim_end_matches('\u{e007f}');
        assert_eq!(
            one_line(unended),
            "\u{1f3f4}\\u{e0067}\\u{e0062}\\u{e0065}\\u{e006e}\\u{e0067}"
        );
        assert_eq!(
            one_line(&format!("{wales}\u{e0041}")),
            format!("{wales}\\u{{e0041}}")
        );
        assert_eq!(
            one_line("\u{1f3f4}\u{e0068}\u{e007f}"),
            "\u{1f3f4}\\u{e0068}\\u{e007f}"
        );
    }

    #[test]
    fn what_emoji_and_scripts_need_is_borrowed_untouched() {
        for text in [
            "",
            "plain ^[ text",
            "👨‍👩‍👧‍👦 ❤️ 👍🏽 🇨🇭",
            "नमस्ते क्‍ष",
            "می‌خواهم",
            "e\u{301}",
            "日本語",
        ] {
            for safe in [one_line(text), multi_line(text), json(text)] {
                assert!(matches!(safe, Cow::Borrowed(same) if same == text));
            }
        }
    }

    #[test]
    fn json_is_escaped_in_json_s_own_way() {
        assert_eq!(
            json("{\n  \"a\": \"\u{9b}\u{7f}\u{202e}\u{e0041}\"\n}"),
            "{\n  \"a\": \"\\u009b\\u007f\\u202e\\udb40\\udc41\"\n}"
        );
    }

    /// Text in which the characters that matter are as frequent as all the others together.
    fn text() -> impl Strategy<Value = String> {
        let hostile = prop_oneof![
            proptest::char::range('\0', '\u{9f}'),
            proptest::char::range('\u{2000}', '\u{206f}'),
            proptest::char::range('\u{e0000}', '\u{e007f}'),
            proptest::sample::select(vec!['\u{61c}', '\u{feff}', '\r', '\n', '\t']),
        ];
        proptest::collection::vec(prop_oneof![hostile, any::<char>()], 0..40)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn no_control_character_comes_out(text in text()) {
            prop_assert!(!one_line(&text).chars().any(is_hostile));
            let lines = multi_line(&text);
            prop_assert!(!lines.chars().any(|c| is_hostile(c) && c != '\n' && c != '\t'));
        }

        #[test]
        fn text_without_control_characters_is_borrowed(text in text()) {
            let clean: String = text.chars().filter(|&c| !is_hostile(c)).collect();
            prop_assert!(matches!(one_line(&clean), Cow::Borrowed(same) if same == clean));
            prop_assert!(matches!(multi_line(&clean), Cow::Borrowed(same) if same == clean));
        }

        #[test]
        fn sanitised_json_says_the_same(text in text()) {
            for serialized in [
                serde_json::to_string(&[&text]).unwrap(),
                serde_json::to_string_pretty(&[&text]).unwrap(),
            ] {
                let safe = json(&serialized);
                prop_assert!(!safe.chars().any(|c| is_hostile(c) && c != '\n'));
                let back: Vec<String> = serde_json::from_str(&safe).unwrap();
                prop_assert_eq!(&back, std::slice::from_ref(&text));
            }
        }
    }
}
