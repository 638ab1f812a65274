//! A person at a terminal, and the programs that work for one: editor, pager, picker, questions,
//! progress, signals.

pub(crate) mod drafts;
pub(crate) mod editor;
pub(crate) mod interrupt;
pub(crate) mod pager;
pub(crate) mod picker;
pub(crate) mod progress;
pub(crate) mod prompt;
pub(crate) mod signals;
