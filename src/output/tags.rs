//! Tags with their numbers of notes: lines for people, tab-separated lines for programs, JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Selection, Stream, Style, json};

/// The members of a tag as JSON.
pub(crate) const MEMBERS: [&str; 2] = ["tag", "notes"];

/// A tag, without its `#`, and the number of its notes.
pub(crate) type Count = (String, usize);

/// Writes the tags in the order given: with a header on a terminal, else tag, tab and number.
pub(crate) fn write(out: &mut dyn Write, tags: &[Count], stream: &Stream) -> io::Result<()> {
    if !stream.terminal {
        return tags
            .iter()
            .try_for_each(|(tag, notes)| writeln!(out, "{tag}\t{notes}"));
    }
    if tags.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", stream.paint("NOTES  TAG", Style::Heading))?;
    for (tag, notes) in tags {
        let tag = format!("#{tag}");
        writeln!(out, "{notes:>5}  {}", stream.paint(tag, Style::Tag))?;
    }
    Ok(())
}

/// Returns the tags as an array of objects with the [`MEMBERS`], or those selected.
pub(crate) fn to_json(tags: &[Count], selection: Option<&Selection>) -> Value {
    let tags = tags.iter();
    tags.map(|(tag, notes)| json::select(json!({ "tag": tag, "notes": notes }), selection))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::{TERMINAL, written};

    #[test]
    fn people_and_programs_get_lines_and_json_has_the_selected_members() {
        let tags = [("work".to_owned(), 12), ("日本語".to_owned(), 1)];
        let bytes = |stream| written(|out| write(out, &tags, stream));
        assert_eq!(
            bytes(&TERMINAL),
            "NOTES  TAG\n   12  #work\n    1  #日本語\n"
        );
        assert_eq!(bytes(&Stream::PIPE), "work\t12\n日本語\t1\n");
        assert_eq!(written(|out| write(out, &[], &TERMINAL)), "");
        let json = |selection| to_json(&tags[..1], selection).to_string();
        assert_eq!(json(None), r#"[{"tag":"work","notes":12}]"#);
        assert_eq!(json(Some(&"notes".parse().unwrap())), r#"[{"notes":12}]"#);
    }
}
