//! A request that failed: a status and the text of a JSON error for the client, and the whole reason for
//! the log.

use crate::{redis_client, store};

const AWAY: &str = "Redis is not available; try again later";

#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: u16,
    /// The message for the client.
    text: String,
    pub(super) header: Option<(&'static str, &'static str)>,
    /// The whole reason, for the log, if it says more than the text.
    cause: Option<String>,
}

impl Failure {
    pub(super) fn new(status: u16, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
            header: (status == 503).then_some(("Retry-After", "1")),
            cause: None,
        }
    }

    pub(super) fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    pub(super) fn because_of(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(super) fn no_such_note(id: &str) -> Self {
        Self::new(404, format!("Note '{id}' not found"))
    }

    pub(super) fn away(cause: impl Into<String>) -> Self {
        Self::new(503, AWAY).because_of(cause)
    }

    /// Returns what the client is told. It names no address and quotes no other program.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the whole reason, for the log.
    pub(super) fn cause(&self) -> &str {
        self.cause.as_deref().unwrap_or(&self.text)
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        use redis_client::Error as R;
        use store::Error as E;
        let message = error.to_string();
        let (status, text) = match &error {
            E::Vanished { id } => return Self::no_such_note(id),
            E::WrongType { .. } | E::Conflict { .. } => (409, &*message),
            E::Redis(R::Server(_) | R::WrongType(_)) => {
                (500, "Redis answered with an error; the server's log has it")
            }
            E::Redis(R::NotRedis { in_doubt: true, .. }) => (
                500,
                "Redis gave an answer that makes no sense; the change may or may not have been made",
            ),
            E::Redis(R::NotRedis { .. }) => (500, "Redis gave an answer that makes no sense"),
            E::Redis(R::NoChanges(_)) => (503, "Redis refused it; the server's log says why"),
            E::Redis(R::NotConfirmed { .. }) => (
                503,
                "the change is made, but too few replicas have confirmed it",
            ),
            error if error.in_doubt() => (
                503,
                "Redis went away; the change may or may not have been made",
            ),
            _ => (503, AWAY),
        };
        Self::new(status, text).because_of(format!("{:#}", anyhow::Error::from(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::message::Response;

    fn answer(failure: Failure) -> (u16, String, Option<(&'static str, &'static str)>) {
        let response = Response::from(failure);
        let body = String::from_utf8(response.body).unwrap();
        (response.status, body, response.header)
    }

    #[test]
    fn a_failure_is_a_json_error_with_its_status() {
        assert_eq!(
            answer(Failure::no_such_note("a\"b")),
            (404, r#"{"error":"Note 'a\"b' not found"}"#.into(), None)
        );
    }

    #[test]
    fn redis_being_away_is_a_503_that_does_not_say_where_redis_is() {
        let address = redis_client::Address::parse("redis+unix:///no/such", "here".into()).unwrap();
        let error = store::Store::open(&address, std::time::Duration::from_secs(1))
            .err()
            .unwrap();
        let failure = Failure::from(error);
        let cause = failure.cause();
        assert!(cause.contains("/no/such"), "{cause}");
        let (status, body, header) = answer(failure);
        assert_eq!((status, header), (503, Some(("Retry-After", "1"))));
        assert!(!body.contains("/no/such"), "{body}");
    }

    #[test]
    fn an_error_that_only_the_operator_can_mend_is_a_500_that_does_not_quote_redis() {
        use redis_client::Error as E;
        let not_redis = |in_doubt| E::NotRedis {
            message: "secret".into(),
            in_doubt,
        };
        for (error, status) in [
            (E::Server("ERR secret".into()), 500),
            (not_redis(false), 500),
            (not_redis(true), 500),
            (E::NoChanges("secret".into()), 503),
            (E::Busy("secret".into()), 503),
        ] {
            let failure = Failure::from(store::Error::from(error));
            assert!(failure.cause().contains("secret"), "{failure:?}");
            let (found, body, header) = answer(failure);
            assert_eq!((found, header.is_some()), (status, status == 503), "{body}");
            assert!(!body.contains("secret"), "{body}");
        }
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
