//! The exact bytes of each delimited form.

use super::Separator::{Comma, Tab};
use super::*;
use crate::output::tests::{Full, TERMINAL, nasty, note, written};

const FIVE: [&str; 5] = crate::note::FIELDS;

fn write_list(out: &mut dyn Write, notes: &[Note], stream: &Stream) -> io::Result<()> {
    write(out, notes, &LIST, false, Tab, stream)
}

/// Returns the bytes that [`write()`] writes.
fn bytes_of(
    notes: &[Note],
    names: &[&str],
    header: bool,
    separator: Separator,
    stream: &Stream,
) -> String {
    written(|out| write(out, notes, names, header, separator, stream))
}

#[test]
fn a_piped_list_is_a_line_a_note_with_nothing_cut() {
    assert_eq!(
        written(|out| write_list(out, &nasty(), &Stream::PIPE)),
        "a\tSay \"hi\", 👩‍👧\t2024-01-16T10:30:00+00:00\tone\\ntwo\\tthree\\\\\\r\\n\n\
         b\u{1}\t\x1b]0;x\x07\u{9b}\u{202e}\t\t\n"
    );
}

#[test]
fn tab_separated_values_have_a_header_unless_it_is_hidden() {
    let notes = &nasty()[..1];
    let row = "a\tSay \"hi\", 👩‍👧\tone\\ntwo\\tthree\\\\\\r\\n\t\
               2024-01-15T10:30:00.123456+00:00\t2024-01-16T10:30:00+00:00\n";
    let bytes = |header| bytes_of(notes, &FIVE, header, Tab, &Stream::PIPE);
    assert_eq!(
        bytes(true),
        format!("id\ttitle\tcontent\tcreated_at\tupdated_at\n{row}")
    );
    assert_eq!(bytes(false), row);
}

#[test]
fn comma_separated_values_are_quoted_as_rfc_4180_says() {
    let bytes = |header| bytes_of(&nasty(), &FIVE, header, Comma, &Stream::PIPE);
    let rows = "a,\"Say \"\"hi\"\", 👩‍👧\",\"one\ntwo\tthree\\\r\n\",\
                2024-01-15T10:30:00.123456+00:00,2024-01-16T10:30:00+00:00\n\
                b\u{1},\x1b]0;x\x07\u{9b}\u{202e},,,\n";
    assert_eq!(
        bytes(true),
        format!("id,title,content,created_at,updated_at\n{rows}")
    );
    assert_eq!(bytes(false), rows);
}

#[test]
fn selected_fields_come_in_the_order_asked_and_are_empty_where_missing() {
    let selection = ["tags", "id"];
    let notes = nasty();
    assert_eq!(
        bytes_of(&notes, &selection, true, Comma, &Stream::PIPE),
        "tags,id\n\"x,y\",a\n,b\u{1}\n"
    );
    assert_eq!(
        bytes_of(&notes, &selection, true, Tab, &Stream::PIPE),
        "tags\tid\nx,y\ta\n\tb\u{1}\n"
    );
}

#[test]
fn on_a_terminal_every_cell_is_made_safe() {
    let notes = &nasty()[1..];
    let selection = ["id", "title"];
    for (format, bytes) in [
        (
            written(|out| write_list(out, notes, &TERMINAL)),
            "b^A\t^[]0;x^G\\u{9b}\\u{202e}\t\t\n",
        ),
        (
            bytes_of(notes, &selection, false, Tab, &TERMINAL),
            "b^A\t^[]0;x^G\\u{9b}\\u{202e}\n",
        ),
        (
            bytes_of(notes, &selection, false, Comma, &TERMINAL),
            "b^A,^[]0;x^G\\u{9b}\\u{202e}\n",
        ),
    ] {
        assert_eq!(format, bytes);
    }
    let line_break = [note(&[("title", "a\nb\x1b")])];
    let selection = ["title"];
    assert_eq!(
        bytes_of(&line_break, &selection, false, Comma, &TERMINAL),
        "\"a\nb^[\"\n"
    );
}

#[test]
fn no_notes_leave_the_header_alone() {
    for stream in [Stream::PIPE, TERMINAL] {
        assert_eq!(written(|out| write_list(out, &[], &stream)), "");
        let csv = |header| bytes_of(&[], &FIVE, header, Comma, &stream);
        let tsv = |header| bytes_of(&[], &FIVE, header, Tab, &stream);
        assert_eq!(csv(false), "");
        assert_eq!(tsv(false), "");
        assert_eq!(csv(true), "id,title,content,created_at,updated_at\n");
        assert_eq!(tsv(true), "id\ttitle\tcontent\tcreated_at\tupdated_at\n");
    }
}

#[test]
fn a_full_disk_is_an_error_of_that_kind() {
    let notes = nasty();
    for bytes in [0, 20, 60] {
        for separator in [Comma, Tab] {
            let disk = &mut Full::after(bytes);
            let result = write(disk, &notes, &FIVE, true, separator, &Stream::PIPE);
            assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
    }
}

#[test]
fn more_csv_than_the_buffer_holds_meets_the_full_disk_too() {
    let notes = [note(&[("content", &"x".repeat(128 * 1024))])];
    let mut disk = Full::after(64 * 1024);
    let error = write(&mut disk, &notes, &FIVE, true, Comma, &Stream::PIPE).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
