//! The body of a long answer: in memory while it is short, and then in a temporary file.

use std::fs::File;
use std::io::{self, Write as _};

use super::budget::{Budget, Share};
use super::error::Failure;
use super::message::{Response, Spilled};

/// The most bytes that are held in memory, where a temporary file can be made.
const LONGEST_IN_MEMORY: usize = 1024 * 1024;

pub(super) struct LongBody {
    /// The bytes that are not in the file.
    pub(super) bytes: Vec<u8>,
    memory: Share,
    /// A file without a name.
    file: Option<File>,
    disk: Share,
    file_length: u64,
}

impl LongBody {
    pub(super) fn new(memory: &Budget, disk: &Budget) -> Self {
        Self {
            bytes: Vec::new(),
            memory: memory.share(),
            file: None,
            disk: disk.share(),
            file_length: 0,
        }
    }

    /// Moves the bytes to the file, if they are many by now. They stay in memory where no file can be made, as in a
    /// container that is read-only.
    pub(super) fn spill(&mut self) -> Result<(), Failure> {
        if self.bytes.len() < LONGEST_IN_MEMORY {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = tempfile::tempfile().ok();
        }
        self.settle()
    }

    /// Ends the body. All of it is in the file then, or in memory.
    pub(super) fn into_response(mut self) -> Result<Response, Failure> {
        self.settle()?;
        let mut response = Response::raw(200, self.bytes);
        response.held = Some(self.memory);
        let (share, length) = (self.disk, self.file_length);
        response.spilled = self.file.map(|file| Spilled {
            file,
            length,
            share,
        });
        Ok(response)
    }

    /// Moves the bytes to the file, or counts them where there is none.
    fn settle(&mut self) -> Result<(), Failure> {
        let length = self.bytes.len() as u64;
        let Some(file) = &mut self.file else {
            return self.memory.grow_to(length);
        };
        self.disk.add(length)?;
        file.write_all(&self.bytes)
            .map_err(|error| no_room(&error))?;
        self.file_length += length;
        self.bytes = Vec::new();
        self.memory.set(0);
        Ok(())
    }
}

fn no_room(error: &io::Error) -> Failure {
    let text = "the server has no room for a list of all notes; its log has the reason";
    Failure::new(500, text).because_of(format!("cannot write a temporary file: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_leaves_the_memory_and_counts_on() {
        let (memory, disk) = (Budget::new(0), Budget::new(0));
        let mut body = LongBody::new(&memory, &disk);
        body.bytes.resize(LONGEST_IN_MEMORY - 1, b' ');
        body.spill().unwrap();
        assert!(body.file.is_none());
        for _ in 0..2 {
            body.bytes.resize(LONGEST_IN_MEMORY, b' ');
            body.spill().unwrap();
            assert!(body.bytes.is_empty());
        }
        body.bytes.push(b' ');
        let response = body.into_response().unwrap();
        assert!(response.body.is_empty());
        assert_eq!(response.length(), 2 * LONGEST_IN_MEMORY as u64 + 1);
        // One list may exceed the limit, and no other while it is sent.
        let mut other = LongBody::new(&memory, &disk);
        other.bytes.resize(LONGEST_IN_MEMORY, b' ');
        let failure = other.spill().unwrap_err();
        assert_eq!(Response::from(failure).status, 503);
        drop((response, other));
        let mut next = LongBody::new(&memory, &disk);
        next.bytes.resize(LONGEST_IN_MEMORY, b' ');
        next.spill().unwrap();
    }
}
