//! The QUERY of `list`, `search` and `export`.

use clap::Args;

#[derive(Args, Debug, Default)]
pub(crate) struct QueryArgs {
    /// Words to find: word, title:word, content:word or tag:word
    ///
    /// All of them must be in the title or the content. A word with a capital letter must match in
    /// upper and lower case too; composed and decomposed letters (NFC, NFD) are the same. Quote '#tag':
    /// to a shell an unquoted # begins a comment. tag:word and --tag need no quotes.
    #[arg(value_name = "QUERY")]
    pub(crate) words: Vec<String>,

    /// Only notes with this tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Vec<String>,

    /// Only notes without this word or '#tag'
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    pub(crate) not: Vec<String>,

    /// Only notes that match this regular expression
    ///
    /// The title or the content has to match.
    /// ^ and $ match at the ends of lines; (?i) at the start ignores upper and lower case.
    #[arg(short = 'e', long, value_name = "PATTERN", allow_hyphen_values = true)]
    pub(crate) regex: Vec<String>,

    /// Only notes of this time or later: 2026-01-15, 2d
    ///
    /// The time is the one sorted by: when the notes were last changed or, with --sort created, when
    /// they were created. WHEN is 2026-01-15, 2d, yesterday, monday, RFC 3339, '2026-01-15 10:30',
    /// 2026-01, 2026, '15 Jan', november, 9:30pm, noon, 2h30m, '3 hours ago', 'yesterday 10:30',
    /// 'last monday', 'this week' or 'last month'. It is local time, and a day, month or time of day
    /// without a year is the latest that has begun.
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<String>,

    /// Only notes of this time or earlier
    ///
    /// A day, month or year counts to its end.
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<String>,
}
