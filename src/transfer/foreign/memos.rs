//! memos: the answers of its API to requests for the list of memos.

use std::io::Read;

use serde::Deserialize;
use serde_json::value::{RawValue, Value};

use super::document::{Parts, number_text, parse_date, parse_epoch, read_document};
use super::{ForeignNote, marks};
use crate::transfer::{Entries, Unread};

/// One answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'t> {
    #[serde(borrow)]
    memos: Vec<&'t RawValue>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Memo {
    /// `memos/` and the id.
    name: Option<String>,
    uid: Option<String>,
    id: Option<Value>,
    content: String,
    create_time: Option<String>,
    update_time: Option<String>,
    /// In seconds, in old versions.
    created_ts: Option<Value>,
    updated_ts: Option<Value>,
    #[serde(alias = "rowStatus")]
    state: Option<String>,
    pinned: Option<bool>,
    #[serde(alias = "resources", alias = "resourceList")]
    attachments: Option<Vec<Attachment>>,
}

#[derive(Deserialize)]
struct Attachment {
    filename: Option<String>,
}

/// Reads the memos of one answer, or of several that follow each other.
pub(in crate::transfer) fn entries<'a>(input: impl Read) -> Result<Entries<'a>, Unread> {
    read_document("memos", input, split, parse_note)
}

fn split(text: &str) -> serde_json::Result<Parts<'_>> {
    let mut parts = Parts::default();
    let json = serde_json::Deserializer::from_str(text);
    if text.trim_start().starts_with('[') {
        // The form of old versions.
        for memos in json.into_iter::<Vec<&RawValue>>() {
            parts.notes.extend(memos?);
        }
        return Ok(parts);
    }
    for page in json.into_iter::<Page<'_>>() {
        let page = page?;
        parts.notes.extend(page.memos);
        let more = page.next_page_token.is_some_and(|token| !token.is_empty());
        parts.incomplete = more.then_some(
            "memos has more notes than are in this file; ask it for pageSize=1000, and with pageToken \
             for the pages after the first",
        );
    }
    Ok(parts)
}

fn parse_note(text: &str) -> Result<ForeignNote, Unread> {
    let memo: Memo = serde_json::from_str(text)?;
    let name = memo.name.as_deref();
    let name = name.map(|name| name.strip_prefix("memos/").unwrap_or(name).to_owned());
    let id = memo.id.as_ref().map(number_text);
    let mut identities = [memo.uid, name, id].into_iter().flatten();
    let Some(identity) = identities.find(|identity| !identity.is_empty()) else {
        return Err(Unread::new("a memo without a name"));
    };
    let is_archived = memo.state.map(|state| state == "ARCHIVED");
    let attachments = memo.attachments.into_iter().flatten();
    Ok(ForeignNote {
        identity,
        content: without_heading_mark(memo.content),
        tags: marks([(is_archived, "archived"), (memo.pinned, "pinned")]).collect(),
        attachments: attachments.filter_map(|file| file.filename).collect(),
        created: parse_date(memo.create_time.as_deref())?
            .or(parse_epoch(memo.created_ts.as_ref(), 1)?),
        updated: parse_date(memo.update_time.as_deref())?
            .or(parse_epoch(memo.updated_ts.as_ref(), 1)?),
        ..ForeignNote::default()
    })
}

/// Returns the text of a memo without the `#` of a heading in its first line, which becomes the title.
fn without_heading_mark(content: String) -> String {
    let text = content.trim_start();
    let heading = text.trim_start_matches('#').strip_prefix(' ');
    match heading {
        Some(heading) if text.starts_with('#') => heading.to_owned(),
        _ => content,
    }
}
