//! The picture of the layers in `docs/architecture.md`: the one that the table of the architecture test gives.

use std::collections::BTreeMap;
use std::fs;

use super::architecture::LAYERS;
use crate::support::committed::{assert_file_is, repository};

const BEGIN: &str = "<!-- layers -->\n";
const END: &str = "<!-- end of layers -->\n";

#[test]
fn the_page_of_the_architecture_shows_the_layers() {
    let root = repository();
    let page = fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let purposes = purposes(&fs::read_to_string(root.join("src/lib.rs")).unwrap());
    let picture = picture(&purposes);
    let expected = format!("{before}{BEGIN}```text\n{picture}```\n{END}{after}");
    assert_file_is("docs/architecture.md", expected, "layers");
}

/// A line for each module, with its purpose, and a rule below each layer.
fn picture(purposes: &BTreeMap<String, String>) -> String {
    let layers = LAYERS.iter().map(|modules| {
        let lines = modules.iter().map(|module| {
            let purpose = purposes.get(*module).map_or("", String::as_str);
            format!("{module:<15}{purpose}").trim_end().to_owned() + "\n"
        });
        lines.collect::<String>()
    });
    layers.collect::<Vec<_>>().join(&("─".repeat(72) + "\n"))
}

/// The purpose of each module by the map in `lib.rs`: ``- `a`: the one · `b`: the other``.
fn purposes(lib: &str) -> BTreeMap<String, String> {
    let map = lib.lines().map_while(|line| line.strip_prefix("//!"));
    let map = map.collect::<Vec<_>>().join("").replace(" - ", " · ");
    let entries = map.split(" · ").filter_map(|entry| {
        let (name, purpose) = entry
            .split_once("`: ")
            .or_else(|| entry.split_once("`]: "))?;
        let name = name.trim_start_matches(['[', '`']);
        Some((name.to_owned(), purpose.replace('`', "")))
    });
    entries.collect()
}
