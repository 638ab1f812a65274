//! See `notes::fuzzing::evernote`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::evernote(data));
