//! `notes add`

use std::fs;
use std::io::Write as _;
use std::process::{Output, Stdio};
use std::{io, thread};

use crate::support::Sandbox;

/// Adds a note with this text waiting in a pipe before the program starts.
fn add_with_waiting(sandbox: &Sandbox, arguments: &[&str], text: &[u8]) -> Output {
    let (reader, mut writer) = io::pipe().unwrap();
    writer.write_all(text).unwrap();
    drop(writer);
    let mut command = sandbox.command(arguments);
    command.stdin(reader).output().unwrap()
}

#[test]
fn joins_the_words_of_a_title_and_prints_the_id_alone() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox
        .notes(["add", "Buy", "milk"])
        .gives(0, "[..]\n", "added [..] Buy milk\n");
    let id = run.stdout.trim_end();
    assert_eq!(id.len(), 36, "{id}");
    assert_eq!(sandbox.field(id, "title"), "Buy milk");
    assert_eq!(sandbox.field(id, "content"), "");
}

#[test]
fn quiet_says_nothing() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["add", "x", "-q"]).gives(0, "[..]\n", "");
}

#[test]
fn takes_a_content_from_an_argument_a_file_or_standard_input() {
    let sandbox = Sandbox::with_redis();
    let file = sandbox.file("c.txt", "from a file\n");
    let file = file.to_str().unwrap();
    for (arguments, stdin, content) in [
        (vec!["add", "T", "-c", "-dash"], "", "-dash"),
        (vec!["add", "T", "-f", file], "", "from a file\n"),
        (vec!["add", "T", "--file", "-"], "piped\n", "piped\n"),
        (vec!["add", "T"], "not read", ""),
    ] {
        let run = sandbox.notes(&arguments).stdin(stdin).run();
        assert_eq!(run.code, 0, "{run:?}");
        let json = sandbox.notes(["show", run.stdout.trim(), "--json"]).run();
        assert_eq!(json.json()["content"], content, "{arguments:?}");
    }
}

#[test]
fn without_a_title_the_first_line_of_the_text_is_the_title() {
    let sandbox = Sandbox::with_redis();
    let file = sandbox.file("n.txt", "T\nc\n");
    for run in [
        sandbox.notes(["add"]).stdin("T\nc\n"),
        sandbox.notes(["add", "-f", "-"]).stdin("T\nc\n"),
        sandbox.notes(["add", "-f", file.to_str().unwrap()]),
        sandbox.notes(["add", "-"]).stdin("T\nc\n"),
        sandbox.notes(["add", "-"]).stdin("\u{feff}T\nc\n"),
        sandbox.notes(["add"]).stdin("\u{feff}T\nc\n"),
    ] {
        let run = run.gives(0, "[..]\n", "added [..] T\n");
        sandbox
            .notes(["show", run.stdout.trim(), "--field", "content", "--raw"])
            .gives(0, "c\n", "");
    }
}

#[test]
fn text_that_begins_with_dashes_is_stored_as_it_is() {
    let sandbox = Sandbox::with_redis();
    for run in [
        sandbox.notes(["add", "--", "-dash"]),
        sandbox.notes(["add"]).stdin("-dash"),
    ] {
        let id = run.gives(0, "[..]\n", "added [..] -dash\n").stdout;
        assert_eq!(sandbox.field(id.trim(), "title"), "-dash");
    }
}

#[test]
fn a_piped_text_comes_back_byte_for_byte() {
    let sandbox = Sandbox::with_redis();
    for text in ["a\n\n", "a\n b \r\n\tc", "ünï\n\u{1}\u{1b}]0;x\u{7}\n"] {
        let id = sandbox.notes(["add"]).stdin(text).run().stdout;
        let shown = sandbox.notes(["show", id.trim(), "--raw"]).run();
        assert_eq!(shown.stdout, text);
    }
}

