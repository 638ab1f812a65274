//! The forms of front matter in which programs write titles, tags and times.

use std::fmt::Write as _;

use chrono::FixedOffset;

use super::*;
use crate::timestamp;
use crate::transfer::front_matter;

/// Two hours before UTC's time of day.
fn zone() -> FixedOffset {
    FixedOffset::east_opt(2 * 3_600).unwrap()
}

fn note(file: &str) -> (ForeignNote, String) {
    let mut note = ForeignNote::default();
    let front_matter = front_matter::split(file.as_bytes()).unwrap();
    let taken = take(&front_matter.properties(), &zone(), &mut note);
    let rest = String::from_utf8(front_matter.without(&taken)).unwrap();
    (note, rest)
}

#[test]
fn a_time_is_read_in_every_usual_form() {
    let moment = "2024-01-15T08:30:00+00:00";
    let day = "2024-01-14T22:00:00+00:00";
    for (text, expected) in [
        // https://help.obsidian.md/Editing+and+formatting/Properties
        ("2024-01-15", day),
        ("2024-01-15T10:30", moment),
        ("2024-01-15T10:30:00", moment),
        ("\"[[2024-01-15]]\"", day),
        ("[[2024-01-15]]", day),
        ("[[2024-01-15|that day]]", day),
        ("2024-01-15 10:30", moment),
        ("Monday, January 15th, 2024", day),
        ("2024-01-15 Monday", day),
        // https://jekyllrb.com/docs/front-matter/
        ("2024-01-15 10:30:00 +0200", moment),
        ("2024-01-15 10:30:00 +02:00", moment),
        ("2024-01-15 08:30:00 UTC", moment),
        // https://gohugo.io/content-management/front-matter/
        ("2024-01-15T10:30:00+02:00", moment),
        ("2024-01-15T08:30:00Z", moment),
        ("'2024-01-15T10:30:00+0200'", moment),
        ("2024-01-15 08:30:00.000 Z", moment),
        ("15 Jan 2024", day),
        // https://www.notion.com/help/export-your-content
        ("January 15, 2024 10:30 AM", moment),
        ("January 15, 2024", day),
        ("2024/01/15 10:30", moment),
        ("2024/01/15", day),
        // https://docs.logseq.com
        ("[[Jan 15th, 2024]]", day),
        ("Jan 15th, 2024", day),
        ("2024_01_15", day),
        // https://zk-org.github.io/zk/notes/note-frontmatter.html
        ("2024-01-15 10:30:00", moment),
        ("202401151030", moment),
        ("20240115103000", moment),
        ("20240115", day),
        // https://wiki.dendron.so/notes/ffec2853-c0e0-4165-a368-339db12c8e4b
        ("1705307400000", moment),
        ("1705307400", moment),
        // https://joplinapp.org/help/apps/import_export
        ("2024-01-15 08:30:00Z", moment),
        ("2024-01-15 10:30+02:00", moment),
        // RFC 2822, ISO 8601, JavaScript
        ("Mon, 15 Jan 2024 10:30:00 +0200", moment),
        ("15 Jan 2024 08:30:00 GMT", moment),
        ("2024-01-15T10:30:00.000+02:00", moment),
        (
            "Mon Jan 15 2024 10:30:00 GMT+0200 (Central European Summer Time)",
            moment,
        ),
        ("2024.01.15", day),
    ] {
        for fence in ["date: ", "Date Created: "] {
            let (note, rest) = note(&format!("---\n{fence}{text}\n---\n"));
            let time = note.created.map(timestamp::format);
            assert_eq!(time.as_deref(), Some(expected), "{text}");
            assert_eq!((rest.as_str(), note.notices.len()), ("", 0), "{text}");
        }
    }
    for text in [
        "01/02/2024",
        "1-2-2024",
        "02.01.24",
        "some day",
        "yesterday",
        "2d",
        "2024-13-01",
        "Friday, January 15, 2024",
        "10:30",
        "99999999999999999999",
        "{{date}}",
        "[2024-01-15, 2024-01-16]",
    ] {
        let (note, rest) = note(&format!("---\ntitle: T\nmodified: {text}\n---\n"));
        assert_eq!((note.updated, note.title.as_str()), (None, "T"), "{text}");
        assert_eq!(rest, format!("---\nmodified: {text}\n---\n"));
        assert!(
            note.notices[0].starts_with("`modified: "),
            "{:?}",
            note.notices
        );
    }
}

#[test]
fn each_of_the_names_for_a_time_is_known_and_the_nearer_one_wins() {
    for (name, is_created) in [
        ("created", true),
        ("date", true),
        ("created_at", true),
        ("date created", true),
        ("publishDate", true),
        ("updated", false),
        ("modified", false),
        ("last_modified_at", false),
        ("lastmod", false),
        ("date modified", false),
        ("Last edited", false),
    ] {
        let (note, _) = note(&format!("---\n{name}: 2024-01-15T08:30:00Z\n---\n"));
        assert_eq!(note.created.is_some(), is_created, "{name}");
        assert_eq!(note.updated.is_some(), !is_created, "{name}");
    }
    let (note, rest) = note("---\npublishDate: 2024-01-01\ndate: 2024-01-02T00:00Z\n---\n");
    assert_eq!(
        note.created.map(timestamp::format).unwrap(),
        "2024-01-02T00:00:00+00:00"
    );
    assert_eq!(rest, "---\npublishDate: 2024-01-01\n---\n");
}

