//! Small files as programs write them, each with something that other importers lose.

use super::*;

#[track_caller]
fn assert_sample(name: &str, expected: &[Expected<'_>], said: &str) {
    let path = repository().join("tests/it/samples/small").join(name);
    assert_imported(&Sandbox::with_redis(), path, expected, said);
}

#[test]
fn front_matter_of_each_program() {
    let half_past_eight = "2024-01-15T08:30:00+00:00";
    let half_past_five = "2024-01-15T17:30:00+00:00";
    let dates = [
        ["Jekyll", "text", half_past_eight, ANY],
        [
            "Joplin test file with an offset",
            "text",
            half_past_five,
            ANY,
        ],
        ["Joplin test file without seconds", "text", MONDAY, ANY],
        ["Obsidian without seconds", "text", MONDAY, ANY],
        ["offset after a blank", "text", half_past_eight, ANY],
        ["offset without colon", "text", half_past_eight, ANY],
    ];
    assert_sample("front-matter-dates", &dates, "");
    let dendron = [
        "Home",
        "The first page.",
        "2024-01-01T10:00:00+00:00",
        "2024-01-02T14:00:00+00:00",
    ];
    let nested = "---\nparams:\n  toc: true\n---\n\ntext\n\n#travel";
    let obsidian = "---\naliases:\n  - Bread recipe\n---\n\n500 g of flour\n\n#cooking";
    let heading = "---\naliases: [Second name]\n---\n\ntext";
    let midnight = "2024-01-15T00:00:00+00:00";
    for (name, note) in [
        (
            "front-matter-heading",
            ["The real title", heading, MONDAY, ANY],
        ),
        ("front-matter-id/dendron", dendron),
        (
            "front-matter-id/obsidian-nvim",
            ["Bread recipe", obsidian, ANY, ANY],
        ),
        (
            "front-matter-nested",
            ["A page of Hugo", nested, midnight, ANY],
        ),
    ] {
        assert_sample(name, &[note], "");
    }
}

#[test]
fn exports_of_each_program() {
    let march = "2024-03-01T09:00:00+00:00";
    let jrnl = [
        "A day.",
        "With @alpha and @beta.\n\n#alpha #beta",
        march,
        march,
    ];
    let (ten, eleven) = ("2026-02-01T10:00:00+00:00", "2026-02-01T11:00:00+00:00");
    let (winter, spring) = ("2026-02-28T09:00:00+00:00", "2026-03-01T09:00:00+00:00");
    let milk = ["Buy milk", "two litres\n\n#home", MONDAY, TUESDAY];
    for (name, note, said) in [
        (
            "csv/excel-blank-row.csv",
            ["One", "text", MONDAY, MONDAY],
            "",
        ),
        ("csv/no-id.csv", ["Buy milk", "two litres", ANY, ANY], ""),
        (
            "joplin-raw",
            ["Buy milk", "two litres", MONDAY, TUESDAY],
            "",
        ),
        ("jrnl-tag-order/first.json", jrnl, ""),
        ("jrnl-tag-order/second.json", jrnl, ""),
        ("memos", ["Plain memo #work", "", ten, eleven], ""),
        (
            "other/dayone.json",
            ["A day", "text\n\n#home #starred", MONDAY, TUESDAY],
            "",
        ),
        ("other/evernote.enex", milk, ""),
        (
            "other/takeout.zip",
            ["milk", "- [ ] milk\n- [x] bread", winter, spring],
            "",
        ),
        ("standard-notes", milk, "left out 2 files: 2 .txt"),
    ] {
        assert_sample(name, &[note], said);
    }
}
