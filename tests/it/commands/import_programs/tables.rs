//! Tables: what spreadsheets and other programs write as CSV.

use super::*;

#[test]
fn a_table_as_spreadsheets_write_it() {
    let row =
        "Buy milk;\"two\r\nlitres\";home,errands;2024-01-15 10:30:00Z;2024-01-16T10:30:00Z;aisle 3";
    let header = "Name;Text;Tags;Created;Last modified;Where";
    let expected = [
        "Buy milk",
        "two\nlitres\n\nWhere: aisle 3\n\n#home #errands",
        MONDAY,
        TUESDAY,
    ];
    let excel = format!("\u{feff}{header}\r\n{row}\r\n;;;;;\r\n");
    let tabs = format!("{header}\n{row}\n").replace(';', "\t");
    let commas = format!("{header}\n{row}\n")
        .replace(',', "/")
        .replace(';', ",");
    let utf16: Vec<u8> = excel.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, text) in [
        ("excel.csv", excel.clone().into_bytes()),
        (
            "sep.csv",
            format!("sep=;\r\n{header}\r\n{row}").into_bytes(),
        ),
        ("tabs.csv", tabs.into_bytes()),
        ("utf16.csv", utf16),
        (
            "commas.csv",
            commas.replace("home/errands", "home errands").into_bytes(),
        ),
    ] {
        let sandbox = Sandbox::with_redis();
        sandbox.file(name, text);
        assert_imported(&sandbox, name, &[expected], "");
    }
}

#[test]
fn a_row_without_an_id_is_known_by_its_text_and_a_new_one_is_new() {
    let sandbox = Sandbox::with_redis();
    let table = |rows: &str| sandbox.file("t.csv", format!("title,content\n{rows}"));
    table("Buy milk,two litres\nBuy milk,one litre\nBuy milk,one litre\n");
    let first = sandbox.notes(["import", "-q", "t.csv"]).run();
    assert_eq!(
        (first.code, first.stdout.lines().count()),
        (0, 3),
        "{first:?}"
    );
    table("New,\nBuy milk,one litre\nBuy milk,one litre\nBuy milk,two litres\n");
    let stored = sandbox.notes(["import", "t.csv"]).run();
    assert_eq!(stored.stdout.lines().count(), 1, "{stored:?}");
    let id = stored.stdout.trim();
    assert_eq!(sandbox.field(id, "title"), "New");
}

#[test]
fn a_table_of_another_program_has_ids_of_its_own() {
    let sandbox = Sandbox::with_redis();
    for table in ["a.csv", "b.csv"] {
        sandbox.file(table, "ID,Title,Body,State\n1,One,text,open\n");
        let run = sandbox.notes(["import", "-q", table]).run();
        assert_eq!((run.code, run.stdout.len()), (0, 37), "{run:?}");
        sandbox.file(table, "ID,Title,Body,State\n1,One,edited,open\n");
        let again = sandbox
            .notes(["import", "-q", "--on-conflict", "replace", table])
            .run();
        assert_eq!(again.stdout, run.stdout);
        assert_eq!(
            sandbox.field(run.stdout.trim(), "content"),
            "edited\n\nState: open"
        );
    }
    sandbox.file(
        "own.csv",
        "\u{feff}ID;Title;Content;Created_At;Updated_At\r\nx1;One;;a;b\r\n;;;;\r\n",
    );
    let own = sandbox.notes(["import", "-q", "own.csv"]).run();
    assert_eq!((own.code, &*own.stdout), (0, "x1\n"), "{own:?}");
    assert_eq!(sandbox.field("x1", "updated_at"), "b");
    sandbox.file("none.csv", "a,b\n1,2\n");
    let none = sandbox.notes(["import", "none.csv"]).run();
    let message = "notes: none.csv line 1: the header has no column for a title (title, name, subject, heading) \
                   or a content (content, text, body, note, notes, description)\n";
    assert_eq!(none.code, 1);
    assert!(none.stderr.starts_with(message), "{none:?}");
    let piped = sandbox
        .notes(["import", "-q", "-"])
        .stdin("Title,Text\nPiped,x\n")
        .run();
    assert_eq!(
        (piped.code, piped.stdout.lines().count()),
        (0, 1),
        "{piped:?}"
    );
}
