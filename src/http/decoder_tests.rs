//! The decoder, fed in pieces.

use proptest::prelude::*;

use super::*;

const LIMIT: u64 = 20;

/// Requests as they follow one another on a connection, and what is read from them.
const REQUESTS: &[(&str, &str)] = &[
    ("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /a []"),
    ("\r\nGET /b?c HTTP/1.0\r\n\r\n", "GET /b?c []"),
    (
        "POST /d HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        "POST /d [abc]",
    ),
    (
        "PUT /e HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\nT: x\r\n\r\n",
        "PUT /e [abc]",
    ),
    (
        "POST /f HTTP/1.1\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
        "POST /f []",
    ),
    ("BREW / HTTP/1.1\r\n\r\n", "BREW / []"),
];

/// What a decoder makes of bytes that arrive in pieces of those sizes, and then of the rest.
fn read(bytes: &[u8], sizes: &[usize]) -> Vec<String> {
    let mut decoder = Decoder::new(LIMIT);
    let mut seen = Vec::new();
    let mut rest = bytes;
    let mut sizes = sizes.iter().copied();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(usize::MAX).clamp(1, rest.len());
        let (piece, after) = rest.split_at(size);
        decoder.feed(piece);
        rest = after;
        seen.extend(steps(&mut decoder));
    }
    if let Some((incoming, failure)) = decoder.finish() {
        seen.push(refusal(&incoming, &failure));
    }
    seen
}

fn steps(decoder: &mut Decoder) -> Vec<String> {
    let mut seen = Vec::new();
    loop {
        match decoder.next() {
            Step::Await => return seen,
            Step::Continue => {}
            Step::Request(incoming) => {
                let body = String::from_utf8_lossy(&incoming.request.body).into_owned();
                seen.push(format!(
                    "{} {} [{body}]",
                    incoming.word, incoming.request.target
                ));
            }
            Step::Refused(incoming, failure) => {
                assert_eq!(incoming.connection, Connection::Closes);
                seen.push(refusal(&incoming, &failure));
            }
        }
    }
}

fn refusal(incoming: &Incoming, failure: &Failure) -> String {
    format!("{} {}", incoming.word, failure.status().code())
}

proptest! {
    #[test]
    fn requests_are_the_same_however_they_arrive(
        chosen in prop::collection::vec(0..REQUESTS.len(), 1..8),
        sizes in prop::collection::vec(1_usize..40, 0..60),
    ) {
        let requests = || chosen.iter().map(|&index| REQUESTS[index]);
        let bytes: String = requests().map(|(text, _)| text).collect();
        let expected: Vec<&str> = requests().map(|(_, read)| read).collect();
        prop_assert_eq!(read(bytes.as_bytes(), &sizes), expected);
    }

    #[test]
    fn any_bytes_are_read_to_the_same_end_however_they_arrive(
        start in 0..REQUESTS.len(),
        cut in 0_usize..200,
        noise in prop::collection::vec(any::<u8>(), 0..80),
        sizes in prop::collection::vec(1_usize..20, 0..60),
    ) {
        let text = REQUESTS[start].0.as_bytes();
        let mut bytes = text[..cut.min(text.len())].to_vec();
        bytes.extend(noise);
        bytes.extend(text);
        prop_assert_eq!(read(&bytes, &sizes), read(&bytes, &[]));
    }
}

#[test]
fn nothing_is_read_after_a_refusal() {
    for bytes in [
        "hello\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 21\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nGET / HTTP/1.1\r\n\r\n",
    ] {
        assert_eq!(read(bytes.as_bytes(), &[]).len(), 1, "{bytes}");
    }
}

#[test]
fn a_client_that_waits_is_told_once_that_its_body_is_wanted() {
    let head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    let mut decoder = Decoder::new(LIMIT);
    decoder.feed(head);
    assert!(matches!(decoder.next(), Step::Continue));
    assert!(matches!(decoder.next(), Step::Await));
    assert_eq!(decoder.progress(), Progress::Body);
    decoder.feed(b"abc");
    assert!(matches!(decoder.next(), Step::Request(_)));
    // One that sends its body at once is not told.
    decoder.feed(&[&head[..], b"a"].concat());
    assert!(matches!(decoder.next(), Step::Await));
}

#[test]
fn half_a_request_is_worth_an_answer_and_none_is_not() {
    let abandoned = |bytes: &[u8]| {
        let mut decoder = Decoder::new(LIMIT);
        decoder.feed(bytes);
        let _ = steps(&mut decoder);
        decoder.abandon().map(|incoming| incoming.word)
    };
    assert_eq!(abandoned(b""), None);
    assert_eq!(abandoned(b"GET / HTTP/1.1\r\n\r\n"), None);
    assert_eq!(abandoned(b"GET / HTTP/1.1\r\n\r\n\r\n"), None);
    assert_eq!(abandoned(b"GET / HTT").as_deref(), Some(""));
    let body = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab";
    assert_eq!(abandoned(body).as_deref(), Some("POST"));
    assert_eq!(read(body, &[]), ["POST 400"]);
    assert_eq!(read(b"GET / HTT", &[]), Vec::<String>::new());
}

#[test]
fn an_idle_connection_holds_no_memory() {
    let mut decoder = Decoder::new(u64::MAX);
    let body = "x".repeat(100_000);
    decoder.feed(format!("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n{body}").as_bytes());
    assert_eq!(steps(&mut decoder).len(), 1);
    assert!(decoder.bytes.capacity() <= SHORT);
}
