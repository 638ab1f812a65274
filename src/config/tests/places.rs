//! Settings other than the server: which place each is taken from, and what may not be set where.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use super::*;

#[test]
fn the_timeout_is_taken_from_the_first_place_that_has_it() {
    let timeout = |machine: &Machine| machine.settings().timeout();
    let mut machine = Machine::new();
    assert_eq!(timeout(&machine), Duration::from_secs(5));
    machine = machine.own_file("NOTES_TIMEOUT=3");
    assert_eq!(timeout(&machine), Duration::from_secs(3));
    machine = machine.working_file("NOTES_TIMEOUT=2.5s");
    assert_eq!(timeout(&machine), Duration::from_millis(2500));
    machine = machine.env("NOTES_TIMEOUT", "1");
    assert_eq!(timeout(&machine), Duration::from_secs(1));
    machine.flags.timeout = Some(Duration::from_millis(500));
    assert_eq!(timeout(&machine), Duration::from_millis(500));
}

#[test]
fn a_bad_timeout_is_refused_with_the_variable_and_its_place() {
    for value in ["0", "abc", "-1", "1e9", "999999999999"] {
        let machine = Machine::new().working_file(&format!("NOTES_TIMEOUT={value}"));
        assert_eq!(
            machine.error(),
            "NOTES_TIMEOUT in ./.env (line 1) must be a number of seconds from 0.001 to 86400, \
             such as 5 or 0.5",
            "{value}"
        );
    }
}

#[test]
fn debug_is_on_for_the_usual_words_alone() {
    for value in ["True", "true", "1", "yes", "on", "TRUE"] {
        assert!(
            Machine::new().env("DEBUG", value).settings().debug,
            "{value}"
        );
    }
    for value in ["", "False", "false", "0", "no", "off", "*", "app:*"] {
        assert!(
            !Machine::new().env("DEBUG", value).settings().debug,
            "{value}"
        );
    }
    let machine = Machine::new().working_file("DEBUG=True\nSECRET_KEY='open");
    assert!(machine.settings().debug);
    assert!(!machine.env("DEBUG", "0").settings().debug);
}

#[test]
fn the_editor_is_the_first_that_is_named() {
    let editor = |machine: &Machine| machine.settings().editor;
    let mut machine = Machine::new();
    assert_eq!(editor(&machine), None);
    machine = machine.env("EDITOR", "ed").env("VISUAL", "");
    assert_eq!(editor(&machine).as_deref(), Some("ed"));
    machine = machine.env("VISUAL", "code --wait");
    assert_eq!(editor(&machine).as_deref(), Some("code --wait"));
    machine = machine.own_file("NOTES_EDITOR=nano\nVISUAL=no\nEDITOR=no");
    assert_eq!(editor(&machine).as_deref(), Some("nano"));
    machine = machine.env("NOTES_EDITOR", "vim");
    assert_eq!(editor(&machine).as_deref(), Some("vim"));
}

#[test]
fn the_pager_is_the_first_that_is_named() {
    let pager = |machine: &Machine| machine.settings().pager;
    let mut machine = Machine::new().env("PAGER", "more");
    assert_eq!(pager(&machine).as_deref(), Some("more"));
    machine = machine.own_file("NOTES_PAGER='less -R'\nPAGER=no");
    assert_eq!(pager(&machine).as_deref(), Some("less -R"));
    machine = machine.env("NOTES_PAGER", "bat");
    assert_eq!(pager(&machine).as_deref(), Some("bat"));
}

#[test]
fn the_picker_is_the_built_in_one_unless_another_is_named() {
    let picker = |machine: &Machine| machine.settings().picker;
    let mut machine = Machine::new();
    assert_eq!(picker(&machine), None);
    machine = machine.own_file("NOTES_PICKER='fzf --multi'");
    assert_eq!(picker(&machine).as_deref(), Some("fzf --multi"));
    machine = machine.env("NOTES_PICKER", "sk");
    assert_eq!(picker(&machine).as_deref(), Some("sk"));
}

