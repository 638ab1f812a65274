//! No password reaches an error or the `Debug` form of settings, whatever is wrong with them.

use proptest::prelude::*;

use super::*;

const MARKER: &str = "s3cr3t";

/// The variables that hold a secret, or may hold one by mistake.
const NAMES: [&str; 10] = [
    "REDIS_URL",
    "REDIS_PASSWORD",
    "REDISCLI_AUTH",
    "REDIS_SENTINEL_PASSWORD",
    "SECRET_KEY",
    "REDIS_PORT",
    "REDIS_DB",
    "NOTES_TIMEOUT",
    "DEBUG",
    "OTHER",
];

/// Good and bad values around the marker.
const VALUES: [&str; 8] = [
    "s3cr3t",
    "'s3cr3t",
    "\"s3cr3t\" x",
    "redis://:s3cr3t@h:99999/x",
    "tcp://:s3cr3t@h:1",
    "tcp://h:s3cr3t",
    "-s3cr3t",
    "${REDIS_PASSWORD:-s3cr3t",
];

/// All that can be seen of the outcome: the settings or the error, with what is below it.
fn visible(machine: &Machine) -> String {
    let outcome = match machine.load() {
        Ok(settings) => format!("{settings:?} {settings:#?}"),
        Err(error) => {
            let debug = format!("{error:?}");
            let error = anyhow::Error::from(error);
            format!("{debug} {error} {error:#} {error:?}")
        }
    };
    format!("{outcome} {:?}", machine.flags)
}

#[test]
fn a_secret_is_seen_neither_in_settings_nor_in_errors() {
    let mut errors = 0;
    for server in ["", "REDIS_HOST=h\n", "REDIS_URL=redis://h\n"] {
        for name in NAMES {
            for value in VALUES {
                let line = format!("{server}{name}={value}\n");
                let unquoted = value.trim_matches(['\'', '"']);
                let env = Machine::new()
                    .env("REDIS_USERNAME", "u")
                    .env(name, unquoted);
                let machines = [
                    Machine::new().working_file(&line),
                    Machine::new().own_file(&line),
                    Machine::new().working_file(&format!("{name} {value}\n")),
                    if server.is_empty() {
                        env
                    } else {
                        env.env("REDIS_HOST", "h")
                    },
                    Machine::new().flag_url(value).env(name, unquoted),
                ];
                for machine in machines {
                    errors += usize::from(machine.load().is_err());
                    let visible = visible(&machine);
                    assert!(!visible.contains(MARKER), "{line}: {visible}");
                }
            }
        }
    }
    assert!(errors > 100, "only {errors} of the inputs were bad");
}

#[test]
fn a_host_that_carries_a_login_is_refused_unseen() {
    for value in [
        "redis://:s3cr3t@h",
        "u:s3cr3t@h",
        "s3cr3t@h",
        "h/s3cr3t",
        "h:s3cr3t",
    ] {
        let machine = Machine::new().env("REDIS_HOST", value);
        assert!(machine.load().is_err(), "{value}");
        assert!(!visible(&machine).contains(MARKER), "{}", visible(&machine));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_secret_in_a_file_of_any_shape_is_not_seen(
        parts in prop::collection::vec((0..NAMES.len(), 0..VALUES.len(), "[ ='\"#\\\\\n]{0,3}"), 1..6)
    ) {
        let lines = parts.iter().map(|(name, value, noise)| {
            format!("{}={noise}{}{noise}\n", NAMES[*name], VALUES[*value])
        });
        let text: String = lines.collect();
        for machine in [Machine::new().working_file(&text), Machine::new().own_file(&text)] {
            let visible = visible(&machine);
            prop_assert!(!visible.contains(MARKER), "{text}: {visible}");
        }
    }
}
