//! The arguments of a command in the manual: their help, as sentences.

use clap::{Arg, Command};
use roff::bold;

use super::markup::{Page, sentence};
use super::synopsis::{is_global, own_options, term};

/// The section of the options: those of the command, then the global ones.
pub(super) fn options(page: &mut Page, command: &Command) {
    page.section("OPTIONS");
    if !command.has_subcommands() {
        command
            .get_positionals()
            .for_each(|arg| argument(page, arg));
    }
    for option in own_options(command) {
        argument(page, option);
    }
    page.subsection("Global options");
    page.paragraphs("Every command takes these, also in front of its name.");
    let global = command.get_arguments().filter(|arg| is_global(arg));
    global.for_each(|arg| argument(page, arg));
}

/// An argument and what its help says of it.
pub(super) fn argument(page: &mut Page, arg: &Arg) {
    let short = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let long = arg.get_long_help().map(ToString::to_string);
    let text = long.as_ref().unwrap_or(&short);
    let (first, rest) = text.split_once("\n\n").unwrap_or((text, ""));
    // A default that clap does not know of, as it is written in the help.
    let (first, told) = first.split_once(" [default: ").unwrap_or((first, ""));
    let mut text = sentence(first.split(" (see ").next().unwrap_or(first));
    if !rest.is_empty() {
        text = format!("{text}\n\n{rest}");
    }
    let default = arg.get_default_values().first().map_or_else(
        || told.trim_end_matches(']').to_owned(),
        |value| value.to_string_lossy().into_owned(),
    );
    let takes_value = arg.get_num_args().expect("built").takes_values();
    if takes_value && !default.is_empty() {
        text = format!("{text} The default is `{default}`.");
    }
    let values = arg.get_possible_values();
    let told = values.iter().all(|value| value.get_help().is_some());
    if !values.is_empty() && !told {
        let names: Vec<String> = values
            .iter()
            .map(|it| format!("`{}`", it.get_name()))
            .collect();
        text = format!("{text} One of {}.", names.join(", "));
    }
    page.term(term(arg), &text);
    if !values.is_empty() && told {
        page.within_term(|page| {
            for value in &values {
                let help = value.get_help().expect("each has one").to_string();
                page.term(vec![bold(value.get_name())], &sentence(&help));
            }
        });
    }
}
