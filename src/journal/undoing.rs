//! Undoing, as far as the history goes: which step it is, and if that still holds.

use super::history::{StepState, Summary};

/// There is no such step on this server, or it does not hold.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoSuchStep(String);

impl NoSuchStep {
    /// No step on a server holds; so many hold elsewhere.
    pub(crate) fn nothing(server: &str, elsewhere: usize) -> Self {
        let elsewhere = match elsewhere {
            0 => String::new(),
            1 => " (1 step was made on another Redis)".to_owned(),
            others => format!(" ({others} steps were made on other Redis servers or databases)"),
        };
        Self(format!("nothing to undo on {server}{elsewhere}"))
    }
}

/// Returns the step of that number, or the newest on this server that still holds and is no undo.
pub(crate) fn choose<'h>(
    history: &'h [Summary],
    step: Option<u64>,
    server: &str,
) -> Result<&'h Summary, NoSuchStep> {
    let number = match step {
        Some(number) => number,
        None => last(history, server)?,
    };
    let step = history.iter().find(|step| step.number == number);
    let step = step
        .ok_or_else(|| NoSuchStep(format!("no step {number}; `notes log` shows what there is")))?;
    if step.server != server {
        return Err(NoSuchStep(format!(
            "step {number} was made on {}, not on {server}; name that Redis with --redis-url",
            step.server
        )));
    }
    refuse_undone(history, step)?;
    Ok(step)
}

/// Returns the step that made the change of a step last: the step itself, or the undo of its undo. If
/// the step were undone in place of that one, that one would still count as made.
pub(crate) fn made_last(history: &[Summary], number: u64) -> u64 {
    let undo_of = |number, state| {
        // A step undoes an earlier one, so this comes to an end whatever the file says.
        let mut later = history.iter().filter(|step| step.number > number);
        later.find(|step| step.undoes == Some(number) && step.state == state)
    };
    let undo = undo_of(number, StepState::Undone);
    match undo.and_then(|undo| undo_of(undo.number, StepState::Made)) {
        Some(redo) => made_last(history, redo.number),
        None => number,
    }
}

/// Returns the number of the newest step that still holds and is no undo.
fn last(history: &[Summary], server: &str) -> Result<u64, NoSuchStep> {
    let mut elsewhere = 0;
    for step in history.iter().rev() {
        if step.state == StepState::Made && step.undoes.is_none() {
            if step.server == server {
                return Ok(step.number);
            }
            elsewhere += 1;
        }
    }
    Err(NoSuchStep::nothing(server, elsewhere))
}

/// Fails if the step no longer holds: there is nothing of it to undo.
pub(crate) fn refuse_undone(history: &[Summary], step: &Summary) -> Result<(), NoSuchStep> {
    let number = step.number;
    let name = format!("step {number} ({})", step.by);
    let state = history.iter().find(|step| step.number == number);
    Err(NoSuchStep(match state.map(|step| step.state) {
        Some(StepState::Undone) => {
            let mut steps = history.iter().rev();
            match steps.find(|step| step.undoes == Some(number) && step.state == StepState::Made) {
                Some(Summary { number: by, .. }) => {
                    format!("{name} is undone already, by step {by}; `notes undo {by}` redoes it")
                }
                None => format!("{name} is undone already"),
            }
        }
        Some(StepState::Cancelled) => {
            format!("{name} was never made, or its change is gone; there is nothing to undo")
        }
        Some(StepState::Made) | None => return Ok(()),
    }))
}
