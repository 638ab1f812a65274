//! The Markdown of each element, and texts made to take long.

use std::time::{Duration, Instant};

use super::{DEEPEST, Task, to_markdown};

#[track_caller]
fn assert_markdown(html: &str, markdown: &str) {
    assert_eq!(to_markdown(html, &[]).trim_end(), markdown, "{html}");
}

#[test]
fn lines_paragraphs_and_headings_stay_apart() {
    assert_markdown(
        "<en-note><div>one</div><div>two<br/></div><div><br/></div><div>three</div></en-note>",
        "one\ntwo\n\nthree",
    );
    assert_markdown(
        "<body><h2>A\n  day</h2><p>first</p><p>second<br>line</p><hr>end",
        "## A day\n\nfirst\n\nsecond\nline\n\n---\n\nend",
    );
}

#[test]
fn lists_keep_their_levels_numbers_and_check_boxes() {
    assert_markdown(
        "text<ul><li>a<ol><li>one</li><li>two</li></ol></li><li><div>b</div><div>more</div></li></ul>end",
        "text\n\n- a\n  1. one\n  2. two\n- b\n  more\n\nend",
    );
    // Evernote puts a list into a list rather than into its item.
    assert_markdown(
        "<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>",
        "- a\n  - b\n- c",
    );
    assert_markdown("<ul><li>a<li>b</ul>", "- a\n- b");
    assert_markdown(
        r#"<ul style="--en-todo:true;"><li style="--en-checked:true;"><div>done</div></li><li style="--en-checked: false;">open</li></ul>"#,
        "- [x] done\n- [ ] open",
    );
    assert_markdown(
        r#"<div><en-todo checked="true"/>done</div><div><en-todo/>open</div><ul><li><en-todo checked="false"/>in a list</li></ul>"#,
        "- [x] done\n- [ ] open\n\n- [ ] in a list",
    );
}

#[test]
fn emphasis_links_and_code_are_marked_without_the_space_around_them() {
    assert_markdown(
        r#"a <b>bold </b>and <i> both<b> of</b></i>, <b></b><s>gone</s> <span style="font-weight: 700">x</span>"#,
        "a **bold** and *both **of***, ~~gone~~ **x**",
    );
    assert_markdown("<b><div>one</div><div>two</div></b>", "**one**\n**two**");
    assert_markdown(
        r#"see <a href="https://example.org/a b?x=1&amp;y=2">the <b>page</b></a>, <a href="https://example.org">https://example.org</a> or <a href="evernote:///view/1/s1/a/b/">Other note</a>"#,
        "see [the **page**](<https://example.org/a b?x=1&y=2>), https://example.org or [[Other note]]",
    );
    assert_markdown("run <code>a `b`</code> now", "run `` a `b` `` now");
}

#[test]
fn code_keeps_its_lines_and_spaces() {
    assert_markdown(
        r#"<div style="-en-codeblock:true;"><div>if x:</div><div>&nbsp; &nbsp;y = "&lt;b&gt;"</div><div><br/></div><div>z</div></div>end"#,
        "```\nif x:\n   y = \"<b>\"\n\nz\n```\n\nend",
    );
    assert_markdown(
        r#"<div style="--en-codeblock:true; --en-syntaxLanguage:python;">a<br/>b</div>"#,
        "```python\na\nb\n```",
    );
    assert_markdown("<pre>\n  a\n\n```\n</pre>", "````\n  a\n\n```\n````");
}

#[test]
fn a_table_has_a_row_for_each_row() {
    assert_markdown(
        "<table><tbody><tr><td><div>a|b</div></td><td>c</td></tr><tr><td>d<br/>e</td><td/></tr></tbody></table>",
        "| a\\|b | c |\n| --- | --- |\n| d<br>e |  |",
    );
    assert_markdown(
        "<table><tr><td><p>alone</p><p>here</p></td></tr></table>",
        "alone\nhere",
    );
    assert_markdown(
        "<table><caption>Prices</caption><tr><td><table><tr><td>1</td><td>2</td></tr></table></td><td>3</td></tr></table>",
        "| Prices |  |\n| --- | --- |\n| 1<br>2 | 3 |",
    );
}

#[test]
fn quotes_images_entities_and_hidden_texts() {
    assert_markdown(
        "a<blockquote><p>one</p><ul><li>two</li></ul></blockquote>b",
        "a\n\n> one\n>\n> - two\n\nb",
    );
    assert_markdown(
        "<style>p { x }</style><!-- no --><p>&eacute;&#8364;&#x1F680; &unknown; a & b</p><img src='i.png' alt='Pic'>",
        "é€🚀 &unknown; a & b\n\n![Pic](i.png)",
    );
    assert_markdown(
        r#"<div>my <en-crypt hint="pet" cipher="AES" length="128">RU5DMA==</en-crypt></div>"#,
        "my\nEncrypted: pet",
    );
}

#[test]
fn tasks_of_evernote_stand_where_their_group_is() {
    let task = |group: &str, title: &str, is_done| Task {
        group: group.into(),
        title: title.into(),
        is_done,
    };
    let tasks = [
        task("g1", "milk", false),
        task("g2", "no", true),
        task("g1", "bread", true),
    ];
    let html = r#"<div>Buy</div><div style="--en-task-group:true; --en-id:g1;"/><div>end</div>"#;
    assert_eq!(
        to_markdown(html, &tasks),
        "Buy\n- [ ] milk\n- [x] bread\nend\n"
    );
}

#[test]
fn what_is_no_html_stays_as_text() {
    assert_markdown("a < b and c", "a < b and c");
    assert_markdown("</b>x</p></div>y", "xy");
    assert_markdown("<div>x <unclosed", "x <unclosed");
}

#[test]
fn hostile_texts_take_little_time_and_no_stack() {
    let count = 20_000;
    for part in [
        "<div>",
        "<ul><li>",
        "<b>",
        "<blockquote>",
        "<table><tr><td>",
        "</x>",
        "<a href='x'>",
        "<br>",
        "&amp;",
        "<pre>",
        "<code>",
        "<li>",
        "<td>x",
        "<table><td>x",
    ] {
        let start = Instant::now();
        let html = format!("{}x{}", part.repeat(count), "</b>".repeat(count));
        let text = to_markdown(&html, &[]);

        assert!(text.contains('x') || part == "<pre>", "{part}");
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{part}: {:?}",
            start.elapsed()
        );
    }
    let ends = format!("{}{}", "<i>".repeat(DEEPEST), "</b>".repeat(count));
    assert_eq!(to_markdown(&ends, &[]), "");
    let attributes = format!("<div {}>x</div>", "a='1' ".repeat(count));
    assert_eq!(to_markdown(&attributes, &[]), "x\n");
}
