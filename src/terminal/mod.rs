//! A person at a terminal, and the programs that work for one: editor, pager, questions, progress,
//! signals.

pub mod drafts;
pub mod editor;
pub mod interrupt;
pub mod pager;
pub mod progress;
pub mod prompt;
pub mod signals;
