//! `notes export`: notes to a file, a directory or standard output, so that nothing of them is lost.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use serde_json::json;

use super::find::{CHUNK, Search};
use super::named::resolve;
use crate::cli::{Export, FileFormat};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Json, json, text};
use crate::store::RawNote;
use crate::terminal::interrupt::Held;
use crate::transfer::{self, Columns, Encoder, Format, NewDirectory, NewFile};

/// Which notes are exported.
struct Chosen {
    /// Those that may be, in order.
    ids: Vec<String>,
    /// Which of them are; all if there is none.
    search: Option<Search>,
}

impl Chosen {
    /// The notes of some of the ids, byte for byte.
    fn read<'a>(
        &self,
        ids: &'a [String],
        context: &mut Context,
    ) -> anyhow::Result<Vec<(&'a str, RawNote)>> {
        let mut notes = context.store()?.raw_present(ids)?;
        if let Some(search) = &self.search {
            notes.retain(|(id, note)| search.finds(&note.note(id)));
        }
        Ok(notes)
    }
}

/// How many were exported, and whether each was so as a whole.
struct Exported {
    count: usize,
    exit: Exit,
}

pub(super) fn run(args: &Export, context: &mut Context) -> anyhow::Result<Exit> {
    let path = args.output.as_deref();
    let path = path.filter(|path| *path != Path::new("-"));
    if matches!(context.options.json, Json::On(Some(_))) {
        let text = "export writes every field; `notes list --json=FIELDS` writes some";
        bail!(Error::usage(text));
    }
    let format = format(args, path, context);
    let Some(path) = path else {
        if format == Format::Markdown {
            let text = "Markdown is a directory with a file per note; name one with -o";
            bail!(Error::usage(text));
        }
        return Ok(to_stdout(args, format, context)?.exit);
    };
    let interrupts = Held::new()?;
    let exported = match format {
        Format::Markdown => to_directory(args, path, context, &interrupts),
        format => to_file(args, path, format, context, &interrupts),
    };
    // An interrupt may have ended a wait for Redis.
    let exported =
        exported.or_else(|error| heed(&interrupts).map_err(Into::into).and(Err(error)))?;
    let count = exported.count;
    let path = path.display().to_string();
    if context.options.json == Json::Off {
        let notes = if count == 1 { "note" } else { "notes" };
        context.say(&format!("exported {count} {notes} to {path}"));
    } else {
        context.print_json(&json!({ "notes": count, "path": path }))?;
    }
    Ok(exported.exit)
}

fn format(args: &Export, path: Option<&Path>, context: &Context) -> Format {
    match (args.format, path) {
        (Some(format), _) => format.into(),
        (None, Some(path)) => Format::of_name(path).unwrap_or(Format::Jsonl),
        (None, None) if context.options.json != Json::Off => Format::Json,
        (None, None) => Format::Jsonl,
    }
}

fn choose(args: &Export, context: &mut Context) -> anyhow::Result<Chosen> {
    if args.notes.is_empty() {
        let search = Search::new(&args.query, args.order, context)?;
        let ids = search.candidates(context)?.ids;
        let search = Some(search).filter(|search| !search.query.is_empty());
        return Ok(Chosen { ids, search });
    }
    let (ids, mut errors) = resolve(context, args.notes.clone())?;
    if !errors.is_empty() {
        // What is to be kept elsewhere is kept as a whole or not at all.
        return Err(errors.remove(0).into());
    }
    Ok(Chosen { ids, search: None })
}

fn to_stdout(args: &Export, format: Format, context: &mut Context) -> anyhow::Result<Exported> {
    let chosen = choose(args, context)?;
    let encoder = encoder(format, &chosen, context)?;
    encode(encoder, &chosen, context, |context, bytes| {
        let written = context.print(|out, stream| {
            if !stream.terminal {
                return out.write_all(bytes);
            }
            let shown = String::from_utf8_lossy(bytes);
            match format {
                Format::Json | Format::Jsonl => json::write_text(out, &shown, stream),
                _ => text::write_field(out, &shown, "", stream),
            }
        });
        Ok(written?)
    })
}

