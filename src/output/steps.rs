//! The steps of the journal: lines for people, tab-separated lines for programs, JSON.

use std::io::{self, Write};
use std::iter::once;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Selection, Stream, Style, age, delimited, json, sanitize};
use crate::journal::{StepState, Summary};
use crate::note::text::heading;

/// The members of a step as JSON.
pub(crate) const MEMBERS: [&str; 7] = ["step", "at", "by", "state", "undoes", "server", "notes"];

/// The most titles of one step that people see.
const TITLES: usize = 10;

/// Writes the steps for people under a header: number, age, command, titles. Lines are cut at the width
/// of the terminal; nothing is written if there are no steps.
pub(crate) fn write(
    out: &mut dyn Write,
    steps: &[Summary],
    now: DateTime<Utc>,
    stream: &Stream,
) -> io::Result<()> {
    if steps.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<[String; 3]> = vec![["STEP", "WHEN", "WHAT"].map(str::to_owned)];
    rows.extend(steps.iter().map(|step| row(step, now)));
    let [a, b, c] = [0, 1, 2].map(|column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default()
    });
    let last = steps.iter().map(|step| {
        let style = match step.state {
            StepState::Made => Style::Plain,
            StepState::Undone | StepState::Cancelled => Style::Faint,
        };
        (style, titles_in_short(step))
    });
    let last = once((Style::Heading, "NOTES".to_owned())).chain(last);
    for ([step, when, what], (style, notes)) in rows.iter().zip(last) {
        let line = format!("{step:>a$}  {when:b$}  {what:c$}  {notes}");
        writeln!(out, "{}", stream.paint(stream.cut(&line), style))?;
    }
    Ok(())
}

/// Writes a step a line, tab-separated, escaped as in [`delimited`]: number, time, command, state,
/// the ids with spaces between them, the titles with `; ` between them.
pub(crate) fn write_tsv(out: &mut dyn Write, steps: &[Summary], stream: &Stream) -> io::Result<()> {
    for step in steps {
        let ids: Vec<&str> = step.notes.iter().map(|note| note.id.as_str()).collect();
        let values = [
            &step.number.to_string(),
            &step.at,
            &command(step),
            step.state.word(),
            &ids.join(" "),
            &titles(step).join("; "),
        ];
        delimited::write_row(out, &values, stream)?;
    }
    Ok(())
}

/// Returns the steps as an array of objects with the [`MEMBERS`], or those selected.
pub(crate) fn to_json(steps: &[Summary], selection: Option<&Selection>) -> Value {
    let steps = steps.iter().map(object);
    steps.map(|step| json::select(step, selection)).collect()
}

fn object(step: &Summary) -> Value {
    let notes = step
        .notes
        .iter()
        .map(|note| json!({ "id": note.id, "title": note.title, "change": note.kind.word() }));
    json!({
        "step": step.number,
        "at": step.at,
        "by": step.by,
        "state": step.state.word(),
        "undoes": step.undoes,
        "server": step.server,
        "notes": notes.collect::<Value>(),
    })
}

fn row(step: &Summary, now: DateTime<Utc>) -> [String; 3] {
    let mut what = command(step);
    if step.state != StepState::Made {
        what = format!("{what} ({})", step.state.word());
    }
    [
        step.number.to_string(),
        sanitize::one_line(&age::describe(&step.at, now)).into_owned(),
        sanitize::one_line(&what).into_owned(),
    ]
}

/// Returns the command, and for an undo the step that it undid.
fn command(step: &Summary) -> String {
    match step.undoes {
        Some(undone) => format!("{} {undone}", step.by),
        None => step.by.clone(),
    }
}

fn titles_in_short(step: &Summary) -> String {
    let notes = step.notes.iter().take(TITLES);
    let titles: Vec<&str> = notes.map(|note| heading(&note.title)).collect();
    let titles = titles.join(", ");
    let titles = sanitize::one_line(&titles);
    match step.notes.len() {
        0 | 1 => titles.into_owned(),
        count => format!("{count} notes: {titles}"),
    }
}

fn titles(step: &Summary) -> Vec<&str> {
    let notes = step.notes.iter();
    notes.map(|note| note.title.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Touched;
    use crate::note::ChangeKind;
    use crate::output::tests::{TERMINAL, written};
    use crate::timestamp;

    fn steps() -> Vec<Summary> {
        let note = |title: &str| Touched {
            id: format!("id of {}", title.len()),
            title: title.to_owned(),
            kind: ChangeKind::Deleted,
        };
        let step = |number, by: &str, state, notes| Summary {
            number,
            at: "2024-01-15T10:30:00+00:00".to_owned(),
            by: by.to_owned(),
            server: "here".to_owned(),
            undoes: (by == "undo").then_some(1),
            state,
            notes,
        };
        vec![
            step(12, "undo", StepState::Made, vec![note("T\t\x1b[2J")]),
            step(
                1,
                "rm",
                StepState::Undone,
                vec![note("買い物"), note("b\n")],
            ),
        ]
    }

    fn now() -> DateTime<Utc> {
        timestamp::parse("2024-01-15T10:32:00+00:00").unwrap()
    }

    #[test]
    fn people_get_aligned_lines_that_are_safe_and_fit() {
        let stream = Stream {
            color: false,
            ..TERMINAL
        };
        let text = written(|out| write(out, &steps(), now(), &stream));
        assert_eq!(
            text,
            "STEP  WHEN           WHAT         NOTES\n\
             \u{20} 12  2 minutes ago  undo 1       T^I^[[2J\n\
             \u{20}  1  2 minutes ago  rm (undone)  2 notes: 買い物, b^J\n"
        );
        let narrow = Stream {
            width: Some(50),
            ..stream
        };
        let text = written(|out| write(out, &steps(), now(), &narrow));
        assert!(text.ends_with("  2 notes: 買い物…\n"), "{text}");
        assert_eq!(written(|out| write(out, &[], now(), &stream)), "");
    }

    #[test]
    fn programs_get_a_line_a_step() {
        let text = written(|out| write_tsv(out, &steps(), &Stream::PIPE));
        assert_eq!(
            text,
            "12\t2024-01-15T10:30:00+00:00\tundo 1\tmade\tid of 6\tT\\t\u{1b}[2J\n\
             1\t2024-01-15T10:30:00+00:00\trm\tundone\tid of 9 id of 2\t買い物; b\\n\n"
        );
    }

    #[test]
    fn json_has_every_member_or_the_selected_ones() {
        let steps = &steps()[1..];
        assert_eq!(
            to_json(steps, None).to_string(),
            r#"[{"step":1,"at":"2024-01-15T10:30:00+00:00","by":"rm","state":"undone","undoes":null,"server":"here","notes":[{"id":"id of 9","title":"買い物","change":"deleted"},{"id":"id of 2","title":"b\n","change":"deleted"}]}]"#
        );
        let selection = "state,step".parse().unwrap();
        assert_eq!(
            to_json(steps, Some(&selection)).to_string(),
            r#"[{"state":"undone","step":1}]"#
        );
    }
}