#[test]
fn an_empty_text_is_refused_and_nothing_is_stored() {
    let sandbox = Sandbox::with_redis();
    for (arguments, stdin, said) in [
        (
            vec!["add"],
            "",
            "notes: empty note; give a TITLE, or a text on standard input\n",
        ),
        (
            vec!["add"],
            " \n\t\n",
            "notes: empty note; give a TITLE, or a text on standard input\n",
        ),
        (
            vec!["add", "-"],
            "\u{200b}\n\u{feff} \n",
            "notes: empty note; give a TITLE, or a text on standard input\n",
        ),
        (
            vec!["add", " "],
            "",
            "notes: the title is blank; a note needs one\n",
        ),
        (
            vec!["add", "\u{200b}\u{feff} \u{2060}"],
            "",
            "notes: the title is blank; a note needs one\n",
        ),
        (
            vec!["add", "-", "-c", "x"],
            "y",
            "notes: `notes add -` reads the whole note from standard input; give a TITLE [..]\n",
        ),
        (
            vec!["add", "-c", "x"],
            "",
            "notes: -c needs a title: [..]\n",
        ),
    ] {
        sandbox.notes(arguments).stdin(stdin).gives(2, "", said);
    }
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn text_that_is_not_utf_8_is_refused_and_nothing_is_stored() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["add"]).stdin(b"\xff".as_slice()).gives(
        2,
        "",
        "notes: standard input is not UTF-8 text; convert it first, for example with iconv\n",
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn a_text_that_no_note_can_hold_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::bare();
    let too_large = "larger than 16 MiB, the most that a note holds";
    let file = sandbox.file("nul", b"T\na\0b");
    let file = file.to_str().unwrap();
    let nul = format!("{file} has NUL bytes; a note holds text alone");
    let most = vec![b'x'; 16 * 1024 * 1024];
    for (arguments, stdin, said) in [
        (
            vec!["add"],
            [&most[..], b"x"].concat(),
            format!("standard input is {too_large}"),
        ),
        (
            vec!["add", "T", "-f", "-"],
            most,
            format!("the text is {too_large}"),
        ),
        (
            vec!["add"],
            b"T\na\0b".to_vec(),
            "standard input has NUL bytes; a note holds text alone".to_owned(),
        ),
        (vec!["add", "-f", file], Vec::new(), nul.clone()),
        (vec!["add", "T", "-f", file], Vec::new(), nul.clone()),
        (vec!["edit", "T", "-f", file], Vec::new(), nul),
    ] {
        sandbox
            .notes(&arguments)
            // What is sent anywhere would end with 7.
            .env("REDIS_URL", "redis://127.0.0.1:1")
            .stdin(stdin)
            .gives(2, "", &format!("notes: {said}\n"));
    }
    assert!(sandbox.drafts().is_empty());
}

#[test]
fn a_pipe_without_an_end_is_not_read_to_the_end() {
    let sandbox = Sandbox::with_redis();
    for arguments in [&["add"][..], &["add", "T", "-f", "-"], &["show", "-"]] {
        let mut command = sandbox.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut endless = child.stdin.take().unwrap();
        let writing = thread::spawn(move || {
            let lines = b"y\n".repeat(32 * 1024);
            while endless.write_all(&lines).is_ok() {}
        });
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(
            said,
            "notes: standard input is larger than 16 MiB, the most that a note holds\n"
        );
    }
}

#[test]
fn text_that_waits_in_a_pipe_and_is_not_read_is_warned_of() {
    let sandbox = Sandbox::with_redis();
    let warning = "standard input was not read; `notes add TITLE -f -` takes the content from it\n";
    for (arguments, text, warned) in [
        (&["add", "My", "title"][..], "body\n", true),
        (&["add", "My title", "-c", "c"], "body\n", true),
        (&["add", "My title", "-q"], "body\n", false),
        (&["add", "My title"], "", false),
        (&["add", "My title", "-f", "-"], "body\n", false),
    ] {
        let output = add_with_waiting(&sandbox, arguments, text.as_bytes());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert_eq!(said.ends_with(warning), warned, "{arguments:?}: {said}");
        assert_eq!(
            said.lines().count(),
            if warned {
                2
            } else {
                said.lines().count().min(1)
            }
        );
    }
    let file = sandbox.file("lines", "one\n");
    for (stdin, warned) in [
        (Stdio::from(fs::File::open(file).unwrap()), true),
        (Stdio::null(), false),
    ] {
        let output = sandbox.command(["add", "T"]).stdin(stdin).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.contains(warning), warned, "{said}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["add", "T", "-f", "no-such-file"]).gives(
        1,
        "",
        "notes: cannot read no-such-file: No such file [..]\n",
    );
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
}

#[test]
fn json_prints_the_note() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox.notes(["add", "T", "-c", "c", "--json", "-q"]).run();
    let note = run.json();
    assert_eq!(note["title"], "T");
    assert_eq!(note["content"], "c");
    assert_eq!(note["created_at"], note["updated_at"]);
    assert_eq!(run.stdout.lines().count(), 1, "compact in a pipe");
}

#[test]
fn a_piped_text_that_cannot_be_stored_is_kept_in_a_file() {
    let sandbox = Sandbox::bare();
    let run = sandbox
        .notes(["add", "-u", "redis://127.0.0.1:1"])
        .stdin("T\nprecious\n")
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run:?}");
    let drafts = sandbox.drafts();
    assert_eq!(drafts.len(), 1);
    assert!(run.stderr.contains(drafts[0].to_str().unwrap()), "{run:?}");
    assert_eq!(fs::read_to_string(&drafts[0]).unwrap(), "T\nprecious\n");
}

