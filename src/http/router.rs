//! The paths of the API, and the methods that each takes.

use percent_encoding::percent_decode_str;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Index,
    Health,
    OpenApi,
    Notes,
    Events,
    /// `/api/v1/notes/<id>`
    Note(String),
}

impl Route {
    /// The route of a path as it was sent, without its query; `None` where there is no such path.
    ///
    /// The whole path is decoded before it is taken apart, so a `%2F` is a slash like any other.
    pub(super) fn from_path(path: &str) -> Option<Self> {
        let path = percent_decode_str(path).decode_utf8_lossy();
        Some(match &*path {
            "/" => Self::Index,
            "/health" => Self::Health,
            "/openapi.json" => Self::OpenApi,
            "/api/v1/notes" => Self::Notes,
            "/api/v1/events" => Self::Events,
            other => {
                let id = other.strip_prefix("/api/v1/notes/");
                let id = id.filter(|id| !id.is_empty() && !id.contains('/'))?;
                Self::Note(id.to_owned())
            }
        })
    }

    /// The methods that it takes, as the header `Allow` lists them.
    pub(super) const fn allow(&self) -> &'static str {
        match self {
            Self::Index | Self::Health | Self::OpenApi | Self::Events => "GET, HEAD, OPTIONS",
            Self::Notes => "GET, HEAD, OPTIONS, POST",
            Self::Note(_) => "DELETE, GET, HEAD, OPTIONS, PUT",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(path: &str) -> Option<String> {
        match Route::from_path(path) {
            Some(Route::Note(id)) => Some(id),
            _ => None,
        }
    }

    #[test]
    fn knows_its_paths_and_no_other() {
        assert_eq!(Route::from_path("/"), Some(Route::Index));
        assert_eq!(Route::from_path("/health"), Some(Route::Health));
        assert_eq!(Route::from_path("/openapi.json"), Some(Route::OpenApi));
        assert_eq!(Route::from_path("/api/v1/notes"), Some(Route::Notes));
        assert_eq!(Route::from_path("/%61pi/v1/notes"), Some(Route::Notes));
        assert_eq!(Route::from_path("/api/v1/events"), Some(Route::Events));
        for path in [
            "",
            "*",
            "//",
            "/health/",
            "/Health",
            "/api/v1/notes/",
            "/api/v1/notes/a/",
            "/api/v1/notes/a/b",
            "/api/v1/notes/a%2Fb",
            "/api/v1/notes/%2f",
            "/api/v1//notes",
            "/api/v1/notesx",
            "/api/v1/events/",
            "api/v1/notes",
        ] {
            assert_eq!(Route::from_path(path), None, "{path}");
        }
    }

    #[test]
    fn an_id_is_percent_decoded() {
        for (path, expected) in [
            ("abc", "abc"),
            ("a%20b", "a b"),
            ("a+b", "a+b"),
            ("%C3%A9", "é"),
            ("%c3%a9", "é"),
            ("%ff", "\u{fffd}"),
            ("a%E2%82b", "a\u{fffd}b"),
            ("%F0%9F%98", "\u{fffd}"),
            ("%ED%A0%80", "\u{fffd}\u{fffd}\u{fffd}"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%%41", "%A"),
            ("%00", "\0"),
            ("..", ".."),
            ("%3F", "?"),
        ] {
            assert_eq!(
                id(&format!("/api/v1/notes/{path}")).as_deref(),
                Some(expected),
                "{path}"
            );
        }
    }
}