#[test]
fn tags_are_a_list_or_words_under_any_of_their_names() {
    for (head, expected) in [
        ("tags: [a, b c]", "a|b c"),
        ("tags:\n- a\n- b", "a|b"),
        ("tags:\n  - a # first\n  - b", "a|b"),
        ("tags: [\n  a,\n  b\n]", "a|b"),
        ("Tags: a b", "a|b"),
        ("tags: a b, c", "a b|c"),
        ("tags: '#a #b'", "#a|#b"),
        ("tag: a", "a"),
        ("keywords: [a]", "a"),
        ("categories:\n  - a", "a"),
        ("category: a", "a"),
        ("tags: [[a b]], [[c]]", ""),
        ("tags: '[[a b]], [[c]]'", "a b|c"),
        ("tags:\n  - '[[a b]]'", "a b"),
        ("tags: [2024, ~]", "2024|"),
        ("taxonomies:\n  tags: [a]\n  categories: [b]", "a|b"),
        ("tags: [a]\ncategories: b", "a|b"),
        ("tags: {a: b}", ""),
    ] {
        let (note, _) = note(&format!("---\n{head}\n---\n"));
        assert_eq!(note.tags.join("|"), expected, "{head}");
    }
}

#[test]
fn a_value_that_is_not_understood_loses_only_itself() {
    for kept in [
        "params:\n  toc: true\n",
        "author: me\n",
        "# a comment\n",
        "aliases:\n  - Second name\n",
        "not: [closed\n",
        "sub: Title: with a colon\n",
        "anchor: &x 1\n",
        "alias: *x\n",
        "date: some day\n",
        "list: [[a], {b: c}]\n",
        "no value at all\n",
        "title: again\n",
        "\"half: quoted\n",
    ] {
        let (note, rest) = note(&format!(
            "---\n{kept}title: T # shown\n{kept}tags: [x]\n---\n"
        ));
        let title = if kept.starts_with("title") {
            "again"
        } else {
            "T"
        };
        assert_eq!(
            (note.title.as_str(), &*note.tags),
            (title, &["x".to_owned()][..]),
            "{kept}"
        );
        let expected = if title == "T" {
            format!("---\n{kept}title: T # shown\n{kept}---\n")
        } else {
            format!("---\ntitle: T # shown\n{kept}---\n")
        };
        assert_eq!(rest, expected, "{kept}");
    }
}

#[test]
fn toml_is_read_a_value_at_a_time() {
    let (note, rest) = note(
        "+++\ntitle = 'A \"title\"'\ndate = 2024-01-15T10:30:00+02:00\nlastmod = 2024-01-16\ndraft = true\n\
         tags = [\n  'a',\n  'b c', # a comment\n]\nbad = [1,\nweight = 3\n[taxonomies]\ncategories = ['d']\n\
         [params]\ntoc = true\n+++\nbody\n",
    );
    assert_eq!(note.title, "A \"title\"");
    assert_eq!(
        note.created.map(timestamp::format).unwrap(),
        "2024-01-15T08:30:00+00:00"
    );
    assert_eq!(
        note.updated.map(timestamp::format).unwrap(),
        "2024-01-15T22:00:00+00:00"
    );
    assert!(
        note.tags.starts_with(&["a".to_owned(), "b c".to_owned()]),
        "{:?}",
        note.tags
    );
    assert!(rest.starts_with("+++\ndraft = true\n"), "{rest}");
    assert!(rest.contains("bad = [1,\nweight = 3\n"), "{rest}");
    assert!(rest.ends_with("[params]\ntoc = true\n+++\n"), "{rest}");
}

#[test]
fn front_matter_ends_with_three_dots_too_and_may_have_lines_of_windows() {
    let (note, rest) = note("---\r\ntitle: T\r\nother: 1\r\n...\r\nbody\r\n---\r\n");
    assert_eq!(note.title, "T");
    assert_eq!(rest, "---\nother: 1\r\n---\n");
}

#[test]
fn front_matter_of_a_stranger_is_read_in_time() {
    let many = |line: &str| line.repeat(30_000);
    for head in [
        many("a: 1\n"),
        many("date: x\n"),
        many("- [\n"),
        format!("a:\n{}", many("- 'x' # y\n")),
        format!("a: {}", "[".repeat(100_000)),
        format!("a: {}", "{a: ".repeat(30_000)),
        format!("a: '{}'", many("#")),
    ] {
        note(&format!("---\n{head}\n---\n"));
    }
    let mut names = String::new();
    for number in 0..30_000 {
        writeln!(names, "a{number}=1").unwrap();
    }
    for head in [
        names,
        many("a = [\n"),
        format!("a = {}", "[".repeat(100_000)),
    ] {
        note(&format!("+++\n{head}\n+++\n"));
    }
}
