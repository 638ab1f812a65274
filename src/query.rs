//! The conditions of a search: words, tags, patterns and times. It knows nothing of the store or of
//! output. Text is compared in NFC on both sides.

use std::ops::Range;

use chrono::{DateTime, TimeZone, Utc};
use regex::{Regex, RegexBuilder};

use crate::note::{Note, tag};
use crate::timestamp;
use crate::unicode::{Composed, nfc};
use crate::when::{self, Span};

/// The conditions that a note must meet, all of them. The default has none, and matches every note.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    wanted: Vec<Term>,
    unwanted: Vec<Term>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

/// A condition that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct QueryError(String);

/// The fields that are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Title,
    Content,
}

#[derive(Clone, Debug)]
struct Term {
    /// The one field that is searched; `None` for all.
    field: Option<Field>,
    pattern: Pattern,
}

#[derive(Clone, Debug)]
enum Pattern {
    Text(Regex),
    Tag(String),
}

impl Query {
    /// Asks for a word: `word`, `title:word`, `content:word`, `#tag` or `tag:tag`.
    pub(crate) fn word(&mut self, text: &str) -> Result<(), QueryError> {
        self.wanted.push(Term::parse(text)?);
        Ok(())
    }

    /// Asks for notes without a word, which is any that [`Query::word`] takes.
    pub(crate) fn without(&mut self, text: &str) -> Result<(), QueryError> {
        self.unwanted.push(Term::parse(text)?);
        Ok(())
    }

    /// Asks for a tag, with its `#` or without.
    pub(crate) fn tag(&mut self, text: &str) -> Result<(), QueryError> {
        self.wanted.push(Term::tag(text)?);
        Ok(())
    }

    /// Asks for a regular expression in the title or the content; `^` and `$` match at lines.
    pub(crate) fn pattern(&mut self, text: &str) -> Result<(), QueryError> {
        regex_syntax::parse(text).map_err(|error| {
            let (what, at) = match &error {
                regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span()),
                regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span()),
                other => return QueryError(other.to_string()),
            };
            let column = at.start.column;
            QueryError(format!(
                "the pattern `{text}` is wrong at character {column}: {what}"
            ))
        })?;
        self.wanted.push(Term {
            field: None,
            pattern: Pattern::Text(regex(&nfc(text), false)?),
        });
        Ok(())
    }

    /// Asks for notes of that time or later; of a day, month or year from its beginning.
    pub(crate) fn since<Z>(&mut self, text: &str, now: &DateTime<Z>) -> Result<(), QueryError>
    where
        Z: TimeZone<Offset: Copy>,
    {
        self.since = Some(span(text, now)?.first);
        Ok(())
    }

    /// Asks for notes of that time or before; of a day, month or year to its end.
    pub(crate) fn until<Z>(&mut self, text: &str, now: &DateTime<Z>) -> Result<(), QueryError>
    where
        Z: TimeZone<Offset: Copy>,
    {
        self.until = Some(span(text, now)?.last);
        Ok(())
    }

    /// Returns true if every note matches.
    pub(crate) fn is_empty(&self) -> bool {
        !self.asks_for_text() && self.since.or(self.until).is_none()
    }

    /// Returns true if a condition is about the text of a note, not only about its time.
    pub(crate) fn asks_for_text(&self) -> bool {
        !self.wanted.is_empty() || !self.unwanted.is_empty()
    }

    /// Returns true if a stored time matches. One that cannot be read matches only a query without times.
    pub(crate) fn has_time(&self, time: &str) -> bool {
        if self.since.or(self.until).is_none() {
            return true;
        }
        timestamp::parse(time).is_some_and(|time| {
            self.since.is_none_or(|since| since <= time)
                && self.until.is_none_or(|until| time <= until)
        })
    }

    /// Returns true if the title and the content match.
    pub(crate) fn has_text(&self, note: &Note) -> bool {
        self.has_texts(note.title(), note.content())
    }

    /// Returns true if the title and the content match. A field that the query does not
    /// [look at](Query::looks_at) may be anything.
    pub(crate) fn has_texts(&self, title: &str, content: &str) -> bool {
        let fields = [
            (Field::Title, &*nfc(title)),
            (Field::Content, &*nfc(content)),
        ];
        self.wanted.iter().all(|term| term.is_in(&fields))
            && !self.unwanted.iter().any(|term| term.is_in(&fields))
    }

    /// Returns true if a condition is about this field.
    pub(crate) fn looks_at(&self, field: Field) -> bool {
        let mut terms = self.wanted.iter().chain(&self.unwanted);
        terms.any(|term| term.covers(field))
    }

    /// Returns the ranges of a field's text that match, in order and without overlaps.
    pub(crate) fn matches(&self, field: Field, text: &str) -> Vec<Range<usize>> {
        let terms = self.wanted.iter().filter(|term| term.covers(field));
        let text = Composed::new(text);
        let found = terms.flat_map(|term| term.ranges(text.text()));
        let mut found: Vec<Range<usize>> = found.map(|range| text.original(range)).collect();
        found.retain(|range| !range.is_empty());
        found.sort_unstable_by_key(|range| (range.start, range.end));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for range in found {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }
}

