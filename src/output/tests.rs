//! Notes and writers that the tests of the formats share.

use std::io::{self, Write};

use super::Stream;
use crate::note::Note;

impl Stream {
    /// A pipe or a file: no terminal, no colours, no size.
    pub(crate) const PIPE: Self = Self {
        terminal: false,
        color: false,
        width: None,
        height: None,
        links: false,
    };
}

/// A terminal of unknown size without colours.
pub(super) const TERMINAL: Stream = Stream {
    terminal: true,
    ..Stream::PIPE
};

/// Notes of careless or hostile writers: quotes, line breaks, an emoji, control characters, too few
/// fields and too many.
pub(super) fn nasty() -> Vec<Note> {
    vec![
        note(&[
            ("title", "Say \"hi\", 👩‍👧"),
            ("content", "one\ntwo\tthree\\\r\n"),
            ("created_at", "2024-01-15T10:30:00.123456+00:00"),
            ("updated_at", "2024-01-16T10:30:00+00:00"),
            ("tags", "x,y"),
        ]),
        Note {
            id: "b\u{1}".into(),
            ..note(&[("title", "\x1b]0;x\x07\u{9b}\u{202e}")])
        },
    ]
}

/// A note with the id `a` and these fields.
pub(super) fn note(fields: &[(&str, &str)]) -> Note {
    let mut note = Note {
        id: "a".into(),
        ..Note::default()
    };
    for (name, value) in fields {
        note.set_field(name, (*value).to_owned());
    }
    note
}

/// Returns the text that `write` writes.
pub(super) fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A disk that is full after some bytes.
pub(super) struct Full(usize);

impl Full {
    pub(super) fn after(bytes: usize) -> Self {
        Self(bytes)
    }
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
