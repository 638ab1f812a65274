//! Notes as the text of one file: what comes before them, between them and behind them.

use super::csv::Columns;
use super::json;
use crate::store::RawNote;

/// A format in which all notes go into one file.
#[derive(Clone, Debug)]
pub(crate) enum Encoder {
    Jsonl,
    Json {
        /// How many notes were written.
        count: usize,
    },
    Csv(Columns),
}

impl Encoder {
    pub(crate) fn start(&self) -> Vec<u8> {
        match self {
            Self::Jsonl => Vec::new(),
            Self::Json { .. } => b"[".to_vec(),
            Self::Csv(columns) => columns.header(),
        }
    }

    /// A note, or `None` if the format has no room for all of it.
    pub(crate) fn note(&mut self, id: &str, note: &RawNote) -> Option<Vec<u8>> {
        match self {
            Self::Jsonl => {
                let mut line = json::encode(id, note);
                line.push(b'\n');
                Some(line)
            }
            Self::Json { count } => {
                let separator = if *count == 0 { "\n" } else { ",\n" };
                *count += 1;
                Some([separator.as_bytes(), &json::encode(id, note)].concat())
            }
            Self::Csv(columns) => columns.row(id, note),
        }
    }

    pub(crate) fn end(&self) -> Vec<u8> {
        match self {
            Self::Json { count: 0 } => b"]\n".to_vec(),
            Self::Json { .. } => b"\n]\n".to_vec(),
            Self::Jsonl | Self::Csv(_) => Vec::new(),
        }
    }
}
