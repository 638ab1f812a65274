//! Completion in the shells themselves: bash and zsh at a terminal with a real TAB, fish by the
//! command that says what it would offer.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rexpect::session::{PtySession, spawn_command};

use crate::support::committed::repository;
use crate::support::interrupts::heed_interrupts;
use crate::support::redis_server::RedisServer;
use crate::support::{Sandbox, program};

/// How long a shell may take on a busy machine, in milliseconds.
const PATIENCE: u64 = 30_000;

/// The variable that says how long `notes` may take, and as much as no machine needs.
const LONG: (&str, &str) = ("NOTES_COMPLETION_TIMEOUT", "60");

/// Far more than a person should wait, and far less than any other timeout of `notes`.
const NOTICEABLE: Duration = Duration::from_secs(2);

/// A note whose title would clear the screen.
const HOSTILE: &str = "Evil \x1b[2J it's: a * title";

fn script(name: &str) -> String {
    let path = repository().join("completions").join(name);
    path.to_str().unwrap().to_owned()
}

/// A command of a shell that finds the program in PATH.
fn shell(sandbox: &Sandbox, name: &str) -> Command {
    let directory = program().parent().unwrap().to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    let is_there = |directory: &str| Path::new(directory).join(name).exists();
    assert!(
        path.split(':').any(is_there),
        "{name} is not in PATH; `sh .ci/deps zsh fish` installs it"
    );
    let mut command = sandbox.command_by(name);
    command
        .env("PATH", format!("{directory}:{path}"))
        .env("TERM", "dumb")
        .env(LONG.0, LONG.1)
        .env("LC_ALL", "C.UTF-8");
    command
}

/// A shell at a terminal.
struct Typist(PtySession);

impl Typist {
    fn bash(sandbox: &Sandbox) -> Self {
        let mut command = shell(sandbox, "bash");
        command.args(["--norc", "--noprofile", "-i"]);
        Self::start(command, &format!(". {}", script("notes.bash")))
    }

    /// As `make install` sets it up: the script is found in `fpath` at the first TAB.
    fn zsh(sandbox: &Sandbox) -> Self {
        let mut command = shell(sandbox, "zsh");
        command.args(["-f", "-i"]);
        let directory = repository().join("completions");
        let set_up = format!(
            "unsetopt zle_bracketed_paste prompt_cr prompt_sp; fpath=({} $fpath); \
             autoload -U compinit; compinit -u -D",
            directory.display()
        );
        Self::start(command, &set_up)
    }

    fn start(command: Command, set_up: &str) -> Self {
        heed_interrupts();
        let session = spawn_command(command, Some(PATIENCE)).expect("a pseudo-terminal");
        let mut typist = Self(session);
        typist.keys(&format!("{set_up}; stty echo; PS1=; echo re''ady\r"));
        typist.see("ready");
        typist
    }

    fn keys(&mut self, keys: &str) {
        self.0.send(keys).unwrap();
        self.0.flush().unwrap();
    }

