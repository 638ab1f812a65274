//! Changes that wait to be made: many of them in a file without a name rather than in memory.

use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write};

use tempfile::SpooledTempFile;

use super::{ChangeKind, NoteChange, RawNote};

/// The most bytes of changes that stay in memory.
pub(crate) const MOST_IN_MEMORY: usize = 32 * 1024 * 1024;

/// The size of one read or write of the file, in bytes.
const CHUNK: usize = 64 * 1024;

/// The changes cannot be kept.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep the changes in a temporary file: {0}")]
pub(crate) struct TemporaryFileError(#[from] io::Error);

/// Changes, in their order.
#[derive(Debug)]
pub(crate) struct Changes {
    /// The two notes of each, as [`write_note`] writes them: JSON takes several times as long.
    file: BufWriter<SpooledTempFile>,
    /// The id and the kind of each.
    touched: Vec<(Box<str>, ChangeKind)>,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            file: BufWriter::with_capacity(CHUNK, SpooledTempFile::new(MOST_IN_MEMORY)),
            touched: Vec::new(),
        }
    }
}

impl Changes {
    pub(crate) fn push(&mut self, change: &NoteChange) -> Result<(), TemporaryFileError> {
        write_note(&change.before, &mut self.file)?;
        write_note(&change.after, &mut self.file)?;
        self.touched
            .push((change.id.as_str().into(), change.kind()));
        Ok(())
    }

    pub(crate) const fn len(&self) -> usize {
        self.touched.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.touched.is_empty()
    }

    /// Returns the id and the kind of each change, which are not read from the file.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (&str, ChangeKind)> {
        self.touched.iter().map(|(id, kind)| (&**id, *kind))
    }

    /// Reads all changes, from the first on. No other may be added after that.
    pub(crate) fn iter(&mut self) -> impl Iterator<Item = Result<NoteChange, TemporaryFileError>> {
        let mut error = self.file.rewind().err();
        let mut reader = BufReader::with_capacity(CHUNK, self.file.get_mut());
        self.touched.iter().map(move |(id, _)| {
            error.take().map_or(Ok(()), Err)?;
            Ok(NoteChange {
                id: id.to_string(),
                before: read_note(&mut reader)?,
                after: read_note(&mut reader)?,
            })
        })
    }
}

/// Writes a byte, 1 for a note that the set of ids has, the number of its fields, and each name and value
/// after its length.
fn write_note(note: &RawNote, to: &mut impl Write) -> io::Result<()> {
    to.write_all(&[u8::from(note.listed)])?;
    to.write_all(&note.fields.len().to_ne_bytes())?;
    for (name, value) in &note.fields {
        for bytes in [name, value] {
            to.write_all(&bytes.len().to_ne_bytes())?;
            to.write_all(bytes)?;
        }
    }
    Ok(())
}

fn read_note(from: &mut impl Read) -> io::Result<RawNote> {
    let mut listed = [0];
    from.read_exact(&mut listed)?;
    let mut fields = Vec::new();
    for _ in 0..read_number(from)? {
        fields.push((read_bytes(from)?, read_bytes(from)?));
    }
    let listed = listed == [1];
    Ok(RawNote { listed, fields })
}

fn read_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; read_number(from)?];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_number(from: &mut impl Read) -> io::Result<usize> {
    let mut number = [0; size_of::<usize>()];
    from.read_exact(&mut number)?;
    Ok(usize::from_ne_bytes(number))
}
