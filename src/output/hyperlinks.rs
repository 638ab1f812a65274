//! The terminals that open links in the text (OSC 8), by the variables that they set.

/// The first version of VTE, the terminal of GNOME and others, with links.
const VTE: u32 = 5000;

/// Variables that only terminals with links set, to any value.
const ANY: [&str; 3] = ["DOMTERM", "KONSOLE_VERSION", "WT_SESSION"];

/// Other values that name a terminal with links.
const NAMES: [(&str, &[&str]); 3] = [
    (
        "TERM_PROGRAM",
        &[
            "Hyper",
            "WezTerm",
            "ghostty",
            "iTerm.app",
            "rio",
            "terminology",
            "vscode",
            "zed",
        ],
    ),
    (
        "TERM",
        &[
            "alacritty",
            "alacritty-direct",
            "foot",
            "foot-extra",
            "xterm-ghostty",
            "xterm-kitty",
        ],
    ),
    ("COLORTERM", &["xfce4-terminal"]),
];

/// Returns true if the terminal is known to open links. `FORCE_HYPERLINK` decides if it is set: `0` means
/// that it does not.
///
/// Within tmux and screen the variables of the terminal say nothing: old versions of both show parts of
/// the sequences.
pub(super) fn are_known(variable: impl Fn(&str) -> Option<String>) -> bool {
    if let Some(choice) = variable("FORCE_HYPERLINK") {
        return choice.trim() != "0";
    }
    let term = variable("TERM").unwrap_or_default();
    let is_multiplexed = ["TMUX", "STY"].iter().any(|name| variable(name).is_some());
    if is_multiplexed || term.starts_with("tmux") || term.starts_with("screen") {
        return false;
    }
    let vte = variable("VTE_VERSION").and_then(|version| version.parse().ok());
    vte.is_some_and(|version: u32| version >= VTE)
        || ANY.iter().any(|name| variable(name).is_some())
        || NAMES.iter().any(|(name, values)| {
            variable(name).is_some_and(|value| values.contains(&value.as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_opens_links_if_its_variables_name_one_that_does() {
        for (variables, expected) in [
            ("", false),
            ("TERM=xterm-256color", false),
            ("TERM=xterm-kitty", true),
            ("TERM_PROGRAM=WezTerm TERM=xterm-256color", true),
            ("TERM_PROGRAM=Apple_Terminal", false),
            ("VTE_VERSION=4900", false),
            ("VTE_VERSION=7006", true),
            ("VTE_VERSION=x", false),
            ("WT_SESSION=1", true),
            ("VTE_VERSION=7006 TMUX=/tmp/x", false),
            ("VTE_VERSION=7006 TERM=screen.xterm-256color", false),
            ("FORCE_HYPERLINK=1 TMUX=/tmp/x", true),
            ("FORCE_HYPERLINK=0 VTE_VERSION=7006", false),
        ] {
            let known = are_known(|name| {
                let mut pairs = variables.split(' ').filter_map(|pair| pair.split_once('='));
                let found = pairs.find(|(key, _)| *key == name);
                found.map(|(_, value)| value.to_owned())
            });
            assert_eq!(known, expected, "{variables}");
        }
    }
}
