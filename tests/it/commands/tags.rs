//! `notes tags`

use crate::support::Sandbox;

fn tagged() -> Sandbox {
    let sandbox = Sandbox::with_redis();
    sandbox.add("Plan #work", "#home\nand #work again");
    sandbox.add("Other", "(#not-one) #work #12 a#b");
    sandbox
}

#[test]
fn every_tag_is_counted_once_a_note_the_most_frequent_first() {
    let sandbox = tagged();
    sandbox.notes(["tags"]).gives(0, "work\t2\nhome\t1\n", "");
    sandbox.notes(["tags", "--json"]).gives(
        0,
        "[{\"tag\":\"work\",\"notes\":2},{\"tag\":\"home\",\"notes\":1}]\n",
        "",
    );
    sandbox
        .notes(["tags", "--json=tag"])
        .gives(0, "[{\"tag\":\"work\"},{\"tag\":\"home\"}]\n", "");
    let screen = sandbox.screen(&["tags"], &[("NO_COLOR", "1")]);
    assert_eq!(screen, "NOTES  TAG\n    2  #work\n    1  #home\n");
}

#[test]
fn without_tags_there_is_nothing_to_list() {
    let sandbox = Sandbox::with_redis();
    sandbox.notes(["tags"]).gives(0, "", "");
    sandbox.notes(["tags", "--json"]).gives(0, "[]\n", "");
    let screen = sandbox.screen(&["tags"], &[]);
    assert_eq!(
        screen.trim_end(),
        "no tags yet; a tag is a word with a # in a note"
    );
    let error = "{\"error\":{\"code\":\"usage\",\"message\":\"a tag has no field `x`: choose from tag, notes\"}}\n";
    sandbox.notes(["tags", "--json=x"]).gives(2, "", error);
}

#[test]
fn a_tag_has_marks_and_joiners_and_is_the_same_composed_and_decomposed() {
    let sandbox = Sandbox::with_redis();
    sandbox.add("a", "#हिन्दी #cafe\u{301} #/ #a/ #می‌خواهم");
    sandbox.add("b", "#caf\u{e9} #हिन्दी #हिन्दी/x/");
    sandbox
        .notes(["tags"])
        .gives(0, "caf\u{e9}\t2\nहिन्दी\t2\nمی‌خواهم\t1\n", "");
    for tag in ["caf\u{e9}", "cafe\u{301}", "हिन्दी"] {
        let run = sandbox.notes(["list", "--tag", tag, "--ids"]).run();
        assert_eq!(run.stdout.lines().count(), 2, "{tag}: {run:?}");
    }
}

#[test]
fn an_option_adds_tags_to_notes_and_removes_them() {
    let sandbox = Sandbox::with_redis();
    let run = sandbox
        .notes(["add", "Milk #shop", "--tag", "home", "--tag=#shop"])
        .run();
    let id = run.stdout.trim_end();
    assert_eq!(sandbox.field(id, "content"), "#home");
    for (arguments, title, content) in [
        (&["--tag", "a/b"][..], "Milk #shop", "#home #a/b"),
        (
            &["--append", "two", "--tag", "c"],
            "Milk #shop",
            "#home #a/b\ntwo\n#c",
        ),
        (
            &["--untag", "shop", "--untag", "#home"],
            "Milk",
            "#a/b\ntwo\n#c",
        ),
        (&["--untag", "c"], "Milk", "#a/b\ntwo"),
    ] {
        let arguments = [&["edit", id, "-q"], arguments].concat();
        sandbox.notes(arguments).gives(0, &format!("{id}\n"), "");
        assert_eq!(sandbox.field(id, "title"), title);
        assert_eq!(sandbox.field(id, "content"), content);
    }
    let unchanged = format!("unchanged {} Milk\n", &id[..8]);
    for option in ["--tag=a/b", "--untag=none"] {
        sandbox
            .notes(["edit", id, option])
            .gives(0, &format!("{id}\n"), &unchanged);
    }
    let run = sandbox.notes(["edit", id, "--tag", "12"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    assert!(run.stderr.contains("`12` cannot be a tag"), "{run:?}");
    let id = sandbox.add("#only", "c");
    sandbox.notes(["edit", &id, "--untag", "only"]).gives(
        2,
        "",
        &format!(
            "notes: note {id}: the title would be blank without the tag; nothing was written\n"
        ),
    );
}

#[test]
fn a_word_of_a_query_can_be_a_tag_without_its_sign() {
    let sandbox = tagged();
    for (query, count) in [
        (&["tag:work"][..], "2"),
        (&["tag:home"], "1"),
        (&["tag:work", "--not", "tag:home"], "1"),
        (&["tag:not-one"], "0"),
    ] {
        let arguments = [&["list", "--count"], query].concat();
        sandbox.notes(arguments).gives(0, &format!("{count}\n"), "");
    }
    let run = sandbox.notes(["list", "tag:12"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
}