    /// Waits until this is shown, and returns what was before it.
    fn see(&mut self, text: &str) -> String {
        let seen = self.0.exp_string(text);
        seen.unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    /// Types the beginning of a line and a TAB, and waits for what the line becomes.
    fn completes(&mut self, begun: &str, becomes: &str) {
        self.keys(&format!("{begun}\t"));
        self.see(becomes);
        // Control-U removes the line.
        self.keys("\x15");
    }
}

/// A store with some notes, the ids of which come back.
fn notes(sandbox: &Sandbox) -> [String; 2] {
    let milk = sandbox.add("Buy milk #shop", "eggs #food");
    let evil = sandbox.add(HOSTILE, "");
    sandbox.foreign("$(touch ran)", &[("title", "not to be offered")]);
    sandbox.foreign("@7", &[("title", "taken for the seventh")]);
    sandbox.foreign("zz-1", &[("title", "Don't forget (the) bread")]);
    sandbox.foreign("zz-2", &[("title", "Don't $(touch ran) `touch ran`")]);
    sandbox.foreign("zz-3", &[("title", "# Heading of it")]);
    sandbox.foreign("my-note", &[("title", "By hand"), ("colour", "red")]);
    sandbox.file("a file.txt", "");
    [milk, evil]
}

fn completes_in_a_terminal(mut typist: Typist, [milk, evil]: &[String; 2]) {
    // At the second, bash lists what there is.
    typist.keys("notes show \t\t");
    let shown = typist.see("By hand");
    for text in [
        milk,
        evil,
        "Buy milk #shop",
        "Evil ^[[2J it's: a * title",
        "my-note",
    ] {
        assert!(shown.contains(text), "{text}: {shown:?}");
    }
    assert!(!shown.contains("\x1b[2J"), "{shown:?}");
    assert!(!shown.contains("$(touch"), "{shown:?}");
    assert!(!shown.contains("@7"), "{shown:?}");
    typist.keys("\x15");
    typist.completes(&format!("notes show {}", &milk[..6]), milk);
    typist.completes("notes rm --yes my", "my-note");
    typist.completes("notes list --tag fo", "food");
    // A title, quoted as the shell needs it, also where it was begun in quotes or another letter case.
    for (begun, becomes) in [
        ("notes show By", "By\\ hand"),
        ("notes show by\\ h", "by\\ hand"),
        ("notes show 'By h", "'By hand'"),
        ("notes show \"buy ", "\"buy milk #shop\""),
        ("notes show Head", "Heading\\ of\\ it"),
        ("notes rm don", "don\\'t\\ forget\\ \\(the\\)\\ bread"),
    ] {
        typist.completes(begun, becomes);
    }
    typist.completes("notes list --tag=sh", "--tag=shop");
    typist.completes("notes search '#fo", "'#food'");
    typist.completes("notes list --json=id,ti", "id,title");
    typist.completes("notes list --sort up", "updated");
    typist.completes("notes --color al", "always");
    typist.completes("notes list --so", "--sort");
    typist.completes("notes sea", "search");
    typist.completes("notes add -f a", "a\\ file.txt");
    // A shell at a terminal ignores SIGTERM.
    typist.keys("exit\r");
    typist.0.exp_eof().unwrap();
}

#[test]
fn bash_completes_at_a_terminal() {
    let sandbox = Sandbox::with_redis();
    let ids = notes(&sandbox);
    completes_in_a_terminal(Typist::bash(&sandbox), &ids);
}

#[test]
fn zsh_completes_at_a_terminal() {
    let sandbox = Sandbox::with_redis();
    let ids = notes(&sandbox);
    completes_in_a_terminal(Typist::zsh(&sandbox), &ids);
}

/// What fish offers for a line, and what it prints besides.
fn fish(sandbox: &Sandbox, line: &str) -> Output {
    let mut command = shell(sandbox, "fish");
    let code = format!("source {}; complete -C $LINE", script("notes.fish"));
    let output = command.args(["--no-config", "-c", &code]).env("LINE", line);
    output.output().unwrap()
}

#[test]
fn fish_completes() {
    let sandbox = Sandbox::with_redis();
    let [milk, evil] = notes(&sandbox);
    let all = format!(
        "@\tthe note changed last\n{evil}\tEvil ^[[2J it's: a * title\n{milk}\tBuy milk #shop\n\
         my-note\tBy hand\nzz-1\tDon't forget (the) bread\nzz-2\tDon't $(touch ran) `touch ran`\nzz-3\tHeading of it\n"
    );
    for (line, expected) in [
        ("notes show ", all.as_str()),
        ("notes rm --yes my", "my-note\tBy hand\n"),
        ("notes list --tag ", "food\nshop\n"),
        ("notes list --tag=sh", "--tag=shop\n"),
        ("notes search '#fo", "#food\n"),
        ("notes search fo", ""),
        ("notes list --json=id,ti", "--json=id,title\n"),
        ("notes tags --json=", "--json=tag\n--json=notes\n"),
        ("notes show my --field co", "content\ncolour\n"),
        ("notes completions ", "bash\nzsh\nfish\n"),
        ("notes add -f a", "a file.txt\n"),
        ("notes show By", "By hand\tmy-note\n"),
        ("notes show by\\ h", "by hand\tmy-note\n"),
        ("notes show 'By h", "By hand\tmy-note\n"),
        ("notes show qq", ""),
    ] {
        let output = fish(&sandbox, line);
        assert!(output.stderr.is_empty(), "{line}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{line}");
    }
}

/// What the scripts are told for a line of these words, where nothing may be said besides.
fn told(sandbox: &Sandbox, words: &[&str]) -> String {
    told_with(sandbox, words, LONG)
}

/// The same where a shell waits no longer than usual, whatever the timeout of other commands is.
fn told_at_once(sandbox: &Sandbox, words: &[&str]) -> String {
    told_with(sandbox, words, ("NOTES_TIMEOUT", "60"))
}

fn told_with(sandbox: &Sandbox, words: &[&str], (name, value): (&str, &str)) -> String {
    let request = ["__complete", "words", "notes"];
    let request = request.iter().chain(words);
    let run = sandbox.notes(request).env(name, value).run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{words:?}");
    run.stdout
}

#[test]
fn a_slow_redis_is_waited_for_as_long_as_the_setting_says() {
    let sandbox = Sandbox::with_redis();
    let id = sandbox.add("Slow", "");
    let begun = &id[..6];
    for (timeout, expected) in [("60", format!("{id}\tSlow\n")), ("0.001", String::new())] {
        // More than the default.
        sandbox.redis_cli(&["CLIENT", "PAUSE", "600"]);
        let variable = (LONG.0, timeout);
        assert_eq!(told_with(&sandbox, &["show", begun], variable), expected);
    }
}

#[test]
fn the_notes_changed_last_are_offered_by_number() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("First", "");
    sandbox.add("Second", "");
    assert_eq!(told(&sandbox, &["edit", "@"]), "@\tSecond\n@2\tFirst\n");
}

