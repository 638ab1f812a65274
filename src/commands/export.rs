//! `notes export`: notes to a file, a directory or standard output, so that nothing of them is lost.

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use serde_json::json;

use super::find::Search;
use super::named::resolve;
use crate::cli::{Export, FileFormat};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{Json, detail, json};
use crate::store::Reading;
use crate::terminal::signals::{EndAction, SIGINT, SIGTERM};
use crate::transfer::{
    self, Columns, Encoder, Format, LARGEST_NOTE, NewDirectory, NewFile, Unfinished,
};

/// Which notes are exported: those of the ids that are looked for.
struct Chosen {
    ids: Vec<String>,
    search: Search,
}

impl Chosen {
    fn new(args: &Export, context: &mut Context) -> anyhow::Result<Self> {
        let search = Search::new(&args.query, args.order, context)?;
        let ids = if args.notes.is_empty() {
            search.candidates(context)?.take(usize::MAX)
        } else {
            let (ids, mut errors) = resolve(context, args.notes.clone())?;
            if !errors.is_empty() {
                // What is to be kept elsewhere is kept as a whole or not at all.
                return Err(errors.remove(0).into());
            }
            ids
        };
        Ok(Self { ids, search })
    }

    fn read(&self) -> Reading<'_, String> {
        self.search.read(&self.ids)
    }
}

