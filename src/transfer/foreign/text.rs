//! Markdown or text files of any program. Those that `export` wrote are read as our own.

use chrono::{DateTime, Local, TimeZone, Utc};

use super::copies::{Claim, Copies};
use super::{ForeignNote, Importer, logseq, notion, properties};
use crate::transfer::files::{Files, InputFile};
use crate::transfer::{Entries, Unread, bounded, file_names, front_matter, markdown};

/// Reads files, each as a note.
pub(in crate::transfer) fn entries(files: Files) -> Entries<'static> {
    let mut importer = Importer::new("text");
    let source = files.source().to_owned();
    let claims = files.map(move |file| {
        let file = file?;
        let origin = file.origin.clone();
        let mut claim = claim(file, &source, &mut importer);
        match &mut claim {
            Ok(Claim { entry, .. }) => entry.origin.file = origin,
            Err(unread) => unread.origin.file = origin,
        }
        claim
    });
    Box::new(Copies::new(claims).map(|entry| entry.map(Some)))
}

/// Reads the note of a file.
fn claim(file: InputFile, source: &str, importer: &mut Importer) -> Result<Claim, Unread> {
    let path = file.path.to_string_lossy().into_owned();
    let other_id = importer.id_of(&format!("{source}/{path}")).to_string();
    if let Some(mut entry) = markdown::entry(&file.bytes)? {
        entry.modified = file.modified;
        let title = entry.note.text("title").unwrap_or_default();
        let name_fits = file_names::fits(&path, &title, &entry.id);
        return Ok(Claim {
            entry,
            path,
            has_id: true,
            name_fits,
            other_id,
        });
    }
    let Some(modified) = file.modified else {
        let message = "a text without a name; `notes add -f -` adds it";
        return Err(Unread::new(message));
    };
    let note = parse_note(&bounded::text(file.bytes)?, &path, modified, &Local);
    let key = note.key.as_deref();
    let id = match key {
        Some(key) => importer.id_of(&format!("{source}\nid {key}")).to_string(),
        None => other_id.clone(),
    };
    Ok(Claim {
        has_id: key.is_some(),
        name_fits: key.is_some_and(|key| file_names::fits(&path, &note.title, key)),
        entry: importer.entry_with_id(&note, id)?,
        path,
        other_id,
    })
}

/// Reads the note of a file. The title is that of the front matter, or the heading at the beginning, or
/// the name of the file.
pub(super) fn parse_note<Z: TimeZone>(
    text: &str,
    path: &str,
    modified: DateTime<Utc>,
    zone: &Z,
) -> ForeignNote {
    let mut note = ForeignNote::default();
    let (mut kept, mut body) = (String::new(), text);
    if let Some(front_matter) = front_matter::split(text.as_bytes()) {
        let taken = properties::take(&front_matter.properties(), zone, &mut note);
        if let Ok(below) = str::from_utf8(front_matter.body)
            && !taken.is_empty()
        {
            let rest = front_matter.without(&taken);
            kept = String::from_utf8(rest).expect("whole lines of a text are text");
            body = below;
        }
    }
    let mut body = logseq::take(body, zone, &mut note);
    let mut name = file_names::stem(path);
    if let Some((title, id)) = notion::split_name(name) {
        name = title;
        note.key.get_or_insert_with(|| id.to_owned());
        body = notion::take(body, zone, &mut note);
    }
    let heading = split_heading(&body).filter(|_| note.title.is_empty());
    let page = logseq::title_of_page(path);
    let name = page.as_deref().unwrap_or(name);
    let (title, content) = heading.unwrap_or((name, &body));
    if note.title.is_empty() {
        title.clone_into(&mut note.title);
    }
    note.content = kept + content;
    note.updated.get_or_insert(modified);
    note
}

/// Splits off a heading of the first level in the first line that is not empty.
fn split_heading(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(['\n', '\r']);
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let title = line.strip_prefix("# ")?.trim();
    Some((title, rest)).filter(|_| !title.is_empty())
}

#[cfg(test)]
mod tests;
