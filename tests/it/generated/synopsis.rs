//! The syntax of a command and its options: the lines of SYNOPSIS and the terms of OPTIONS.

use clap::builder::ValueRange;
use clap::{Arg, Command};
use roff::{Inline, bold, italic, roman};

use super::markup::NO_BREAK;

/// The arguments that only this command takes.
pub(super) fn own_options(command: &Command) -> Vec<&Arg> {
    command
        .get_arguments()
        .filter(|arg| !arg.is_positional() && !is_global(arg) && !arg.is_hide_set())
        .collect()
}

/// Whether every command takes it.
pub(super) fn is_global(arg: &Arg) -> bool {
    arg.is_global_set()
}

/// `notes NAME`, its options, with mutually exclusive ones in one pair of brackets, and its operands.
pub(super) fn usage(name: &str, command: &Command) -> Vec<Inline> {
    let mut line = vec![bold(name)];
    let mut alternatives: Vec<Vec<&Arg>> = Vec::new();
    for option in own_options(command) {
        if matches!(option.get_id().as_str(), "help" | "version") {
            continue;
        }
        let place = alternatives
            .iter_mut()
            .find(|others| others.iter().all(|other| exclude(command, option, other)));
        match place {
            Some(others) => others.push(option),
            None => alternatives.push(vec![option]),
        }
    }
    for options in alternatives {
        line.push(roman(" ["));
        for (index, option) in options.into_iter().enumerate() {
            if index > 0 {
                line.push(roman(format!("{NO_BREAK}|{NO_BREAK}")));
            }
            let flag = option.get_short().map_or_else(
                || format!("--{}", option.get_long().unwrap()),
                |short| format!("-{short}"),
            );
            line.push(bold(flag));
            line.extend(value(option));
        }
        line.push(roman("]"));
    }
    line.push(roman(" ["));
    line.push(italic(format!("global{NO_BREAK}option")));
    line.push(roman("]..."));
    for operand in command.get_positionals() {
        line.push(roman(" "));
        line.extend(term(operand));
    }
    line
}

fn exclude(command: &Command, one: &Arg, other: &Arg) -> bool {
    let conflict = |one: &Arg, other: &Arg| {
        command
            .get_arg_conflicts_with(one)
            .iter()
            .any(|arg| arg.get_id() == other.get_id())
    };
    let in_one_group = command.get_groups().any(|group| {
        let members: Vec<_> = group.get_args().collect();
        !group.clone().is_multiple()
            && members.contains(&one.get_id())
            && members.contains(&other.get_id())
    });
    in_one_group || conflict(one, other) || conflict(other, one)
}

/// An argument with all its names.
pub(super) fn term(arg: &Arg) -> Vec<Inline> {
    if arg.is_positional() {
        let name = italic(value_name(arg));
        let mut term = if arg.is_required_set() {
            vec![name]
        } else {
            vec![roman("["), name, roman("]")]
        };
        if range(arg).max_values() > 1 {
            term.push(roman("..."));
        }
        return term;
    }
    let mut term = Vec::new();
    if let Some(short) = arg.get_short() {
        term.push(bold(format!("-{short}")));
    }
    if let Some(long) = arg.get_long() {
        if !term.is_empty() {
            term.push(roman(", "));
        }
        term.push(bold(format!("--{long}")));
    }
    term.extend(value(arg));
    term
}

/// What follows the name of an option.
fn value(option: &Arg) -> Vec<Inline> {
    let range = range(option);
    if !range.takes_values() {
        return Vec::new();
    }
    let name = italic(value_name(option));
    match (range.min_values() == 0, option.is_require_equals_set()) {
        (true, true) => vec![roman("[="), name, roman("]")],
        (true, false) => vec![roman(format!("{NO_BREAK}[")), name, roman("]")],
        (false, true) => vec![roman("="), name],
        (false, false) => vec![roman(NO_BREAK.to_string()), name],
    }
}

/// The word that stands for the value.
pub(super) fn value_name(arg: &Arg) -> String {
    arg.get_value_names().map_or_else(
        || arg.get_id().as_str().to_uppercase(),
        |names| names.join(" "),
    )
}

fn range(arg: &Arg) -> ValueRange {
    arg.get_num_args().expect("the command is built")
}
