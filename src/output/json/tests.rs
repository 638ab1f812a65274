//! The exact bytes of each form of JSON.

use serde_json::Value;

use super::*;
use crate::output::tests::{Full, TERMINAL, nasty, note, written};

const FIRST: &str = r#"{"id":"a","title":"Say \"hi\", 👩‍👧","content":"one\ntwo\tthree\\\r\n","created_at":"2024-01-15T10:30:00.123456+00:00","updated_at":"2024-01-16T10:30:00+00:00","tags":"x,y"}"#;
const SECOND: &str = "{\"id\":\"b\\u0001\",\"title\":\"\\u001b]0;x\\u0007\u{9b}\u{202e}\"}";

fn fields<'a>(notes: &'a [Note], selection: Option<&'a Selection>) -> Vec<Fields<'a>> {
    notes.iter().map(|note| Fields(note, selection)).collect()
}

/// An array, its items one by one.
fn write_array(out: &mut dyn Write, items: &[Fields<'_>], stream: &Stream) -> io::Result<()> {
    for (index, item) in items.iter().enumerate() {
        write_items(out, [item].into_iter(), index > 0, stream)?;
    }
    if items.is_empty() {
        write_items(out, items.iter(), false, stream)?;
    }
    end_items(out, items.is_empty(), stream)
}

fn select(text: &str) -> Selection {
    text.parse().unwrap()
}

#[test]
fn a_note_is_one_compact_object_in_a_pipe() {
    let [first, second] = &nasty()[..] else {
        unreachable!()
    };
    let bytes = |note| written(|out| write(out, &Fields(note, None), &Stream::PIPE));
    assert_eq!(bytes(first), format!("{FIRST}\n"));
    assert_eq!(bytes(second), format!("{SECOND}\n"));
}

#[test]
fn a_list_is_one_array_in_a_pipe() {
    assert_eq!(
        written(|out| write_array(out, &fields(&nasty(), None), &Stream::PIPE)),
        format!("[{FIRST},{SECOND}]\n")
    );
}

#[test]
fn lines_are_an_object_each() {
    assert_eq!(
        written(|out| write_lines(out, fields(&nasty(), None).iter(), &Stream::PIPE)),
        format!("{FIRST}\n{SECOND}\n")
    );
}

#[test]
fn on_a_terminal_a_value_is_laid_out_and_what_could_harm_it_escaped() {
    let notes = &nasty()[1..];
    assert_eq!(
        written(|out| write_array(out, &fields(notes, None), &TERMINAL)),
        r#"[
  {
    "id": "b\u0001",
    "title": "\u001b]0;x\u0007\u009b\u202e"
  }
]
"#
    );
    assert_eq!(
        written(|out| write_lines(out, fields(notes, None).iter(), &TERMINAL)),
        "{\"id\":\"b\\u0001\",\"title\":\"\\u001b]0;x\\u0007\\u009b\\u202e\"}\n"
    );
}

#[test]
fn pipe_and_terminal_say_the_same() {
    let value = |stream| -> Value {
        let text = written(|out| write_array(out, &fields(&nasty(), None), stream));
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(value(&Stream::PIPE), value(&TERMINAL));
}

#[test]
fn selected_fields_come_in_the_order_asked_and_are_null_where_missing() {
    let selection = select("tags,content,id");
    let first = r#"{"tags":"x,y","content":"one\ntwo\tthree\\\r\n","id":"a"}"#;
    let second = r#"{"tags":null,"content":null,"id":"b\u0001"}"#;
    assert_eq!(
        written(|out| write_array(out, &fields(&nasty(), Some(&selection)), &Stream::PIPE)),
        format!("[{first},{second}]\n")
    );
    assert_eq!(
        written(|out| write_lines(
            out,
            fields(&nasty(), Some(&selection)).iter(),
            &Stream::PIPE
        )),
        format!("{first}\n{second}\n")
    );
    assert_eq!(
        written(|out| write(out, &Fields(&nasty()[0], Some(&selection)), &Stream::PIPE)),
        format!("{first}\n")
    );
}

#[test]
fn no_notes_are_an_empty_array_and_no_lines() {
    let selection = select("id,anything");
    for stream in [Stream::PIPE, TERMINAL] {
        for selection in [None, Some(&selection)] {
            let list = written(|out| write_array(out, &fields(&[], selection), &stream));
            assert_eq!(list, "[]\n");
            let lines = written(|out| write_lines(out, fields(&[], selection).iter(), &stream));
            assert_eq!(lines, "");
        }
    }
}

#[test]
fn an_error_is_an_object_with_its_code_message_and_id() {
    let bytes = |id, stream: &Stream| {
        written(|out| write_error(out, "not_found", "no note \"x\"\u{9b}", id, stream))
    };
    assert_eq!(
        bytes(Some("x"), &Stream::PIPE),
        "{\"error\":{\"code\":\"not_found\",\"message\":\"no note \\\"x\\\"\u{9b}\",\"id\":\"x\"}}\n"
    );
    assert_eq!(
        bytes(None, &TERMINAL),
        "{\n  \"error\": {\n    \"code\": \"not_found\",\n    \"message\": \"no note \
         \\\"x\\\"\\u009b\"\n  }\n}\n"
    );
}

#[test]
fn a_full_disk_is_an_error_of_that_kind() {
    let notes = [note(&[("title", "T")])];
    for stream in [Stream::PIPE, TERMINAL] {
        let mut disk = Full::after(5);
        let error = write_array(&mut disk, &fields(&notes, None), &stream).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