impl Term {
    fn parse(text: &str) -> Result<Self, QueryError> {
        let text = &*nfc(text);
        if let Some(name) = text.strip_prefix('#')
            && tag::is_name(name)
        {
            return Self::tag(name);
        }
        if let Some(name) = text.strip_prefix("tag:") {
            return Self::tag(name);
        }
        let (field, word) = if let Some(word) = text.strip_prefix("title:") {
            (Some(Field::Title), word)
        } else if let Some(word) = text.strip_prefix("content:") {
            (Some(Field::Content), word)
        } else {
            (None, text)
        };
        if word.is_empty() {
            let what = if field.is_some() {
                text
            } else {
                "an empty word"
            };
            return Err(QueryError(format!("{what} finds nothing: write a word")));
        }
        let any_case = !word.contains(char::is_uppercase);
        Ok(Self {
            field,
            pattern: Pattern::Text(regex(&regex::escape(word), any_case)?),
        })
    }

    fn tag(name: &str) -> Result<Self, QueryError> {
        let name = tag::parse(name).map_err(|error| QueryError(error.to_string()))?;
        Ok(Self {
            field: None,
            pattern: Pattern::Tag(name),
        })
    }

    fn covers(&self, field: Field) -> bool {
        self.field.is_none_or(|only| only == field)
    }

    /// Returns true if one of the fields, in NFC, matches.
    fn is_in(&self, fields: &[(Field, &str)]) -> bool {
        let mut texts = fields.iter().filter(|(field, _)| self.covers(*field));
        texts.any(|(_, text)| match &self.pattern {
            Pattern::Text(regex) => regex.is_match(text),
            Pattern::Tag(name) => tag::in_text(text).any(|(_, tag)| tag::answers(tag, name)),
        })
    }

    fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        match &self.pattern {
            Pattern::Text(regex) => regex.find_iter(text).map(|found| found.range()).collect(),
            Pattern::Tag(name) => {
                let tags = tag::in_text(text).filter(|(_, tag)| tag::answers(tag, name));
                tags.map(|(at, tag)| at..at + 1 + tag.len()).collect()
            }
        }
    }
}

fn regex(pattern: &str, any_case: bool) -> Result<Regex, QueryError> {
    RegexBuilder::new(pattern)
        .case_insensitive(any_case)
        .multi_line(true)
        .build()
        .map_err(|error| QueryError(format!("cannot search for this: {error}")))
}

