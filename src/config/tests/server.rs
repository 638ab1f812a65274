//! Which place names the server, and what goes with it.

use super::*;

#[test]
fn the_first_place_that_names_a_server_wins() {
    let all = || {
        Machine::new()
            .env("REDIS_HOST", "env")
            .working_file("REDIS_URL=redis://work")
            .own_file("REDIS_URL=redis://own")
    };
    let machine = all().flag_url("redis://flag");
    assert_eq!(machine.server(), "flag:6379, --redis-url");
    assert_eq!(all().server(), "env:6379, REDIS_HOST in the environment");
    let machine = all().env("REDIS_HOST", "");
    assert_eq!(machine.server(), "work:6379, REDIS_URL in ./.env");
    let machine = machine.working_file("");
    let expected = "own:6379, REDIS_URL in ~/.config/notes/.env";
    assert_eq!(machine.server(), expected);
    let machine = machine.own_file("");
    assert_eq!(machine.server(), "private");
}

#[test]
fn an_empty_value_counts_as_none_in_every_place() {
    let empty = "REDIS_URL=\nREDIS_HOST=''\nREDIS_PORT= # none\n";
    let machine = Machine::new()
        .flag_url("")
        .env("REDIS_URL", "")
        .env("REDIS_HOST", "")
        .env("REDIS_PORT", "")
        .working_file(empty)
        .own_file(&format!(
            "{empty}REDIS_HOST=own\nREDIS_DB=\nREDIS_USERNAME="
        ));
    let expected = "own:6379, REDIS_HOST in ~/.config/notes/.env";
    assert_eq!(machine.server(), expected);
    let server = machine.named();
    assert_eq!((server.db, server.username), (None, None));
    assert_eq!(machine.own_file(empty).server(), "private");
}

