//! TLS to a real Redis, which a server of this test's own stands in front of.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring};

use crate::redis_client::{Address, Error, Opened};
use crate::test_support::redis_server::RedisServer;

const TIMEOUT: Duration = Duration::from_secs(20);

/// Takes TLS connections for a Redis; it ends with the test process.
fn terminator(redis: PathBuf) -> SocketAddr {
    let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let client = StreamOwned::new(connection, stream.unwrap());
            let redis = redis.clone();
            // A client that does not trust the certificate hangs up.
            thread::spawn(move || relay(client, &redis));
        }
    });
    address
}

/// Hands requests on and answers back, one at a time, as the client sends them.
fn relay(mut client: impl Read + Write, redis: &Path) -> io::Result<()> {
    let mut redis = UnixStream::connect(redis)?;
    let mut buffer = [0; 16 * 1024];
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        redis.write_all(&buffer[..length])?;
        let length = redis.read(&mut buffer)?;
        client.write_all(&buffer[..length])?;
        client.flush()?;
    }
}

fn open(server: SocketAddr, suffix: &str) -> Result<Opened, Error> {
    let url = format!("rediss://localhost:{}{suffix}", server.port());
    crate::redis_client::open(&Address::parse(&url, "a test".into()).unwrap(), TIMEOUT)
}

#[test]
fn a_server_that_need_not_prove_itself_is_used() {
    let redis = RedisServer::start();
    let server = terminator(redis.socket());
    let mut opened = open(server, "#insecure").unwrap();
    opened.connection.ping().unwrap();
}

#[test]
fn a_server_that_nobody_vouches_for_is_refused_and_the_reason_said() {
    let redis = RedisServer::start();
    let server = terminator(redis.socket());
    let Err(Error::Unreachable { source, message }) = open(server, "") else {
        panic!("the certificate is signed by nobody");
    };
    assert!(message.starts_with("no TLS connection to "), "{message}");
    assert!(source.to_string().contains("UnknownIssuer"), "{source}");
}

#[test]
fn a_server_without_tls_is_told_from_one_that_is_away() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // What Redis answers to a handshake.
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"-ERR Protocol error\r\n");
    });
    let error = open(server, "").err().expect("no TLS is spoken there");
    assert!(
        error.to_string().starts_with("no TLS connection to "),
        "{error}"
    );
}
