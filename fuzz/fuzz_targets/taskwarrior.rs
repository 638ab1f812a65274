//! See `notes::fuzzing::taskwarrior`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::taskwarrior(data));
