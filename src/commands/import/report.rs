//! The report of an import: the notes and files that did not go in.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::context::Context;
use crate::note::RawNote;
use crate::output::short_id;

/// The most skipped notes that are named.
const MOST_NAMED: usize = 10;

#[derive(Default)]
pub(super) struct Report {
    /// True if a note cannot be imported.
    pub(super) has_failures: bool,
    /// The number of notes in the trash of another program.
    pub(super) trashed: usize,
    /// Errors are printed last, so that the ids on the same terminal do not scroll them away.
    is_last: bool,
    errors: Vec<anyhow::Error>,
    /// Hints about notes that go in.
    notices: Vec<String>,
    /// The numbers of files without notes, by their extensions.
    left_out: BTreeMap<String, usize>,
    skipped: Vec<String>,
    others_skipped: usize,
}

impl Report {
    pub(super) fn new(context: &Context) -> Self {
        Self {
            is_last: context.options.stdout.terminal,
            ..Self::default()
        }
    }

    pub(super) fn complain(&mut self, error: anyhow::Error, context: &Context) {
        self.has_failures = true;
        if self.is_last {
            self.errors.push(error);
        } else {
            context.complain(&error);
        }
    }

    pub(super) fn notice(&mut self, text: String, context: &Context) {
        if self.is_last {
            self.notices.push(text);
        } else {
            context.say(&text);
        }
    }

    pub(super) fn leave_out(&mut self, files: &BTreeMap<String, usize>) {
        for (extension, count) in files {
            *self.left_out.entry(extension.clone()).or_default() += count;
        }
    }

    /// Adds a note of which another version is stored.
    pub(super) fn skip(&mut self, id: &str, note: &RawNote, is_newer: bool) {
        if self.skipped.len() == MOST_NAMED {
            self.others_skipped += 1;
            return;
        }
        let note = note.to_note(id);
        let option = if is_newer { "newer" } else { "replace" };
        self.skipped.push(format!(
            "skipped {} {}: a different version is stored; `--on-conflict {option}` imports this one",
            short_id(&note, 0),
            note.title(),
        ));
    }

    /// Prints it. A plan names the skipped notes itself.
    pub(super) fn print(&self, is_plan: bool, context: &Context) {
        for error in &self.errors {
            context.complain(error);
        }
        for notice in &self.notices {
            context.say(notice);
        }
        match self.trashed {
            0 => {}
            1 => context.say("left out 1 note that is in the trash"),
            trashed => context.say(&format!("left out {trashed} notes that are in the trash")),
        }
        if !self.left_out.is_empty() {
            context.say(&left_out(&self.left_out));
        }
        if is_plan {
            return;
        }
        for line in &self.skipped {
            context.say(line);
        }
        if self.others_skipped > 0 {
            context.say(&format!("skipped {} more", self.others_skipped));
        }
    }
}

/// `left out 3 files: 2 .org, 1 .html`
fn left_out(files: &BTreeMap<String, usize>) -> String {
    let mut kinds: Vec<(&String, usize)> = files.iter().map(|(kind, n)| (kind, *n)).collect();
    kinds.sort_by_key(|(_, count)| Reverse(*count));
    let all: usize = kinds.iter().map(|(_, count)| count).sum();
    let files = if all == 1 { "file" } else { "files" };
    let mut parts = Vec::new();
    for (kind, count) in kinds {
        parts.push(match kind.as_str() {
            "" => format!("{count} without an extension"),
            kind => format!("{count} .{kind}"),
        });
    }
    format!("left out {all} {files}: {}", parts.join(", "))
}
