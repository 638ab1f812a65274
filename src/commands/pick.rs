//! NOTE where none is given: on a terminal a person picks from the list, newest first.

use anyhow::bail;

use super::named;
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::store::scan::NOTES_AT_ONCE;
use crate::store::{self, Order};
use crate::terminal::picker::Picker;

/// Refuses to go on without a NOTE where there is nobody to pick one.
pub(super) fn require(notes: &[String], context: &Context) -> Result<(), Error> {
    let dumb = context.environment.get("TERM") == Some("dumb");
    if notes.is_empty() && (dumb || !context.is_interactive()) {
        let text = "the following required arguments were not provided: <NOTE>...";
        return Err(Error::usage(format!("{text}; `notes --help` tells more")));
    }
    Ok(())
}

/// As [`named::resolve`], or, without any NOTE, what a person picks: one id at least.
pub(super) fn resolve(
    context: &mut Context,
    given: Vec<String>,
    several: bool,
) -> anyhow::Result<(Vec<String>, Vec<store::Error>)> {
    if !given.is_empty() {
        return named::resolve(context, given);
    }
    let picker = Picker {
        command: context.settings.picker.clone(),
        several,
        color: context.options.stderr.color,
    };
    let store = context.store()?;
    if store.count()? == 0 {
        bail!(store::Error::NoSuchNote {
            note: "@".into(),
            message: "there is no note yet; `notes add` makes one".into(),
        });
    }
    let ids = picker.pick(|sink| -> anyhow::Result<()> {
        let ids = store
            .candidates(Order::LATEST_FIRST, |_| true)?
            .take(usize::MAX);
        let mut rest = ids.as_slice();
        while store
            .next_present(&mut rest, NOTES_AT_ONCE)?
            .is_some_and(&mut *sink)
        {}
        Ok(())
    })?;
    Ok((ids, Vec::new()))
}

/// The same for notes that are to be changed, where each error is said, and what the run ends with
/// for them. A name that fits several notes is a slip, and no time to change the others.
pub(super) fn resolve_for_change(
    context: &mut Context,
    given: Vec<String>,
    several: bool,
) -> anyhow::Result<(Vec<String>, Exit)> {
    let (ids, errors) = resolve(context, given, several)?;
    let is_ambiguous = errors.iter().any(|error| error.exit() == Exit::Ambiguous);
    let exit = named::complain_of(errors, context);
    if is_ambiguous {
        return Ok((Vec::new(), Exit::Ambiguous));
    }
    Ok((ids, exit))
}