/// Returns the warnings, or the error, about a database or a login without a server.
fn without_server(machine: &Machine) -> Result<Vec<String>, String> {
    match machine.load() {
        Ok(settings) => {
            assert!(settings.server.is_none());
            Ok(settings.warnings.iter().map(Error::to_string).collect())
        }
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn a_database_alone_names_no_server() {
    let said = |place: &str| {
        format!(
            "{place} names no server: set REDIS_URL or REDIS_HOST too, or remove it to use your \
             private Redis"
        )
    };
    let machine = Machine::new().env("REDIS_DB", "1");
    assert_eq!(
        without_server(&machine),
        Err(said("REDIS_DB in the environment"))
    );
    let machine = Machine::new().env("REDIS_DB", "no number");
    assert_eq!(
        without_server(&machine),
        Err(said("REDIS_DB in the environment"))
    );
    let machine = Machine::new().own_file("\nREDIS_DB=1");
    let own = format!("REDIS_DB in {} (line 2)", machine.own_path().display());
    assert_eq!(without_server(&machine), Err(said(&own)));
    // A stranger's file does not keep the user from the notes.
    let machine = Machine::new().working_file("REDIS_DB=1");
    assert_eq!(
        without_server(&machine),
        Ok(vec![said("REDIS_DB in ./.env (line 1)")])
    );
    let machine = Machine::new().working_file("REDIS_DB='open");
    assert_eq!(without_server(&machine).unwrap().len(), 1);
    // The first place that sets it counts, and 0 is the database of the private Redis.
    let machine = machine.env("REDIS_DB", "0").own_file("REDIS_DB=1");
    assert_eq!(without_server(&machine), Ok(vec![]));
}

#[test]
fn a_login_alone_names_no_server_and_is_refused_in_the_file_of_notes_alone() {
    let login = "REDIS_USERNAME=u\nREDIS_PASSWORD=p\nREDISCLI_AUTH=p\nDEBUG=1";
    let machine = Machine::new()
        .working_file(login)
        .own_file("REDISCLI_AUTH=p")
        .env("REDIS_PASSWORD", "p")
        .env("REDIS_USERNAME", "u");
    assert_eq!(without_server(&machine), Ok(vec![]));
    for name in ["REDIS_USERNAME", "REDIS_PASSWORD"] {
        let machine = Machine::new().own_file(&format!("{name}=secret"));
        let error = without_server(&machine).unwrap_err();
        assert!(error.starts_with(&format!("{name} in ")), "{error}");
        assert!(!error.contains("secret"), "{error}");
        // If a server is named elsewhere, the login in the file does not matter.
        let named = machine.env("REDIS_HOST", "h");
        assert_eq!(named.server(), "h:6379, REDIS_HOST in the environment");
    }
}

#[test]
fn a_server_that_the_working_directory_names_is_marked() {
    let is_marked = |machine: &Machine| machine.settings().is_named_by_working_dir;
    let machine = Machine::new().working_file("REDIS_HOST=work");
    assert!(is_marked(&machine));
    let machine = machine.env("REDIS_HOST", "env");
    assert!(!is_marked(&machine));
    let machine = Machine::new()
        .working_file("DEBUG=1")
        .own_file("REDIS_HOST=own");
    assert!(!is_marked(&machine));
}

#[test]
fn only_the_env_file_of_the_working_directory_itself_is_read() {
    let machine = Machine::new();
    fs::write(machine.root.path().join(".env"), "REDIS_HOST=parent").unwrap();
    fs::write(machine.home().join(".env"), "REDIS_HOST=home").unwrap();
    assert_eq!(machine.server(), "private");
}

#[test]
fn one_of_host_and_port_is_enough_and_a_url_goes_before_both() {
    let table = [
        ("REDIS_HOST=h", "h:6379, REDIS_HOST in ./.env"),
        ("REDIS_PORT=7000", "localhost:7000, REDIS_PORT in ./.env"),
        (
            "REDIS_HOST=h\nREDIS_PORT=7000",
            "h:7000, REDIS_HOST in ./.env",
        ),
        (
            "REDIS_HOST=h\nREDIS_URL=unix:///s",
            "/s, REDIS_URL in ./.env",
        ),
        (
            "REDIS_PORT=tcp://10.0.0.1:6380",
            "10.0.0.1:6380, REDIS_PORT in ./.env",
        ),
        (
            "REDIS_PORT=tcp://[fd00::1]:6380",
            "[fd00::1]:6380, REDIS_PORT in ./.env",
        ),
        (
            "REDIS_PORT=tcp://10.0.0.1:6380\nREDIS_HOST=h",
            "h:6380, REDIS_HOST in ./.env",
        ),
        ("REDIS_HOST=[::1]", "[::1]:6379, REDIS_HOST in ./.env"),
        (
            "REDIS_HOST=fe80::1%eth0",
            "[fe80::1%eth0]:6379, REDIS_HOST in ./.env",
        ),
        (
            "REDIS_HOST=redis_1.example",
            "redis_1.example:6379, REDIS_HOST in ./.env",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(
            Machine::new().working_file(text).server(),
            expected,
            "{text}"
        );
    }
    let machine = Machine::new().working_file("REDIS_URL=not a url\nREDIS_PORT=bad");
    let expected = "REDIS_URL in ./.env is not a Redis URL: ";
    assert!(machine.error().starts_with(expected), "{}", machine.error());
}

#[test]
fn the_login_is_taken_from_the_place_that_names_the_server_alone() {
    let login = "REDIS_USERNAME=u\nREDIS_PASSWORD=p\nREDIS_DB=7\n";
    let login_only = Machine::new()
        .env("REDIS_USERNAME", "u")
        .env("REDIS_PASSWORD", "p")
        .env("REDIS_DB", "7");
    let bare = [
        Machine::new()
            .env("REDIS_HOST", "h")
            .working_file(login)
            .own_file(login),
        Machine::new().working_file("REDIS_HOST=h").own_file(login),
        Machine::new().own_file("REDIS_HOST=h").working_file(login),
        login_only.flag_url("redis://h"),
    ];
    for machine in bare {
        let server = machine.named();
        assert_eq!(server.username, None, "{server:?}");
        assert_eq!(server.password, None, "{server:?}");
        assert_eq!(server.db, None, "{server:?}");
    }

    let machine = Machine::new().working_file(&format!("{login}REDIS_URL=redis://h"));
    let server = machine.named();
    assert_eq!(password(&server), Some("p"));
    assert_eq!(server.username.as_deref(), Some("u"));
    assert_eq!(server.db, Some(7));
}

#[test]
fn rediscli_auth_of_the_environment_fills_a_missing_password_of_the_users_own_servers() {
    let users = [
        Machine::new().flag_url("redis://h"),
        Machine::new().env("REDIS_URL", "redis://h"),
        Machine::new().own_file("REDIS_HOST=h\nREDIS_PASSWORD=\n"),
    ];
    for machine in users {
        let machine = machine.env("REDISCLI_AUTH", "auth");
        assert_eq!(password(&machine.named()), Some("auth"));
    }
    let machine = Machine::new().own_file("REDIS_HOST=h\nREDIS_PASSWORD=own");
    let server = machine.env("REDISCLI_AUTH", "auth").named();
    assert_eq!(password(&server), Some("own"));
}

#[test]
fn the_password_of_sentinels_is_that_of_the_users_own_places_or_of_the_file_that_names_them() {
    let password = |machine: Machine| {
        let machine = machine.env("REDIS_SENTINEL_PASSWORD", "environment");
        let password = machine.named().sentinel_password;
        password.map(|password| password.expose().to_owned())
    };
    let (url, theirs) = ("redis://a,b/main", "REDIS_SENTINEL_PASSWORD=theirs");
    let file = |more: &str| format!("REDIS_URL={url}\n{more}");
    for (machine, expected) in [
        (Machine::new().flag_url(url), Some("environment")),
        (Machine::new().env("REDIS_URL", url), Some("environment")),
        (Machine::new().own_file(&file("")), Some("environment")),
        (Machine::new().own_file(&file(theirs)), Some("theirs")),
        (Machine::new().working_file(&file("")), None),
        (Machine::new().working_file(&file(theirs)), Some("theirs")),
        (
            Machine::new().working_file(&file("")).own_file(theirs),
            None,
        ),
    ] {
        assert_eq!(password(machine).as_deref(), expected);
    }
}

#[test]
fn a_server_of_the_working_directory_gets_no_password_but_that_of_its_own_file() {
    let own = "REDIS_PASSWORD=mine\nREDISCLI_AUTH=mine\n";
    let mut machine = Machine::new().own_file(own);
    for name in [
        "REDIS_PASSWORD",
        "REDISCLI_AUTH",
        "REDIS_USERNAME",
        "SECRET_KEY",
    ] {
        machine = machine.env(name, "mine");
    }
    for text in [
        "REDIS_HOST=stranger",
        "REDIS_URL=redis://stranger",
        "REDIS_HOST=stranger\nSECRET_KEY=${REDISCLI_AUTH}",
        "REDIS_HOST=$REDISCLI_AUTH.stranger",
    ] {
        machine = machine.working_file(text);
        let server = machine.named();
        assert_eq!(server.password, None, "{text}");
        assert_eq!(server.username, None, "{text}");
        assert!(!machine.server().contains("mine"), "{}", machine.server());
    }
    for text in [
        "REDIS_HOST=stranger\nREDIS_PASSWORD=${REDIS_PASSWORD}${REDISCLI_AUTH}",
        "REDIS_URL=redis://${REDIS_USERNAME}${REDIS_PASSWORD}${REDISCLI_AUTH}${SECRET_KEY}@stranger",
        "REDIS_HOST=${REDISCLI_AUTH}stranger",
        "REDIS_HOST=stranger\nREDIS_USERNAME=${HOME}${REDISCLI_AUTH}",
    ] {
        machine = machine.working_file(text);
        assert!(
            machine.error().contains("write out the ${NAME} in line"),
            "{text}"
        );
    }
    machine = machine.working_file("REDIS_HOST=stranger\nREDISCLI_AUTH=theirs");
    assert_eq!(password(&machine.named()), Some("theirs"));
}

#[test]
fn bad_values_are_refused_with_the_variable_and_its_place() {
    let port = "a port number from 1 to 65535";
    let db = "a whole number from 0 up";
    let host = "a host name or an address alone; a URL is for REDIS_URL, a port for REDIS_PORT";
    let table = [
        ("REDIS_PORT", "0", port),
        ("REDIS_PORT", "70000", port),
        ("REDIS_PORT", "abc", port),
        ("REDIS_PORT", "tcp://10.0.0.1:0", port),
        (
            "REDIS_PORT",
            "tcp://10.0.0.1",
            "a port, or tcp://ADDRESS:PORT",
        ),
        ("REDIS_PORT", "tcp://:6379", "a port, or tcp://ADDRESS:PORT"),
        ("REDIS_PORT", "tcp://u@h:6379", host),
        ("REDIS_PORT", "udp://h:6379", port),
        ("REDIS_DB", "-1", db),
        ("REDIS_DB", "x", db),
        ("REDIS_DB", "99999999999", db),
        ("REDIS_HOST", "redis://h", host),
        ("REDIS_HOST", "h:6379", host),
        ("REDIS_HOST", "u@h", host),
        ("REDIS_HOST", "/run/redis.sock", host),
        ("REDIS_HOST", "a b", host),
        ("REDIS_HOST", " ", host),
        ("REDIS_HOST", "[h]", host),
    ];
    for (name, value, expected) in table {
        let machine = Machine::new().env("REDIS_PORT", "1").env(name, value);
        let place = format!("{name} in the environment");
        assert_eq!(
            machine.error(),
            format!("{place} must be {expected}"),
            "{value}"
        );

        let text = format!("\nREDIS_PORT=1\n{name}='{value}'\n");
        let machine = Machine::new().working_file(&text);
        let place = format!("{name} in ./.env (line 3)");
        assert_eq!(
            machine.error(),
            format!("{place} must be {expected}"),
            "{value}"
        );
    }
}

#[test]
fn what_does_not_count_may_be_wrong() {
    let machine = Machine::new()
        .flag_url("redis://h")
        .env("REDIS_PORT", "abc")
        .env("REDIS_DB", "-1")
        .working_file("REDIS_HOST='open\nREDIS_DB=x")
        .own_file("REDIS_PORT=0");
    assert_eq!(machine.server(), "h:6379, --redis-url");
}

#[test]
fn a_broken_line_is_an_error_where_it_could_name_the_server() {
    let machine = Machine::new().working_file("\nREDIS_HOST='open\n");
    let expected = "the value of REDIS_HOST cannot be read: check the quotes in line 2 of ./.env";
    assert_eq!(machine.error(), expected);
    let machine = Machine::new().own_file("REDIS_URL=\"open");
    let own = machine.own_path();
    let expected = format!(
        "the value of REDIS_URL cannot be read: check the quotes in line 1 of {}",
        own.display()
    );
    assert_eq!(machine.error(), expected);
}

#[cfg(feature = "tls")]
#[test]
fn tls_files_come_from_the_place_that_names_the_server_or_from_flags() {
    let files = "REDIS_TLS_CA=ca.pem\nREDIS_TLS_CERT=~/c.pem\nREDIS_TLS_KEY=/k.pem\n";
    let named = format!("REDIS_URL=rediss://h\n{files}");
    let tls = |machine: Machine| machine.named().tls;
    let own = Machine::new().own_file(&named);
    let (directory, home) = (own.own_path(), own.home());
    let expected = TlsFiles {
        ca: Some(directory.with_file_name("ca.pem")),
        certificate: Some(home.join("c.pem")),
        key: Some("/k.pem".into()),
    };
    assert_eq!(own.named().tls, expected);
    // A stranger's file cannot have the user's certificate shown to a server.
    let working = Machine::new().working_file(&named);
    let ca = Some(working.working_dir().join("ca.pem"));
    let only_ca = TlsFiles {
        ca: ca.clone(),
        ..TlsFiles::default()
    };
    assert_eq!(working.named().tls, only_ca);
    let elsewhere = Machine::new()
        .env("REDIS_URL", "rediss://h")
        .working_file(files);
    assert_eq!(tls(elsewhere.own_file(files)), TlsFiles::default());
    let mut flagged = Machine::new().own_file(&named);
    flagged.flags.tls.ca = Some("ca.pem".into());
    let work = flagged.working_dir();
    assert_eq!(tls(flagged).ca, Some(work.join("ca.pem")));
}

#[test]
fn tls_files_for_a_server_without_tls_are_refused() {
    let mut private = Machine::new();
    private.flags.tls.ca = Some("ca.pem".into());
    for machine in [
        private,
        Machine::new()
            .env("REDIS_TLS_CA", "c")
            .env("REDIS_HOST", "h"),
        Machine::new().own_file("REDIS_URL=redis://h\nREDIS_TLS_KEY=k"),
    ] {
        let error = machine.load().unwrap_err().to_string();
        assert!(
            error.starts_with("TLS files are set, and no TLS server is named"),
            "{error}"
        );
    }
}
