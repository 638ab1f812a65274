//! Notes as JSON Lines (<https://jsonlines.org>): the object of the HTTP API on each line.

use std::io::BufRead;
use std::iter;

use super::lines::Lines;
use super::{Entries, LARGEST_ENCODED, Origin, Unread, fields, json};

/// The notes of a file. A line that is none costs itself alone.
pub(super) fn entries<'a>(input: impl BufRead + 'a, origin: Origin) -> Entries<'a> {
    let mut lines = Lines::new(input);
    let mut is_over = false;
    Box::new(iter::from_fn(move || {
        while !is_over {
            let origin = origin.at(lines.line);
            let unread = |message| Unread {
                origin: origin.clone(),
                message,
            };
            let line = match lines.next_line(LARGEST_ENCODED) {
                Ok(Some(line)) => line,
                Ok(None) => return Some(Err(unread(fields::too_large()))),
                Err(error) => {
                    is_over = true;
                    return Some(Err(unread(error.to_string())));
                }
            };
            is_over = line.is_empty();
            if line.trim_ascii().is_empty() {
                continue;
            }
            let object = serde_json::from_slice(&line);
            let object = object.map_err(|error| unread(json::reason(&error)));
            return Some(object.and_then(|object| json::entry(origin, object)));
        }
        None
    }))
}