#[test]
fn a_strangers_file_can_choose_no_program_and_no_data_directory() {
    let machine = Machine::new().working_file(
        "EDITOR=evil\nVISUAL=evil\nPAGER=evil\nPATH=/evil\nHOME=/evil\nXDG_DATA_HOME=/evil\n\
         NOTES_EDITOR=evil\nNOTES_PAGER=evil\nNOTES_PICKER=evil\nNOTES_DATA_DIR=/evil\nNO_COLOR=1\nLD_PRELOAD=/evil\n",
    );
    let settings = machine.settings();
    assert_eq!(settings.editor, None);
    assert_eq!(settings.pager, None);
    assert_eq!(settings.picker, None);
    let data_dir = machine.home().join(".local/share/notes");
    assert_eq!(settings.data_dir().unwrap(), data_dir);
    assert!(settings.server.is_none());
}

#[test]
fn the_data_directory_is_taken_from_the_users_places() {
    let data_dir = |machine: &Machine| machine.settings().data_dir().unwrap().to_owned();
    let mut machine = Machine::new();
    let home = machine.home();
    assert_eq!(data_dir(&machine), home.join(".local/share/notes"));
    machine = machine.env("XDG_DATA_HOME", "relative");
    assert_eq!(data_dir(&machine), home.join(".local/share/notes"));
    machine = machine.env("XDG_DATA_HOME", "/xdg");
    assert_eq!(data_dir(&machine), Path::new("/xdg/notes"));
    // A relative path starts from the directory of its file.
    machine = machine.own_file("NOTES_DATA_DIR=data");
    assert_eq!(data_dir(&machine), home.join(".config/notes/data"));
    machine = machine.own_file("NOTES_DATA_DIR=~/mine");
    assert_eq!(data_dir(&machine), home.join("mine"));
    machine = machine.own_file("NOTES_DATA_DIR=/abs/mine");
    assert_eq!(data_dir(&machine), Path::new("/abs/mine"));
    machine = machine.env("NOTES_DATA_DIR", "here");
    assert_eq!(data_dir(&machine), machine.working_dir().join("here"));
}

#[test]
fn a_data_directory_need_not_be_utf_8() {
    let path = OsString::from_vec(b"/data/\xff".to_vec());
    let environment = [("NOTES_DATA_DIR", path.clone())].into_iter().collect();
    let settings =
        Settings::load(&Flags::default(), &environment, Some(Path::new("/none"))).unwrap();
    assert_eq!(settings.data_dir().unwrap(), path);
}

#[test]
fn without_a_home_only_the_data_directory_is_missing() {
    let homes = [None, Some(""), Some("relative"), Some("/nonexistent")];
    for home in homes {
        let mut machine = Machine::new().without_home().env("REDIS_URL", "redis://h");
        if let Some(home) = home {
            machine = machine.env("HOME", home);
        }
        assert_eq!(machine.server(), "h:6379, REDIS_URL in the environment");
        let settings = machine.settings();
        if home == Some("/nonexistent") {
            let expected = "/nonexistent/.local/share/notes";
            assert_eq!(settings.data_dir().unwrap(), Path::new(expected));
            continue;
        }
        let error = settings.data_dir().unwrap_err();
        assert!(error.to_string().contains("NOTES_DATA_DIR"), "{error}");
    }
    let machine = Machine::new().without_home().env("NOTES_DATA_DIR", "/data");
    let settings = machine.settings();
    assert_eq!(settings.data_dir().unwrap(), Path::new("/data"));
}

#[test]
fn the_users_file_is_found_by_the_xdg_rules() {
    let machine = Machine::new().own_file("REDIS_HOST=own");
    let elsewhere = machine.root.path().join("elsewhere");
    fs::create_dir_all(elsewhere.join("notes")).unwrap();
    fs::write(elsewhere.join("notes/.env"), "REDIS_HOST=elsewhere").unwrap();
    let host = |machine: &Machine| machine.server().split(':').next().map(str::to_owned);
    assert_eq!(host(&machine).as_deref(), Some("own"));
    let machine = machine.env("XDG_CONFIG_HOME", "elsewhere");
    assert_eq!(
        host(&machine).as_deref(),
        Some("own"),
        "a relative path does not count"
    );
    let machine = machine.env("XDG_CONFIG_HOME", "");
    assert_eq!(
        host(&machine).as_deref(),
        Some("own"),
        "an empty one neither"
    );
    let machine = machine.env("XDG_CONFIG_HOME", elsewhere.to_str().unwrap());
    assert_eq!(host(&machine).as_deref(), Some("elsewhere"));
}

