//! A person at a terminal: editor and drafts, questions, picker, pager, Markdown.

mod drafts;
mod links;
mod markdown;
mod names;
mod narrow;
mod paging;
mod picker;
mod question;
mod screen;
mod tasks;
