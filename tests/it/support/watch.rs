//! A running `notes watch`, and the events that it has printed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Sandbox, eventually};

/// A run of `notes watch` with its output in files. It is killed with the value.
pub(crate) struct Watch {
    child: Child,
    events: PathBuf,
    log: PathBuf,
}

impl Watch {
    pub(crate) fn start(sandbox: &Sandbox, options: &[&str]) -> Self {
        let [events, log] = ["watch.jsonl", "watch.log"].map(|name| sandbox.file(name, ""));
        let mut command = sandbox.command(["watch"]);
        let child = command
            .args(options)
            .stdin(Stdio::null())
            .stdout(File::options().append(true).open(&events).unwrap())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, events, log }
    }

    /// The same, once it tells of every change. There must be no note.
    pub(crate) fn ready(sandbox: &Sandbox, options: &[&str]) -> Self {
        let mark = sandbox.add("mark", "");
        let watch = Self::start(sandbox, &[&["--initial"], options].concat());
        eventually("the first event", || !watch.events().is_empty());
        sandbox.notes(["rm", "-qy", &mark]).run();
        eventually("the second event", || watch.events().len() == 2);
        fs::write(&watch.events, "").unwrap();
        watch
    }

    /// The events so far.
    pub(crate) fn events(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.events).unwrap();
        let whole = text.split_inclusive('\n').filter(|it| it.ends_with('\n'));
        whole
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Waits for so many events, and returns each as its kind, its id and the title.
    pub(crate) fn told(&self, count: usize) -> Vec<String> {
        eventually("as many events", || self.events().len() >= count);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let line = |event: &Value| {
            let [kind, id] = ["event", "id"].map(|name| text(&event[name]));
            format!("{kind} {id} {}", text(&event["note"]["title"]))
                .trim_end()
                .to_owned()
        };
        self.events().iter().map(line).collect()
    }

    /// What it has said on standard error so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end, and returns its exit code.
    pub(crate) fn end(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// The notes that there are after all events so far. Each event must fit to those before it.
    pub(crate) fn replayed(&self) -> BTreeMap<String, Value> {
        let mut notes = BTreeMap::new();
        for event in self.events() {
            let id = event["id"].as_str().unwrap().to_owned();
            let note = event.get("note").cloned();
            let before = notes.get(&id);
            match event["event"].as_str().unwrap() {
                "created" => assert!(before.is_none() && note.is_some(), "{event}"),
                "updated" => assert!(before.is_some() && before != note.as_ref(), "{event}"),
                "deleted" => assert!(before.is_some() && note.is_none(), "{event}"),
                other => panic!("{other}"),
            }
            match note {
                Some(note) => notes.insert(id, note),
                None => notes.remove(&id),
            };
        }
        notes
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // Either fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let events = self.events();
            let last = events.get(events.len().saturating_sub(20)..);
            let _ = writeln!(io::stderr(), "last events: {last:#?}\n{}", self.log());
        }
    }
}

impl Sandbox {
    /// Adds a user who may do all but hear of changes, and returns the URL for that user.
    pub(crate) fn url_of_user_without_tracking(&self) -> String {
        let acl = [
            "ACL",
            "SETUSER",
            "ann",
            "on",
            ">pw",
            "~*",
            "+@all",
            "-client|tracking",
        ];
        assert_eq!(self.redis_cli(&acl), "OK");
        format!("{}?user=ann&pass=pw", self.redis().url())
    }
}
