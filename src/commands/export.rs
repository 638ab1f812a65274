//! `notes export`: notes to a file, a directory or standard output, so that nothing of them is lost.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use serde_json::json;

use crate::cli::{Export, FileFormat};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Json, json, text};
use crate::store::RawNote;
use crate::terminal::interrupt::Held;
use crate::transfer::{self, Columns, Encoder, Format, NewDirectory, NewFile};

/// How many notes are in memory at once.
const CHUNK: usize = 500;

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
        return Ok(to_stdout(format, context)?.exit);
    };
    let interrupts = Held::new()?;
    let exported = match format {
        Format::Markdown => to_directory(path, context, &interrupts),
        format => to_file(path, format, context, &interrupts),
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

/// The ids of the notes to export, in order.
fn chosen(context: &mut Context) -> anyhow::Result<Vec<String>> {
    Ok(context.store()?.ids(None)?)
}

fn to_stdout(format: Format, context: &mut Context) -> anyhow::Result<Exported> {
    let ids = chosen(context)?;
    let encoder = encoder(format, &ids, context)?;
    encode(encoder, &ids, context, |context, bytes| {
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
    path: &Path,
    format: Format,
    context: &mut Context,
    interrupts: &Held,
) -> anyhow::Result<Exported> {
    let failed = || format!("cannot write {}", path.display());
    // Before all notes are looked at: what cannot be made is told at once.
    let mut file = NewFile::create(path).with_context(failed)?;
    let ids = chosen(context)?;
    let encoder = encoder(format, &ids, context)?;
    let exported = encode(encoder, &ids, context, |_, bytes| {
        heed(interrupts)?;
        file.write_all(bytes).with_context(failed)
    })?;
    file.finish().with_context(failed)?;
    Ok(exported)
}

fn to_directory(path: &Path, context: &mut Context, interrupts: &Held) -> anyhow::Result<Exported> {
    let failed = || format!("cannot write to the directory {}", path.display());
    let directory = NewDirectory::create(path).with_context(failed)?;
    let ids = chosen(context)?;
    let exported = each_note(&ids, context, |_, id, note| {
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
fn encoder(format: Format, ids: &[String], context: &mut Context) -> anyhow::Result<Encoder> {
    match format {
        Format::Csv => {
            let mut columns = Columns::default();
            for chunk in ids.chunks(CHUNK) {
                for (id, note) in context.store()?.raw_present(chunk)? {
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
    ids: &[String],
    context: &mut Context,
    mut write: impl FnMut(&mut Context, &[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<Exported> {
    write(context, &encoder.start())?;
    let exported = each_note(ids, context, |context, id, note| {
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
    ids: &[String],
    context: &mut Context,
    mut take: impl FnMut(&mut Context, &str, &RawNote) -> anyhow::Result<bool>,
) -> anyhow::Result<Exported> {
    let mut progress = (!context.options.stdout.terminal).then(|| context.progress("exporting"));
    let (mut count, mut exit) = (0, Exit::Done);
    for (index, chunk) in ids.chunks(CHUNK).enumerate() {
        for (id, note) in context.store()?.raw_present(chunk)? {
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
            progress.at(index * CHUNK + chunk.len(), ids.len());
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
