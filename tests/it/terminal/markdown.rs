//! Notes in Markdown on a terminal: styled and wrapped, and otherwise as they were written.

use std::fs;
use std::path::Path;

use console::strip_ansi_codes;

use crate::support::Sandbox;

/// Printed after each run; no sample has it.
const END: &str = "@@@@@@";

const SPACES: [char; 6] = [' ', '\t', '\u{3000}', '\u{2003}', '\u{2009}', '\u{1680}'];

/// The files that stand for what people and hostile programs write, by their names.
fn samples() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/samples/markdown");
    let mut samples = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        samples.push((name, fs::read_to_string(path).unwrap()));
    }
    samples.sort();
    samples
}

/// Fails unless a text is the source with line breaks, each of which may take the place of spaces and have
/// spaces after it.
fn assert_wraps(name: &str, wrapped: &str, source: &str) {
    let (mut rest, mut source) = (wrapped.trim_end(), source.trim_end());
    while let Some(c) = rest.chars().next() {
        if let Some(after) = source.strip_prefix(c) {
            (rest, source) = (&rest[c.len_utf8()..], after);
            continue;
        }
        assert_eq!(c, '\n', "{name}: {rest:?} in place of {source:?}");
        let after = rest[1..].trim_start_matches(' ');
        source = source.trim_start_matches(SPACES);
        rest = if source.starts_with('\n') {
            rest
        } else {
            assert!(
                !after.starts_with('\n'),
                "{name}: an empty line at {rest:?}"
            );
            after
        };
    }
    assert_eq!(source, "", "{name}");
}

/// Fails if a sequence neither styles nor is a link to the web or to a mail address.
fn assert_only_styles(name: &str, screen: &str) {
    for part in screen.split('\u{1b}').skip(1) {
        let is_style = part.strip_prefix('[').is_some_and(|part| {
            let end = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
            end.starts_with('m')
        });
        let target = part
            .strip_prefix("]8;")
            .and_then(|part| part.split_once(';'))
            .map(|(_, target)| target);
        let is_link = target.is_some_and(|target| {
            let is_plain = target.bytes().all(|byte| byte.is_ascii_graphic());
            let mut schemes = ["http:", "https:", "mailto:"].iter();
            is_plain && (target.is_empty() || schemes.any(|scheme| target.starts_with(scheme)))
        });
        assert!(
            is_style || is_link || part.starts_with('\\'),
            "{name}: {part:?}"
        );
    }
    let text = strip_ansi_codes(screen);
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!text.contains(is_control), "{name}: {text:?}");
}

#[test]
fn each_sample_is_its_source_wrapped_and_styled_and_nothing_else() {
    let sandbox = Sandbox::with_redis();
    let samples = samples();
    assert!(samples.len() >= 60, "{}", samples.len());
    for (name, content) in &samples {
        sandbox.foreign(name, &[("id", name), ("title", name), ("content", content)]);
    }
    let script = |arguments: &str| {
        let names: Vec<_> = samples.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(" ");
        format!("for name in {names}; do $notes show $name {arguments}; printf '%s' '{END}'; done")
    };
    let raw = screens(&sandbox, &script("--raw"), "80");
    for columns in ["80", "40", "1"] {
        let shown = screens(&sandbox, &script(""), columns);
        assert_eq!(shown.len(), samples.len());
        for (((name, _), screen), raw) in samples.iter().zip(shown).zip(&raw) {
            let source = raw.strip_prefix(&format!("{name}\n")).unwrap();
            assert_only_styles(name, &screen);
            let text = strip_ansi_codes(&screen);
            let (_, text) = text.split_once("\n\n").expect("a header");
            assert_wraps(name, text, source);
        }
    }
}

/// Returns what each of some runs on a terminal prints, of which `END` is printed after each.
fn screens(sandbox: &Sandbox, script: &str, columns: &str) -> Vec<String> {
    let variables = [
        ("COLUMNS", columns),
        ("FORCE_HYPERLINK", "1"),
        ("NOTES_PAGER", "cat"),
    ];
    let (text, code) = sandbox.script_on_terminal(script, &variables).end();
    assert_eq!(code, 0, "{text}");
    let text = text.strip_suffix(END).expect("the end of the last run");
    text.split(END).map(str::to_owned).collect()
}

