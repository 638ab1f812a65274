//! Text that must never reach a terminal, a log or a file: a password, or a URL that may hold one.
//!
//! It knows nothing of the origin or the use of the text.

use std::fmt;

/// Text that neither `Display` nor `Debug` shows, and that cannot be serialized.
///
/// `***` is always shown instead, so that the length is hidden too.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Returns the text itself, for the connection that needs it.
    #[must_use]
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;

    use super::*;

    #[test]
    fn is_shown_as_asterisks_whatever_it_holds() {
        for text in ["", "hunter2", "a much longer secret"] {
            let secret = Secret::from(text);
            assert_eq!(format!("{secret}"), "***");
            assert_eq!(format!("{secret:?}"), "***");
            assert_eq!(format!("{:#?}", Some(&secret)), "Some(\n    ***,\n)");
            assert_eq!(secret.expose(), text);
        }
    }

    /// Answers by method lookup: the inherent method exists for serializable types alone, and is
    /// preferred to the trait's where it does.
    struct Probe<T>(PhantomData<T>);

    impl<T: serde::Serialize> Probe<T> {
        #[expect(clippy::unused_self, reason = "has to be found as a method")]
        fn serializes(&self) -> bool {
            true
        }
    }

    trait Otherwise {
        fn serializes(&self) -> bool {
            false
        }
    }

    impl<T> Otherwise for Probe<T> {}

    #[test]
    fn cannot_be_serialized() {
        assert!(Probe::<String>(PhantomData).serializes());
        assert!(!Probe::<Secret>(PhantomData).serializes());
    }
}
