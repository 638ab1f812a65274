//! The file of the journal: lines are appended under a lock, and read in order.
//!
//! Of a line it knows only that it begins with a number. Three rules keep the file whole. A line is one
//! write to a file opened for appending, while the lock is held. The next append ends a line that a crash
//! cut short, so that no other line is lost. To drop old lines the rest is written to a new file, which is
//! then renamed: a reader takes no lock, and sees the old file or the new one.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{
    FileExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown,
};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::line::{self, NUMBER_LENGTH};
use crate::user_dir;

/// The pause between two attempts to take the lock: about the time of an append.
const PAUSE: Duration = Duration::from_micros(500);

/// The size of one read, in bytes.
const CHUNK: usize = 64 * 1024;

/// Appends the line that `line` returns for the next number, and returns that number and the file.
///
/// The directory and the file are made where they are missing, for their owner alone. The line is written
/// whole or not at all. Fails with [`io::ErrorKind::WouldBlock`] if another process holds the lock for
/// longer than `timeout`. A file above `cap` bytes is cut to the newest half of that, or to the new line and
/// those from the first of `of_step` on.
pub(super) fn append(
    path: &Path,
    cap: u64,
    timeout: Duration,
    of_step: Option<u64>,
    line: impl FnOnce(u64) -> io::Result<Vec<u8>>,
) -> io::Result<(u64, File)> {
    let mut file = open_locked(path, timeout)?;
    let length = file.metadata()?.len();
    let step = last_number(&file, length)?.saturating_add(1);
    // Changed in place: a long line must not be in memory twice.
    let mut bytes = line(step)?;
    if !ends_a_line(&file, length)? {
        bytes.insert(0, b'\n');
    }
    bytes.push(b'\n');
    if let Err(error) = file.write_all(&bytes) {
        // The disk is full: removes the part of the line that was written.
        let _ = file.set_len(length);
        return Err(error);
    }
    let end = length + bytes.len() as u64;
    if end > cap {
        let first = of_step.and_then(|step| first_line_of(&file, step).ok().flatten());
        // The line is written; the next append tries again to shorten the file.
        let _ = drop_old(path, &mut file, first.unwrap_or(length), end - cap / 2);
    }
    file.unlock()?;
    Ok((step, file))
}

/// Calls `visit` with every line, without its end, in order; never if there is no file.
pub(super) fn each_line(path: &Path, mut visit: impl FnMut(&[u8])) -> io::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut reader = BufReader::with_capacity(CHUNK, file);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        visit(line.strip_suffix(b"\n").unwrap_or(&line));
        line.clear();
    }
    Ok(())
}

/// Opens the file and locks it until it is closed.
fn open_locked(path: &Path, timeout: Duration) -> io::Result<File> {
    let until = Instant::now() + timeout;
    loop {
        let file = open(path)?;
        while let Err(error) = file.try_lock() {
            match error {
                TryLockError::WouldBlock if Instant::now() < until => thread::sleep(PAUSE),
                error => return Err(error.into()),
            }
        }
        let (ours, there) = (file.metadata()?, fs::metadata(path));
        // Otherwise another process has replaced the file during the wait.
        if there.is_ok_and(|there| there.ino() == ours.ino()) {
            if ours.mode() & 0o077 != 0 {
                file.set_permissions(Permissions::from_mode(0o600))?;
            }
            return Ok(file);
        }
        if Instant::now() >= until {
            return Err(io::ErrorKind::WouldBlock.into());
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).mode(0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    if let Some(directory) = path.parent() {
        user_dir::create(directory, user_dir::current_user())?;
    }
    options.create(true).open(path)
}

fn ends_a_line(file: &File, length: u64) -> io::Result<bool> {
    let mut last = [b'\n'];
    if length > 0 {
        file.read_exact_at(&mut last, length - 1)?;
    }
    Ok(last == [b'\n'])
}

/// Returns the number of the last line that has one, or 0. Reads the file from its end.
fn last_number(file: &File, length: u64) -> io::Result<u64> {
    const SMALL: &str = "a chunk fits into memory";

    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(CHUNK as u64);
        // A line that begins at the end of this chunk has its number in the next.
        let stop = length.min(end + NUMBER_LENGTH as u64);
        let mut chunk = vec![0; usize::try_from(stop - start).expect(SMALL)];
        file.read_exact_at(&mut chunk, start)?;
        let breaks = usize::try_from(end - start).expect(SMALL);
        let begins = (1..=breaks).rev().filter(|at| chunk[at - 1] == b'\n');
        let first = (start == 0).then_some(0);
        let found = begins
            .chain(first)
            .find_map(|at| line::number(&chunk[at..]));
        if let Some(number) = found {
            return Ok(number);
        }
        end = start;
    }
    Ok(0)
}

/// Returns the offset of the first line with that number. If the step is so long that older ones are gone,
/// it is at the beginning of the file.
fn first_line_of(mut file: &File, step: u64) -> io::Result<Option<u64>> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(CHUNK, file);
    let mut offset = 0;
    loop {
        let start = reader.fill_buf()?;
        if start.is_empty() {
            return Ok(None);
        }
        let start = start.get(..NUMBER_LENGTH).unwrap_or(start);
        if line::number(start) == Some(step) {
            return Ok(Some(offset));
        }
        offset += reader.skip_until(b'\n')? as u64;
    }
}

/// Drops the lines that begin before `from`, but none from `newest` on.
fn drop_old(path: &Path, file: &mut File, newest: u64, from: u64) -> io::Result<()> {
    let mut from = from.min(newest);
    let Some(before) = from.checked_sub(1) else {
        return Ok(());
    };
    file.seek(SeekFrom::Start(before))?;
    let passed = BufReader::with_capacity(CHUNK, &*file).skip_until(b'\n')?;
    from = before + passed as u64;
    let fresh = path.with_extension("jsonl.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut copy = options.open(&fresh)?;
    // Root may write to the journal of another user, who stays its owner.
    let (owner, group) = (file.metadata()?.uid(), file.metadata()?.gid());
    if owner != copy.metadata()?.uid() {
        fchown(&copy, Some(owner), Some(group))?;
    }
    file.seek(SeekFrom::Start(from))?;
    io::copy(file, &mut copy)?;
    copy.sync_data()?;
    fs::rename(&fresh, path)
}
