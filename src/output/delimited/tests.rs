//! The exact bytes of each delimited form.

use super::*;
use crate::output::samples::{Full, TERMINAL, nasty, note, written};

fn select(text: &str) -> Selection {
    text.parse().unwrap()
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
    let bytes = |header| written(|out| write_tsv(out, notes, None, header, &Stream::PIPE));
    assert_eq!(
        bytes(Header::Shown),
        format!("id\ttitle\tcontent\tcreated_at\tupdated_at\n{row}")
    );
    assert_eq!(bytes(Header::Hidden), row);
}

#[test]
fn comma_separated_values_are_quoted_as_rfc_4180_says() {
    let bytes = |header| written(|out| write_csv(out, &nasty(), None, header, &Stream::PIPE));
    let rows = "a,\"Say \"\"hi\"\", 👩‍👧\",\"one\ntwo\tthree\\\r\n\",\
                2024-01-15T10:30:00.123456+00:00,2024-01-16T10:30:00+00:00\n\
                b\u{1},\x1b]0;x\x07\u{9b}\u{202e},,,\n";
    assert_eq!(
        bytes(Header::Shown),
        format!("id,title,content,created_at,updated_at\n{rows}")
    );
    assert_eq!(bytes(Header::Hidden), rows);
}

#[test]
fn selected_fields_come_in_the_order_asked_and_are_empty_where_missing() {
    let selection = select("tags,id");
    let notes = nasty();
    assert_eq!(
        written(|out| write_csv(out, &notes, Some(&selection), Header::Shown, &Stream::PIPE)),
        "tags,id\n\"x,y\",a\n,b\u{1}\n"
    );
    assert_eq!(
        written(|out| write_tsv(out, &notes, Some(&selection), Header::Shown, &Stream::PIPE)),
        "tags\tid\nx,y\ta\n\tb\u{1}\n"
    );
}

#[test]
fn on_a_terminal_every_cell_is_made_safe() {
    let notes = &nasty()[1..];
    let selection = select("id,title");
    for (format, bytes) in [
        (
            written(|out| write_list(out, notes, &TERMINAL)),
            "b^A\t^[]0;x^G\\u{9b}\\u{202e}\t\t\n",
        ),
        (
            written(|out| write_tsv(out, notes, Some(&selection), Header::Hidden, &TERMINAL)),
            "b^A\t^[]0;x^G\\u{9b}\\u{202e}\n",
        ),
        (
            written(|out| write_csv(out, notes, Some(&selection), Header::Hidden, &TERMINAL)),
            "b^A,^[]0;x^G\\u{9b}\\u{202e}\n",
        ),
    ] {
        assert_eq!(format, bytes);
    }
    let line_break = [note(&[("title", "a\nb\x1b")])];
    let selection = select("title");
    assert_eq!(
        written(|out| {
            write_csv(
                out,
                &line_break,
                Some(&selection),
                Header::Hidden,
                &TERMINAL,
            )
        }),
        "\"a\nb^[\"\n"
    );
}

#[test]
fn no_notes_leave_the_header_alone() {
    for stream in [Stream::PIPE, TERMINAL] {
        assert_eq!(written(|out| write_list(out, &[], &stream)), "");
        let csv = |header| written(|out| write_csv(out, &[], None, header, &stream));
        let tsv = |header| written(|out| write_tsv(out, &[], None, header, &stream));
        assert_eq!(csv(Header::Hidden), "");
        assert_eq!(tsv(Header::Hidden), "");
        assert_eq!(
            csv(Header::Shown),
            "id,title,content,created_at,updated_at\n"
        );
        assert_eq!(
            tsv(Header::Shown),
            "id\ttitle\tcontent\tcreated_at\tupdated_at\n"
        );
    }
}

#[test]
fn a_full_disk_is_an_error_of_that_kind() {
    let notes = nasty();
    for bytes in [0, 20, 60] {
        for result in [
            write_list(&mut Full::after(bytes), &notes, &Stream::PIPE),
            write_tsv(
                &mut Full::after(bytes),
                &notes,
                None,
                Header::Shown,
                &Stream::PIPE,
            ),
            write_csv(
                &mut Full::after(bytes),
                &notes,
                None,
                Header::Shown,
                &Stream::PIPE,
            ),
        ] {
            assert_eq!(result.unwrap_err().kind(), io::ErrorKind::StorageFull);
        }
    }
}

#[test]
fn more_csv_than_the_buffer_holds_meets_the_full_disk_too() {
    let notes = [note(&[("content", &"x".repeat(2 * CSV_BUFFER))])];
    let mut disk = Full::after(CSV_BUFFER);
    let error = write_csv(&mut disk, &notes, None, Header::Shown, &Stream::PIPE).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
