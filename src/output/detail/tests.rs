//! The exact bytes of notes as people read them.

use super::*;
use crate::output::tests::{Full, TERMINAL, nasty, note, written};

fn now() -> DateTime<Utc> {
    timestamp::parse("2024-01-18T10:30:00+00:00").unwrap()
}

fn shown(notes: &[Note], stream: &Stream) -> String {
    written(|out| write_notes(out, notes, now(), stream))
}

#[test]
fn in_a_pipe_everything_stands_as_stored() {
    assert_eq!(
        shown(&nasty(), &Stream::PIPE),
        "Say \"hi\", 👩‍👧\n\
         id: a\n\
         created: 2024-01-15T10:30:00.123456+00:00\n\
         updated: 2024-01-16T10:30:00+00:00\n\
         tags: x,y\n\
         \n\
         one\ntwo\tthree\\\r\n\
         \n---\n\n\
         \x1b]0;x\x07\u{9b}\u{202e}\n\
         id: b\u{1}\n"
    );
}

#[test]
fn on_a_terminal_times_are_local_and_in_words_and_text_is_safe_and_wrapped() {
    let [created, updated] = ["2024-01-15T10:30:00Z", "2024-01-16T10:30:00Z"].map(|time| {
        let time = timestamp::local(timestamp::parse(time).unwrap());
        time.format("%Y-%m-%d %H:%M %:z").to_string()
    });
    let terminal = Stream {
        width: Some(5),
        ..TERMINAL
    };
    assert_eq!(
        shown(&nasty(), &terminal),
        format!(
            "Say \"hi\", 👩‍👧\n\
             id: a\n\
             created: {created}\n         (2 days ago)\n\
             updated: {updated}\n         (2 days ago)\n\
             tags: x,y\n\
             \n\
             one\ntwo\nthree\\\n\
             \n─────\n\n\
             ^[]0;x^G\\u{{9b}}\\u{{202e}}\n\
             id: b^A\n"
        )
    );
}

#[test]
fn a_coloured_stream_has_a_bold_title_and_dim_lines() {
    let stream = Stream {
        color: true,
        ..TERMINAL
    };
    let notes = [note(&[("title", "T"), ("content", "text")])];
    assert_eq!(
        shown(&notes, &stream),
        "\x1b[1mT\x1b[0m\n\x1b[2mid: a\x1b[0m\n\ntext\n"
    );
}

#[test]
fn a_time_that_cannot_be_read_is_shown_as_stored() {
    let notes = [note(&[("title", "T"), ("created_at", "monday\x1b")])];
    assert_eq!(shown(&notes, &TERMINAL), "T\nid: a\ncreated: monday^[\n");
    assert_eq!(
        shown(&notes, &Stream::PIPE),
        "T\nid: a\ncreated: monday\x1b\n"
    );
}

#[test]
fn content_ends_with_exactly_one_line_feed() {
    for (content, end) in [
        ("text", "\n\ntext\n"),
        ("text\n", "\n\ntext\n"),
        ("\n text \n\n\n", "\n\n\n text \n"),
        ("\n\n", "\n"),
        ("", "\n"),
    ] {
        let notes = [note(&[("title", "T"), ("content", content)])];
        assert_eq!(
            shown(&notes, &Stream::PIPE),
            format!("T\nid: a{end}"),
            "{content:?}"
        );
    }
}

#[test]
fn a_missing_title_is_named_on_a_terminal_only() {
    let notes = [note(&[])];
    assert_eq!(shown(&notes, &TERMINAL), "(no title)\nid: a\n");
    assert_eq!(shown(&notes, &Stream::PIPE), "\nid: a\n");
}

#[test]
fn no_notes_are_no_bytes() {
    assert_eq!(shown(&[], &Stream::PIPE), "");
    assert_eq!(shown(&[], &TERMINAL), "");
}

#[test]
fn raw_is_byte_for_byte_in_a_pipe() {
    let raw = |note: &Note, stream| written(|out| write_raw(out, note, stream));
    for (title, content) in [
        ("T", ""),
        ("T", "\n"),
        ("T\x1b", "a\r\n\u{202e}"),
        ("", "x"),
    ] {
        let note = note(&[("title", title), ("content", content)]);
        assert_eq!(raw(&note, &Stream::PIPE), format!("{title}\n{content}"));
    }
    assert_eq!(raw(&nasty()[1], &TERMINAL), "^[]0;x^G\\u{9b}\\u{202e}\n");
}

#[test]
fn a_field_is_its_value_and_the_ending_asked_for() {
    let field = |ending, stream| written(|out| write_field(out, "a\n\x1b", ending, stream));
    assert_eq!(field("\n", &Stream::PIPE), "a\n\x1b\n");
    assert_eq!(field("", &Stream::PIPE), "a\n\x1b");
    assert_eq!(field("\n", &TERMINAL), "a\n^[\n");
}

#[test]
fn a_full_disk_is_an_error_of_that_kind() {
    for bytes in [0, 10, 30, 80, 130, 150] {
        let mut disk = Full::after(bytes);
        let error = write_notes(&mut disk, &nasty(), now(), &Stream::PIPE).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
    for bytes in [0, 20] {
        let mut disk = Full::after(bytes);
        let error = write_raw(&mut disk, &nasty()[0], &Stream::PIPE).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
