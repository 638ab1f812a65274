//! The documents of the editor Lexical, in which Standard Notes keeps its "Super" notes, to Markdown.
//!
//! The nodes: <https://lexical.dev/docs/concepts/nodes>.

use quick_xml::escape::escape;
use serde_json::Value;

use super::html;

/// The elements for the bits of `format`, from the lowest.
const FORMATS: [&str; 5] = ["b", "i", "s", "u", "code"];

/// Converts a document; `None` if it is none. The depth is that which `serde_json` reads.
pub(super) fn to_markdown(text: &str) -> Option<String> {
    let document: Value = serde_json::from_str(text).ok()?;
    let root = document.get("root")?;
    let mut markup = String::new();
    write(root, &mut markup);
    Some(html::to_markdown(&markup, &[]))
}

/// Writes a node as HTML.
fn write(node: &Value, markup: &mut String) {
    let kind = node["type"].as_str().unwrap_or_default();
    let text = |name: &str| escape(node[name].as_str().unwrap_or_default()).into_owned();
    let element = match kind {
        "text" | "code-highlight" => {
            write_text(node, &text("text"), markup);
            return;
        }
        "linebreak" => {
            markup.push_str("<br/>");
            return;
        }
        "tab" => {
            markup.push('\t');
            return;
        }
        "horizontalrule" => {
            markup.push_str("<hr/>");
            return;
        }
        "heading" => text("tag"),
        "quote" => "blockquote".to_owned(),
        "code" => "pre".to_owned(),
        "list" if node["listType"] == "number" => "ol".to_owned(),
        "list" => "ul".to_owned(),
        "listitem" => match node["checked"].as_bool() {
            Some(is_done) => format!("li data-checked=\"{is_done}\""),
            None => "li".to_owned(),
        },
        "link" | "autolink" => format!("a href=\"{}\"", text("url")),
        "table" => "table".to_owned(),
        "tablerow" => "tr".to_owned(),
        "tablecell" => "td".to_owned(),
        "paragraph" => "p".to_owned(),
        _ => "div".to_owned(),
    };
    push_tag(markup, "<", &element);
    for child in node["children"].as_array().into_iter().flatten() {
        write(child, markup);
    }
    let name = element.split(' ').next().unwrap_or_default();
    push_tag(markup, "</", name);
}

fn push_tag(markup: &mut String, start: &str, element: &str) {
    for part in [start, element, ">"] {
        markup.push_str(part);
    }
}

fn write_text(node: &Value, text: &str, markup: &mut String) {
    let format = node["format"].as_u64().unwrap_or_default();
    let set = FORMATS.iter().enumerate();
    let set: Vec<_> = set.filter(|(bit, _)| format & (1 << bit) != 0).collect();
    for (_, name) in &set {
        push_tag(markup, "<", name);
    }
    markup.push_str(text);
    for (_, name) in set.iter().rev() {
        push_tag(markup, "</", name);
    }
}