/// Where notes go.
enum Target<'a> {
    Stdout,
    File(&'a Path, NewFile),
    Directory(&'a Path, NewDirectory),
}

pub(super) fn run(args: &Export, context: &mut Context) -> anyhow::Result<Exit> {
    let path = args.output.as_deref();
    let path = path.filter(|path| *path != Path::new("-"));
    if matches!(context.options.json, Json::On(Some(_))) {
        let text = "export writes every field; `notes list --json=FIELDS` writes some";
        bail!(Error::usage(text));
    }
    if args.output.is_none() {
        refuse_file_names(&args.query.words)?;
    }
    let format = format(args, path, context);
    let Some(path) = path else {
        if format == Format::Markdown {
            let text = "Markdown is a directory with a file per note; name one with -o";
            bail!(Error::usage(text));
        }
        let (count, exit) = export(args, format, Target::Stdout, context)?;
        if count == 0 && context.options.stdout.terminal {
            context.say("no note found; nothing was exported");
        }
        return Ok(exit);
    };
    let unfinished = Unfinished::default();
    let removed = unfinished.clone();
    let end = EndAction::new(&[SIGINT, SIGTERM], move || removed.remove())
        .context("cannot listen to signals")?;
    // Before all notes are looked at: what cannot be made is told at once.
    let target = Target::create(path, format, &unfinished)?;
    let exported = export(args, format, target, context);
    if exported.is_err() {
        end.wait_if_begun();
    }
    let (count, exit) = exported?;
    let path = path.display().to_string();
    if context.options.json == Json::Off {
        let notes = if count == 1 { "note" } else { "notes" };
        context.say(&format!("exported {count} {notes} to {path}"));
    } else {
        context.print_json(&json!({ "notes": count, "path": path }))?;
    }
    Ok(exit)
}

/// Refuses a QUERY in which a word is most likely the file to write, unless `-o` says what to write.
/// Otherwise nothing would be found, and a person would believe that there is a backup.
fn refuse_file_names(words: &[String]) -> Result<(), Error> {
    let Some(word) = words.iter().find(|word| is_file_name(word)) else {
        return Ok(());
    };
    let word = shell_words::quote(word);
    Err(Error::usage(format!(
        "{word} looks like a file: `notes export -o {word}` writes it; to export the notes with this \
         word, add `-o -`"
    )))
}

/// Returns true if a word ends as a file that export writes, or is a path in a directory that exists.
fn is_file_name(word: &str) -> bool {
    if ["#", "title:", "content:"]
        .iter()
        .any(|it| word.starts_with(it))
    {
        return false;
    }
    let path = Path::new(word);
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    Format::of_name(path).is_some() || word.ends_with('/') || directory.is_some_and(Path::is_dir)
}

fn format(args: &Export, path: Option<&Path>, context: &Context) -> Format {
    match (args.format, path) {
        (Some(format), _) => format.into(),
        (None, Some(path)) => Format::of_name(path).unwrap_or(Format::Jsonl),
        (None, None) if context.options.json != Json::Off => Format::Json,
        (None, None) => Format::Jsonl,
    }
}

/// Writes the notes, and returns how many, and whether each was written as a whole.
fn export(
    args: &Export,
    format: Format,
    mut target: Target<'_>,
    context: &mut Context,
) -> anyhow::Result<(usize, Exit)> {
    let chosen = Chosen::new(args, context)?;
    let mut encoder = Encoder::new(format, columns(format, &chosen, context)?);
    let mut progress = (!context.options.stdout.terminal).then(|| context.progress("exporting"));
    let (mut count, mut exit) = (0, Exit::Done);
    target.write(&encoder.start(), format, context)?;
    let mut reading = chosen.read();
    while let Some(notes) = chosen.search.next_raw(&mut reading, context)? {
        for (id, note) in notes {
            let Some(bytes) = encoder.encode(id, &note) else {
                let text = "changed during the export, and is not in it; export again";
                exit = context.complain(&anyhow!("note {id} was {text}"));
                continue;
            };
            match &mut target {
                Target::Directory(path, directory) => directory
                    .add(&transfer::markdown_names(id, &note), &bytes)
                    .with_context(|| in_directory(path))?,
                target => target.write(&bytes, format, context)?,
            }
            count += 1;
            if note.size() > LARGEST_NOTE {
                let most = LARGEST_NOTE / 1024 / 1024;
                let text =
                    format!("note {id} has more than {most} MiB, which import does not take");
                exit = context.complain(&anyhow!(text));
            }
        }
        if let Some(progress) = &mut progress {
            progress.at(chosen.ids.len() - reading.left(), chosen.ids.len());
        }
    }
    target.write(encoder.end(), format, context)?;
    target.finish()?;
    Ok((count, exit))
}

/// The columns of CSV, for which all notes have to be looked at first.
fn columns(format: Format, chosen: &Chosen, context: &mut Context) -> anyhow::Result<Columns> {
    let mut columns = Columns::default();
    if format == Format::Csv {
        let mut reading = chosen.read();
        while let Some(notes) = chosen.search.next_raw(&mut reading, context)? {
            for (id, note) in notes {
                columns.admit(id, &note);
            }
        }
        // They will be met again.
        context.store()?.take_faults();
    }
    Ok(columns)
}

impl<'a> Target<'a> {
    fn create(path: &'a Path, format: Format, unfinished: &Unfinished) -> anyhow::Result<Self> {
        if format == Format::Markdown {
            let directory =
                NewDirectory::create(path, unfinished).with_context(|| in_directory(path))?;
            return Ok(Self::Directory(path, directory));
        }
        let file = NewFile::create(path, unfinished).with_context(|| in_file(path))?;
        Ok(Self::File(path, file))
    }

    /// Writes a part of a file that holds all notes.
    fn write(&mut self, bytes: &[u8], format: Format, context: &mut Context) -> anyhow::Result<()> {
        match self {
            Self::File(path, file) => file.write(bytes).with_context(|| in_file(path)),
            Self::Directory(..) => Ok(()),
            Self::Stdout => Ok(context.print(|out, stream| {
                if !stream.terminal {
                    return out.write_all(bytes);
                }
                let shown = String::from_utf8_lossy(bytes);
                match format {
                    Format::Json | Format::Jsonl => json::write_text(out, &shown, stream),
                    _ => detail::write_field(out, &shown, "", stream),
                }
            })?),
        }
    }

    fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(path, file) => file.finish().with_context(|| in_file(path)),
            Self::Directory(path, directory) => {
                directory.finish().with_context(|| in_directory(path))
            }
        }
    }
}

fn in_file(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

fn in_directory(path: &Path) -> String {
    format!("cannot write to the directory {}", path.display())
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