#[test]
fn a_heading_is_stored_as_it_is_and_its_text_is_the_title_for_people() {
    let sandbox = Sandbox::with_redis();
    let text = "## Garden plan ##\r\n\r\nplum tree\n\nherbs\n";
    let id = sandbox.notes(["add"]).stdin(text).run().stdout;
    let id = id.trim_end();
    sandbox.add("A tree", "");
    sandbox.add("plain", "\nbelow an empty line");
    assert_eq!(sandbox.field(id, "title"), "## Garden plan ##");
    let raw = sandbox.notes(["show", "garden plan", "--raw"]).run();
    assert_eq!(raw.bytes, text.replacen("\r\n", "\n", 1).into_bytes());
    let stored = sandbox.notes(["list", "garden"]).run().stdout;
    assert!(
        stored.starts_with(&format!("{id}\t## Garden plan ##\t")),
        "{stored}"
    );
    let json = sandbox.notes(["show", "Garden plan", "--json=title"]).run();
    assert_eq!(json.stdout, "{\"title\":\"## Garden plan ##\"}\n");
    sandbox
        .notes(["show", "## garden plan ##", "--field", "id"])
        .gives(0, &format!("{id}\n"), "");
    let near = format!(
        "notes: no note 'garden'; near it:\n  {}  Garden plan  just now\n",
        &id[..8]
    );
    sandbox.notes(["show", "garden"]).gives(3, "", &near);

    let screen =
        |arguments: &[&str]| sandbox.screen(&[arguments, &["--color=never"]].concat(), &[]);
    for arguments in [&["list", "-n3"][..], &["search", "tree"], &["log", "-n3"]] {
        let shown = screen(arguments);
        assert!(shown.contains("  Garden plan"), "{arguments:?}: {shown}");
        assert!(!shown.contains('#'), "{arguments:?}: {shown}");
    }
    let shown = screen(&["show", "garden"]);
    assert!(
        shown.starts_with(&format!("Garden plan\nid: {id}\n")),
        "{shown}"
    );
    assert!(shown.ends_with(")\n\nplum tree\n\nherbs\n"), "{shown}");
    let piped = sandbox.notes(["show", "Garden plan"]).run().stdout;
    assert!(piped.starts_with("## Garden plan ##\n"), "{piped}");
    assert!(piped.ends_with("\n\n\r\nplum tree\n\nherbs\n"), "{piped}");
    let shown = screen(&["show", "plain"]);
    assert!(shown.ends_with(")\n\nbelow an empty line\n"), "{shown}");
    let titles = ["list", "--sort", "title", "--json=title"];
    let sorted = sandbox.notes(titles).run().stdout;
    let garden = sorted.find("Garden").unwrap();
    assert!(sorted.find("A tree").unwrap() < garden && garden < sorted.find("plain").unwrap());
    let said = sandbox.notes(["rm", "-y", "Garden plan"]).run().stderr;
    assert!(
        said.starts_with(&format!("deleted {} Garden plan\n", &id[..8])),
        "{said}"
    );
}

#[test]
fn the_editor_begins_with_the_text_that_is_given() {
    let sandbox = Sandbox::with_redis();
    let editor = sandbox.script("editor", "cp \"$1\" seen; printf 'more\\n' >> \"$1\"");
    for (arguments, stdin, seen, content) in [
        (&["T", "-e"][..], "", "T\n\n", "more"),
        (
            &["T", "-e", "-c", "c", "--tag", "x"],
            "",
            "T\n\nc\n#x\n",
            "c\n#x\nmore",
        ),
        (
            &["-e"],
            "T\nfrom a pipe",
            "T\n\nfrom a pipe\n",
            "from a pipe\nmore",
        ),
    ] {
        let arguments = [&["add"], arguments].concat();
        let run = sandbox
            .notes(arguments)
            .env("EDITOR", &editor)
            .stdin(stdin)
            .run();
        assert_eq!(run.code, 0, "{run:?}");
        let shown = fs::read_to_string(sandbox.home().join("seen")).unwrap();
        assert_eq!(shown, seen);
        let id = run.stdout.trim_end();
        assert_eq!(sandbox.field(id, "title"), "T");
        assert_eq!(sandbox.field(id, "content"), content);
    }
    assert!(sandbox.drafts().is_empty());
}

#[test]
fn a_text_for_the_editor_that_is_not_saved_there_is_kept() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox
        .notes(["add", "-e"])
        .env("EDITOR", "cat")
        .stdin("T\npiped")
        .run();
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(sandbox.redis_cli(&["DBSIZE"]), "0");
    let draft = sandbox.drafts().remove(0);
    assert!(run.stderr.contains(draft.to_str().unwrap()), "{run:?}");
    assert_eq!(fs::read_to_string(&draft).unwrap(), "T\n\npiped\n");
    sandbox
        .notes(["add", "--resume", "-q"])
        .env("EDITOR", "touch")
        .gives(0, "[..]\n", "");
    assert_eq!(sandbox.redis_cli(&["SCARD", "notes:ids"]), "1");
}
