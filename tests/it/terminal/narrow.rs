//! What commands print on a wide and on a narrow terminal: rows that fit, columns that are aligned, and no
//! word that is cut in two.

use unicode_width::UnicodeWidthStr as _;

use crate::support::Sandbox;

const TITLES: [&str; 6] = [
    "Buy milk",
    "日本語のメモと買い物リスト",
    "Emoji 👩‍👩‍👧‍👦 family and 🇩🇪 flags 🎉",
    "A very long title that goes on and on until it fits into no terminal of eighty columns",
    "मेरे नोट्स #हिन्दी",
    "# A heading: Rust",
];

const CONTENT: &str = "- [ ] book the night train #travel/europe\n- [x] call [[Nowhere to be found]]\n\n\
                       > 日本語のタスクはとても長いので四十列には収まりません and more";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    for title in TITLES {
        sandbox.add(title, CONTENT);
    }
    sandbox
}

fn screen(sandbox: &Sandbox, columns: usize, arguments: &[&str]) -> String {
    let columns = columns.to_string();
    let variables = [("COLUMNS", &*columns), ("NO_COLOR", "1"), ("PAGER", "cat")];
    sandbox.screen(arguments, &variables)
}

#[test]
fn rows_fit_the_terminal() {
    let sandbox = sandbox();
    let export = sandbox.notes(["export", "-q", "-o", "all.jsonl"]);
    export.gives(0, "", "");
    for columns in [80, 40] {
        for arguments in [
            &["list"][..],
            &["search", "night"],
            &["tags"],
            &["tasks", "--done"],
            &["links", "--broken"],
            &["log"],
            &["help", "list"],
            &["help"],
            &["import", "--dry-run", "all.jsonl"],
        ] {
            let screen = screen(&sandbox, columns, arguments);
            assert!(!screen.is_empty(), "{arguments:?}");
            for line in screen.lines() {
                assert!(line.width() <= columns, "{arguments:?}: {line}");
            }
        }
    }
}

#[test]
fn the_columns_of_a_list_are_aligned() {
    let sandbox = sandbox();
    for columns in [80, 40] {
        let screen = screen(&sandbox, columns, &["list"]);
        let header = screen.lines().next().unwrap();
        let at = header.find("UPDATED").unwrap();
        assert_eq!(screen.lines().count(), 1 + TITLES.len(), "{screen}");
        // A terminal draws joined emoji as one or apart, and the row with them fits both.
        for line in screen
            .lines()
            .skip(1)
            .filter(|line| !line.contains('\u{200d}'))
        {
            let updated = line.find("just now").unwrap();
            assert_eq!(line[..updated].width(), at, "{screen}");
        }
    }
}

#[test]
fn a_target_has_more_room_than_the_title_before_it() {
    let sandbox = sandbox();
    let screen = screen(&sandbox, 80, &["links", "--broken"]);
    assert_eq!(
        screen.matches("  [[Nowhere to be found]]\n").count(),
        TITLES.len(),
        "{screen}"
    );
}

#[test]
fn what_continues_a_fact_of_health_stands_below_it() {
    let sandbox = sandbox();
    let whole = screen(&sandbox, 200, &["health"]);
    for columns in [80, 40] {
        let mut joined = String::new();
        for line in screen(&sandbox, columns, &["health"]).lines() {
            // The path of a socket may be longer.
            assert!(line.width() <= columns || line.contains('/'), "{line}");
            match line.strip_prefix("            ") {
                Some(rest) => joined = format!("{} {rest}\n", joined.trim_end()),
                None => joined = format!("{joined}{line}\n"),
            }
        }
        let [joined, whole] = [&joined, &whole].map(|text| {
            let lines = text.lines();
            let is_steady = |line: &&str| !line.starts_with("round trip");
            lines.filter(is_steady).collect::<Vec<_>>().join("\n")
        });
        assert_eq!(joined, whole);
    }
}
