//! An element of HTML: the part of its name and its attributes that Markdown can express.

use quick_xml::escape::{resolve_html5_entity, unescape_with};
use quick_xml::events::BytesStart;

/// The role of an element in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line of its own.
    Block,
    Paragraph,
    Heading(usize),
    List {
        is_ordered: bool,
    },
    /// With a check box, or without one.
    Item(Option<bool>),
    Quote,
    /// Lines of code.
    Code,
    InlineCode,
    Table,
    Row,
    Cell,
    Link,
    /// Bold, italic or struck text, with its mark in Markdown.
    Emphasis(&'static str),
    Break,
    Rule,
    Image,
    CheckBox(bool),
    /// Says nothing about its text.
    Other,
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The address of a link or an image, or the language of code.
    pub(super) target: String,
    /// The text in place of an image, or what stands for something that is hidden.
    pub(super) label: String,
    /// The name of a group of Evernote's tasks that belongs here.
    pub(super) task_group: Option<String>,
    /// True if its text is not for readers.
    pub(super) is_hidden: bool,
}

impl Kind {
    /// Returns true if this element ends one of the other kind that has no end of its own.
    pub(super) fn ends(self, other: Self) -> bool {
        match self {
            Self::Item(_) => matches!(other, Self::Item(_) | Self::Paragraph),
            Self::Cell => other == Self::Cell,
            Self::Row => matches!(other, Self::Row | Self::Cell),
            Self::Paragraph | Self::Heading(_) | Self::List { .. } => other == Self::Paragraph,
            _ => false,
        }
    }
}

impl Element {
    pub(super) fn new(start: &BytesStart<'_>) -> Self {
        let name = start.local_name().as_ref().to_ascii_lowercase();
        let style = compact(&attribute(start, "style").unwrap_or_default());
        let kind = kind(&name, start, &style);
        let target = match kind {
            Kind::Link => attribute(start, "href"),
            Kind::Image => attribute(start, "src"),
            Kind::Code => value(&style, "-en-syntaxlanguage").map(str::to_owned),
            _ => None,
        };
        let label = match name.as_str() {
            "img" => attribute(start, "alt"),
            "en-crypt" => attribute(start, "hint"),
            _ => None,
        };
        let task_group = value(&style, "-en-task-group")
            .filter(|is_group| *is_group == "true")
            .and_then(|_| value(&style, "-en-id"));
        let is_hidden = matches!(
            name.as_str(),
            "en-crypt" | "head" | "script" | "style" | "title" | "template"
        );
        Self {
            kind,
            target: target.unwrap_or_default(),
            label: label.unwrap_or_default(),
            task_group: task_group.map(str::to_owned),
            is_hidden,
            name,
        }
    }

    /// Returns true if the element has no text and in HTML no end.
    pub(super) fn is_void(&self) -> bool {
        matches!(
            self.name.as_str(),
            "area"
                | "base"
                | "br"
                | "col"
                | "embed"
                | "en-media"
                | "en-todo"
                | "hr"
                | "img"
                | "input"
                | "link"
                | "meta"
                | "param"
                | "source"
                | "track"
                | "wbr"
        )
    }
}

fn kind(name: &str, start: &BytesStart<'_>, style: &str) -> Kind {
    if name == "div" && value(style, "-en-codeblock") == Some("true") {
        return Kind::Code;
    }
    match name {
        "p" => Kind::Paragraph,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading(
            name.bytes()
                .last()
                .map_or(1, |digit| usize::from(digit - b'0')),
        ),
        "ul" | "ol" | "menu" => Kind::List {
            is_ordered: name == "ol",
        },
        "li" => Kind::Item(is_checked(start, style)),
        "blockquote" => Kind::Quote,
        "pre" => Kind::Code,
        "code" | "kbd" | "samp" | "tt" => Kind::InlineCode,
        "table" => Kind::Table,
        "tr" => Kind::Row,
        "td" | "th" => Kind::Cell,
        "a" => Kind::Link,
        "b" | "strong" => Kind::Emphasis("**"),
        "i" | "em" | "cite" | "dfn" | "var" => Kind::Emphasis("*"),
        "s" | "del" | "strike" => Kind::Emphasis("~~"),
        "br" => Kind::Break,
        "hr" => Kind::Rule,
        "img" => Kind::Image,
        "en-todo" => Kind::CheckBox(attribute(start, "checked").as_deref() == Some("true")),
        "input" if attribute(start, "type").as_deref() == Some("checkbox") => {
            Kind::CheckBox(attribute(start, "checked").is_some())
        }
        "address" | "article" | "aside" | "body" | "caption" | "center" | "dd" | "details"
        | "div" | "dl" | "dt" | "en-crypt" | "en-note" | "fieldset" | "figcaption" | "figure"
        | "footer" | "form" | "header" | "html" | "legend" | "main" | "nav" | "section"
        | "summary" | "tbody" | "tfoot" | "thead" => Kind::Block,
        _ => match (value(style, "font-weight"), value(style, "font-style")) {
            (Some("bold" | "600" | "700" | "800" | "900"), _) => Kind::Emphasis("**"),
            (_, Some("italic")) => Kind::Emphasis("*"),
            _ => Kind::Other,
        },
    }
}

/// Returns the state of the check box of a list item, if it has one.
fn is_checked(start: &BytesStart<'_>, style: &str) -> Option<bool> {
    let state = value(style, "-en-checked").map(str::to_owned);
    match state.or_else(|| attribute(start, "data-checked"))?.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// Returns the value of an attribute.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.html_attributes();
    // The check compares each attribute with all before it.
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|found| found.key.as_ref().eq_ignore_ascii_case(name))?;
    let text = unescape_with(&found.value, resolve_html5_entity);
    Some(text.unwrap_or(found.value.clone()).into_owned())
}

/// Removes the white space of a style, and its capitals.
fn compact(style: &str) -> String {
    let letters = style.chars().filter(|c| !c.is_whitespace());
    letters.collect::<String>().to_ascii_lowercase()
}

/// Returns the value of a property in a style. Evernote writes its own properties with one dash before
/// them or two.
fn value<'s>(style: &'s str, name: &str) -> Option<&'s str> {
    style.split(';').find_map(|property| {
        let (found, value) = property.split_once(':')?;
        let is_same = found == name || found.strip_prefix('-') == Some(name);
        is_same.then_some(value)
    })
}
