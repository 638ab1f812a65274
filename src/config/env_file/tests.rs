//! Reading `.env` files as python-dotenv does, hostile ones too.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use crate::config::env_file;
use crate::config::setting::Assignments;

const PATH: &str = "./.env";

/// Reads a text of which every name is wanted.
fn parse(text: &str) -> Assignments {
    env_file::parse(text, Path::new(PATH), |_| true)
}

fn value(file: &Assignments, name: &'static str) -> Option<String> {
    Some(file.get(name)?.as_ref().ok()?.value.clone())
}

/// Returns the advice for the value of `K`, with the line.
fn advice(text: &str) -> String {
    let error = parse(text)["K"].as_ref().err().unwrap().to_string();
    let advice = error.strip_prefix("the value of K cannot be read: ");
    let advice = advice.and_then(|text| text.strip_suffix(" of ./.env"));
    advice.unwrap_or_else(|| panic!("{error}")).to_owned()
}

/// Each line gives `K` the value that python-dotenv 1.2.4 gives it.
#[test]
fn reads_values_as_python_dotenv_does() {
    let table = [
        ("K=plain", "plain"),
        ("K = spaced around", "spaced around"),
        ("K=", ""),
        ("K=   ", ""),
        ("K", ""),
        ("  export K=v", "v"),
        ("export\tK = v", "v"),
        ("K=v\nexportK=no\nexport=no", "v"),
        // dotenvy alone gives another value for each of these, or none.
        ("K=p$ssw0rd", "p$ssw0rd"),
        ("K=redis://:p$word@host", "redis://:p$word@host"),
        ("K=$UNDEFINED_X", "$UNDEFINED_X"),
        (r#"K="\$A""#, r"\$A"),
        (r#"K=two "quoted" words"#, r#"two "quoted" words"#),
        (r"K=tail\", r"tail\"),
        ("K=s'b", "s'b"),
        ("K='$A'", "$A"),
        ("K=\"$A\"", "$A"),
        // Comments.
        ("K=v # c", "v"),
        ("K=v\t#c", "v"),
        ("K=v#c", "v#c"),
        ("K=#c", "#c"),
        ("K= #c", ""),
        ("K='v'#c", "v"),
        ("K='v # c' # d", "v # c"),
        ("# K=no\nK=v", "v"),
        ("K#=no", ""),
        // Quotes and escapes.
        (r#"K="a\nb\x""#, "a\nb\\x"),
        (r#"K="say \"hi\" \\""#, r#"say "hi" \"#),
        (r"K='it\'s'", "it's"),
        (r"K='\n\\n'", r"\n\n"),
        (r"K=a\nb", r"a\nb"),
        // Files from elsewhere.
        ("\u{feff}K=v", "v"),
        ("A=1\r\nK=v\r\n", "v"),
        ("K=é\u{a0}", "é"),
        // The last line for a name counts, also when it has no value.
        ("K=1\nK=2", "2"),
        ("K=1\nK", ""),
    ];
    for (text, expected) in table {
        assert_eq!(
            value(&parse(text), "K").as_deref(),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn names_that_are_not_wanted_are_left_out() {
    let text = "EDITOR=evil\nPATH=/evil\nK=.\n";
    let file = env_file::parse(text, Path::new(PATH), |name| name == "K");
    assert_eq!(value(&file, "EDITOR"), None);
    assert_eq!(value(&file, "PATH"), None);
    assert_eq!(value(&file, "K").as_deref(), Some("."));
}

#[test]
fn lines_without_sense_are_passed_over() {
    for line in [
        "=v",
        "no sense here",
        "A='open",
        "'A=v",
        "A:v",
        "\"K\"=no",
        "{",
        "A=\"x\"y",
    ] {
        let file = parse(&format!("{line}\nK=v\n"));
        assert_eq!(value(&file, "K").as_deref(), Some("v"), "{line}");
    }
}

#[test]
fn a_broken_line_is_told_by_its_number_when_its_variable_is_asked_for() {
    for line in [
        "K=\"open",
        "K='open",
        "K='a' b",
        "K no equals sign",
        "export K=\"a\\\"",
    ] {
        let text = format!("A=1\n\n  {line}\nB=2\n");
        let file = parse(&text);
        assert_eq!(advice(&text), "check the quotes in line 3", "{line}");
        assert_eq!(value(&file, "A").as_deref(), Some("1"), "{line}");
        assert_eq!(value(&file, "B").as_deref(), Some("2"), "{line}");
    }
}

#[test]
fn the_last_line_decides_whether_a_variable_is_broken() {
    assert_eq!(value(&parse("K='open\nK=v"), "K").as_deref(), Some("v"));
    assert_eq!(advice("K=v\nK='open"), "check the quotes in line 2");
}

/// python-dotenv would insert a value that the file must not learn.
#[test]
fn references_to_other_variables_are_refused_by_their_line() {
    for line in [
        "K=${OUT}",
        "K=a${OUT}b${OUT}",
        "K='${OUT}'",
        "K=\"${OUT}\"",
        r#"K="\${OUT}""#,
        "K=${}",
        "K=${NONE:-d}",
        "K=${NONE:-}",
        "K=${NONE:-${OUT}}",
        "K=${a${OUT}",
    ] {
        let text = format!("IN=in\n{line}\nB=2");
        assert_eq!(advice(&text), "write out the ${NAME} in line 2", "{line}");
        assert_eq!(value(&parse(&text), "B").as_deref(), Some("2"), "{line}");
    }
    for literal in ["$OUT", "${OUT", "${OUT:-x", "{OUT}", "$$", "$ {OUT}"] {
        let file = parse(&format!("K={literal} # ${{OUT}}"));
        assert_eq!(value(&file, "K").as_deref(), Some(literal));
    }
}

#[test]
fn a_directory_or_nothing_at_the_path_is_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [
        dir.path().to_owned(),
        dir.path().join("missing"),
        dir.path().join("missing/.env"),
        file.join(".env"),
    ] {
        let read = env_file::read(&path);
        assert!(read.unwrap().is_none(), "{}", path.display());
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = env_file::decode(b"K=\xff\n".to_vec(), Path::new(PATH), |_| true).err();
    assert_eq!(
        error.unwrap().to_string(),
        "./.env is not UTF-8 text: save it as UTF-8"
    );
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(".env");
    let error = || env_file::read(&path).unwrap_err().to_string();

    std::os::unix::fs::symlink(".env", &path).unwrap();
    assert!(error().contains("symbolic link"), "{}", error());

    fs::remove_file(&path).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert_eq!(error(), "it is not a regular file");

    fs::remove_file(&path).unwrap();
    fs::File::create(&path)
        .unwrap()
        .set_len(1024 * 1024 + 1)
        .unwrap();
    assert_eq!(error(), "it is larger than 1 MiB");
    // A link is as good as the file that it leads to.
    let file = dir.path().join("file");
    fs::write(&file, "K=v").unwrap();
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(&file, &path).unwrap();
    let bytes = env_file::read(&path).unwrap();
    assert_eq!(bytes.as_deref(), Some(b"K=v".as_slice()));
}

proptest! {
    /// Quoting with single quotes, as the documentation advises, carries every text.
    #[test]
    fn a_single_quoted_value_is_what_was_quoted(text in "[^\r\n\u{0}]*") {
        let quoted = text.replace('\\', r"\\").replace('\'', r"\'");
        // `${NAME}` is refused inside quotes too.
        prop_assume!(!text.contains("${"));
        let file = parse(&format!("A=1\nK='{quoted}' # c\nB=2"));
        prop_assert_eq!(value(&file, "K"), Some(text));
        prop_assert_eq!(value(&file, "B"), Some("2".to_owned()));
    }

    #[test]
    fn any_text_can_be_read(text in r#"([AK=#'"\\${}:\- \n]|export |\PC)*"#) {
        let _ = parse(&text);
    }
}
