//! The few words that are exchanged with a server: `PING`, `INFO` and `SHUTDOWN`.
//!
//! They are inline commands (<https://redis.io/docs/latest/develop/reference/protocol-spec/#inline-commands>),
//! and every exchange is bounded by a deadline. What follows from an answer is decided elsewhere.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::deadline::Deadline;
use super::error::{Error, Localhost};

/// Where a Redis that somebody set up listens by default.
const LOCALHOST: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 6379);

/// The longest reply that is read, in bytes; `INFO server` takes less than one KiB.
const LONGEST_REPLY: usize = 64 * 1024;

/// What is found at the path of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listener {
    /// Nothing at all.
    Absent,
    /// The socket of a server that is gone.
    Dead,
    /// A server that gave no answer before the deadline, or hung up.
    Silent,
    /// A server that still reads its files.
    Loading,
    /// A server that answers commands.
    Up,
}

/// Asks whatever listens at `socket` how it is.
pub(super) fn listener(socket: &Path, deadline: Deadline) -> Result<Listener, Error> {
    let in_the_way = || Error::InTheWay {
        path: socket.to_owned(),
    };
    let mut conversation = match Conversation::open(socket, deadline) {
        Ok(conversation) => conversation,
        // Linux refuses a connection to any file that is no socket, too.
        Err(_) if is_something_else(socket) => return Err(in_the_way()),
        Err(source) if is_missing(source.kind()) => return Ok(Listener::Absent),
        Err(source) if source.kind() == ErrorKind::ConnectionRefused => return Ok(Listener::Dead),
        Err(source) => {
            return Err(Error::Connect {
                socket: socket.to_owned(),
                source,
            });
        }
    };
    match conversation.ask("PING") {
        Ok(Reply::Text(text)) if text == "PONG" => Ok(Listener::Up),
        Ok(Reply::Error(text)) if text.starts_with("LOADING") => Ok(Listener::Loading),
        // It wants a password, or is at its limit of clients: a server all the same.
        Ok(Reply::Error(_)) => Ok(Listener::Up),
        Ok(Reply::Text(_)) => Err(in_the_way()),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(in_the_way()),
        Err(_) => Ok(Listener::Silent),
    }
}

/// Whether a Redis answers on this machine's port 6379. Takes no longer than 0.2 s.
pub(super) fn localhost() -> Localhost {
    if answers_at(LOCALHOST, Duration::from_millis(100)).unwrap_or(false) {
        Localhost::Answers
    } else {
        Localhost::Silent
    }
}

fn answers_at(address: SocketAddr, patience: Duration) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_write_timeout(Some(patience))?;
    stream.set_read_timeout(Some(patience))?;
    stream.write_all(b"PING\r\n")?;
    let mut reply = [0; 8];
    let length = stream.read(&mut reply)?;
    let reply = reply.get(..length).unwrap_or_default();
    Ok([b"+PONG".as_slice(), b"-NOAUTH", b"-LOADING"]
        .iter()
        .any(|known| reply.starts_with(known)))
}

fn is_missing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn is_something_else(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| !metadata.file_type().is_socket())
}

/// A reply in the second version of the protocol.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// A simple or a bulk string.
    Text(String),
    /// An error, with its code.
    Error(String),
}

/// A connection to a server, until a deadline.
pub(super) struct Conversation {
    stream: UnixStream,
    deadline: Deadline,
}

impl Conversation {
    /// Connects to the server at `socket`.
    pub(super) fn open(socket: &Path, deadline: Deadline) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        Ok(Self { stream, deadline })
    }

    /// Sends a command and reads its reply.
    ///
    /// Fails with [`ErrorKind::UnexpectedEof`] when the server hangs up, and with
    /// [`ErrorKind::InvalidData`] when what it says is no reply.
    pub(super) fn ask(&mut self, command: &str) -> io::Result<Reply> {
        self.stream
            .set_write_timeout(Some(self.deadline.timeout()))?;
        self.stream.write_all(format!("{command}\r\n").as_bytes())?;
        let mut received = Vec::new();
        loop {
            self.read_more(&mut received)?;
            if let Some(reply) = parse(&received)? {
                return Ok(reply);
            }
        }
    }

    fn read_more(&mut self, received: &mut Vec<u8>) -> io::Result<()> {
        if self.deadline.is_over() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.stream
            .set_read_timeout(Some(self.deadline.timeout()))?;
        let mut chunk = [0; 4096];
        let length = self.stream.read(&mut chunk)?;
        if length == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        received.extend_from_slice(chunk.get(..length).unwrap_or_default());
        if received.len() > LONGEST_REPLY {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(())
    }
}

