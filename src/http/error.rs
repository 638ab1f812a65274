//! Why a request is not answered with what it asked for: one kind of failure for each reason, and
//! the one place that gives each its status and its JSON.

use std::error::Error;

use serde_json::json;

use super::message::{Response, Status};
use crate::store::{self, Effect};

/// What a client may wait before it tries again, in seconds: the value of `Retry-After`.
const RETRY_AFTER: &str = "1";

/// A request that fails. Displayed: the text of its JSON error, which says nothing of the server's
/// inside.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// There is no such path.
    #[error("no such path; GET / lists those that there are")]
    NoSuchPath,
    /// The path does not take the method.
    #[error("this path takes {allow}")]
    MethodNotAllowed {
        /// What it takes.
        allow: &'static str,
    },
    /// There is no note with that id.
    #[error("Note '{id}' not found")]
    NoSuchNote {
        /// The id as percent-decoded.
        id: String,
    },
    /// The body is missing, is not JSON, is not said to be JSON, or is empty or false.
    #[error("JSON body is required")]
    BodyRequired,
    /// The body is JSON, but not an object.
    #[error("the JSON body must be an object with 'title' and 'content', not {found}")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// A new note has no title, or a blank one.
    #[error("'title' field is required and cannot be blank")]
    TitleRequired,
    /// The new title of a note is blank.
    #[error("'title' cannot be blank")]
    TitleBlank,
    /// A field is not a string.
    #[error("'{field}' must be a string, not {found}")]
    NotAString {
        /// The field.
        field: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A field holds half of a surrogate pair (`\ud800` alone), which no UTF-8 text can hold.
    #[error("'{field}' holds a lone surrogate, which is not text")]
    LoneSurrogate {
        /// The field.
        field: &'static str,
    },
    /// A stored note lacks its title, and the change gives it none.
    #[error("Note '{id}' has no 'title' field; give it one")]
    NoTitle {
        /// The note.
        id: String,
    },
    /// The request is for a host that is not this one: a web page may have had a name of its own
    /// point here.
    #[error("this server answers requests for localhost alone; check the Host header")]
    ForeignHost,
    /// The token is missing, or is not the right one.
    #[error("a token is required; send it as Authorization: Bearer <token>")]
    Unauthorized,
    /// The note is not as the request wants it to be.
    #[error("the note is not what If-Match or If-None-Match say; get it again")]
    Changed,
    /// The body is longer than is taken.
    #[error("the body is longer than the {limit} bytes that are taken")]
    TooLarge {
        /// What is taken.
        limit: u64,
    },
    /// The request is none of HTTP, or could be read in two ways, or where its body ends cannot be
    /// told.
    #[error("{problem}")]
    Malformed {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The request is of a version of HTTP that is not spoken here.
    #[error("only HTTP/1.1 and HTTP/1.0 are spoken here")]
    OtherVersion,
    /// The line and the headers are longer than is taken.
    #[error("the request line and its headers are longer than the {limit} bytes that are taken")]
    HeadTooLarge {
        /// What is taken.
        limit: usize,
    },
    /// The client expects something that is not done here.
    #[error("the only expectation that is met here is 100-continue")]
    Expectation,
    /// The request did not come in time.
    #[error("the request did not arrive in time")]
    TooSlow,
    /// No connection to Redis could be opened.
    #[error("Redis is not available; try again later")]
    NoRedis(#[source] Box<dyn Error + Send + Sync>),
    /// Every connection to Redis was in use for as long as a request waits for one.
    #[error("every connection to Redis is in use; try again later")]
    NoFreeRedis,
    /// Too much is held for clients that send or read slowly.
    #[error("too much is on its way to and from slow clients; try again later")]
    Overloaded,
    /// The store failed.
    #[error("{}", say(.0))]
    Store(#[from] store::Error),
    /// The program failed: a defect.
    #[error("internal error; the server's log may say more")]
    Panicked,
}

impl Failure {
    /// The status of the response.
    #[must_use]
    pub(super) fn status(&self) -> Status {
        match self {
            Self::BodyRequired
            | Self::NotAnObject { .. }
            | Self::TitleRequired
            | Self::TitleBlank
            | Self::NotAString { .. }
            | Self::LoneSurrogate { .. }
            | Self::Malformed { .. } => Status::BadRequest,
            Self::Unauthorized => Status::Unauthorized,
            Self::NoSuchPath | Self::NoSuchNote { .. } => Status::NotFound,
            Self::MethodNotAllowed { .. } => Status::MethodNotAllowed,
            Self::TooSlow => Status::RequestTimeout,
            Self::NoTitle { .. } => Status::Conflict,
            Self::Changed => Status::PreconditionFailed,
            Self::TooLarge { .. } => Status::ContentTooLarge,
            Self::Expectation => Status::ExpectationFailed,
            Self::HeadTooLarge { .. } => Status::RequestHeaderFieldsTooLarge,
            Self::OtherVersion => Status::HttpVersionNotSupported,
            Self::ForeignHost => Status::MisdirectedRequest,
            Self::NoRedis(_) | Self::NoFreeRedis | Self::Overloaded => Status::ServiceUnavailable,
            Self::Store(error) => store_status(error),
            Self::Panicked => Status::InternalServerError,
        }
    }

    /// The whole reason, for the log and for whoever asks after the server's health.
    #[must_use]
    pub(super) fn detail(&self) -> String {
        match self {
            Self::NoRedis(error) => chain(error.as_ref()),
            Self::Store(error) => chain(error),
            other => other.to_string(),
        }
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Self {
        let status = failure.status();
        let response = Self::json(status, &json!({ "error": failure.to_string() }));
        let mut response = match &failure {
            Failure::MethodNotAllowed { allow } => response.with_header("Allow", allow),
            Failure::Unauthorized => response.with_header("WWW-Authenticate", "Bearer"),
            _ if status == Status::ServiceUnavailable => {
                response.with_header("Retry-After", RETRY_AFTER)
            }
            _ => response,
        };
        response.cause = Some(failure.detail());
        response
    }
}

fn store_status(error: &store::Error) -> Status {
    use store::Error as E;
    match error {
        E::Unreachable { .. }
        | E::Untrusted { .. }
        | E::TooSlow { .. }
        | E::Lost { .. }
        | E::NotRedis { .. }
        | E::Refused { .. }
        | E::ReadOnly
        | E::OutOfMemory
        | E::Unsaved { .. }
        | E::Loading
        | E::Busy { .. } => Status::ServiceUnavailable,
        E::Vanished { .. }
        | E::NoSuchNote { .. }
        | E::PrefixTooShort { .. }
        | E::NoNotes
        | E::Ambiguous { .. } => Status::NotFound,
        E::WrongType { .. } | E::Conflict { .. } | E::NotText { .. } => Status::Conflict,
        E::Server { .. } | E::Answer { .. } => Status::InternalServerError,
    }
}

/// What a client is told of an error of the store: not where Redis is.
fn say(error: &store::Error) -> String {
    use store::Error as E;
    match error {
        E::Vanished { id } => Failure::NoSuchNote { id: id.clone() }.to_string(),
        E::TooSlow {
            effect: Effect::Unknown,
            ..
        }
        | E::Lost {
            effect: Effect::Unknown,
            ..
        } => "Redis went away; the change may or may not have been made".to_owned(),
        E::Unreachable { .. }
        | E::Untrusted { .. }
        | E::TooSlow { .. }
        | E::Lost { .. }
        | E::NotRedis { .. }
        | E::Refused { .. } => "Redis is not available; try again later".to_owned(),
        E::Server { .. } => "Redis answered with an error".to_owned(),
        other => other.to_string(),
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(failure: Failure) -> (u16, String, Option<(&'static str, &'static str)>) {
        let response = Response::from(failure);
        (
            response.status.code(),
            String::from_utf8(response.body).unwrap(),
            response.header,
        )
    }

    #[test]
    fn a_failure_is_a_json_error_with_its_status() {
        assert_eq!(
            answer(Failure::NoSuchNote { id: "a\"b".into() }),
            (404, r#"{"error":"Note 'a\"b' not found"}"#.into(), None)
        );
        let (status, _, header) = answer(Failure::MethodNotAllowed { allow: "GET" });
        assert_eq!((status, header), (405, Some(("Allow", "GET"))));
        let (status, _, header) = answer(Failure::Unauthorized);
        assert_eq!(
            (status, header),
            (401, Some(("WWW-Authenticate", "Bearer")))
        );
    }

    #[test]
    fn redis_being_away_is_a_503_that_does_not_say_where_redis_is() {
        let address = store::Address::parse("redis+unix:///no/such", "here".into()).unwrap();
        let error = store::Store::open(&address, std::time::Duration::from_secs(1))
            .err()
            .unwrap();
        let failure = Failure::NoRedis(error.into());
        assert!(
            failure.detail().contains("/no/such"),
            "{}",
            failure.detail()
        );
        let (status, body, header) = answer(failure);
        assert_eq!((status, header), (503, Some(("Retry-After", "1"))));
        assert!(!body.contains("/no/such"), "{body}");
    }

    #[test]
    fn a_note_that_vanished_is_not_found_in_the_usual_words() {
        let error = store::Error::Vanished { id: "x".into() };
        assert_eq!(
            answer(error.into()),
            (404, r#"{"error":"Note 'x' not found"}"#.into(), None)
        );
    }
}
