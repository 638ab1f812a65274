//! Makes the entity tag of a note (RFC 9110, 8.8.3): a digest of its JSON, which changes with any field and
//! is the same for every server over the same Redis. No I/O.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

/// Returns the entity tag of a note's JSON.
pub(crate) fn entity_tag(json: &[u8]) -> String {
    quoted(&Sha256::digest(json))
}

/// Computes the length and the entity tag of the JSON that is written to it, without keeping that.
#[derive(Default)]
pub(crate) struct Measure {
    pub(crate) length: usize,
    digest: Sha256,
}

impl Measure {
    pub(crate) fn entity_tag(self) -> String {
        quoted(&self.digest.finalize())
    }
}

impl Write for Measure {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length += bytes.len();
        self.digest.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns half of a digest, enough that no two texts share one.
fn quoted(digest: &[u8]) -> String {
    let half = digest.first_chunk().expect("SHA-256 has 32 bytes");
    format!("\"{:032x}\"", u128::from_be_bytes(*half))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_stands_for_one_text() {
        assert_eq!(entity_tag(b"{}"), entity_tag(b"{}"));
        assert_ne!(entity_tag(b"{}"), entity_tag(b"[]"));
        assert_eq!(entity_tag(b"{}").len(), 2 + 32);
    }

    #[test]
    fn a_text_that_is_written_piece_by_piece_has_the_same_tag() {
        let mut measure = Measure::default();
        measure.write_all(b"{").unwrap();
        measure.write_all(b"}").unwrap();
        assert_eq!(measure.length, 2);
        assert_eq!(measure.entity_tag(), entity_tag(b"{}"));
    }
}
