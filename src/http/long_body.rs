//! The body of a long answer: in memory while it is short, and then in a temporary file.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use serde::Serialize;

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
    /// Begins a body that holds that share of the memory, or as much as it needs.
    pub(super) fn new(memory: Share, disk: &Budget) -> Self {
        Self {
            bytes: Vec::new(),
            memory,
            file: None,
            disk: disk.share(),
            file_length: 0,
        }
    }

    /// Makes the response of the JSON of a value, which has this length. What goes to the file is never in memory as a
    /// whole: the allocator would keep that memory.
    pub(super) fn with_json(
        mut self,
        value: &impl Serialize,
        length: usize,
    ) -> Result<Response, Failure> {
        self.make_file_for(length);
        if let Some(file) = &self.file {
            self.disk.add(length as u64)?;
            self.file_length = length as u64;
            let mut writer = BufWriter::new(file);
            serde_json::to_writer(&mut writer, value)
                .map_err(io::Error::from)
                .and_then(|()| writer.flush())
                .map_err(|error| no_room(&error))?;
        } else {
            self.memory.grow_to(length as u64)?;
            self.bytes.reserve_exact(length);
            serde_json::to_writer(&mut self.bytes, value).expect("a Vec takes all of it");
        }
        self.into_response()
    }

    /// Moves the bytes to the file, if they are many by now.
    pub(super) fn spill(&mut self) -> Result<(), Failure> {
        if self.bytes.len() < LONGEST_IN_MEMORY {
            return Ok(());
        }
        self.make_file_for(self.bytes.len());
        self.settle()
    }

    /// Makes the file, if a body of this length goes there. It stays in memory where no file can be made, as in a
    /// container that is read-only.
    fn make_file_for(&mut self, length: usize) {
        if length >= LONGEST_IN_MEMORY && self.file.is_none() {
            self.file = tempfile::tempfile().ok();
        }
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
    let text = "the server has no room for a long response; its log has the reason";
    Failure::new(500, text).because_of(format!("cannot write a temporary file: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_leaves_the_memory_and_counts_on() {
        let (memory, disk) = (Budget::new(0), Budget::new(0));
        let mut body = LongBody::new(memory.share(), &disk);
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
        let mut other = LongBody::new(memory.share(), &disk);
        other.bytes.resize(LONGEST_IN_MEMORY, b' ');
        let failure = other.spill().unwrap_err();
        assert_eq!(Response::from(failure).status, 503);
        drop((response, other));
        let mut next = LongBody::new(memory.share(), &disk);
        next.bytes.resize(LONGEST_IN_MEMORY, b' ');
        next.spill().unwrap();
    }

    #[test]
    fn a_long_text_is_written_to_the_file_alone_and_a_short_one_to_memory() {
        let (memory, disk) = (Budget::new(0), Budget::new(0));
        for (length, spilled) in [(LONGEST_IN_MEMORY, true), (LONGEST_IN_MEMORY - 1, false)] {
            // Two quotes are added.
            let text = "x".repeat(length - 2);
            let body = LongBody::new(memory.hold(length).unwrap(), &disk);
            let response = body.with_json(&text, length).unwrap();
            assert_eq!(response.length(), length as u64);
            assert_eq!(response.body.is_empty(), spilled);
            // What is in the file takes no memory from others.
            assert_eq!(memory.hold(length).is_ok(), spilled);
        }
    }
}
