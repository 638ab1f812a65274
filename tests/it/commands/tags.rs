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
