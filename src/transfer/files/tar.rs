//! Files in a tar. The one place that names tar, of which only the headers are used: it would read a long
//! name whole, whatever its length.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use tar::{Entry, EntryType, PaxExtensions};

use super::name::Names;
use super::{Listed, MOST_UNPACKED, Place, READABLE, Unread, has_extension, too_much};
use crate::transfer::{LARGEST_DOCUMENT, bounded};

/// The longest header of names and attributes that is read.
const LONGEST_HEADER: u64 = 64 * 1024;

/// Lists the files of an archive.
pub(super) fn list(name: &Path, file: File) -> io::Result<(File, Vec<Listed>, Vec<Unread>)> {
    let mut from_start = file.try_clone()?;
    from_start.rewind()?;
    let mut archive = tar::Archive::new(from_start);
    let mut names = Names::new(name);
    let entries = archive.entries_with_seek()?.raw(true);
    let listed = each(
        entries,
        &mut names,
        |entry, _| Ok(entry.raw_file_position()),
    );
    let (files, unread) = names.finish(listed);
    Ok((file, files, unread))
}

/// Unpacks the files that may hold notes into a file without a name, and lists all.
pub(super) fn unpack(
    name: &Path,
    input: impl Read,
) -> io::Result<(File, Vec<Listed>, Vec<Unread>)> {
    let mut unpacked = tempfile::tempfile()?;
    let mut archive = tar::Archive::new(input.take(MOST_UNPACKED));
    let mut names = Names::new(name);
    let mut end = 0;
    let entries = archive.entries()?.raw(true);
    let mut listed = each(entries, &mut names, |entry, path| {
        let offset = end;
        if has_extension(path, READABLE) && entry.size() <= LARGEST_DOCUMENT as u64 {
            end += io::copy(entry, &mut unpacked)?;
        }
        Ok(offset)
    });
    if archive.into_inner().limit() == 0 {
        listed = Err(Unread::new(too_much()));
    }
    let (files, unread) = names.finish(listed);
    Ok((unpacked, files, unread))
}

/// Reads a part of a file, up to `most` bytes.
pub(super) fn read(file: &File, offset: u64, size: u64, most: usize) -> io::Result<Vec<u8>> {
    if size > LARGEST_DOCUMENT as u64 {
        return Err(io::Error::other(bounded::too_large(LARGEST_DOCUMENT)));
    }
    let mut bytes = vec![0; usize::try_from(size).map_or(most, |size| size.min(most))];
    match file.read_exact_at(&mut bytes, offset) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(io::Error::other("the archive is cut off"))
        }
        read => read.map(|()| bytes),
    }
}

/// Lists the regular files. `keep` returns the offset of the bytes of one.
fn each<'a, R: Read + 'a>(
    entries: impl Iterator<Item = io::Result<Entry<'a, R>>>,
    names: &mut Names<'_>,
    mut keep: impl FnMut(&mut Entry<'a, R>, &Path) -> io::Result<u64>,
) -> Result<(), Unread> {
    let mut long_name = None;
    for entry in entries {
        let mut entry = entry.map_err(|error| cut_off(&error))?;
        match entry.header().entry_type() {
            EntryType::GNULongName | EntryType::XHeader => {
                long_name = read_name(&mut entry)?.or(long_name);
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => {}
            EntryType::Regular | EntryType::Continuous => {
                let long_name: Option<Vec<u8>> = long_name.take();
                let name = long_name.unwrap_or_else(|| entry.path_bytes().into_owned());
                let name = String::from_utf8_lossy(&name);
                // Old programs write directories so.
                if name.ends_with('/') {
                    continue;
                }
                if let Some(path) = names.admit(&name)? {
                    let (modified, size) = (modified(&entry), entry.size());
                    let offset = keep(&mut entry, &path).map_err(|error| cut_off(&error))?;
                    let place = Place::At { offset, size };
                    names.add(Listed {
                        path,
                        modified,
                        place,
                    });
                }
            }
            _ => long_name = None,
        }
    }
    Ok(())
}

/// Reads the name of the next file in a header of names and attributes, if it has one.
fn read_name<R: Read>(entry: &mut Entry<'_, R>) -> Result<Option<Vec<u8>>, Unread> {
    let mut header = Vec::new();
    entry
        .take(LONGEST_HEADER + 1)
        .read_to_end(&mut header)
        .map_err(|error| cut_off(&error))?;
    if header.len() as u64 > LONGEST_HEADER {
        return Err(Unread::new("damaged: a name without an end"));
    }
    if entry.header().entry_type() == EntryType::GNULongName {
        let name = header.split(|byte| *byte == 0).next();
        return Ok(name.map(<[u8]>::to_vec));
    }
    let mut attributes = PaxExtensions::new(&header).flatten();
    let path = attributes.find(|it| it.key_bytes() == b"path");
    Ok(path.map(|it| it.value_bytes().to_vec()))
}

fn modified<R: Read>(entry: &Entry<'_, R>) -> Option<DateTime<Utc>> {
    let seconds = i64::try_from(entry.header().mtime().ok()?).ok()?;
    DateTime::from_timestamp(seconds, 0)
}

fn cut_off(error: &io::Error) -> Unread {
    Unread::new(format!("the archive is cut off or damaged ({error})"))
}
