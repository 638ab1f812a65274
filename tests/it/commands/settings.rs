//! Where the notes live: which setting counts, and what a `.env` may not do.

use std::net::TcpListener;

use crate::support::Sandbox;

/// An address at which nothing listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

/// What `health` of a server that is away says of where it was looked for.
fn looked_for(sandbox: &Sandbox, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut notes = sandbox.notes([&["health"], arguments].concat());
    for (name, value) in variables {
        notes = notes.env(name, value);
    }
    let run = notes.run();
    assert_eq!(run.code, 7, "{run:?}");
    let place = run.stderr.strip_prefix("notes: no Redis answers at ");
    let (place, _) = place
        .and_then(|text| text.split_once(';'))
        .expect(&run.stderr);
    place.to_owned()
}

#[test]
fn the_first_source_that_names_a_server_counts() {
    let sandbox = Sandbox::bare();
    let port = nowhere().split_once(':').unwrap().1.to_owned();
    let config = sandbox.file(".config/notes/.env", format!("REDIS_PORT={port}\n"));
    assert_eq!(
        looked_for(&sandbox, &[], &[]),
        format!("localhost:{port} (REDIS_PORT in {})", config.display())
    );
    let file = nowhere();
    sandbox.file(".env", format!("REDIS_URL=redis://{file}\n"));
    assert_eq!(
        looked_for(&sandbox, &[], &[]),
        format!("{file} (REDIS_URL in ./.env)")
    );
    let environment = ("REDIS_PORT", format!("tcp://{}", nowhere()));
    let variable = (environment.0, environment.1.as_str());
    assert_eq!(
        looked_for(&sandbox, &[], &[variable]),
        format!("{} (REDIS_PORT in the environment)", &environment.1[6..])
    );
    let flag = nowhere();
    assert_eq!(
        looked_for(&sandbox, &["-u", &format!("redis://{flag}")], &[variable]),
        format!("{flag} (--redis-url)")
    );
}

#[test]
fn a_env_file_in_a_directory_above_is_not_read() {
    let sandbox = Sandbox::with_redis();
    sandbox.file(".env", "REDIS_URL=redis://127.0.0.1:1\n");
    let below = sandbox.file("below/x", "");
    sandbox
        .notes(["list"])
        .cwd(below.parent().unwrap())
        .gives(0, "", "");
}

#[test]
fn a_strangers_env_file_cannot_run_anything_or_change_the_environment() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("T", "c");
    let evil = sandbox.script("evil", "touch was-run");
    let evil = evil.display();
    sandbox.file(
        ".env",
        format!("EDITOR={evil}\nVISUAL={evil}\nNOTES_EDITOR={evil}\nNOTES_PAGER={evil}\nPATH=/nowhere\nLD_PRELOAD={evil}\n"),
    );
    let editor = sandbox.script("editor", "echo \"$EDITOR$LD_PRELOAD$PATH\" > \"$1\"");
    let path = std::env::var("PATH").unwrap();
    sandbox
        .notes(["edit", &id])
        .env("VISUAL", editor)
        .gives(0, "[..]\n", "changed [..]\n");
    assert_eq!(sandbox.field(&id, "title"), path);
    assert!(!sandbox.home().join("was-run").exists());
}

#[test]
fn a_password_with_a_dollar_sign_in_a_env_file_is_taken_as_it_is() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["CONFIG", "SET", "requirepass", "p$ss word"]);
    let url = sandbox.redis().url();
    sandbox.file(
        ".env",
        format!("REDIS_URL={url}\nREDIS_PASSWORD=p$ss word\n"),
    );
    sandbox
        .notes(["list"])
        .without("REDIS_URL")
        .gives(0, "", "");
}

#[test]
fn redis_cli_s_password_variable_fills_a_missing_password() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["CONFIG", "SET", "requirepass", "pw"]);
    sandbox
        .notes(["list"])
        .env("REDISCLI_AUTH", "pw")
        .gives(0, "", "");
    sandbox.notes(["list"]).env("REDISCLI_AUTH", "wrong").gives(
        4,
        "",
        "notes: refused by Redis at [..] (REDIS_URL in the environment): wrong user or password\n",
    );
}

#[test]
fn the_password_of_the_environment_is_not_sent_to_a_server_that_a_env_file_names() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["CONFIG", "SET", "requirepass", "pw"]);
    sandbox.file(".env", format!("REDIS_URL={}\n", sandbox.redis().url()));
    for variable in ["REDIS_PASSWORD", "REDISCLI_AUTH"] {
        let run = sandbox
            .notes(["list"])
            .without("REDIS_URL")
            .env(variable, "pw")
            .run();
        assert_eq!(run.code, 4, "{run:?}");
        sandbox
            .notes(["redis", "cli", "PING"])
            .without("REDIS_URL")
            .env(variable, "pw")
            .gives(0, "NOAUTH [..]\n...", "");
    }
}

