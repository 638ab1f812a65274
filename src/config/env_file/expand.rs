//! Puts values in the place of `${NAME}` and `${NAME:-default}`, as python-dotenv does.
//!
//! It does not know where the values come from.

use super::scan::Broken;

/// What is known of a name that a value refers to.
pub(super) enum NoteRef {
    /// It has this value, which may be empty; the default is not used.
    Known(String),
    /// Nothing is known; the default stands in, or nothing.
    Unknown,
}

/// Expands every `${NAME}` and `${NAME:-default}` of a text, once; `$NAME` and what does not fit
/// stay as they are.
///
/// Fails when the result is longer than `limit` bytes, or when `look_up` does.
pub(super) fn expand(
    text: &str,
    limit: usize,
    look_up: impl Fn(&str) -> Result<NoteRef, Broken>,
) -> Result<String, Broken> {
    let mut out = String::new();
    let mut append = |piece: &str| {
        out.push_str(piece);
        if out.len() > limit {
            Err(Broken)
        } else {
            Ok(())
        }
    };
    let mut rest = text;
    while let Some(piece) = next_piece(rest) {
        append(piece.before)?;
        if let Some((name, default)) = piece.reference {
            match look_up(name)? {
                NoteRef::Known(value) => append(&value)?,
                NoteRef::Unknown => append(default)?,
            }
        }
        rest = piece.after;
    }
    append(rest)?;
    Ok(out)
}

struct Piece<'a> {
    before: &'a str,
    /// A name and its default.
    reference: Option<(&'a str, &'a str)>,
    after: &'a str,
}

/// Splits off the text up to the end of the first reference, or up to a point before which there
/// can be none. `None`: no reference is left.
fn next_piece(text: &str) -> Option<Piece<'_>> {
    let (before, inside) = text.split_once("${")?;
    let end = inside.find(['}', ':'])?;
    let (name, behind) = inside.split_at(end);
    if let Some(after) = behind.strip_prefix('}') {
        let reference = Some((name, ""));
        return Some(Piece {
            before,
            reference,
            after,
        });
    }
    if let Some(default) = behind.strip_prefix(":-") {
        let (default, after) = default.split_once('}')?;
        let reference = Some((name, default));
        return Some(Piece {
            before,
            reference,
            after,
        });
    }
    // A colon ends every name that began before it, so nothing up to here is a reference.
    let (before, after) = text.split_at(text.len() - behind.len() + 1);
    Some(Piece {
        before,
        reference: None,
        after,
    })
}
