//! Text from files, pipes and editors: bounded, checked for UTF-8, and without the mark of the byte order
//! that some programs write before it.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt as _;

use rustix::io::ioctl_fionread;

/// The largest note, in bytes over all its fields, and the most bytes that are read for one.
pub(crate) const LARGEST_NOTE: usize = 16 * 1024 * 1024;

/// U+FEFF at the beginning of a text is a mark of the byte order, not a part of the text.
pub(crate) const MARK: char = '\u{feff}';

/// An input that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("is larger than {} MiB, the most that a note holds", LARGEST_NOTE >> 20)]
    TooLarge,
    #[error("is not UTF-8 text; convert it first, for example with iconv")]
    NotUtf8,
    #[error("has NUL bytes; a note holds text alone")]
    Nul,
}

/// Reads a text to its end, or fails once there is more than a note holds.
pub(crate) fn read(input: impl Read) -> Result<String, InputError> {
    let mut bytes = Vec::new();
    input
        .take(LARGEST_NOTE as u64 + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST_NOTE {
        return Err(InputError::TooLarge);
    }
    if bytes.contains(&0) {
        return Err(InputError::Nul);
    }
    decode(bytes)
}

/// Returns bytes as text, without a mark of the byte order.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, InputError> {
    let text = String::from_utf8(bytes).map_err(|_| InputError::NotUtf8)?;
    Ok(without_mark(text))
}

/// Removes the mark of the byte order, if the text begins with one.
pub(crate) fn without_mark(mut text: String) -> String {
    if text.starts_with(MARK) {
        text.remove(0);
    }
    text
}

/// Returns true if a pipe, a socket or a file has data that can be read now; false for other kinds, such
/// as a terminal or `/dev/null`. Neither waits nor reads.
pub(crate) fn has_data(stream: impl AsFd) -> bool {
    let Ok(mut file) = stream.as_fd().try_clone_to_owned().map(File::from) else {
        return false;
    };
    let Ok(metadata) = file.metadata() else {
        return false;
    };
    let kind = metadata.file_type();
    if kind.is_file() {
        return file.stream_position().is_ok_and(|at| at < metadata.len());
    }
    (kind.is_fifo() || kind.is_socket()) && ioctl_fionread(&file).is_ok_and(|count| count > 0)
}

#[cfg(test)]
mod tests {
    use std::io::{Write as _, pipe};
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn one_mark_of_the_byte_order_goes_and_all_else_stays() {
        assert_eq!(
            read("\u{feff}a\r\n\u{feff}".as_bytes()).unwrap(),
            "a\r\n\u{feff}"
        );
        assert_eq!(read(&b""[..]).unwrap(), "");
    }

    #[test]
    fn an_input_without_an_end_is_read_up_to_the_largest_note() {
        let error = read(io::repeat(b'y')).unwrap_err();
        assert!(matches!(error, InputError::TooLarge), "{error}");
        let most = io::repeat(b'y').take(LARGEST_NOTE as u64);
        assert_eq!(read(most).unwrap().len(), LARGEST_NOTE);
    }

    #[test]
    fn data_waits_where_something_can_be_read_at_once() {
        let (reader, mut writer) = pipe().unwrap();
        assert!(!has_data(&reader));
        writer.write_all(b"x").unwrap();
        assert!(has_data(&reader));
        let (empty, writer) = pipe().unwrap();
        drop(writer);
        assert!(!has_data(&empty), "the writer has gone");

        let (one, mut other) = UnixStream::pair().unwrap();
        assert!(!has_data(&one));
        other.write_all(b"x").unwrap();
        assert!(has_data(&one));

        let mut file = tempfile::tempfile().unwrap();
        assert!(!has_data(&file));
        file.write_all(b"x").unwrap();
        assert!(!has_data(&file), "it is read to its end");
        file.rewind().unwrap();
        assert!(has_data(&file));
        assert!(!has_data(File::open("/dev/null").unwrap()));
        assert!(!has_data(File::open("/dev/zero").unwrap()));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(matches!(read(&b"a\0b"[..]), Err(InputError::Nul)));
        assert!(matches!(read(&b"\xff\xfea"[..]), Err(InputError::NotUtf8)));
    }
}