fn span<Z>(text: &str, now: &DateTime<Z>) -> Result<Span, QueryError>
where
    Z: TimeZone<Offset: Copy>,
{
    when::span(text, now).ok_or_else(|| {
        QueryError(format!(
            "'{text}' is not a date or time: write 2026-01-15, '2026-01-15 10:30', 2026-01, 10:30, \
             2d, '3 hours ago', yesterday, 'last monday' or 'this week'"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note() -> Note {
        let content = "Buy Milk and eggs\n#home #Shop/food\n2026 end";
        Note::new(
            "The list".into(),
            content.into(),
            "2024-01-15T10:30:00+00:00",
        )
    }

    fn finds(ask: impl FnOnce(&mut Query) -> Result<(), QueryError>) -> bool {
        let mut query = Query::default();
        ask(&mut query).unwrap();
        query.has_text(&note())
    }

    #[test]
    fn letter_case_counts_where_the_word_has_a_capital() {
        for (word, found) in [
            ("milk", true),
            ("Milk", true),
            ("MILK", false),
            ("list", true),
            ("milk and", true),
            ("mil.", false),
            ("title:the", true),
            ("title:milk", false),
            ("content:milk", true),
            ("content:The", false),
            ("#home", true),
            ("#hom", false),
            ("#shop/food", true),
            ("#Home", false),
            ("tag:home", true),
            ("tag:#shop/food", true),
            ("tag:eggs", false),
            ("# ", false),
        ] {
            assert_eq!(finds(|query| query.word(word)), found, "{word}");
            assert_eq!(finds(|query| query.without(word)), !found, "without {word}");
        }
        assert!(finds(|query| query
            .tag("home")
            .and(query.tag("#shop/food"))));
    }

    #[test]
    fn a_query_looks_at_the_fields_of_its_terms() {
        for (word, title, content) in [
            ("milk", true, true),
            ("#home", true, true),
            ("title:milk", true, false),
            ("content:milk", false, true),
        ] {
            let mut query = Query::default();
            assert!(!query.looks_at(Field::Title) && !query.looks_at(Field::Content));
            query.without(word).unwrap();
            let looks = (query.looks_at(Field::Title), query.looks_at(Field::Content));
            assert_eq!(looks, (title, content), "{word}");
        }
    }

    #[test]
    fn every_word_must_be_there() {
        assert!(finds(|query| query.word("milk").and(query.word("list"))));
        assert!(!finds(|query| query.word("milk").and(query.word("wine"))));
    }

    #[test]
    fn a_pattern_sees_lines_and_says_where_it_is_wrong() {
        assert!(finds(|query| query.pattern(r"^2\d+ end$")));
        assert!(!finds(|query| query.pattern("milk")));
        let error = Query::default().pattern("a(b").unwrap_err().to_string();
        assert_eq!(
            error,
            "the pattern `a(b` is wrong at character 2: unclosed group"
        );
        let error = Query::default()
            .pattern(r"\p{Nope}")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("at character 1: Unicode property"),
            "{error}"
        );
        let error = Query::default().pattern("(?:a{1000}){1000}").unwrap_err();
        assert!(error.to_string().contains("exceeds size limit"), "{error}");
    }

    #[test]
    fn what_can_be_no_word_or_tag_is_refused() {
        for word in ["", "title:", "content:", "tag:", "tag:12"] {
            assert!(Query::default().word(word).is_err(), "{word}");
        }
        for tag in ["", "#", "12", "a b", "a,b", "/", "a/"] {
            assert!(Query::default().tag(tag).is_err(), "{tag}");
        }
    }

    #[test]
    fn a_day_counts_from_its_beginning_to_its_end() {
        let now = timestamp::parse("2024-01-20T00:00:00+00:00").unwrap();
        let mut query = Query::default();
        assert!(query.is_empty() && query.has_time("never"));
        query.since("2024-01-15", &now).unwrap();
        query.until("2024-01-15", &now).unwrap();
        assert!(!query.is_empty() && !query.asks_for_text());
        for (time, is_in) in [
            ("2024-01-15T00:00:00+00:00", true),
            ("2024-01-15T23:59:59.999999+00:00", true),
            ("2024-01-14T23:59:59.999999+00:00", false),
            ("2024-01-16T00:00:00+00:00", false),
            ("2024-01-16T00:30:00+01:00", true),
            ("never", false),
        ] {
            assert_eq!(query.has_time(time), is_in, "{time}");
        }
        let error = query.since("soon", &now).unwrap_err().to_string();
        assert!(
            error.starts_with("'soon' is not a date or time: write 2026-01-15"),
            "{error}"
        );
    }

    #[test]
    fn words_tags_and_patterns_are_found_composed_and_decomposed() {
        let [nfc, nfd] = ["Caf\u{e9} #na\u{ef}ve", "Cafe\u{301} #nai\u{308}ve"];
        for (asked, stored) in [(nfc, nfd), (nfd, nfc)] {
            let (word, tag) = asked.split_once(' ').unwrap();
            let note = Note::new("T".into(), format!("x {stored} y"), "now");
            let mut query = Query::default();
            query.word(word).unwrap();
            query.tag(tag).unwrap();
            query.pattern(&format!("^x {word}")).unwrap();
            assert!(query.has_text(&note), "{asked}");
            let found = query.matches(Field::Content, note.content());
            let found: Vec<&str> = found.into_iter().map(|at| &note.content()[at]).collect();
            let (word, tag) = stored.split_once(' ').unwrap();
            assert_eq!(found, [&format!("x {word}"), tag], "{asked}");
        }
        assert!(!finds(|query| query.word("cafe").and(query.word("milk"))));
    }

    #[test]
    fn matches_come_in_order_and_overlap_nowhere() {
        let mut query = Query::default();
        for word in ["ilk", "mil", "#home", "title:buy", "eggs"] {
            query.word(word).unwrap();
        }
        query.pattern("x*").unwrap();
        let content = "Milk milk #home";
        assert_eq!(query.matches(Field::Content, content), [0..4, 5..9, 10..15]);
        assert_eq!(query.matches(Field::Title, "buy eggs"), [0..3, 4..8]);
    }
}
