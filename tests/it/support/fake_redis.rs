//! A Redis that replies what a test says: what a real one does only at a bad moment, or never.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// What is said to a command.
pub(crate) enum Said {
    Reply(String),
    /// The beginning of a reply that never ends.
    Drip(&'static str),
}

type Answer = dyn Fn(&str) -> Said + Send + Sync;

/// Starts it and returns its URL. It ends with the test process. PING is answered, HELLO is not known.
pub(crate) fn fake_redis(answer: impl Fn(&str) -> Said + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    let answer: Arc<Answer> = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = Arc::clone(&answer);
            // It ends where the client hangs up.
            thread::spawn(move || serve(&stream.unwrap(), &*answer));
        }
    });
    url
}

/// An array of strings.
pub(crate) fn bulks(words: &[&str]) -> String {
    let bulks = words.iter().map(|it| format!("${}\r\n{it}\r\n", it.len()));
    format!("*{}\r\n{}", words.len(), bulks.collect::<String>())
}

/// The only step of SSCAN.
pub(crate) fn only_step(ids: &[&str]) -> String {
    format!("*2\r\n$1\r\n0\r\n{}", bulks(ids))
}

fn serve(stream: &TcpStream, answer: &Answer) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    loop {
        let said = match command(&mut reader)?.as_str() {
            "PING" => Said::Reply("+PONG\r\n".to_owned()),
            "HELLO" => Said::Reply("-ERR unknown command\r\n".to_owned()),
            command => answer(command),
        };
        match said {
            Said::Reply(reply) => writer.write_all(reply.as_bytes()).ok()?,
            Said::Drip(begin) => {
                writer.write_all(begin.as_bytes()).ok()?;
                loop {
                    thread::sleep(Duration::from_millis(1));
                    writer.write_all(b"x").ok()?;
                }
            }
        }
    }
}

/// The words of the next command.
fn command(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let mut words = Vec::new();
    for _ in 0..number(reader)? {
        let mut word = vec![0; number(reader)? + 2];
        reader.read_exact(&mut word).ok()?;
        words.push(String::from_utf8_lossy(&word).trim_end().to_owned());
    }
    Some(words.join(" "))
}

fn number(reader: &mut BufReader<&TcpStream>) -> Option<usize> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    line.trim_end().get(1..)?.parse().ok()
}
