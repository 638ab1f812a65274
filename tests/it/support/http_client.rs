//! A client of HTTP/1.1 that sends what it is told to, broken or not, over one connection.
//!
//! The unit tests of the library and the integration tests both compile this file, so it knows
//! nothing but std and `serde_json`.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long a test waits for bytes, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection to a server.
pub(crate) struct HttpClient {
    stream: TcpStream,
    received: Vec<u8>,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl HttpClient {
    /// Connects.
    ///
    /// # Panics
    ///
    /// When nobody listens there.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).expect("the server listens")
    }

    /// Connects, if someone listens there.
    pub(crate) fn try_connect(address: SocketAddr) -> io::Result<Self> {
        Self::over(TcpStream::connect_timeout(&address, PATIENCE)?)
    }

    /// Talks over a stream that is connected.
    pub(crate) fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            received: Vec::new(),
        })
    }

    /// Sends bytes as they are. A server that has hung up does not matter: its reply tells.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref());
    }

    /// Sends bytes as they are, or says that the server does not take them.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Sends nothing more.
    pub(crate) fn finish_sending(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Sends a request with those lines of headers and waits for its response.
    pub(crate) fn request(&mut self, line: &str, headers: &[&str], body: &str) -> Reply {
        self.send_request(line, headers, body);
        self.reply_to(line)
    }

    /// Sends a request with those lines of headers.
    pub(crate) fn send_request(&mut self, line: &str, headers: &[&str], body: &str) {
        let mut lines = vec![format!("{line} HTTP/1.1"), "Host: localhost".to_owned()];
        lines.extend(headers.iter().map(|&header| header.to_owned()));
        if !body.is_empty() {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        let text = format!("{}\r\n\r\n{body}", lines.join("\r\n"));
        self.send(text);
    }

    /// Sends JSON and waits for the response.
    pub(crate) fn json(&mut self, line: &str, body: &str) -> Reply {
        self.request(line, &["Content-Type: application/json"], body)
    }

    /// Waits for the response to a request with that line.
    ///
    /// # Panics
    ///
    /// When none comes.
    pub(crate) fn reply_to(&mut self, line: &str) -> Reply {
        self.try_reply(line.starts_with("HEAD "))
            .unwrap_or_else(|error| panic!("no response to {line}: {error}"))
    }

    /// Waits for a response; one to HEAD has no body. An interim response (1xx) is left out.
    pub(crate) fn try_reply(&mut self, is_head: bool) -> io::Result<Reply> {
        loop {
            let end =
                self.receive_until(|bytes| bytes.windows(4).position(|four| four == b"\r\n\r\n"))?;
            let head: Vec<u8> = self.received.drain(..end + 4).collect();
            let mut reply = Reply::read_head(&String::from_utf8_lossy(&head))?;
            if reply.status < 200 {
                continue;
            }
            let length = match reply.header("content-length") {
                Some(length) if !is_head => length.parse().map_err(io::Error::other)?,
                _ => 0,
            };
            self.receive_until(|bytes| (bytes.len() >= length).then_some(length))?;
            reply.body = self.received.drain(..length).collect();
            return Ok(reply);
        }
    }

    /// Waits until the server asks for the body of a request with `Expect: 100-continue`.
    ///
    /// # Panics
    ///
    /// When it does not.
    pub(crate) fn await_continue(&mut self) {
        let end = self
            .receive_until(|bytes| bytes.windows(4).position(|four| four == b"\r\n\r\n"))
            .expect("the server asks for the body");
        let head: Vec<u8> = self.received.drain(..end + 4).collect();
        assert!(head.starts_with(b"HTTP/1.1 100 "), "{head:?}");
    }

    /// Waits until the server hangs up, and returns what it still sent.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = std::mem::take(&mut self.received);
        // A reset ends it as well.
        let _ = self.stream.read_to_end(&mut rest);
        rest
    }

    fn receive_until(&mut self, find: impl Fn(&[u8]) -> Option<usize>) -> io::Result<usize> {
        let mut piece = vec![0; 64 * 1_024];
        loop {
            if let Some(found) = find(&self.received) {
                return Ok(found);
            }
            match self.stream.read(&mut piece)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.received.extend_from_slice(&piece[..count]),
            }
        }
    }
}

impl Reply {
    fn read_head(head: &str) -> io::Result<Self> {
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1."))
            .and_then(|line| line.split(' ').nth(1)?.parse().ok())
            .ok_or_else(|| io::Error::other(format!("no status line: {head}")))?;
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Ok(Self {
            status,
            headers,
            body: Vec::new(),
        })
    }

    /// The value of a header; its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// When it is not JSON, or is not said to be.
    pub(crate) fn value(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{self:?}"
        );
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.body));
        })
    }

    /// The text of a JSON error.
    pub(crate) fn error(&self) -> String {
        let value = self.value();
        let error = value["error"].as_str().unwrap_or_default().to_owned();
        assert_eq!(value, serde_json::json!({ "error": error }));
        error
    }
}
