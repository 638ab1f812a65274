//! Check boxes: the form in which tasks of other programs come in.

/// Writes the line of a task.
pub(super) fn line(text: &str, is_done: bool) -> String {
    let mark = if is_done { 'x' } else { ' ' };
    format!("- [{mark}] {text}")
}
