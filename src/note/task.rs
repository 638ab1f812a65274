//! Tasks: the items of a list that begin with `[ ]` or `[x]`, outside code. No I/O.

use super::markdown::{self, Marker};

/// A task in a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task<'a> {
    /// The number of its line in the content, from 1.
    pub(crate) line: usize,
    pub(crate) is_done: bool,
    /// The rest of the line.
    pub(crate) text: &'a str,
}

/// A line that is no open task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TaskError {
    #[error("line {0} of the content is no task")]
    NoTask(usize),
    #[error("the task in line {0} of the content is done already")]
    Done(usize),
}

/// Returns the tasks in a content, in order.
pub(crate) fn in_text(text: &str) -> Vec<Task<'_>> {
    let mut tasks = Vec::new();
    let (mut line, mut counted) = (1, 0);
    for Marker { at, is_done } in markers(text) {
        line += text.get(counted..at.start).map_or(0, count_lines);
        counted = at.start;
        let rest = text.get(at.end..).unwrap_or_default();
        let text = rest.lines().next().unwrap_or_default().trim();
        tasks.push(Task {
            line,
            is_done,
            text,
        });
    }
    tasks
}

/// Returns the content with the tasks in these lines done.
pub(crate) fn tick(text: &str, lines: &[usize]) -> Result<String, TaskError> {
    let markers = markers(text);
    let tasks = in_text(text);
    let mut ticked = text.to_owned();
    for line in lines {
        let at = tasks.iter().position(|task| task.line == *line);
        let marker = at.and_then(|at| markers.get(at));
        let marker = marker.ok_or(TaskError::NoTask(*line))?;
        if marker.is_done {
            return Err(TaskError::Done(*line));
        }
        ticked.replace_range(marker.at.clone(), "[x]");
    }
    Ok(ticked)
}

fn markers(text: &str) -> Vec<Marker> {
    // Most contents have none, and need not be parsed.
    if ["[ ]", "[x]", "[X]", "[\t]"]
        .iter()
        .any(|mark| text.contains(mark))
    {
        markdown::task_markers(text)
    } else {
        Vec::new()
    }
}

fn count_lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        let tasks = in_text(text).into_iter();
        let words = tasks.map(|task| {
            let mark = if task.is_done { "x" } else { "o" };
            format!("{}{mark}:{}", task.line, task.text)
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_task_is_an_item_of_a_list_with_a_box() {
        for (text, tasks) in [
            (
                "- [ ] one\n- [x] two\n* [X] three\n",
                "1o:one 2x:two 3x:three",
            ),
            ("text\n\n1. [ ] a\n2) [ ] b", "3o:a 4o:b"),
            (
                "- a\n  - [ ] nested\n\n\t- [ ] deeper",
                "2o:nested 4o:deeper",
            ),
            ("> - [ ] quoted", "1o:quoted"),
            ("- [ ] a\r\n- [ ] b\r\n", "1o:a 2o:b"),
            ("[ ] no\n-[ ] no\n- [] no\n- [y] no\n- x [ ] no", ""),
            ("```\n- [ ] no\n```\n`- [ ]`\n\n    - [ ] no", ""),
            ("- [ ] a [link](x) *b*", "1o:a [link](x) *b*"),
        ] {
            assert_eq!(found(text), tasks, "{text:?}");
        }
    }

    #[test]
    fn only_open_tasks_are_ticked_and_nothing_else_changes() {
        let text = "T [ ]\r\n- [ ] one\r\n- [x] two\r\n  - [ ] three";
        assert_eq!(
            tick(text, &[2, 4]),
            Ok("T [ ]\r\n- [x] one\r\n- [x] two\r\n  - [x] three".into())
        );
        assert_eq!(tick(text, &[2, 3]), Err(TaskError::Done(3)));
        for line in [0, 1, 5, usize::MAX] {
            assert_eq!(tick(text, &[line]), Err(TaskError::NoTask(line)));
        }
    }
}
