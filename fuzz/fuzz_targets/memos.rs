//! See `notes::fuzzing::memos`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::memos(data));
