//! See `notes::fuzzing::day_one`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| notes::fuzzing::day_one(data));
