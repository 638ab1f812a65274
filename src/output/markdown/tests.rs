//! The styles of each construct, and the rule that nothing but styles and line breaks is added.

use console::strip_ansi_codes;
use proptest::prelude::*;

use super::*;
use crate::output::tests::TERMINAL;

fn stream(columns: u16) -> Stream {
    Stream {
        color: true,
        width: Some(columns),
        ..TERMINAL
    }
}

/// Returns the text with the codes of each run in braces: `{1:# T}`.
fn shown(text: &str) -> String {
    let text = styled(text, Long::ByTerminal, &stream(80)).replace("\x1b[0m", "}");
    let mut parts = text.split("\x1b[");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push('{');
        shown += &part.replacen('m', ":", 1);
    }
    shown
}

fn wrapped(text: &str, columns: u16, long: Long) -> String {
    strip_ansi_codes(&styled(text, long, &stream(columns))).into_owned()
}

/// Fails unless a text is the source with line breaks, and nothing else.
fn assert_wraps(wrapped: &str, mut source: &str) -> Result<(), TestCaseError> {
    let mut rest = wrapped;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = source.strip_prefix(c) {
            source = after;
            rest = &rest[c.len_utf8()..];
            continue;
        }
        prop_assert_eq!(c, '\n', "{:?} in place of {:?}", rest, source);
        let after_space = source.trim_start_matches([' ', '\t', '\u{3000}']);
        if let Some(next_line) = after_space.strip_prefix('\n') {
            (rest, source) = (&rest[1..], next_line);
            continue;
        }
        rest = &rest[1..];
        prop_assert!(!rest.starts_with('\n'), "an empty line before {:?}", rest);
        let after_indent = rest.trim_start_matches(' ');
        // Where white space in code is cut, a line may have nothing else.
        if !after_indent.starts_with('\n') {
            rest = after_indent;
        }
        let next = rest.chars().next();
        source = source.trim_start_matches(|c| Some(c) != next && " \t\u{3000}".contains(c));
    }
    prop_assert_eq!(source.trim(), "");
    Ok(())
}

