//! A cluster whose nodes answer what a test says: what real nodes do only at a bad moment.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Instant;

use super::super::*;
use crate::note::{Note, NoteChange, RawNote};
use crate::redis_client::{SLOTS, slot_of_key};

const TIMEOUT: Duration = Duration::from_secs(20);

/// What one of the nodes, by its number, says to a command; nothing where it hangs up.
type Answer = dyn Fn(usize, &str) -> Option<String> + Send + Sync;

/// Starts nodes, each of which serves as many slots: the last has the ids. Returns their URLs; they end
/// with the test process.
fn cluster<const N: usize>(
    answer: impl Fn([u16; N], usize, &str) -> Option<String> + Send + Sync + 'static,
) -> [String; N] {
    let mut listeners: Vec<_> = (0..N)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    listeners.sort_by_key(port);
    let ports: [u16; N] = std::array::from_fn(|at| port(&listeners[at]));
    let answer: Arc<Answer> = Arc::new(move |at, command: &str| match command {
        "PING" => Some("+PONG\r\n".to_owned()),
        "HELLO" => Some(bulks(["mode", "cluster"])),
        "CLUSTER MYID" => Some("-ERR\r\n".to_owned()),
        _ => match answer(ports, at, command) {
            Some(reply) if reply.is_empty() && command == "CLUSTER SLOTS" => Some(ranges(&ports)),
            reply => reply,
        },
    });
    for (at, listener) in listeners.into_iter().enumerate() {
        let answer = Arc::clone(&answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let answer = Arc::clone(&answer);
                thread::spawn(move || serve(&stream.unwrap(), |command| answer(at, command)));
            }
        });
    }
    ports.map(|port| format!("redis://127.0.0.1:{port}"))
}

/// Who serves what, as CLUSTER SLOTS says it.
fn ranges(ports: &[u16]) -> String {
    let share = SLOTS / ports.len();
    let range = |(at, port): (usize, &u16)| {
        let (first, last) = (at * share, at * share + share - 1);
        format!("*3\r\n:{first}\r\n:{last}\r\n*2\r\n$9\r\n127.0.0.1\r\n:{port}\r\n")
    };
    let ranges: String = ports.iter().enumerate().map(range).collect();
    format!("*{}\r\n{ranges}", ports.len())
}

fn bulks<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let bulks: Vec<_> = words
        .into_iter()
        .map(|it| format!("${}\r\n{it}\r\n", it.len()))
        .collect();
    format!("*{}\r\n{}", bulks.len(), bulks.concat())
}

/// A step of SSCAN.
fn step<'a>(cursor: &str, ids: impl IntoIterator<Item = &'a str>) -> String {
    format!("*2\r\n${}\r\n{cursor}\r\n{}", cursor.len(), bulks(ids))
}

fn serve(stream: &TcpStream, answer: impl Fn(&str) -> Option<String>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let number = |reader: &mut BufReader<&TcpStream>| {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        line.trim_end().get(1..)?.parse::<usize>().ok()
    };
    loop {
        let mut words = Vec::new();
        for _ in 0..number(&mut reader)? {
            let mut word = vec![0; number(&mut reader)? + 2];
            reader.read_exact(&mut word).ok()?;
            words.push(String::from_utf8_lossy(&word).trim_end().to_owned());
        }
        let reply = answer(&words.join(" "))?;
        (&mut &*stream).write_all(reply.as_bytes()).ok()?;
    }
}

fn open(url: &str) -> Store {
    open_for(url, TIMEOUT).unwrap()
}

fn open_for(url: &str, timeout: Duration) -> Result<Store, Error> {
    Store::open(&Address::parse(url, "a test".into()).unwrap(), timeout)
}

/// A note whose key the first of two nodes has.
fn note_on_the_first() -> Note {
    let notes = || Note::new("T".into(), String::new(), "2024-01-15T10:30:00Z");
    let is_there =
        |note: &Note| usize::from(slot_of_key(keys::of_note(&note.id).as_bytes())) < SLOTS / 2;
    std::iter::repeat_with(notes).find(is_there).unwrap()
}

#[test]
fn ids_are_scanned_from_the_start_where_another_node_has_them_by_then() {
    // A cursor means something else to each server.
    let [url, _] = cluster(|ports, at, command| {
        Some(match (at, command) {
            (1, "SSCAN notes:ids 0 COUNT 1000") => step("7", ["a"]),
            (1, _) if command.starts_with("SSCAN") => {
                format!("-MOVED 15712 127.0.0.1:{}\r\n", ports[0])
            }
            (0, "SSCAN notes:ids 0 COUNT 1000") => step("9", ["b"]),
            (0, "SSCAN notes:ids 9 COUNT 1000") => step("0", ["a"]),
            (0, "SSCAN notes:ids 7 COUNT 1000") => step("0", []),
            _ => String::new(),
        })
    });
    assert_eq!(open(&url).ids().unwrap(), ["a", "b"]);
}

#[test]
fn answers_that_come_late_are_not_taken_for_those_of_the_next_commands() {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let [url] = cluster(move |_, _, command| {
        Some(match command {
            "INFO everything" => {
                let _ = held.lock().unwrap().recv();
                bulks([])
            }
            "CONFIG GET save" => bulks([]),
            "SCARD notes:ids" => ":42\r\n".to_owned(),
            _ => String::new(),
        })
    });
    let mut store = open_for(&url, Duration::from_millis(200)).unwrap();
    store.server().unwrap_err();
    release.send(()).unwrap();
    store.ping().unwrap();
    assert_eq!(store.count().unwrap(), 42);
}

