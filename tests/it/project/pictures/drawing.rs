//! From the text on a terminal, with the sequences that style it, to a picture of it.

use anstyle::{AnsiColor, Color, RgbColor};
use anstyle_svg::{Palette, Term};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthChar as _;

/// The columns of the terminal.
const COLUMNS: usize = 80;

/// The left edge of the text and the width of a column, in pixels: what `anstyle_svg` draws with.
const LEFT: f64 = 10.0;
const COLUMN: f64 = 8.4;

/// The colours of a terminal, each of them readable on its background.
const PALETTE: Palette = Palette([
    RgbColor(0x1d, 0x21, 0x29),
    RgbColor(0xf0, 0x7a, 0x7a),
    RgbColor(0x8f, 0xc9, 0x7c),
    RgbColor(0xe5, 0xc0, 0x7b),
    RgbColor(0x7d, 0xb4, 0xf0),
    RgbColor(0xc9, 0x96, 0xe8),
    RgbColor(0x6c, 0xc6, 0xcf),
    RgbColor(0xd7, 0xda, 0xe0),
    RgbColor(0x8b, 0x93, 0xa1),
    RgbColor(0xf5, 0x9a, 0x9a),
    RgbColor(0xa8, 0xd8, 0x98),
    RgbColor(0xef, 0xd3, 0x9d),
    RgbColor(0x9f, 0xc8, 0xf5),
    RgbColor(0xd9, 0xb3, 0xf0),
    RgbColor(0x8f, 0xd8, 0xdf),
    RgbColor(0xff, 0xff, 0xff),
]);

/// How long a command is alone on the screen, its output is read, and the whole stays at the end: in
/// seconds.
const TYPED: f64 = 1.0;
const READ: f64 = 2.5;
const REST: f64 = 5.0;

/// Draws a command below a prompt, and what it printed.
pub(super) fn drawn(command: &str, output: &str) -> String {
    rendered(&format!("{}{output}", prompt(command)))
}

/// Draws commands and what they printed, which appear one after the other, again and again. Where
/// nothing moves, all of it is there.
pub(super) fn moving(scenes: &[(&str, String)]) -> String {
    let mut parts = Vec::new();
    for (command, output) in scenes {
        parts.push(prompt(command));
        parts.push(format!("{}\n", output.trim_end()));
    }
    let parts_of_rows = parts.iter().enumerate().flat_map(|(part, text)| {
        let rows = wrapped(text).lines().count();
        [part].repeat(rows)
    });
    let mut parts_of_rows = parts_of_rows.peekable();
    let mut last = 0;
    let mut svg = String::new();
    for line in rendered(&parts.concat()).lines() {
        if line == "  </style>" {
            svg += &appearances(scenes.len());
        } else if line.starts_with("    <tspan x=") {
            let part = parts_of_rows.next().expect("each row belongs to a part");
            if part != last {
                svg += "  </text>\n  <text xml:space=\"preserve\" class=\"container fg part-";
                writeln!(svg, "{part}\">").unwrap();
                last = part;
            }
        }
        svg += line;
        svg.push('\n');
    }
    assert_eq!(parts_of_rows.peek(), None, "a part is not drawn");
    svg
}

/// The style of the parts, a command and an output for each scene; the first command is always there.
fn appearances(scenes: usize) -> String {
    let mut style = "    @media (prefers-reduced-motion: no-preference) {\n".to_owned();
    let mut starts = Vec::new();
    let mut time = 0.0;
    for _ in 0..scenes {
        starts.extend([time, time + TYPED]);
        time += TYPED + READ;
    }
    let total = time + REST;
    for (part, start) in starts.iter().enumerate().skip(1) {
        let percent = 100.0 * start / total;
        writeln!(
            style,
            "      .part-{part} {{ animation: part-{part} {total}s step-end infinite; }}\n      \
             @keyframes part-{part} {{ from {{ opacity: 0; }} {percent:.1}% {{ opacity: 1; }} }}",
        )
        .unwrap();
    }
    style + "    }\n"
}

fn prompt(command: &str) -> String {
    format!("\u{1b}[32m$\u{1b}[0m {command}\n")
}

fn rendered(screen: &str) -> String {
    let svg = Term::new()
        .palette(PALETTE)
        .fg_color(Color::Ansi(AnsiColor::White))
        .bg_color(Color::Ansi(AnsiColor::Black))
        .render_svg(wrapped(screen).trim_end());
    svg.lines()
        .map(|line| match line {
            // Opacity as a whole is not for parts of a text, and as faint as this is hard to read.
            "    .dimmed { opacity: 0.4; }" => "    .dimmed { fill-opacity: 0.65; }\n".to_owned(),
            // The colour of faint text, behind text, would hide it.
            line if line.contains(".bg-ansi256-008 {") => line.replace("#8B93A1", "#3A404C") + "\n",
            line => placed(line) + "\n",
        })
        .collect()
}

/// The text in lines no longer than the terminal's, which breaks them wherever they are.
fn wrapped(text: &str) -> String {
    let mut wrapped = String::new();
    let mut column = 0;
    let mut in_sequence = false;
    for c in text.chars() {
        if c == '\n' {
            column = 0;
        } else if in_sequence || c == '\u{1b}' {
            in_sequence = !c.is_ascii_alphabetic();
        } else {
            let width = c.width().unwrap_or(0);
            if column + width > COLUMNS {
                wrapped.push('\n');
                column = 0;
            }
            column += width;
        }
        wrapped.push(c);
    }
    wrapped
}

/// A line of the picture with its cells at their columns.
///
/// Wide characters come from another font, in which two columns are not twice as wide as one; the
/// text behind them would not stand where it stands in the other lines.
fn placed(line: &str) -> String {
    let Some((start, parts)) = line.split_once("px\"><tspan") else {
        return line.to_owned();
    };
    let mut placed = format!("{start}px\">");
    let mut column = 0;
    for part in parts.split("<tspan") {
        let (attributes, text) = part.split_once('>').expect("a tag ends");
        let (text, _) = text.split_once("</tspan>").expect("each is closed");
        for cell in cells(&unescaped(text)) {
            let at = if column == 0 {
                String::new()
            } else {
                format!(" x=\"{:.1}px\"", LEFT + COLUMN * f64::from(column))
            };
            placed += &["<tspan", attributes, &at, ">", &escaped(&cell), "</tspan>"].concat();
            column += cell.chars().map(columns).sum::<u32>();
        }
    }
    placed
}

/// The text in pieces that begin where a cell does, or where characters become wide or narrow.
fn cells(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    for c in text.chars() {
        let cell = cells.last().expect("there is always one");
        let is_next = cell.ends_with("  ") && c != ' ';
        let last = cell.chars().last();
        if is_next || last.is_some_and(|last| columns(last) != columns(c)) {
            cells.push(String::new());
        }
        cells.last_mut().expect("there is always one").push(c);
    }
    cells
}

fn columns(c: char) -> u32 {
    c.width().map_or(0, |width| width.try_into().unwrap())
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
