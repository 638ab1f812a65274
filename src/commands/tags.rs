//! `notes tags`: every tag, and how many notes have it.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::context::Context;
use crate::exit::Exit;
use crate::note::tag;
use crate::output::{Json, tags};
use crate::store::{Looked, Reading};

pub(super) fn run(context: &mut Context) -> anyhow::Result<Exit> {
    let json = context.options.json.clone();
    if let Json::On(Some(selection)) = &json {
        selection.check_members("tag", &tags::MEMBERS)?;
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    let store = context.store()?;
    let ids = store.ids()?;
    let reading = Reading::new(&ids, &["title", "content"]);
    reading.look_at_each(store, |looked| count_tags(looked, &mut counts))?;
    let mut counts: Vec<tags::Count> = counts.into_iter().collect();
    counts.sort_unstable_by(|(tag, notes), (other, more)| {
        (Reverse(notes), tag).cmp(&(Reverse(more), other))
    });
    context.begin_paging();
    match json {
        Json::On(selection) => {
            context.print_json(&tags::to_json(&counts, selection.as_ref()))?;
        }
        Json::Off => context.print(|out, stream| tags::write(out, &counts, stream))?,
    }
    if counts.is_empty() && context.options.stdout.terminal {
        context.say("no tags yet; a tag is a word with a # in a note");
    }
    Ok(Exit::Done)
}

fn count_tags(looked: &Looked<'_>, counts: &mut HashMap<String, usize>) {
    let title = looked.text("title").unwrap_or_default();
    let content = looked.text("content").unwrap_or_default();
    for tag in tag::of_note(&title, &content) {
        *counts.entry(tag.into_owned()).or_default() += 1;
    }
}