#[test]
fn the_users_file_stays_the_users_in_its_own_directory() {
    let machine = Machine::new()
        .env("REDISCLI_AUTH", "auth")
        .own_file("REDIS_HOST=h\nNOTES_EDITOR=nano");
    let environment = machine.environment.iter().cloned().collect();
    let directory = machine.home().join(".config/notes");
    let settings = Settings::load(&Flags::default(), &environment, Some(&directory)).unwrap();
    assert_eq!(settings.editor.as_deref(), Some("nano"));
    let server = settings.server.expect("no server was named");
    assert_eq!(password(&server), Some("auth"));
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_only_where_it_could_name_the_server() {
    let machine = Machine::new();
    fs::write(machine.working_dir().join(".env"), b"\xff").unwrap();
    assert_eq!(
        machine.error(),
        "./.env is not UTF-8 text: save it as UTF-8"
    );
    let machine = machine.flag_url("redis://h");
    assert_eq!(machine.server(), "h:6379, --redis-url");

    let machine = Machine::new();
    std::os::unix::fs::symlink(".env", machine.own_path()).unwrap();
    let expected = format!("cannot read {}: ", machine.own_path().display());
    assert!(
        machine.error().starts_with(&expected),
        "{}",
        machine.error()
    );
    let machine = machine.working_file("REDIS_HOST=h");
    assert_eq!(machine.server(), "h:6379, REDIS_HOST in ./.env");
}

#[test]
fn a_directory_named_dot_env_is_passed_over() {
    let machine = Machine::new().own_file("REDIS_HOST=own");
    fs::create_dir(machine.working_dir().join(".env")).unwrap();
    assert!(
        machine.server().starts_with("own:6379"),
        "{}",
        machine.server()
    );
}

#[test]
fn a_variable_that_is_not_utf_8_is_refused_by_name() {
    for name in [
        "REDIS_URL",
        "NOTES_TIMEOUT",
        "NOTES_EDITOR",
        "EDITOR",
        "DEBUG",
    ] {
        let value = OsString::from_vec(b"a\xff".to_vec());
        let environment = [(name, value)].into_iter().collect();
        let error =
            Settings::load(&Flags::default(), &environment, Some(Path::new("/none"))).unwrap_err();
        let expected = format!("{name} in the environment must be UTF-8 text");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn the_environment_gives_values_that_are_neither_empty_nor_broken() {
    let bytes = OsString::from_vec(b"/a:/\xff".to_vec());
    let environment: Environment = [
        ("NO_COLOR", OsString::from("1")),
        ("EMPTY", OsString::new()),
        ("PATH", bytes.clone()),
    ]
    .into_iter()
    .collect();
    assert_eq!(environment.get("NO_COLOR"), Some("1"));
    assert_eq!(environment.get("EMPTY"), None);
    assert_eq!(environment.get("PATH"), None);
    assert_eq!(environment.get("MISSING"), None);
    assert_eq!(environment.os("PATH"), Some(bytes.as_os_str()));
    assert_eq!(environment.home(), None);
    let process = Environment::from_process();
    assert_eq!(process.os("PATH"), std::env::var_os("PATH").as_deref());
}

#[test]
fn a_timeout_is_a_number_of_seconds() {
    for (text, millis) in [
        ("5", 5000),
        ("5s", 5000),
        (" 5 ", 5000),
        ("0.5", 500),
        (".5", 500),
        ("2.", 2000),
        ("0.001", 1),
        ("1.25s", 1250),
        ("86400", 86_400_000),
    ] {
        let expected = Duration::from_millis(millis);
        assert_eq!(parse_timeout(text).unwrap(), expected, "{text}");
    }
    for text in [
        "",
        "s",
        ".",
        "0",
        "0.0",
        "0.0001",
        "-1",
        "+1",
        "abc",
        "1.2.3",
        "1e3",
        "inf",
        "NaN",
        "5m",
        "5ms",
        "5ss",
        "1 s",
        "1,5",
        "86400.1",
        "99999999999999999999",
    ] {
        assert_eq!(
            parse_timeout(text).unwrap_err().to_string(),
            "a timeout must be a number of seconds from 0.001 to 86400, such as 5 or 0.5",
            "{text}"
        );
    }
}
