//! Archives as programs write them, and as strangers do: what they list, and what is refused.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use tempfile::TempDir;

use super::{Listing, MOST_UNPACKED};
use crate::transfer::{Entry, LARGEST_DOCUMENT, Unread, open};

/// A file of an archive: its name and its bytes.
type Member<'a> = (&'a [u8], &'a [u8]);

const MEMBERS: &[Member<'_>] = &[
    (b"Notes/b.md", b"# B\n\nsecond"),
    (b"Notes/a.txt", b"first"),
    (b"Notes/picture.png", b"\x89PNG"),
    (b"Notes/.hidden/c.md", b"no"),
    (b"__MACOSX/Notes/b.md", b"no"),
];

fn zip_of(members: &[Member<'_>]) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (name, bytes) in members {
        let name = EntryPath::verbatim(*name);
        let method = CompressionMethod::DEFLATE;
        let file = archive.new_file(name).compression_method(method);
        let (mut entry, config) = file.start().unwrap();
        let packed = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(packed);
        writer.write_all(bytes).unwrap();
        let (packed, descriptor) = writer.finish().unwrap();
        packed.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap()
}

fn header(name: &[u8], kind: tar::EntryType, size: usize) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    // The crate's own function refuses names that lead out.
    let field = &mut header.as_old_mut().name;
    field[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_mtime(1_705_314_600);
    header.set_cksum();
    header
}

fn tar_of(members: &[Member<'_>]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let header = header(name, tar::EntryType::Regular, bytes.len());
        archive.append(&header, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Returns the notes as `title: content`, sorted, and the messages without the directory.
fn import(name: &str, archive: &[u8]) -> (Vec<String>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, name, archive);
    let source = match open(&path, None) {
        Ok(Some(source)) => source,
        Ok(None) => return (Vec::new(), vec!["unknown".to_owned()]),
        Err(error) => return (Vec::new(), vec![error.to_string()]),
    };
    let (mut notes, mut messages) = (Vec::new(), Vec::new());
    for entry in source.entries {
        match entry {
            Ok(entry) => notes.push(described(&entry.expect("it is not in the trash"))),
            Err(unread) => messages.push(message(&unread, &directory)),
        }
    }
    (notes, messages)
}

fn file(directory: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = directory.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn described(entry: &Entry) -> String {
    let field = |name| entry.note.text(name).unwrap_or_default().into_owned();
    format!("{}: {}", field("title"), field("content"))
}

fn message(unread: &Unread, directory: &TempDir) -> String {
    let prefix = format!("{}/", directory.path().display());
    unread.to_string().replace(&prefix, "")
}

#[test]
fn an_archive_is_read_as_the_directory_in_it() {
    let zip = zip_of(MEMBERS);
    let tar = tar_of(MEMBERS);
    for (name, archive) in [
        ("n.zip", zip.clone()),
        ("n.tar", tar.clone()),
        ("n.tgz", gzip_of(&tar)),
        // Told by what it is, not by its name.
        ("zip.md", zip),
    ] {
        let (notes, messages) = import(name, &archive);
        assert_eq!(notes, ["a: first", "B: second"], "{name}");
        assert_eq!(messages, [""; 0], "{name}");
    }
}

#[test]
fn a_packed_file_is_read_as_the_file() {
    let (notes, messages) = import("n.jsonl.gz", &gzip_of(br#"{"id":"a","title":"T"}"#));
    assert_eq!((notes, messages), (vec!["T: ".to_owned()], vec![]));
}

#[test]
fn a_file_has_the_time_that_the_archive_has_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, "n.tar", &tar_of(&[(b"a.md", b"x")]));
    let mut entries = open(&path, None).unwrap().unwrap().entries;
    let note = entries.next().unwrap().unwrap().unwrap().note;
    let updated = note.text("updated_at");
    assert_eq!(updated.as_deref(), Some("2024-01-15T10:30:00+00:00"));
}

#[test]
fn names_that_lead_out_of_an_archive_are_named_and_the_others_go_in() {
    let deep = "d/".repeat(40) + "x.md";
    let members: &[Member<'_>] = &[
        (b"../up.md", b"x"),
        (b"a/../../up.md", b"x"),
        (b"/etc/notes.md", b"x"),
        (b"./a//b.md", b"in"),
    ];
    let expected = [
        "n: left out: its name leads out of the archive",
        "n: left out: its name leads out of the archive",
        "n: left out: its name leads out of the archive",
    ];
    for archive in [zip_of(members), tar_of(members)] {
        let (notes, messages) = import("n", &archive);
        assert_eq!(notes, ["b: in"]);
        let ends: Vec<_> = messages
            .iter()
            .map(|it| &it[it.find(": ").unwrap()..])
            .collect();
        assert_eq!(ends, expected.map(|it| &it[1..]), "{messages:?}");
    }
    let (notes, messages) = import("n.zip", &zip_of(&[(deep.as_bytes(), b"x")]));
    assert_eq!(notes, [""; 0]);
    assert!(
        messages[0].ends_with("x.md: more than 32 directories deep"),
        "{messages:?}"
    );
    let (notes, _) = import("n.zip", &zip_of(&[(b"a\\b.md", b"windows")]));
    assert_eq!(notes, ["b: windows"]);
}

#[test]
fn links_in_archives_are_passed_over() {
    let mut archive = tar::Builder::new(Vec::new());
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link] {
        let mut header = header(b"link.md", kind, 0);
        header.set_link_name("/etc/hostname").unwrap();
        header.set_cksum();
        archive.append(&header, &b""[..]).unwrap();
    }
    let tar = archive.into_inner().unwrap();
    let mut archive = ZipArchiveWriter::new(Vec::new());
    let link = archive.new_file("link.md").unix_permissions(0o120_777);
    let (mut entry, config) = link.start().unwrap();
    let mut writer = config.wrap(&mut entry);
    writer.write_all(b"/etc/hostname").unwrap();
    let (_, descriptor) = writer.finish().unwrap();
    entry.finish(descriptor).unwrap();
    let zip = archive.finish().unwrap();
    for archive in [tar, zip] {
        let (notes, messages) = import("n", &archive);
        assert_eq!(notes, [""; 0]);
        assert!(messages[0].starts_with("it has no notes"), "{messages:?}");
    }
}

#[test]
fn names_in_an_archive_may_have_other_encodings() {
    // As a zip of DOS has it: code page 437.
    let (notes, _) = import("n.zip", &zip_of(&[(b"M\x81nchen.md", b"x")]));
    assert_eq!(notes, ["München: x"]);
    let (notes, _) = import("n.zip", &zip_of(&[("東京.md".as_bytes(), b"x")]));
    assert_eq!(notes, ["東京: x"]);
    let (notes, _) = import("n.tar", &tar_of(&[(b"caf\xe9.md", b"x")]));
    assert_eq!(notes, ["caf\u{fffd}: x"]);
}

#[test]
fn long_names_in_a_tar_are_read_and_endless_ones_are_not() {
    let long = format!("{}/{}.md", "d".repeat(120), "n".repeat(120));
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = header(b"", tar::EntryType::Regular, 1);
    archive.append_data(&mut header, &long, &b"x"[..]).unwrap();
    let (notes, _) = import("n.tar", &archive.into_inner().unwrap());
    assert_eq!(notes, [format!("{}: x", "n".repeat(120))]);

    let name = vec![b'n'; 1 << 20];
    let mut archive = tar::Builder::new(Vec::new());
    let header = super::tests::header(b"././@LongLink", tar::EntryType::GNULongName, name.len());
    archive.append(&header, name.as_slice()).unwrap();
    let (notes, messages) = import("n.tar", &archive.into_inner().unwrap());
    assert_eq!(notes, [""; 0]);
    assert_eq!(messages, ["n.tar: damaged: a name without an end"]);
}

#[test]
fn of_two_files_with_the_same_name_the_later_one_is_read() {
    for archive in [zip_of, tar_of] {
        let archive = archive(&[(b"a.md", b"old"), (b"a.md", b"new")]);
        assert_eq!(import("n", &archive).0, ["a: new"]);
    }
}

#[test]
fn no_more_is_unpacked_than_is_asked_for_and_no_more_than_the_limit_in_all() {
    let bomb = vec![b' '; 1 << 20];
    let directory = tempfile::tempdir().unwrap();
    for (name, archive) in [
        ("zip", zip_of(&[(b"a.md", &bomb)])),
        ("tar", tar_of(&[(b"a.md", &bomb)])),
    ] {
        let file = File::open(file(&directory, name, &archive)).unwrap();
        let of_kind = if name == "zip" {
            Listing::of_zip
        } else {
            Listing::of_tar
        };
        let listing = of_kind(directory.path(), file).unwrap();
        let member = &listing.files[0];
        assert_eq!(listing.read(member, 10).unwrap(), vec![b' '; 10]);
        listing.unpacked.set(MOST_UNPACKED);
        let error = listing.read(member, 10).unwrap_err();
        assert_eq!(error.to_string(), "the archive unpacks to more than 16 GiB");
    }
}

#[test]
fn a_file_that_is_too_large_is_named_and_the_others_go_in() {
    let mut archive = tar_of(&[(b"a.md", b"x")]);
    archive.truncate(1_024);
    let large = header(b"b.md", tar::EntryType::Regular, LARGEST_DOCUMENT + 1);
    archive.extend(large.as_bytes());
    let (notes, messages) = import("n.tar", &archive);
    assert_eq!(notes, ["a: x"]);
    assert_eq!(messages, ["n.tar/b.md: larger than 256 MiB"]);
}

#[test]
fn an_archive_in_an_archive_is_not_opened() {
    let inner = zip_of(MEMBERS);
    for archive in [zip_of, tar_of] {
        let archive = archive(&[(b"inner.zip", &inner), (b"a.md", b"x")]);
        assert_eq!(import("n", &archive).0, ["a: x"]);
    }
    let (notes, messages) = import("n.gz", &gzip_of(&gzip_of(b"x")));
    assert_eq!((notes, messages), (vec![], vec!["packed twice".to_owned()]));
}

#[test]
fn an_encrypted_file_is_named_and_the_others_go_in() {
    let mut archive = zip_of(&[(b"a.md", b"x"), (b"b.md", b"y")]);
    // The flag of the first entry of the list of files.
    let list = archive.windows(4).position(|it| it == b"PK\x01\x02");
    archive[list.unwrap() + 8] |= 1;
    let (notes, messages) = import("n.zip", &archive);
    assert_eq!(notes, ["b: y"]);
    assert_eq!(
        messages,
        ["n.zip/a.md: encrypted; unpack the archive with its password first"]
    );
}

#[test]
fn an_archive_that_is_cut_off_or_damaged_is_named_wherever_that_is() {
    let members: &[Member<'_>] = &[(b"a.md", b"first"), (b"b.md", b"second")];
    let (zip, tar) = (zip_of(members), tar_of(members));
    let packed = gzip_of(&tar);
    for archive in [&zip, &tar, &packed] {
        for end in (20..archive.len() - 1_024 * usize::from(archive == &tar)).step_by(7) {
            let (notes, messages) = import("n", &archive[..end]);
            assert!(notes.len() + messages.len() > 0, "{end}");
        }
        for place in (4..archive.len()).step_by(3) {
            let mut damaged = archive.clone();
            damaged[place] ^= 0x55;
            // That it ends is what is tested.
            import_any(&damaged);
        }
    }
}

fn import_any(archive: &[u8]) {
    let directory = tempfile::tempdir().unwrap();
    let path = file(&directory, "n", archive);
    if let Ok(Some(source)) = open(&path, None) {
        assert!(source.entries.count() < 10);
    }
}

#[test]
fn text_in_utf_16_is_read_in_every_format() {
    let to_bytes = |text: &str, unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let marked = format!("\u{feff}{text}");
        marked.encode_utf16().flat_map(unit).collect()
    };
    for (name, text) in [
        ("n.md", "# T\n\né 🍜"),
        ("n.txt", "é 🍜"),
        ("n.csv", "id,title,content\na,n,é 🍜\n"),
        ("n.json", r#"[{"id":"a","title":"n","content":"é 🍜"}]"#),
        ("n.jsonl", r#"{"id":"a","title":"n","content":"é 🍜"}"#),
        ("jsonl", r#"{"id":"a","title":"n","content":"é 🍜"}"#),
    ] {
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let (notes, messages) = import(name, &to_bytes(text, unit));
            assert_eq!(messages, [""; 0], "{name}");
            assert!(notes[0].ends_with(": é 🍜"), "{name}: {notes:?}");
        }
    }
    let (_, messages) = import("n.md", b"\xff\xfea");
    assert_eq!(
        messages,
        ["n.md: it begins as UTF-16, but is not UTF-16 to its end"]
    );
}

#[test]
fn of_a_takeout_only_the_notes_are_read() {
    let keep =
        br#"{"title":"K","textContent":"c","createdTimestampUsec":1,"userEditedTimestampUsec":1}"#;
    let members: &[Member<'_>] = &[
        (b"Takeout/Drive/readme.md", b"x"),
        (b"Takeout/Keep/K.json", keep),
        (b"Takeout/Keep/K.html", b"x"),
        (b"Takeout/Keep/Labels.txt", b"x"),
        (b"Takeout/Tasks/Tasks.json", br#"{"kind":"tasks"}"#),
        (b"Takeout/archive_browser.html", b"x"),
    ];
    for archive in [zip_of(members), gzip_of(&tar_of(members))] {
        let (notes, messages) = import("n", &archive);
        assert_eq!((notes, messages), (vec!["K: c".to_owned()], vec![]));
    }
}
