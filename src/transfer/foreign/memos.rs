//! memos: the answers of its API to requests for the list of memos.

use std::io::Read;

use serde::Deserialize;
use serde_json::value::{RawValue, Value};

use super::document::{
    Document, Item, number_text, parse_date, parse_epoch, read_document, values,
};
use super::{ForeignNote, marks, without_heading_mark};
use crate::transfer::{Entries, Unread};

/// One answer, of old versions with `data`; a memo has none of these.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'t> {
    #[serde(borrow)]
    memos: Option<Vec<&'t RawValue>>,
    #[serde(borrow)]
    data: Option<&'t RawValue>,
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
    state: Option<String>,
    /// In old versions.
    row_status: Option<String>,
    pinned: Option<bool>,
    attachments: Option<Vec<Attachment>>,
    /// In old versions, and in older ones.
    resources: Option<Vec<Attachment>>,
    resource_list: Option<Vec<Attachment>>,
}

#[derive(Deserialize)]
struct Attachment {
    filename: Option<String>,
}

/// The message for an answer after which others should follow.
const MORE: &str = "memos has more notes than are in this file; ask it for pageSize=1000, and with pageToken for \
                    the pages after the first";

/// Reads the memos of one answer, or of several that follow each other.
pub(in crate::transfer) fn entries<'a>(input: impl Read) -> Result<Entries<'a>, Unread> {
    read_document("memos", input, |text| {
        let mut document = Document::new(Vec::new(), |memo: &str| parse_note(memo).map(Item::from));
        for value in values(text)? {
            let Ok(page) = serde_json::from_str::<Page<'_>>(value.get()) else {
                document.values.push(value);
                continue;
            };
            let is_last = page.next_page_token.unwrap_or_default().is_empty();
            match (page.memos, page.data) {
                (Some(memos), _) => {
                    document.values.extend(memos);
                    document.incomplete = (!is_last).then(|| MORE.to_owned());
                }
                (None, Some(data)) => document.values.extend(values(data.get())?),
                (None, None) => document.values.push(value),
            }
        }
        Ok(document)
    })
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
    let state = memo.state.or(memo.row_status);
    let is_archived = state.map(|state| state == "ARCHIVED");
    let attachments = [memo.attachments, memo.resources, memo.resource_list];
    let attachments = attachments.into_iter().flatten().flatten();
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
