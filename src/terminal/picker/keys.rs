//! The keys of the picker.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::prompt::PromptEdit;

/// The line that names the keys.
pub(super) fn help(several: bool) -> &'static [&'static str] {
    if several {
        &[
            "Enter take",
            "Tab mark",
            "Esc leave",
            "Alt-P preview",
            "Shift-↑↓ scroll it",
            "PgUp PgDn Home End",
        ]
    } else {
        &[
            "Enter take",
            "Esc leave",
            "Alt-P preview",
            "Shift-↑↓ scroll it",
            "PgUp PgDn Home End",
        ]
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Edit(PromptEdit),
    Move(Move),
    /// Marks the note, or takes its mark away, and moves on.
    Mark(Move),
    Scroll(Move),
    TogglePreview,
    Take,
    Leave,
    /// Leaves if nothing is typed.
    LeaveEmpty,
    Redraw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

/// Returns the meaning of an event of the terminal.
pub(super) fn action(event: Event) -> Option<Action> {
    match event {
        Event::Key(KeyEvent {
            kind: KeyEventKind::Press | KeyEventKind::Repeat,
            modifiers,
            code,
            ..
        }) => key(modifiers, code),
        Event::Paste(text) => Some(Action::Edit(PromptEdit::Insert(text))),
        Event::Resize(..) => Some(Action::Redraw),
        _ => None,
    }
}

fn key(modifiers: KeyModifiers, code: KeyCode) -> Option<Action> {
    let edit = |edit| Some(Action::Edit(edit));
    match (modifiers, code) {
        (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => {
            edit(PromptEdit::Insert(c.into()))
        }
        (KeyModifiers::SHIFT | KeyModifiers::NONE, KeyCode::BackTab) => {
            Some(Action::Mark(Move::Up))
        }
        (KeyModifiers::SHIFT, code) => Some(Action::Scroll(movement(code)?)),
        (KeyModifiers::NONE, KeyCode::Enter) => Some(Action::Take),
        (KeyModifiers::NONE, KeyCode::Esc) => Some(Action::Leave),
        (KeyModifiers::NONE, KeyCode::Tab) => Some(Action::Mark(Move::Down)),
        (KeyModifiers::NONE, KeyCode::Left) => edit(PromptEdit::Left),
        (KeyModifiers::NONE, KeyCode::Right) => edit(PromptEdit::Right),
        (KeyModifiers::NONE, KeyCode::Backspace) => edit(PromptEdit::Backspace),
        (KeyModifiers::NONE, KeyCode::Delete) => edit(PromptEdit::Delete),
        (KeyModifiers::NONE, code) => Some(Action::Move(movement(code)?)),
        (KeyModifiers::ALT, KeyCode::Char('p')) => Some(Action::TogglePreview),
        (KeyModifiers::CONTROL, KeyCode::Char(c)) => match c {
            'c' | 'g' | 'q' => Some(Action::Leave),
            'd' => Some(Action::LeaveEmpty),
            'k' | 'p' => Some(Action::Move(Move::Up)),
            'j' | 'n' => Some(Action::Move(Move::Down)),
            'b' => edit(PromptEdit::Left),
            'f' => edit(PromptEdit::Right),
            'a' => edit(PromptEdit::ToStart),
            'e' => edit(PromptEdit::ToEnd),
            'h' => edit(PromptEdit::Backspace),
            'w' => edit(PromptEdit::DeleteWord),
            'u' => edit(PromptEdit::DeleteBefore),
            _ => None,
        },
        _ => None,
    }
}

fn movement(code: KeyCode) -> Option<Move> {
    Some(match code {
        KeyCode::Up => Move::Up,
        KeyCode::Down => Move::Down,
        KeyCode::PageUp => Move::PageUp,
        KeyCode::PageDown => Move::PageDown,
        KeyCode::Home => Move::First,
        KeyCode::End => Move::Last,
        _ => return None,
    })
}
