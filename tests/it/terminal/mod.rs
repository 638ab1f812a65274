//! A person at a terminal: editor and drafts, questions, picker, pager.

mod drafts;
mod names;
mod paging;
mod picker;
mod question;
mod screen;
