//! A person at a terminal: editor and drafts, questions, picker, pager.

mod drafts;
mod links;
mod picker;
mod question;
mod screen;
mod tasks;
