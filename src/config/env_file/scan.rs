//! Splits the text of a `.env` file into assignments, by python-dotenv's grammar.
//!
//! It knows the dialects of python-dotenv and dotenvy, but no names, no files and no `${…}`.

/// A statement whose value cannot be made out. It says nothing more, for the text is private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// One statement that names a variable.
pub(super) struct Statement<'a> {
    pub(super) name: &'a str,
    /// The line of the name, from 1.
    pub(super) line: usize,
    pub(super) value: Result<Value<'a>, Broken>,
}

/// What stands behind a name.
pub(super) enum Value<'a> {
    /// The name stands alone on its line.
    Absent,
    /// There is an equals sign, and this behind it.
    Present(Encoded<'a>),
}

/// A value as the file writes it.
pub(super) enum Encoded<'a> {
    Unquoted(&'a str),
    SingleQuoted(&'a str),
    DoubleQuoted(&'a str),
}

impl Encoded<'_> {
    /// What the value stands for, before `${…}` is looked at.
    pub(super) fn decode(&self) -> Result<String, Broken> {
        let line = format!("VALUE=\"{}\"", self.in_dotenvy_dialect());
        match dotenvy::from_read_iter(line.as_bytes()).next() {
            Some(Ok((_, value))) => Ok(value),
            // Its error holds the text, and so must end here.
            Some(Err(_)) | None => Err(Broken),
        }
    }

    /// The inside of a double-quoted value that dotenvy reads as python-dotenv reads this one.
    ///
    /// dotenvy takes `\\`, `\"`, `\'`, `\$` and `\n` there, refuses other escapes and replaces
    /// `$NAME`; python-dotenv knows the escapes below, keeps the backslash of any other, and does
    /// nothing to a `$`.
    fn in_dotenvy_dialect(&self) -> String {
        let (inside, is_double) = match self {
            Self::Unquoted(text) => return text.chars().flat_map(literal).collect(),
            Self::SingleQuoted(inside) => (inside, false),
            Self::DoubleQuoted(inside) => (inside, true),
        };
        let mut out = String::with_capacity(inside.len());
        let mut chars = inside.chars();
        while let Some(c) = chars.next() {
            let escape = if c == '\\' { chars.next() } else { None };
            match escape {
                None => out.extend(literal(c)),
                Some('\\' | '\'') => out.extend([Some(c), escape].into_iter().flatten()),
                Some('"' | 'n') if is_double => out.extend([Some(c), escape].into_iter().flatten()),
                Some('a') if is_double => out.push('\x07'),
                Some('b') if is_double => out.push('\x08'),
                Some('f') if is_double => out.push('\x0c'),
                Some('r') if is_double => out.push('\r'),
                Some('t') if is_double => out.push('\t'),
                Some('v') if is_double => out.push('\x0b'),
                Some(other) => out.extend(literal(c).chain(literal(other))),
            }
        }
        out
    }
}

/// A character that stands for itself, as dotenvy wants it in double quotes.
fn literal(c: char) -> impl Iterator<Item = char> {
    let backslash = matches!(c, '\\' | '"' | '$').then_some('\\');
    backslash.into_iter().chain([c])
}

/// The statements of a text whose lines end in `\n`.
///
/// Text that names nothing is passed over. As in python-dotenv, what follows a broken statement is
/// read from the next line on, even where a quote was left open.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let rest = text;
        Self { rest, line: 1 }
    }

    /// Takes characters from the front up to the first that is refused.
    fn take_while(&mut self, mut accept: impl FnMut(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !accept(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Takes exactly this text from the front, if it is there.
    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn blanks(&mut self) -> &'a str {
        self.take_while(is_blank)
    }

    fn rest_of_line(&mut self) -> &'a str {
        self.take_while(|c| c != '\n')
    }

    fn export(&mut self) {
        let behind = self.rest.strip_prefix("export");
        if let Some(rest) = behind.filter(|rest| rest.starts_with(is_blank)) {
            self.rest = rest;
            self.blanks();
        }
    }

    /// The name that starts a statement; `None` for a comment.
    fn name(&mut self) -> Result<Option<&'a str>, Broken> {
        if self.rest.starts_with('#') {
            return Ok(None);
        }
        let name = if self.rest.starts_with('\'') {
            self.quoted('\'', |_| false)?
        } else {
            self.take_while(|c| !matches!(c, '=' | '#') && !is_space(c))
        };
        if name.is_empty() {
            return Err(Broken);
        }
        Ok(Some(name))
    }

    /// What stands between two quotes; nothing is taken where there is no second one.
    fn quoted(&mut self, quote: char, escapes: impl Fn(char) -> bool) -> Result<&'a str, Broken> {
        let inside = self.rest.strip_prefix(quote).ok_or(Broken)?;
        let mut is_escaped = false;
        let closes = |c: char| {
            let closes = c == quote && !is_escaped;
            is_escaped = escapes(c) && !is_escaped;
            closes
        };
        let (inside, rest) = inside.split_at(inside.find(closes).ok_or(Broken)?);
        self.line += inside.matches('\n').count();
        self.rest = rest.strip_prefix(quote).unwrap_or(rest);
        Ok(inside)
    }

    fn value(&mut self) -> Result<Value<'a>, Broken> {
        self.blanks();
        if !self.take("=") {
            return Ok(Value::Absent);
        }
        let is_set_off = !self.blanks().is_empty();
        let is_escape = |c| c == '\\';
        let encoded = match self.rest.chars().next() {
            Some('#') if is_set_off => Encoded::Unquoted(""),
            Some('\'') => Encoded::SingleQuoted(self.quoted('\'', is_escape)?),
            Some('"') => Encoded::DoubleQuoted(self.quoted('"', is_escape)?),
            _ => Encoded::Unquoted(without_comment(self.rest_of_line())),
        };
        Ok(Value::Present(encoded))
    }

    fn end_of_line(&mut self) -> Result<(), Broken> {
        self.blanks();
        if self.rest.starts_with('#') {
            self.rest_of_line();
        }
        if self.rest.is_empty() || self.rest.starts_with('\n') {
            return Ok(());
        }
        Err(Broken)
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Statement<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.take_while(is_space);
            if self.rest.is_empty() {
                return None;
            }
            let line = self.line;
            self.export();
            let name = self.name();
            let value = match name {
                Ok(_) => self.value(),
                Err(Broken) => Err(Broken),
            };
            let value = value.and_then(|value| self.end_of_line().map(|()| value));
            if value.is_err() {
                self.rest_of_line();
            }
            if let Ok(Some(name)) = name {
                return Some(Statement { name, line, value });
            }
        }
    }
}

/// An unquoted value ends before white space and a `#`.
fn without_comment(text: &str) -> &str {
    let mut follows_space = false;
    let starts_comment = |c: char| {
        let starts = c == '#' && follows_space;
        follows_space = is_space(c);
        starts
    };
    let end = text.find(starts_comment).unwrap_or(text.len());
    text.split_at(end).0.trim_end_matches(is_space)
}

/// White space as Python's `\s` has it: four control characters more than Rust's.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

fn is_blank(c: char) -> bool {
    is_space(c) && c != '\n'
}
