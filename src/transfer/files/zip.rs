//! Files in a zip. The one place that names rawzip, which reads the list of files entry by entry, so that
//! a hostile list is never in memory as a whole, and checks the length and the sum of each file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chrono::{DateTime, Local, NaiveDate, Utc};
use flate2::read::DeflateDecoder;
use rawzip::time::ZipDateTimeKind;
use rawzip::{
    CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder,
    ZipFileHeaderRecord,
};

use super::name::{Names, decode_zip};
use super::{Listed, Unread};
use crate::when;

/// The place of a file in an archive.
#[derive(Debug)]
pub(super) struct Place {
    entry: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

#[derive(Debug)]
pub(super) struct Archive(ZipArchive<FileReader>);

/// Lists the files of an archive. Directories and links are left out.
pub(super) fn list(name: &Path, file: File) -> io::Result<(Archive, Vec<Listed>, Vec<Unread>)> {
    let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer)
        .map_err(|error| io::Error::other(format!("a zip that is cut off or damaged ({error})")))?;
    let mut names = Names::new(name);
    let listed = each(&archive, &mut buffer, &mut names);
    let (files, unread) = names.finish(listed);
    Ok((Archive(archive), files, unread))
}

fn each(
    archive: &ZipArchive<FileReader>,
    buffer: &mut [u8],
    names: &mut Names<'_>,
) -> Result<(), Unread> {
    let mut entries = archive.entries(buffer);
    while let Some(entry) = entries.next_entry().map_err(|error| error.to_string())? {
        add(&entry, names)?;
    }
    Ok(())
}

fn add(entry: &ZipFileHeaderRecord<'_>, names: &mut Names<'_>) -> Result<(), Unread> {
    let name = decode_zip(entry.file_path().as_bytes());
    let Some(path) = names.admit(&name)? else {
        return Ok(());
    };
    if entry.is_dir() || entry.mode().is_symlink() {
        return Ok(());
    }
    let method = entry.compression_method();
    if entry.flags().is_encrypted() {
        names.complain(
            &name,
            "encrypted; unpack the archive with its password first",
        );
    } else if method != CompressionMethod::STORE && method != CompressionMethod::DEFLATE {
        names.complain(
            &name,
            format!("compressed by a method that is not read: {method}"),
        );
    } else {
        names.add(Listed {
            path,
            modified: modified(&entry.last_modified()),
            place: super::Place::InZip(Place {
                entry: entry.wayfinder(),
                method,
            }),
        });
    }
    Ok(())
}

/// Returns the time of the last change. A local time is that of this machine.
fn modified(time: &ZipDateTimeKind) -> Option<DateTime<Utc>> {
    let date = NaiveDate::from_ymd_opt(time.year().into(), time.month().into(), time.day().into())?;
    let time_of_day = date.and_hms_opt(
        time.hour().into(),
        time.minute().into(),
        time.second().into(),
    )?;
    match time {
        ZipDateTimeKind::Utc(_) => Some(time_of_day.and_utc()),
        ZipDateTimeKind::Local(_) => when::moment(time_of_day, &Local),
    }
}

impl Archive {
    /// Unpacks a file, up to `most` bytes.
    pub(super) fn read(&self, place: &Place, most: usize) -> io::Result<Vec<u8>> {
        let entry = self.0.get_entry(place.entry).map_err(io::Error::other)?;
        let reader: Box<dyn Read> = if place.method == CompressionMethod::STORE {
            Box::new(entry.reader())
        } else {
            Box::new(DeflateDecoder::new(entry.reader()))
        };
        let reader = entry.verifying_reader(reader);
        let mut bytes = Vec::new();
        reader.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