#[test]
fn a_change_whose_connection_was_lost_counts_as_not_confirmed() {
    let (is_made, is_down) = (AtomicBool::new(false), AtomicBool::new(true));
    let [_, url] = cluster(move |_, at, command| {
        Some(match (at, command.split(' ').next().unwrap()) {
            (_, "SISMEMBER") => ":0\r\n".to_owned(),
            (0, "EVAL") => {
                is_made.store(true, Ordering::SeqCst);
                bulks(["done"])
            }
            // It fails, and a replica that has not got the change takes its place.
            (0, "CLUSTER") if is_made.swap(false, Ordering::SeqCst) => return None,
            (1, "SADD") if is_down.swap(false, Ordering::SeqCst) => {
                "-CLUSTERDOWN The cluster is down\r\n".to_owned()
            }
            (_, "WAIT") | (1, "SADD") => ":1\r\n".to_owned(),
            _ => String::new(),
        })
    });
    let mut store = open(&url);
    store.wait_for_replicas(1);
    let error = store.create(&note_on_the_first()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Redis(redis_client::Error::NotConfirmed { .. })
        ),
        "{error}"
    );
    store.create(&note_on_the_first()).unwrap();
}

#[test]
fn only_who_made_a_change_is_asked_for_its_replicas() {
    let [_, url] = cluster(|ports, at, command| {
        Some(match (at, command) {
            (1, "PERSIST notes:ids") => format!("-MOVED 15712 127.0.0.1:{}\r\n", ports[0]),
            (0, _) if command != "CLUSTER SLOTS" => ":1\r\n".to_owned(),
            (1, _) if command != "CLUSTER SLOTS" => ":0\r\n".to_owned(),
            _ => String::new(),
        })
    });
    let mut store = open(&url);
    store.wait_for_replicas(1);
    store.persist(None).unwrap();
}

#[test]
fn a_key_that_was_removed_but_for_its_id_is_told() {
    let [url, _] = cluster(|_, at, command| {
        Some(match (at, command.split(' ').next().unwrap()) {
            (0, "DEL") => ":1\r\n".to_owned(),
            (1, "SREM") => "-NOPERM no permission\r\n".to_owned(),
            _ => String::new(),
        })
    });
    let error = open(&url).remove_key(&note_on_the_first().id).unwrap_err();
    assert!(matches!(error, Error::Partial(_)), "{error}");
}

#[test]
fn nodes_that_send_to_each_other_have_no_answer_for_now() {
    let [url, _] = cluster(|ports, at, command| {
        Some(match command {
            "SCARD notes:ids" => format!("-MOVED 15712 127.0.0.1:{}\r\n", ports[1 - at]),
            _ => String::new(),
        })
    });
    let begun = Instant::now();
    let mut store = open_for(&url, Duration::from_millis(300)).unwrap();
    let error = store.count().unwrap_err();
    assert!(
        matches!(error, Error::Redis(redis_client::Error::Busy(_))),
        "{error}"
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn another_node_is_asked_where_one_knows_of_no_replacement() {
    let [url, _, _] = cluster(|ports, at, command| {
        Some(match (at, command) {
            // The last is gone; the first was not told that the second took its place.
            (2, _) => return None,
            (1, "CLUSTER SLOTS") => ranges(&[ports[0], ports[1], ports[1]]),
            (1, "SCARD notes:ids") => ":42\r\n".to_owned(),
            _ => String::new(),
        })
    });
    let mut store = open(&url);
    assert_eq!(store.count().unwrap(), 42);
}

#[test]
fn what_other_nodes_answered_counts_where_one_is_too_slow() {
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let (listed, seen) = mpsc::channel();
    let [url, _] = cluster(move |_, at, command| {
        Some(match (at, command.split(' ').next().unwrap()) {
            (_, "SISMEMBER") => ":0\r\n".to_owned(),
            (0, "EVAL") => {
                let _ = held.lock().unwrap().recv();
                return None;
            }
            (1, "EVAL") => bulks(["done"]),
            (1, "SADD") => {
                let _ = listed.send(command.to_owned());
                ":1\r\n".to_owned()
            }
            _ => String::new(),
        })
    });
    let mut store = open_for(&url, Duration::from_millis(500)).unwrap();
    let first = note_on_the_first();
    let ids = [first.id.as_str(), "note-on-the-second-0"];
    assert!(usize::from(slot_of_key(keys::of_note(ids[1]).as_bytes())) >= SLOTS / 2);
    let changes = ids.map(|id| NoteChange {
        id: id.to_owned(),
        before: RawNote::default(),
        after: RawNote::from_note(&first),
    });
    let error = store.swap(&changes).unwrap_err();
    assert!(error.in_doubt(), "{error}");
    drop(release);
    assert_eq!(
        seen.try_recv().unwrap(),
        format!("SADD notes:ids {}", ids[1])
    );
}

#[test]
fn a_node_has_the_whole_timeout_though_several_were_named() {
    let [url] = cluster(|_, _, command| {
        Some(match command {
            // Nine tenths of the timeout.
            "WAIT 1 18000" | "PERSIST notes:ids" => ":1\r\n".to_owned(),
            _ if command.starts_with("WAIT") => ":0\r\n".to_owned(),
            _ => String::new(),
        })
    });
    let host = url.strip_prefix("redis://").unwrap();
    let mut store = open(&format!("redis://{host},{host}"));
    store.wait_for_replicas(1);
    store.persist(None).unwrap();
}
