//! Files of other programs that are damaged, or made to take much time or memory.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::read;
use crate::transfer::{Format, InputFormat, open};

/// A file of each program, of which damaged copies are read.
const FILES: &[(InputFormat, &str, &str)] = &[
    (
        InputFormat::Evernote,
        "a.enex",
        r#"<en-export><note><title>T</title><created>20240115T103000Z</created><content><![CDATA[<en-note><ul><li><b>a</b></li></ul><table><tr><td>1</td></tr></table><a href="x">y</a><en-todo/></en-note>]]></content><tag>t</tag></note></en-export>"#,
    ),
    (
        InputFormat::Joplin,
        "0123456789abcdef0123456789abcdef.md",
        "T\n\n[a](:/0123456789abcdef0123456789abcdef) b\n\nid: 0123456789abcdef0123456789abcdef\nis_todo: 1\nupdated_time: 2024-01-15T10:30:00.000Z\ntype_: 1",
    ),
    (
        InputFormat::StandardNotes,
        "a.txt",
        r#"{"items":[{"uuid":"1","content_type":"Note","content":{"title":"T","noteType":"super","text":"{\"root\":{\"type\":\"root\",\"children\":[]}}"},"created_at":"2024-01-15T10:30:00Z"},{"uuid":"2","content_type":"Tag","content":{"title":"t","references":[{"uuid":"1","content_type":"Note"},{"uuid":"2","content_type":"Tag"}]}}]}"#,
    ),
    (
        InputFormat::DayOne,
        "a.json",
        r#"{"metadata":{},"entries":[{"uuid":"1","creationDate":"2024-01-15T10:30:00Z","text":"a\\. ![](dayone-moment://2)","photos":[{"identifier":"2","md5":"3","type":"png"}]}]}"#,
    ),
    (
        InputFormat::TextBundle,
        "a.textbundle/text.md",
        "---\ntitle: T\n---\n#a b# #c ![](assets/x.png)",
    ),
    (
        InputFormat::Taskwarrior,
        "a.json",
        r#"[{"uuid":"1","description":"d","entry":"20240115T103000Z","status":"pending","depends":["1"],"tags":["t"]}]"#,
    ),
    (
        InputFormat::Own(Format::Csv),
        "a.csv",
        "sep=;\nid;Title;Tags;Created;Other\n1;T;a b;2024-01-15;o\n",
    ),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_damaged_file_of_another_program_is_read_or_refused(
        damage in vec((any::<Index>(), any::<u8>()), 0..4),
        end in any::<Index>(),
    ) {
        for (format, name, text) in FILES {
            let mut bytes = text.as_bytes().to_vec();
            for (place, byte) in &damage {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            bytes.truncate(end.index(bytes.len() * 2));
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            let imports = [(); 2].map(|()| {
                let source = open(directory.path(), Some(*format)).unwrap().unwrap();
                read(source.entries)
            });
            let [first, second] = imports;
            prop_assert_eq!(&first, &second, "{:?}", format);
            let (notes, _) = first;
            for note in notes {
                prop_assert!(!note.title().trim().is_empty(), "{:?}", note);
            }
        }
    }
}

#[test]
fn a_long_name_is_not_repeated_in_many_links() {
    let directory = tempfile::tempdir().unwrap();
    let id = |number: u8| format!("0123456789abcdef0123456789abcd{number:02}");
    let item = |number: u8, title: &str, body: &str, kind: u8| {
        let text = format!(
            "{title}\n\n{body}\n\nid: {}\nupdated_time: 2024-01-15T10:30:00Z\ntype_: {kind}",
            id(number)
        );
        fs::write(directory.path().join(format!("{}.md", id(number))), text).unwrap();
    };
    let long = "x".repeat(1_000_000);
    let links =
        format!("](:/{})", id(2)).repeat(50_000) + &format!("[](:/{})", id(3)).repeat(5_000);
    item(1, "Links", &links, 1);
    item(2, &long, "", 1);
    item(3, &long, "", 4);
    let source = open(directory.path(), Some(InputFormat::Joplin)).unwrap();
    let (notes, unread) = read(source.unwrap().entries);
    assert_eq!((notes.len(), unread), (2, vec![]));
    assert!(notes[0].content().len() < 3 * links.len() + 5_000_000);
}
