//! `notes export`: notes to a file, a directory or standard output, so that nothing of them is lost.

mod update;

use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use serde_json::json;

use self::update::Update;
use super::note_args::resolve;
use super::query_args::parse_search;
use crate::cli::{Export, FileFormat};
use crate::context::Context;
use crate::error::Error;
use crate::exit::Exit;
use crate::find::Search;
use crate::output::{Json, detail, json};
use crate::store::Reading;
use crate::terminal::signals::{EndAction, SIGINT, SIGTERM};
use crate::transfer::{Columns, Encoder, Format, LARGEST_NOTE, NewDirectory, NewFile, Unfinished};

/// The notes to export: those of `ids` that the query finds.
struct Selected {
    ids: Vec<String>,
    search: Search,
}

impl Selected {
    fn new(args: &Export, context: &mut Context) -> anyhow::Result<Self> {
        let search = parse_search(&args.query, args.order, context)?;
        let ids = if args.notes.is_empty() {
            search.candidates(context.store()?)?.take(usize::MAX)
        } else {
            let (ids, mut errors) = resolve(args.notes.clone(), context)?;
            if !errors.is_empty() {
                // A copy is complete, or there is none.
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

/// The place that notes are written to.
enum Target<'a> {
    Stdout,
    File(&'a Path, NewFile),
    Directory(&'a Path, NewDirectory),
    Update(Update<'a>),
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
    let format = choose_format(args, path, context);
    if args.update && (format != Format::Markdown || path.is_none()) {
        let text = "--update is for a directory of Markdown; name it with -o";
        bail!(Error::usage(text));
    }
    let Some(path) = path else {
        if format == Format::Markdown {
            let text = "Markdown is a directory with a file per note; name one with -o";
            bail!(Error::usage(text));
        }
        let (count, exit) = write_notes(args, format, Target::Stdout, context)?;
        if count == 0 && context.options.stdout.terminal {
            context.say("no note found; nothing was exported");
        }
        return Ok(exit);
    };
    let unfinished = Unfinished::default();
    let removed = unfinished.clone();
    let end = EndAction::new(&[SIGINT, SIGTERM], move || removed.remove())
        .context("cannot handle signals")?;
    // First, so that a file that cannot be created is reported at once.
    let target = Target::create(path, format, args.update, &unfinished)?;
    let exported = write_notes(args, format, target, context);
    if exported.is_err() {
        end.wait_if_begun();
    }
    let (count, exit) = exported?;
    if args.update {
        return Ok(exit);
    }
    let path = path.display().to_string();
    if context.options.json == Json::Off {
        let notes = if count == 1 { "note" } else { "notes" };
        context.say(&format!("exported {count} {notes} to {path}"));
    } else {
        context.print_json(&json!({ "notes": count, "path": path }))?;
    }
    Ok(exit)
}

/// Refuses a QUERY with a word that is probably the file to write. Otherwise it would find nothing,
/// and the user would believe that there is a backup.
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

/// Returns true if a word has the extension of an export, or is a path in a directory that exists.
fn is_file_name(word: &str) -> bool {
    for prefix in ["#", "title:", "content:"] {
        if word.starts_with(prefix) {
            return false;
        }
    }
    let path = Path::new(word);
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    Format::of_name(path).is_some() || word.ends_with('/') || directory.is_some_and(Path::is_dir)
}

fn choose_format(args: &Export, path: Option<&Path>, context: &Context) -> Format {
    match (args.format, path) {
        (Some(format), _) => format.into(),
        (None, _) if args.update => Format::Markdown,
        (None, Some(path)) => Format::of_name(path).unwrap_or(Format::Jsonl),
        (None, None) if context.options.json != Json::Off => Format::Json,
        (None, None) => Format::Jsonl,
    }
}

/// Writes the notes. Returns their number, and the exit code: not 0 if one could not be written.
fn write_notes(
    args: &Export,
    format: Format,
    mut target: Target<'_>,
    context: &mut Context,
) -> anyhow::Result<(usize, Exit)> {
    let selected = Selected::new(args, context)?;
    let mut encoder = Encoder::new(format, find_columns(format, &selected, context)?);
    let mut progress = (!context.options.stdout.terminal).then(|| context.progress("exporting"));
    let (mut count, mut exit) = (0, Exit::Done);
    target.write(&encoder.start(), format, context)?;
    let mut reading = selected.read();
    while let Some(notes) = selected.search.next_raw(&mut reading, context.store()?)? {
        for (id, note) in notes {
            let Some(bytes) = encoder.encode(id, &note) else {
                let text = "changed during the export, and is not in it; export again";
                exit = context.complain(&anyhow!("note {id} was {text}"));
                continue;
            };
            match &mut target {
                Target::Directory(path, directory) => directory
                    .add(id, &note, &bytes)
                    .with_context(|| in_directory(path))?,
                Target::Update(update) => update.write(id, &note, &bytes, context)?,
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
            progress.at(selected.ids.len() - reading.left(), selected.ids.len());
        }
    }
    target.write(encoder.end(), format, context)?;
    drop(progress);
    match target {
        Target::Update(update) => Ok((count, update.finish(exit, context)?)),
        target => target.finish().map(|()| (count, exit)),
    }
}

/// Reads all notes for the columns of CSV. Other formats have none.
fn find_columns(
    format: Format,
    selected: &Selected,
    context: &mut Context,
) -> anyhow::Result<Columns> {
    let mut columns = Columns::default();
    if format == Format::Csv {
        let mut reading = selected.read();
        while let Some(notes) = selected.search.next_raw(&mut reading, context.store()?)? {
            for (id, note) in notes {
                columns.admit(id, &note);
            }
        }
        // Odd data is counted when the notes are read again.
        context.store()?.take_faults();
    }
    Ok(columns)
}

impl<'a> Target<'a> {
    fn create(
        path: &'a Path,
        format: Format,
        update: bool,
        unfinished: &Unfinished,
    ) -> anyhow::Result<Self> {
        if update {
            return Update::open(path, unfinished).map(Self::Update);
        }
        if format == Format::Markdown {
            let directory =
                NewDirectory::create(path, unfinished).with_context(|| in_directory(path))?;
            return Ok(Self::Directory(path, directory));
        }
        let file = NewFile::create(path, unfinished).with_context(|| in_file(path))?;
        Ok(Self::File(path, file))
    }

    /// Writes a part of the one file or stream. A directory has none.
    fn write(&mut self, bytes: &[u8], format: Format, context: &mut Context) -> anyhow::Result<()> {
        match self {
            Self::File(path, file) => file.write(bytes).with_context(|| in_file(path)),
            Self::Directory(..) | Self::Update(_) => Ok(()),
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
            Self::Stdout | Self::Update(_) => Ok(()),
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

pub(super) fn in_directory(path: &Path) -> String {
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
