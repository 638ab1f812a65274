//! `notes tasks`: the open tasks of notes, and ticking them.

use std::collections::BTreeMap;

use super::output::{brief, print_touched};
use super::query_args::parse_search;
use crate::cli::{OrderArgs, Place, Tasks};
use crate::context::Context;
use crate::exit::Exit;
use crate::find::{self, NoteRef};
use crate::note::edit::Edit;
use crate::note::{NewText, Note, task};
use crate::output::tasks::{self, NoteTasks, Row};
use crate::output::{Json, short_id};
use crate::store::Error;

pub(super) fn run(args: &Tasks, context: &mut Context) -> anyhow::Result<Exit> {
    if args.tick.is_empty() {
        list(args, context)
    } else {
        tick(&args.tick, context)
    }
}

fn list(args: &Tasks, context: &mut Context) -> anyhow::Result<Exit> {
    let json = context.options.json.clone();
    if let Json::On(Some(selection)) = &json {
        selection.check_members("task", &tasks::MEMBERS)?;
    }
    let search = parse_search(&args.query, OrderArgs::default(), context)?;
    let mut candidates = search.candidates(context.store()?)?;
    let abbreviation = candidates.abbreviation;
    let ids = candidates.take(usize::MAX);
    let mut reading = search.read(&ids);
    context.begin_paging();
    let mut found = Vec::new();
    let mut is_any = false;
    while let Some(notes) = search.next(&mut reading, context.store()?)? {
        for note in notes {
            let tasks = tasks_of(&note, args.done, abbreviation);
            if tasks.tasks.is_empty() {
                continue;
            }
            is_any = true;
            if json == Json::Off {
                context.print(|out, stream| tasks::write(out, &tasks, stream))?;
            } else {
                found.push(tasks);
            }
        }
        context.flush()?;
    }
    if let Json::On(selection) = json {
        context.print_json(&tasks::to_json(&found, selection.as_ref()))?;
    } else if !is_any && context.options.stdout.terminal {
        context.say("no open tasks; a line `- [ ] text` in a note is one");
    }
    Ok(Exit::Done)
}

/// Returns the open tasks of a note, or all.
fn tasks_of(note: &Note, all: bool, abbreviation: usize) -> NoteTasks {
    let mut tasks = task::in_text(note.content());
    tasks.retain(|task| all || !task.is_done);
    let tasks = tasks.into_iter().map(|task| Row {
        line: task.line,
        is_done: task.is_done,
        text: task.text.to_owned(),
    });
    NoteTasks {
        id: note.id.clone(),
        short_id: short_id(note, abbreviation),
        title: note.title().to_owned(),
        tasks: tasks.collect(),
    }
}

/// Ticks tasks as one step.
fn tick(places: &[Place], context: &mut Context) -> anyhow::Result<Exit> {
    let mut names = Vec::with_capacity(places.len());
    for place in places {
        names.push(NoteRef::from(place.note.clone()));
    }
    let resolved = find::resolve(context.store()?, &names)?;
    let mut edits: BTreeMap<String, Edit> = BTreeMap::new();
    for (place, resolved) in places.iter().zip(resolved) {
        edits
            .entry(resolved.one()?)
            .or_default()
            .ticks
            .push(place.line);
    }
    let ids: Vec<&String> = edits.keys().collect();
    let mut texts = BTreeMap::new();
    let mut store = context.journaled_store("tasks --tick")?;
    let ticked = store.update_each(&ids, &[], |note| {
        let edit = edits.get(&note.id).expect("only these notes are read");
        check_same_tasks(note, edit, &mut texts)?;
        Ok(NewText::from_edit(edit, note)?)
    })?;
    for (note, _) in ticked {
        print_touched(context, &note)?;
        for ((_, line), text) in texts.iter().filter(|((id, _), _)| *id == note.id) {
            context.say(&format!(
                "ticked '{text}' in line {line} of {}",
                brief(&note)
            ));
        }
    }
    Ok(Exit::Done)
}

/// Remembers the tasks of these lines. If the note was changed since it was read first, another task may
/// stand there: that is a conflict.
fn check_same_tasks(
    note: &Note,
    edit: &Edit,
    texts: &mut BTreeMap<(String, usize), String>,
) -> Result<(), Error> {
    for task in task::in_text(note.content()) {
        if !edit.ticks.contains(&task.line) {
            continue;
        }
        let before = texts.insert((note.id.clone(), task.line), task.text.to_owned());
        if before.is_some_and(|before| before != task.text) {
            let id = note.id.clone();
            return Err(Error::Conflict { id });
        }
    }
    Ok(())
}
