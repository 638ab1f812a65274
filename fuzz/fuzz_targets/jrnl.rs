//! See `notes::fuzzing::jrnl`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::jrnl(data));
