//! The names of the files of notes: the title, as far as every file system allows.

use std::collections::HashSet;

use uuid::Uuid;

use crate::unicode::{folded, nfc};

/// The ending of the names.
const EXTENSION: &str = "md";

/// The longest part of a name that is made of a title, in bytes. Names may have 255, but 143 where they
/// are encrypted, and a whole path 260 on Windows.
const LONGEST_TITLE: usize = 120;

/// The number of characters of an id that tell it from others of the same title.
const SHORT_ID: usize = 8;

/// Names that are devices on Windows, with any ending.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];
const NUMBERED_DEVICES: &[&str] = &["com", "lpt"];

/// The names in one directory, no two of which differ in letter case or composition alone.
#[derive(Debug, Default)]
pub(super) struct FileNames(HashSet<String>);

impl FileNames {
    /// Marks a name as taken. Returns false if it was.
    pub(super) fn insert(&mut self, name: &str) -> bool {
        self.0.insert(same_file(name))
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.remove(&same_file(name));
    }

    /// Returns a free name for the file of a note: its title, with the beginning of its id if another file
    /// has that name.
    pub(super) fn choose(&mut self, id: &str, title: &str) -> String {
        let title = safe(title);
        let start: String = safe(id).chars().take(SHORT_ID).collect();
        let whole = Uuid::new_v5(&Uuid::NAMESPACE_OID, id.as_bytes()).to_string();
        let parts = [
            vec![&*title],
            vec![&*title, &*start],
            vec![&*title, &*whole],
        ];
        for parts in parts {
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let name = format!("{}.{EXTENSION}", parts.join(" "));
            if !parts.is_empty() && self.insert(&name) {
                return name;
            }
        }
        let mut numbers = 2..;
        loop {
            let number = numbers.next().unwrap_or(usize::MAX);
            let name = format!("{title} {whole} {number}.{EXTENSION}");
            if self.insert(&name) {
                return name;
            }
        }
    }
}

/// Returns true if a file is named after the title or the id of its note.
pub(super) fn fits(path: &str, title: &str, id: &str) -> bool {
    let name = letters(stem(path));
    let [title, id] = [title, id].map(letters);
    let Some(rest) = name.strip_prefix(&title) else {
        return name == id;
    };
    // The start of the id may stand behind the title.
    rest.is_empty() || (rest.len() >= SHORT_ID.min(id.len()) && id.starts_with(rest))
}

/// Returns true if `export` may have given a file this name.
pub(super) fn is_chosen(name: &str, id: &str, title: &str) -> bool {
    let chosen = FileNames::default().choose(id, title);
    let chosen = chosen.trim_end_matches(".md");
    stem(name) == chosen || (stem(name).starts_with(chosen) && fits(name, title, id))
}

/// Returns the name of a file without its folder and extension.
pub(super) fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Returns the letters and digits alone, in one case.
fn letters(text: &str) -> String {
    let text = folded(text);
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Returns a text that is the same for two names that are one file to some file system.
fn same_file(name: &str) -> String {
    nfc(name).to_uppercase().to_lowercase()
}

/// Returns a text that can be a name in every file system, and that `[[links]]` can have.
fn safe(text: &str) -> String {
    let mut name = String::new();
    let text = nfc(text);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let c = match c {
            '/' | '\\' | '|' => '-',
            ':' if chars.peek().is_some_and(|next| !next.is_whitespace()) => '-',
            c if is_left_out(c) => continue,
            c if c.is_whitespace() || c.is_control() => ' ',
            c => c,
        };
        if c == ' ' && (name.is_empty() || name.ends_with(' ')) {
            continue;
        }
        if name.len() + c.len_utf8() > LONGEST_TITLE {
            break;
        }
        name.push(c);
    }
    // Hidden files begin with a dot, and options with a dash; Windows drops dots and spaces at the end.
    let name = name.trim_matches([' ', '.', '-']);
    let (first, rest) = name.split_at(name.find('.').unwrap_or(name.len()));
    if is_device(first) {
        return format!("{first}_{rest}");
    }
    name.to_owned()
}

/// Returns true for characters that names cannot have: signs that some system or `[[links]]` forbid, marks
/// of direction, and what is no character.
fn is_left_out(c: char) -> bool {
    matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '#' | '^' | '[' | ']')
        || matches!(
            c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        )
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}')
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..)
}

fn is_device(name: &str) -> bool {
    let name = name.trim_end().to_lowercase();
    let mut numbered = NUMBERED_DEVICES.iter();
    DEVICES.contains(&name.as_str())
        || numbered.any(|device| {
            let number = name.strip_prefix(device).unwrap_or_default();
            let mut digits = number.chars();
            digits.next().is_some_and(char::is_numeric) && digits.next().is_none()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_the_title_as_far_as_every_file_system_allows() {
        for (title, id, name) in [
            ("Buy milk!", "3f2a91c0-0000", "Buy milk!.md"),
            ("../../etc/passwd", "x", "etc-passwd.md"),
            ("ÄRGER 日本 🍜", "n-1", "ÄRGER 日本 🍜.md"),
            ("Re: what? \"this\" <b>", "n1", "Re what this b.md"),
            ("12:30 AC/DC", "n1", "12-30 AC-DC.md"),
            ("#work [[x]]", "n1", "work x.md"),
            ("two\nlines\t", "n1", "two lines.md"),
            ("v1.2.", "n1", "v1.2.md"),
            (".hidden", "n1", "hidden.md"),
            ("CON", "n1", "CON_.md"),
            ("com1.x", "n1", "com1_.x.md"),
            ("Cafe\u{301}", "n1", "Café.md"),
            ("", "n1", "n1.md"),
            ("?", "../../a", "a.md"),
            ("\0\n/", "../..", "c4702b3f-e84c-5cd8-93d4-a6600bd7f09b.md"),
        ] {
            assert_eq!(FileNames::default().choose(id, title), name);
            assert!(is_chosen(name, id, title), "{title}");
        }
        let long = FileNames::default().choose("x", &"日本 ".repeat(1_000));
        assert!(long.len() <= LONGEST_TITLE + 3, "{long}");
    }

    #[test]
    fn names_that_differ_in_case_or_composition_alone_are_one() {
        let mut names = FileNames::default();
        let mut choose = |id: &str, title: &str| names.choose(id, title);
        assert_eq!(choose("aaaaaaaa-1", "Straße"), "Straße.md");
        assert_eq!(choose("bbbbbbbb-1", "STRASSE"), "STRASSE bbbbbbbb.md");
        assert_eq!(
            choose("bbbbbbbb-2", "strasse"),
            "strasse 006ab93c-6404-5057-86cd-4df79ec759d9.md"
        );
    }
}