#[test]
fn each_construct_has_its_style_and_keeps_its_source() {
    for (text, expected) in [
        ("plain", "plain"),
        ("# T *e*\nx", "{1:# T }{1;3:*e*}\nx"),
        ("T\n===\nx", "{1:T}\n{1:===}\nx"),
        (
            "a *e* **s** ***b*** ~~d~~",
            "a {3:*e*} {1:**s**} {3:*}{1;3:**b**}{3:*} {9:~~d~~}",
        ),
        ("a `c *d*` b", "a {32:`c *d*`} b"),
        (
            "```rust\nfn #a\n```\nx",
            "{32:```rust}\n{32:fn #a}\n{32:```}\nx",
        ),
        ("x\n\n    c\n    d", "x\n\n    {32:c}\n{32:    d}"),
        ("> a **b**\n> c", "{2:> a }{1;2:**b**}\n{2:> c}"),
        ("- a\n  1. b\n* c", "{33:-} a\n  {33:1.} b\n{33:*} c"),
        ("- [ ] a\n- [x] b", "{33:-} {33:[ ]} a\n{33:-} {33:[x]} b"),
        ("a\n\n---\nb", "a\n\n{33:---}\nb"),
        ("[t *e*](u) x", "{2:[}{4:t }{3;4:*e*}{2:](u)} x"),
        (
            "![i](u)<https://a>",
            "{2:![}{4:i}{2:](u)}{2:<}{4:https://a}{2:>}",
        ),
        ("see https://a/b_c_d.", "see {4:https://a/b_c_d}."),
        ("[t][r]\n\n[r]: u", "{2:[}{4:t}{2:][r]}\n\n[r]: u"),
        (
            "[[T|s]] [[T]]",
            "{2;36:[[T|}{36;4:s}{2;36:]]} {2;36:[[}{36;4:T}{2;36:]]}",
        ),
        ("#tag a#b # c", "{36:#tag} a#b # c"),
        (
            "|a|b|\n|-|-|\n|*c*|`d`|",
            "{1:|a|b|}\n|-|-|\n|{3:*c*}|{32:`d`}|",
        ),
        ("a<b>c\n\n<p>\n</p>", "a{2:<b>}c\n\n{2:<p>}\n{2:</p>}"),
        ("---\nk: v\n---\nx", "{2:---}\n{2:k: v}\n{2:---}\nx"),
        (
            "\\*a\\* &amp; 2 * 3 * 4 snake_case_name",
            "\\*a\\* &amp; 2 * 3 * 4 snake_case_name",
        ),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn a_link_has_a_target_where_the_terminal_opens_it_and_it_is_safe() {
    let stream = Stream {
        links: true,
        ..stream(20)
    };
    let target = |id: u32, url: &str, text: &str| {
        format!("\x1b]8;id={id};{url}\x1b\\\x1b[{text}\x1b[0m\x1b]8;;\x1b\\")
    };
    let text = "[a wrapped text](https://a) x";
    assert_eq!(
        styled(text, Long::ByTerminal, &stream),
        [
            target(0, "https://a", "2m["),
            target(0, "https://a", "4ma wrapped"),
            "\n".to_owned(),
            target(0, "https://a", "4mtext"),
            target(0, "https://a", "2m](https://a)"),
            " x".to_owned(),
        ]
        .concat()
    );
    let text = styled("<a@b.c>https://d", Long::ByTerminal, &stream);
    assert!(
        text.contains(&target(0, "mailto:a@b.c", "4ma@b.c")),
        "{text:?}"
    );
    assert!(
        text.ends_with(&target(1, "https://d", "4mhttps://d")),
        "{text:?}"
    );
    for text in [
        "[a](javascript:b)",
        "[a](file:///b)",
        "[a](https://b&#27;]8;;&#7;)",
        "[a](<https://b c>)",
        "[a](b.md) [[c]] `https://d`",
    ] {
        let styled = styled(text, Long::ByTerminal, &stream);
        assert!(!styled.contains("\x1b]"), "{styled:?}");
    }
}

#[test]
fn lines_break_at_words_and_what_continues_an_item_or_a_quote_is_indented() {
    for (text, expected) in [
        ("one two three", "one two\nthree"),
        ("one   two     three", "one   two\nthree"),
        ("0123456789 a", "0123456789\na"),
        ("0123456789\na", "0123456789\na"),
        ("012345678   \na", "012345678\na"),
        ("- one two three", "- one two\n  three"),
        ("10. one two three", "10. one\n    two\n    three"),
        ("> one two\n> three four", "> one two\n> three\n  four"),
        ("- [ ] one two", "- [ ] one\ntwo"),
        ("  one two three", "  one two\n  three"),
        ("日本 日本語 日本語", "日本\n日本語\n日本語"),
        ("ab🎉 c👨‍👩‍👧", "ab🎉\nc👨‍👩‍👧"),
        (
            "e\u{301}e\u{301}e\u{301} e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
            "e\u{301}e\u{301}e\u{301} e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
        ),
        ("aa\u{a0}bb cc\u{a0}dddd", "aa\u{a0}bb\ncc\u{a0}dddd"),
        ("a\tbc de", "a\tbc\nde"),
        ("*emphasis of* words", "*emphasis\nof* words"),
    ] {
        for long in [Long::ByTerminal, Long::Cut] {
            assert_eq!(wrapped(text, 10, long), expected, "{text}");
        }
    }
}

#[test]
fn long_words_code_and_tables_are_left_to_the_terminal_or_cut() {
    for (text, by_terminal, cut) in [
        (
            "a 0123456789ABC b",
            "a 0123456789ABC b",
            "a 01234567\n89ABC b",
        ),
        ("a 日本語日本語 b", "a 日本語日本語 b", "a 日本語日\n本語 b"),
        (
            "012345678 0123456789A",
            "012345678\n0123456789A",
            "012345678\n0123456789\nA",
        ),
        (
            "0123456789 0123456789A",
            "0123456789\n0123456789A",
            "0123456789\n0123456789\nA",
        ),
        ("- 0123456789 b", "- 0123456789 b", "- 01234567\n  89 b"),
        (
            "```\nlet it = be;\n```",
            "```\nlet it = be;\n```",
            "```\nlet it = b\ne;\n```",
        ),
        (
            "|a|bcdef|\n|-|-|\n|a a|b b b b|",
            "|a|bcdef|\n|-|-|\n|a a|b b b b|",
            "|a|bcdef|\n|-|-|\n|a a|b b b\n b|",
        ),
    ] {
        assert_eq!(wrapped(text, 10, Long::ByTerminal), by_terminal, "{text}");
        assert_eq!(wrapped(text, 10, Long::Cut), cut, "{text}");
    }
}

#[test]
fn a_stream_without_colours_gets_line_breaks_alone() {
    let stream = Stream {
        color: false,
        ..stream(10)
    };
    assert_eq!(
        styled(
            "# a *b* c d e\n    code is whole",
            Long::ByTerminal,
            &stream
        ),
        "# a *b* c\nd e\n    code is whole"
    );
}

#[test]
fn a_text_of_many_megabytes_is_wrapped_and_not_styled() {
    let text = "*word* ".repeat(300_000);
    let styled = styled(&text, Long::ByTerminal, &stream(80));
    assert!(!styled.contains('\x1b'));
    assert_eq!(styled.lines().next().unwrap().len(), 76);
}

/// The pieces of which hostile Markdown and harmless text are made.
const PIECES: [&str; 60] = [
    "a",
    "word",
    "longer-word",
    " ",
    " ",
    " ",
    "  ",
    "    ",
    "\n",
    "\n",
    "\n\n",
    "\t",
    "#",
    "# ",
    "## ",
    "*",
    "**",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "```rust\n",
    "> ",
    ">",
    "- ",
    "* ",
    "1. ",
    "12) ",
    "[ ] ",
    "[x] ",
    "[",
    "]",
    "[[",
    "]]",
    "](",
    ")",
    "(https://a.b/c)",
    "<https://d>",
    "https://e/f_g",
    "![",
    "|",
    "|-|-|\n",
    "---\n",
    "===",
    "<b>",
    "<!--",
    "&amp;",
    "&#27;",
    "\\",
    "日本",
    "🎉",
    "👨‍👩‍👧",
    "e\u{301}",
    "שלום",
    "\u{3000}",
    "#tag",
    "\u{a0}",
    "[r]: u\n",
];

fn markdown() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(&PIECES[..]);
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn without_its_styles_the_text_is_the_source_wrapped_and_nothing_else(
        text in markdown(),
        columns in 1_u16..50,
    ) {
        let stream = Stream { links: true, ..stream(columns) };
        for long in [Long::ByTerminal, Long::Cut] {
            let styled = styled(&text, long, &stream);
            let wrapped = strip_ansi_codes(&styled);
            assert_wraps(&wrapped, &text)?;
            for line in styled.lines() {
                let sequences = line.matches('\x1b').count();
                let (begun, ended) = (line.matches("\x1b[").count(), line.matches("\x1b[0m").count());
                prop_assert_eq!(begun, 2 * ended, "{:?}", line);
                let (links, closed) = (line.matches("\x1b]8;id=").count(), line.matches("\x1b]8;;\x1b\\").count());
                prop_assert_eq!((links, sequences), (closed, begun + 4 * links), "{:?}", line);
            }
        }
    }

    #[test]
    fn no_line_is_wider_than_the_screen_where_long_ones_are_cut(
        text in markdown(),
        columns in 2_u16..50,
    ) {
        let text = text.replace('\t', "    ");
        let wrapped = wrapped(&text, columns, Long::Cut);
        for line in wrapped.lines() {
            let width: usize = line.chars().map(|c| console::measure_text_width(&c.to_string())).sum();
            let room = usize::from(columns);
            prop_assert!(width <= room, "{:?}", line);
        }
    }
}