fn to_file(
    args: &Export,
    path: &Path,
    format: Format,
    context: &mut Context,
    interrupts: &Held,
) -> anyhow::Result<Exported> {
    let failed = || format!("cannot write {}", path.display());
    // Before all notes are looked at: what cannot be made is told at once.
    let mut file = NewFile::create(path).with_context(failed)?;
    let chosen = choose(args, context)?;
    let encoder = encoder(format, &chosen, context)?;
    let exported = encode(encoder, &chosen, context, |_, bytes| {
        heed(interrupts)?;
        file.write_all(bytes).with_context(failed)
    })?;
    file.finish().with_context(failed)?;
    Ok(exported)
}

fn to_directory(
    args: &Export,
    path: &Path,
    context: &mut Context,
    interrupts: &Held,
) -> anyhow::Result<Exported> {
    let failed = || format!("cannot write to the directory {}", path.display());
    let directory = NewDirectory::create(path).with_context(failed)?;
    let chosen = choose(args, context)?;
    let exported = each_note(&chosen, context, |_, id, note| {
        heed(interrupts)?;
        let names = transfer::markdown_names(id, note);
        let file = transfer::markdown(id, note);
        directory.add(&names, &file).with_context(failed)?;
        Ok(true)
    })?;
    directory.finish().with_context(failed)?;
    Ok(exported)
}

/// Fails if the user wants it to end: what was written so far is removed then.
fn heed(interrupts: &Held) -> Result<(), Error> {
    if interrupts.is_pending() {
        return Err(Error::interrupted("interrupted; nothing was exported"));
    }
    Ok(())
}

/// What writes the notes in that format. CSV needs a look at all of them first, for its columns.
fn encoder(format: Format, chosen: &Chosen, context: &mut Context) -> anyhow::Result<Encoder> {
    match format {
        Format::Csv => {
            let mut columns = Columns::default();
            for chunk in chosen.ids.chunks(CHUNK) {
                for (id, note) in chosen.read(chunk, context)? {
                    columns.admit(id, &note);
                }
            }
            // They will be met again.
            context.store()?.take_faults();
            Ok(Encoder::Csv(columns))
        }
        Format::Json => Ok(Encoder::Json { count: 0 }),
        Format::Jsonl | Format::Markdown => Ok(Encoder::Jsonl),
    }
}

/// Writes the text of all notes by `write`.
fn encode(
    mut encoder: Encoder,
    chosen: &Chosen,
    context: &mut Context,
    mut write: impl FnMut(&mut Context, &[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<Exported> {
    write(context, &encoder.start())?;
    let exported = each_note(chosen, context, |context, id, note| {
        match encoder.note(id, note) {
            Some(bytes) => write(context, &bytes).map(|()| true),
            None => Ok(false),
        }
    })?;
    write(context, &encoder.end())?;
    Ok(exported)
}

/// Hands the notes to `take`, which says whether it could take all of a note.
fn each_note(
    chosen: &Chosen,
    context: &mut Context,
    mut take: impl FnMut(&mut Context, &str, &RawNote) -> anyhow::Result<bool>,
) -> anyhow::Result<Exported> {
    let mut progress = (!context.options.stdout.terminal).then(|| context.progress("exporting"));
    let (mut count, mut exit) = (0, Exit::Done);
    for (index, chunk) in chosen.ids.chunks(CHUNK).enumerate() {
        for (id, note) in chosen.read(chunk, context)? {
            if !take(context, id, &note)? {
                let text = "changed during the export, and is not in it; export again";
                exit = context.complain(&anyhow!("note {id} was {text}"));
                continue;
            }
            count += 1;
            if note.size() > transfer::LARGEST_NOTE {
                let most = transfer::LARGEST_NOTE / 1024 / 1024;
                let text =
                    format!("note {id} has more than {most} MiB, which import does not take");
                exit = context.complain(&anyhow!(text));
            }
        }
        if let Some(progress) = &mut progress {
            progress.at(index * CHUNK + chunk.len(), chosen.ids.len());
        }
    }
    Ok(Exported { count, exit })
}

impl From<FileFormat> for Format {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Jsonl => Self::Jsonl,
            FileFormat::Json => Self::Json,
            FileFormat::Csv => Self::Csv,
            FileFormat::Md => Self::Markdown,
        }
    }
}
