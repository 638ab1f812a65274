//! The events of `notes serve`, read by the programs that people read them with.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use super::Served;
use crate::support::network::loopback;
use crate::support::{Sandbox, eventually};

/// A program that is killed with the value.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // Either fails only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads events with curl.
fn curl(url: &str) -> (Program, BufReader<impl std::io::Read + use<>>) {
    let mut child = Command::new("curl")
        .args(["-sN", "--fail", url])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    (Program(child), stdout)
}

/// The next line that begins so.
fn line(lines: &mut impl std::io::BufRead, start: &str) -> String {
    let mut lines = lines.lines().map(Result::unwrap);
    lines
        .find(|line| line.starts_with(start))
        .expect("the line comes")
}

#[test]
fn curl_shows_each_event_at_once_and_a_signal_ends_the_stream() {
    let sandbox = Sandbox::with_redis();
    let mut server = Served::start(&sandbox, &["--max-streams", "1"]);
    let url = format!("http://{}/api/v1/events", server.address);
    let (mut program, mut lines) = curl(&url);
    line(&mut lines, "id: ");
    let id = sandbox.add("by the command line", "");
    assert_eq!(line(&mut lines, "event: "), "event: created");
    let data = line(&mut lines, "data: ");
    let data: serde_json::Value = serde_json::from_str(&data["data: ".len()..]).unwrap();
    assert_eq!(
        (&data["id"], &data["note"]["title"]),
        (&id.into(), &"by the command line".into())
    );
    assert_eq!(server.get("/api/v1/events").status, 503, "one is the most");
    server.signal(Signal::TERM);
    assert_eq!(server.end().0.code(), Some(0));
    assert!(program.0.wait().unwrap().success());
    assert!(!server.log().contains("unfinished"), "{}", server.log());
}

/// Reads events, once they are told.
#[cfg(target_os = "linux")]
fn reader(server: &Served) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(super::PATIENCE)).unwrap();
    let request = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut reader = BufReader::new(stream);
    line(&mut reader, "id: ");
    reader
}

/// The threads, the descriptors, the clients of Redis, and those of them that are told of changes.
#[cfg(target_os = "linux")]
fn held(server: &Served, sandbox: &Sandbox) -> [usize; 4] {
    let process = format!("/proc/{}", server.pid().as_raw_nonzero());
    let [threads, descriptors] =
        ["task", "fd"].map(|it| fs::read_dir(format!("{process}/{it}")).unwrap().count());
    let clients = sandbox.redis_cli(&["CLIENT", "LIST"]);
    let listeners = clients.lines().filter(|line| line.contains("flags=t"));
    [
        threads,
        descriptors,
        clients.lines().count(),
        listeners.count(),
    ]
}

#[test]
#[cfg(target_os = "linux")]
fn a_thousand_readers_that_come_and_go_leave_nothing_behind() {
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let mut stays = reader(&server);
    let before = held(&server, &sandbox);
    assert_eq!(before[3], 1, "one is told for all");
    for _ in 0..1_000 {
        drop(reader(&server));
    }
    eventually("as much is held as before", || {
        // A client that is gone is noticed when it is written to.
        sandbox.add("T", "");
        held(&server, &sandbox)
            .iter()
            .zip(before)
            .all(|(held, before)| *held <= before)
    });
    line(&mut stays, "event: created");
}

#[test]
fn a_private_redis_that_is_stopped_is_not_started_for_readers_of_events() {
    let sandbox = Sandbox::bare();
    let server = Served::start(&sandbox, &[]);
    let (_program, mut lines) = curl(&format!("http://{}/api/v1/events", server.address));
    line(&mut lines, "id: ");
    sandbox.notes(["redis", "stop"]).run();
    let (mut client, line_of) = (server.client(), "GET /api/v1/events");
    client.send_request(line_of, &[], "");
    assert_eq!(client.reply_to(line_of).status, 503);
    assert!(sandbox.private_servers().is_empty());
    sandbox.add("again", "");
    assert_eq!(line(&mut lines, "event: "), "event: created");
}

/// A page that tells the server by requests what its stream of events has told it.
const PAGE: &str = r#"<script>
const base = new URLSearchParams(location.search).get("base");
const see = what => fetch(base + "/seen-" + what);
const events = new EventSource(base + "/api/v1/events");
events.addEventListener("open", () => see("open"));
events.addEventListener("created", event => see(JSON.parse(event.data).note.title));
</script>"#;

#[test]
fn a_browser_hears_of_events() {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let version = |name: &&str| {
        Command::new(name)
            .arg("--version")
            .stdout(Stdio::null())
            .status()
    };
    let Some(browser) = names
        .into_iter()
        .find(|name| version(name).is_ok_and(|it| it.success()))
    else {
        // None is installed.
        return;
    };
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let page = sandbox.file("page.html", PAGE);
    let mut command = sandbox.command_by(browser);
    // The page is not of this server, so it could not read an answer.
    let options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-web-security",
    ];
    command.args(options).arg("--remote-debugging-port=0");
    command.arg(format!(
        "--user-data-dir={}",
        sandbox.home().join("browser").display()
    ));
    command.arg(format!(
        "file://{}?base=http://{}",
        page.display(),
        server.address
    ));
    let output = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Its children end with it.
    let _browser = Program(output.spawn().unwrap());
    server.logged("GET /seen-open ");
    sandbox.add("one", "");
    server.logged("GET /seen-one ");
}

/// The block of nginx in the documentation.
fn nginx_block() -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/http.md")).unwrap();
    let (_, rest) = page.split_once("```nginx\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn nginx_passes_events_on_at_once() {
    if Command::new("nginx")
        .arg("-v")
        .stderr(Stdio::null())
        .status()
        .is_err()
    {
        // It is not installed.
        return;
    }
    let sandbox = Sandbox::with_redis();
    let server = Served::start(&sandbox, &[]);
    let host = loopback();
    let block = nginx_block().replace("127.0.0.1:5000", &server.address.to_string());
    let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let paths: String = paths.map(|it| format!("{it}_temp_path {it};\n")).concat();
    let config = format!(
        "daemon off;\nmaster_process off;\npid pid;\nerror_log error.log;\nevents {{}}\n\
         http {{\naccess_log off;\n{paths}server {{\nlisten {host}:8080;\n{block}}}\n}}\n"
    );
    sandbox.file("nginx/nginx.conf", config);
    let directory = sandbox.home().join("nginx");
    let child = Command::new("nginx")
        .args(["-e", "error.log", "-c", "nginx.conf", "-p"])
        .arg(format!("{}/", directory.display()))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _nginx = Program(child);
    let address = format!("{host}:8080");
    eventually("nginx listens", || TcpStream::connect(&address).is_ok());
    let (_program, mut lines) = curl(&format!("http://{address}/api/v1/events"));
    line(&mut lines, "id: ");
    for title in ["one", "two"] {
        sandbox.add(title, "");
        let data = line(&mut lines, "data: ");
        assert!(data.contains(&format!("\"title\":\"{title}\"")), "{data}");
    }
}