#[test]
fn settings_that_make_no_sense_are_named_with_their_source() {
    let sandbox = Sandbox::bare();
    for (name, value) in [
        ("REDIS_PORT", "abc"),
        ("REDIS_PORT", "70000"),
        ("REDIS_URL", "http://x"),
        ("NOTES_TIMEOUT", "-1"),
    ] {
        let run = sandbox.notes(["list"]).env(name, value).run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{name}={value} {run:?}"
        );
        assert!(run.stderr.contains(name), "{run:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    }
    let run = sandbox.notes(["list", "--timeout", "soon"]).run();
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn without_a_home_a_named_server_is_enough() {
    let sandbox = Sandbox::with_redis();
    sandbox
        .notes(["list"])
        .env("HOME", "/nonexistent")
        .gives(0, "", "");
    sandbox.notes(["list"]).without("HOME").gives(0, "", "");
    sandbox
        .notes(["list"])
        .without("HOME")
        .without("REDIS_URL")
        .gives(2, "", "notes: [..]NOTES_DATA_DIR[..]\n");
}

#[test]
fn a_user_without_a_password_is_logged_in() {
    let sandbox = Sandbox::with_redis();
    sandbox.redis_cli(&["ACL", "SETUSER", "ann", "on", "nopass", "~*", "+@all"]);
    sandbox.redis_cli(&["ACL", "SETUSER", "default", "off"]);
    sandbox
        .notes(["list"])
        .env("REDIS_USERNAME", "ann")
        .gives(0, "", "");
    sandbox
        .notes(["redis", "cli", "PING"])
        .env("REDIS_USERNAME", "ann")
        .gives(0, "PONG\n", "");
    let run = sandbox.notes(["list"]).env("REDIS_USERNAME", "bob").run();
    assert_eq!(run.code, 4, "{run:?}");
}

#[test]
fn what_needs_no_store_needs_no_settings() {
    let sandbox = Sandbox::bare();
    sandbox.file(".env", "REDIS_PORT='open\n");
    for arguments in [
        &["completions", "bash"][..],
        &["--help"],
        &["help", "list"],
        &["list", "--help"],
        &["--version"],
        &[],
    ] {
        for port in ["", "abc", "0"] {
            let notes = sandbox.notes(arguments).env("REDIS_PORT", port);
            let run = notes.env("NOTES_TIMEOUT", "soon").run();
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{arguments:?}");
            assert!(!run.stdout.is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn a_reference_to_another_variable_in_a_env_file_is_refused_by_its_line() {
    let sandbox = Sandbox::bare();
    sandbox.file(".env", "# c\nREDIS_HOST=h\nREDIS_PASSWORD=s3cr3t${HOME}\n");
    sandbox.notes(["list"]).gives(
        2,
        "",
        "notes: the value of REDIS_PASSWORD cannot be read: write out the ${NAME} in line 3 of ./.env\n",
    );
}

#[test]
fn a_database_without_a_server_is_refused_where_the_user_sets_it() {
    let sandbox = Sandbox::bare();
    let refused = |place: &str| {
        format!(
            "notes: {place} names no server: set REDIS_URL or REDIS_HOST too, or remove it to use \
             your private Redis\n"
        )
    };
    sandbox.notes(["add", "x"]).env("REDIS_DB", "3").gives(
        2,
        "",
        &refused("REDIS_DB in the environment"),
    );
    for line in ["REDIS_DB=3", "REDIS_USERNAME=ann", "REDIS_PASSWORD=hunter2"] {
        let file = sandbox.file(".config/notes/.env", format!("{line}\n"));
        let name = line.split('=').next().unwrap();
        let place = format!("{name} in {} (line 1)", file.display());
        sandbox.notes(["add", "x"]).gives(2, "", &refused(&place));
    }
    assert!(!sandbox.home().join(".local").exists());
}

#[test]
fn a_database_without_a_server_is_told_where_a_file_of_the_working_directory_sets_it() {
    let sandbox = Sandbox::bare();
    sandbox.file(".env", "REDIS_DB=3\nREDIS_PASSWORD=hunter2\n");
    let not_running = "not running, [..]\n";
    sandbox.notes(["redis", "status", "-q"]).gives(
        7,
        not_running,
        "notes: REDIS_DB in ./.env (line 1) names no server: set REDIS_URL or REDIS_HOST too, or \
         remove it to use your private Redis\n",
    );
    // Database 0 is the one that is used.
    for database in ["0", " 0 "] {
        let status = sandbox.notes(["redis", "status"]);
        status.env("REDIS_DB", database).gives(7, not_running, "");
    }
    let text = format!("REDIS_URL=redis://{}\nREDIS_DB=3\n", nowhere());
    sandbox.file(".env", text);
    let run = sandbox.notes(["list"]).run();
    assert!(
        run.stderr.starts_with("notes: no Redis answers at "),
        "{run:?}"
    );
}
