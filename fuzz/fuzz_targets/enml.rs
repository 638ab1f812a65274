//! See `notes::fuzzing::enml`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::enml(data));