#[test]
fn the_store_is_the_one_that_the_line_names() {
    let sandbox = Sandbox::with_redis();
    let other = RedisServer::start();
    let url = other.url();
    other.command(&["HSET", "note:elsewhere", "title", "Another store"]);
    other.command(&["SADD", "notes:ids", "elsewhere"]);
    assert_eq!(told(&sandbox, &["show", "el"]), "");
    for words in [
        &["--redis-url", &url, "show", "el"][..],
        &["show", "-u", &url, "el"],
    ] {
        assert_eq!(told(&sandbox, words), "elsewhere\tAnother store\n");
    }
    sandbox.file(".env", format!("REDIS_URL={url}\n"));
    let bare = sandbox.notes(["__complete", "words", "notes", "show", "el"]);
    let run = bare.without("REDIS_URL").env(LONG.0, LONG.1).run();
    assert_eq!(run.stdout, "elsewhere\tAnother store\n");
}

#[test]
fn many_notes_are_cut_to_those_changed_last() {
    let sandbox = Sandbox::with_redis();
    let script = "for i = 1000, 1999 do
        redis.call('HSET', 'note:n' .. i, 'title', 't', 'updated_at', '2026-01-01T00:00:00.00' .. i)
        redis.call('SADD', 'notes:ids', 'n' .. i) end";
    sandbox.redis_cli(&["EVAL", script, "0"]);
    let told = told(&sandbox, &["show", "n"]);
    let expected: Vec<_> = (1800..2000).rev().map(|i| format!("n{i}\tt")).collect();
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_store_that_does_not_answer_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("redis://{}", silent.local_addr().unwrap());
    let begun = Instant::now();
    for url in [
        silent.as_str(),
        "redis://127.0.0.1:1",
        "redis://[",
        "nonsense",
    ] {
        let sandbox = Sandbox::bare();
        sandbox.file(
            ".config/notes/.env",
            format!("REDIS_URL={url}\nNOTES_TIMEOUT=60\n"),
        );
        assert_eq!(
            told_at_once(&sandbox, &["show", ""]),
            "@\tthe note changed last\n",
            "{url}"
        );
        assert_eq!(told_at_once(&sandbox, &["list", "--tag", ""]), "", "{url}");
        assert!(told_at_once(&sandbox, &["show", "--ra"]).starts_with("--raw\tPrint only"));
    }
    assert!(begun.elapsed() < 4 * NOTICEABLE, "{:?}", begun.elapsed());
}

#[test]
fn a_redis_that_is_loading_is_not_waited_for() {
    let server = RedisServer::loading();
    let sandbox = Sandbox::bare();
    let begun = Instant::now();
    let url = server.url();
    assert_eq!(told_at_once(&sandbox, &["-u", &url, "show", "a"]), "");
    assert!(begun.elapsed() < NOTICEABLE, "{:?}", begun.elapsed());
}

#[test]
fn no_server_is_started_and_nothing_is_written() {
    let sandbox = Sandbox::bare();
    assert_eq!(told(&sandbox, &["show", "a"]), "");
    assert_eq!(told(&sandbox, &["show", "@"]), "");
    assert!(sandbox.private_servers().is_empty());
    assert_eq!(fs::read_dir(sandbox.home()).unwrap().count(), 0);
}

#[test]
fn nonsense_is_answered_with_nothing() {
    let sandbox = Sandbox::bare();
    for request in [
        &[][..],
        &["words"],
        &["words", "notes"],
        &["line"],
        &["line", "", ""],
        &["line", "notes show 'a \"", "x"],
        &["line", "notes search #a", "#a"],
        &["other", "notes", ""],
    ] {
        let words = ["__complete"].iter().chain(request);
        sandbox.notes(words).gives(0, "", "");
    }
}

#[test]
fn the_program_prints_the_scripts() {
    let sandbox = Sandbox::bare();
    for (shell, name) in [
        ("bash", "notes.bash"),
        ("zsh", "_notes"),
        ("fish", "notes.fish"),
    ] {
        let text = fs::read_to_string(script(name)).unwrap();
        let run = sandbox.notes(["completions", shell]).run();
        assert_eq!((run.code, run.stdout, run.stderr), (0, text, String::new()));
    }
}

#[test]
fn tags_are_offered_with_their_marks_composed_and_decomposed() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("a", "#हिन्दी #cafe\u{301}-menu");
    for (typed, offered) in [
        ("हि", "हिन्दी\t\n"),
        ("caf", "caf\u{e9}-menu\t\n"),
        ("caf\u{e9}", "caf\u{e9}-menu\t\n"),
        // A shell keeps only what begins as what was typed.
        ("cafe\u{301}", "cafe\u{301}-menu\t\n"),
        ("cafe", ""),
    ] {
        let said = told(&sandbox, &["list", "--tag", typed]);
        assert_eq!(said, offered, "{typed}");
    }
}