/// The reply that `received` starts with, or nothing when it is not complete.
fn parse(received: &[u8]) -> io::Result<Option<Reply>> {
    let invalid = || io::Error::from(ErrorKind::InvalidData);
    let (&kind, rest) = received.split_first().ok_or_else(invalid)?;
    if !matches!(kind, b'+' | b'-' | b'$') {
        return Err(invalid());
    }
    let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else {
        return Ok(None);
    };
    let (line, rest) = rest.split_at(end);
    let line = String::from_utf8_lossy(line);
    match kind {
        b'+' => Ok(Some(Reply::Text(line.into_owned()))),
        b'-' => Ok(Some(Reply::Error(line.into_owned()))),
        _ => {
            let length: usize = line.parse().map_err(|_| invalid())?;
            let body = rest.get(2..).and_then(|body| body.get(..length));
            Ok(body.map(|body| Reply::Text(String::from_utf8_lossy(body).into_owned())))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;
    use crate::redis_server::RedisServer;

    const TIMEOUT: Duration = Duration::from_secs(10);

    #[test]
    fn a_server_that_answers_is_up_and_tells_about_itself() {
        let server = RedisServer::start();
        let deadline = Deadline::after(TIMEOUT);
        assert_eq!(listener(&server.socket(), deadline).unwrap(), Listener::Up);
        let mut conversation = Conversation::open(&server.socket(), deadline).unwrap();
        let Reply::Text(text) = conversation.ask("INFO server").unwrap() else {
            panic!("INFO was refused");
        };
        assert!(text.contains("\r\nuptime_in_seconds:"), "{text}");
        assert!(
            matches!(conversation.ask("NO-SUCH").unwrap(), Reply::Error(text) if text.starts_with("ERR "))
        );
    }

    #[test]
    fn a_server_that_wants_a_password_is_up() {
        let server = RedisServer::start();
        server.command(&["CONFIG", "SET", "requirepass", "secret"]);
        let found = listener(&server.socket(), Deadline::after(TIMEOUT)).unwrap();
        assert_eq!(found, Listener::Up);
    }

    #[test]
    fn a_socket_that_nobody_listens_at_is_dead_and_none_is_absent() {
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        let socket = directory.path().join("s");
        let deadline = Deadline::after(TIMEOUT);
        assert_eq!(listener(&socket, deadline).unwrap(), Listener::Absent);
        drop(UnixListener::bind(&socket).unwrap());
        assert_eq!(listener(&socket, deadline).unwrap(), Listener::Dead);
    }

    #[test]
    fn a_listener_that_says_nothing_is_silent_when_the_deadline_is_over() {
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        let socket = directory.path().join("s");
        let _listener = UnixListener::bind(&socket).unwrap();
        let deadline = Deadline::after(Duration::from_millis(50));
        assert_eq!(listener(&socket, deadline).unwrap(), Listener::Silent);
        assert!(deadline.is_over());
    }

    #[test]
    fn a_listener_that_is_no_redis_is_in_the_way() {
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        let socket = directory.path().join("s");
        let server = UnixListener::bind(&socket).unwrap();
        let greeting = thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                .unwrap();
            // Until the other side hangs up.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let found = listener(&socket, Deadline::after(TIMEOUT));
        assert!(matches!(found, Err(Error::InTheWay { path }) if path == socket));
        greeting.join().unwrap();
    }

    #[test]
    fn a_reply_is_read_only_when_it_is_complete() {
        assert_eq!(parse(b"+PON").unwrap(), None);
        assert_eq!(parse(b"$5\r\nab\r\n").unwrap(), None);
        let text = Reply::Text("ab\r\nc".to_owned());
        assert_eq!(parse(b"$5\r\nab\r\nc\r\n").unwrap(), Some(text));
        let error = Reply::Error("ERR no".to_owned());
        assert_eq!(parse(b"-ERR no\r\n").unwrap(), Some(error));
        for no_reply in [b"HTTP/1.1".as_slice(), b"$-1\r\n", b"$many\r\n"] {
            assert_eq!(parse(no_reply).unwrap_err().kind(), ErrorKind::InvalidData);
        }
    }

    #[test]
    fn localhost_answers_only_where_a_redis_does() {
        for (reply, expected) in [
            ("+PONG\r\n", true),
            ("-NOAUTH x\r\n", true),
            ("220 smtp\r\n", false),
        ] {
            let server = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = server.local_addr().unwrap();
            let answering = thread::spawn(move || {
                let (mut stream, _) = server.accept().unwrap();
                stream.write_all(reply.as_bytes()).unwrap();
                let _ = stream.read_to_end(&mut Vec::new());
            });
            assert_eq!(answers_at(address, TIMEOUT).unwrap(), expected, "{reply}");
            answering.join().unwrap();
        }
    }
}