#[test]
fn markdown_is_styled_on_terminals_that_want_colours_and_wrapped_on_all() {
    let sandbox = Sandbox::with_redis();
    let content = "# Plan\n- [ ] **soon** see https://example.org and #tag words";
    let id = sandbox.add("T", content);
    let link = "\u{1b}]8;id=0;https://example.org\u{1b}\\\u{1b}[4mhttps://example.org\u{1b}[0m\u{1b}]8;;\u{1b}\\";
    let wrapped = "# Plan\n- [ ] **soon** see\n      https://example.org and\n      #tag words\n";
    for (arguments, variables, style, is_linked) in [
        (&[][..], &[][..], true, false),
        (&[], &[("FORCE_HYPERLINK", "1")], true, true),
        (&[], &[("TERM_PROGRAM", "WezTerm")], true, true),
        (
            &[],
            &[("NO_COLOR", "1"), ("FORCE_HYPERLINK", "1")],
            false,
            false,
        ),
        (
            &[],
            &[("TERM", "dumb"), ("FORCE_HYPERLINK", "1")],
            false,
            false,
        ),
        (
            &["--color", "never"],
            &[("FORCE_HYPERLINK", "1")],
            false,
            false,
        ),
        (&["--color", "always"], &[("NO_COLOR", "1")], true, false),
    ] {
        let variables = [&[("COLUMNS", "30")], variables].concat();
        let screen = sandbox.screen(&[&["show", &id], arguments].concat(), &variables);
        let (_, shown) = screen.split_once("\n\n").expect("a header");
        assert_eq!(
            strip_ansi_codes(shown),
            wrapped,
            "{arguments:?} {variables:?}"
        );
        assert_eq!(
            shown.contains("\u{1b}[1m# Plan\u{1b}[0m\n"),
            style,
            "{shown:?}"
        );
        assert_eq!(
            shown.contains("\u{1b}[36m#tag\u{1b}[0m"),
            style,
            "{shown:?}"
        );
        assert_eq!(shown.contains(link), is_linked, "{shown:?}");
    }
    for color in ["auto", "always"] {
        let run = sandbox.notes(["show", &id, "--color", color]).run();
        assert!(run.stdout.ends_with(&format!("\n\n{content}\n")), "{run:?}");
    }
}

#[test]
fn lines_of_a_search_have_the_styles_of_the_note_that_they_are_in() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("T", "**bold\nneedle and** `code`\n```\nneedle\n```");
    let screen = sandbox.screen(&["search", "needle"], &[]);
    let lines: Vec<&str> = screen.lines().skip(1).collect();
    let needle = "\u{1b}[1;31mneedle\u{1b}[0m";
    assert_eq!(
        lines,
        [
            format!("    {needle}\u{1b}[1m and**\u{1b}[0m \u{1b}[32m`code`\u{1b}[0m"),
            format!("    {needle}"),
        ]
    );
}

#[test]
fn rows_that_the_terminal_wraps_count_for_the_pager() {
    let sandbox = Sandbox::with_redis();
    let long = sandbox.add("T", &format!("{}\n", "x".repeat(400)));
    let words = sandbox.add("T", &"word ".repeat(90));
    let script = sandbox.script("pager", "echo paged; cat >/dev/null");
    let pager = script.to_str().unwrap();
    // Four lines of the header, an empty one, the content and the line of the prompt.
    for (id, rows) in [(&long, 8), (&words, 9)] {
        for (height, is_paged) in [(4 + 1 + rows, true), (4 + 1 + rows + 1, false)] {
            let variables = [("NOTES_PAGER", pager), ("FORCE_HYPERLINK", "1")];
            let screen = sandbox.full_screen((50, height), &["show", id], &variables);
            let (text, code) = screen.end();
            assert_eq!(code, 0, "{text}");
            assert_eq!(text == "paged\n", is_paged, "{rows} {height}: {text}");
        }
    }
}
