//! See `notes::fuzzing::textbundle`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::textbundle(data));
