//! `notes links`, `list --links-to`, and links that change with a title.

use crate::support::Sandbox;

/// Notes that link to each other: "Plan" to "Milk" and to one that is missing, "Diary" to "Plan" by its
/// title and by the beginning of its id.
struct Linked {
    sandbox: Sandbox,
    plan: String,
    milk: String,
    diary: String,
}

fn linked() -> Linked {
    let sandbox = Sandbox::with_redis();
    let plan = sandbox.add("Plan", "[[milk]] `[[Plan]]`\n[[Nowhere|later]] [[Milk]]");
    let milk = sandbox.add("Milk", "no link");
    let text = format!("see [[Plan]], [[plan|it]] and [[{}]]", &plan[..8]);
    let diary = sandbox.add("Diary", &text);
    Linked {
        sandbox,
        plan,
        milk,
        diary,
    }
}

#[test]
fn a_note_has_links_and_is_linked_to() {
    let Linked {
        sandbox,
        plan,
        milk,
        diary,
    } = linked();
    let short = &plan[..8];
    let mut from = [
        format!("from\t{diary}\tDiary\tPlan\n"),
        format!("from\t{diary}\tDiary\tplan\n"),
        format!("from\t{diary}\tDiary\t{short}\n"),
    ];
    from.sort();
    let from = from.concat();
    sandbox.notes(["links", "Plan"]).gives(
        0,
        &format!("to\t{milk}\tMilk\tMilk\nto\t\t\tNowhere\nto\t{milk}\tMilk\tmilk\n{from}"),
        "",
    );
    sandbox
        .notes(["links", "Milk", "--json=direction,id,title,target"])
        .gives(
            0,
            &format!(
                "[{{\"direction\":\"from\",\"id\":\"{plan}\",\"title\":\"Plan\",\"target\":\"Milk\"}},\
                 {{\"direction\":\"from\",\"id\":\"{plan}\",\"title\":\"Plan\",\"target\":\"milk\"}}]\n"
            ),
            "",
        );
    sandbox
        .notes(["links", "none-such"])
        .gives(3, "", "notes: no note [..]\n");
    let error = sandbox.notes(["links", "Plan", "--json=x"]).run();
    assert_eq!(error.code, 2, "{error:?}");
    for (note, count) in [("Plan", "1"), ("Milk", "1"), ("Diary", "0")] {
        sandbox
            .notes(["list", "--links-to", note, "--count"])
            .gives(0, &format!("{count}\n"), "");
    }
    sandbox
        .notes(["search", "see", "--links-to", &plan, "--ids"])
        .gives(0, &format!("{diary}\n"), "");
    sandbox
        .notes(["list", "--links-to", "none-such"])
        .gives(3, "", "notes: no note [..]\n");
}

#[test]
fn links_that_cannot_be_followed_are_listed_and_counted_as_no_problem() {
    let Linked {
        sandbox,
        plan,
        milk,
        ..
    } = linked();
    let missing = format!("missing\t{plan}\tPlan\tNowhere\n");
    sandbox.notes(["links", "--broken"]).gives(0, &missing, "");
    let other = sandbox.add("Milk", "");
    let ambiguous = format!("ambiguous\t{plan}\tPlan\tMilk\n");
    let lower = format!("ambiguous\t{plan}\tPlan\tmilk\n");
    sandbox
        .notes(["links", "--broken"])
        .gives(0, &format!("{ambiguous}{missing}{lower}"), "");
    let run = sandbox.notes(["health", "--deep"]).run();
    assert!(
        run.stdout
            .contains("\nlinks       3 broken; `notes links --broken` lists them\n"),
        "{run:?}"
    );
    let deep = &sandbox.notes(["health", "--deep", "--json"]).run().json()["deep"];
    assert_eq!(deep["broken_links"], 3);
    let problems = deep["problems"].to_string();
    assert!(!problems.contains("link"), "{problems}");
    sandbox.notes(["rm", "--yes", "-q", &other, &milk]).run();
    let broken = sandbox.notes(["links", "--broken", "--json=reason"]).run();
    assert_eq!(broken.stdout.matches("missing").count(), 3, "{broken:?}");
    sandbox.notes(["rm", "--yes", "-q", &plan]).run();
    let run = sandbox.notes(["health", "--deep"]).run();
    // Those of "Diary" lead nowhere now.
    assert!(run.stdout.contains("\nlinks       3 broken"), "{run:?}");
}

#[test]
fn links_change_with_the_title_as_one_step() {
    let Linked {
        sandbox,
        plan,
        diary,
        ..
    } = linked();
    let before = sandbox.contents();
    sandbox.notes(["edit", &plan, "-t", "Other", "-q"]).run();
    // Without the option, and without a terminal, only the title changes.
    let text = sandbox.field(&diary, "content");
    assert!(text.starts_with("see [[Plan]], [[plan|it]]"), "{text}");
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.contents(), before);

    sandbox
        .notes(["edit", &plan, "-t", "New plan", "--links"])
        .gives(
            0,
            &format!("{plan}\n{diary}\n"),
            &format!(
                "changed {} New plan\nchanged {} Diary\n",
                &plan[..8],
                &diary[..8]
            ),
        );
    let text = sandbox.field(&diary, "content");
    let expected = format!("see [[New plan]], [[New plan|it]] and [[{}]]", &plan[..8]);
    assert_eq!(text, expected);
    assert!(sandbox.field(&plan, "content").contains("`[[Plan]]`"));
    sandbox.notes(["undo", "-q"]).run();
    assert_eq!(sandbox.contents(), before);
}

#[test]
fn a_title_that_cannot_stand_in_a_link_is_linked_to_by_the_id() {
    for (title, link) in [("a|b", "[[ID]]"), ("Milk", "[[ID|Milk]]")] {
        let Linked {
            sandbox,
            plan,
            diary,
            ..
        } = linked();
        sandbox
            .notes(["edit", &plan, "-t", title, "--links", "-q"])
            .run();
        let text = sandbox.field(&diary, "content");
        let link = link.replace("ID", &plan);
        assert!(
            text.starts_with(&format!("see {link}, [[{plan}|it]]")),
            "{text}"
        );
        let run = sandbox.notes(["links", &plan]).run();
        assert!(run.stdout.contains(&format!("from\t{diary}\t")), "{run:?}");
    }
}

#[test]
fn links_to_another_note_are_left_alone() {
    let sandbox = Sandbox::with_redis();
    let upper = sandbox.add("Plan", "");
    let lower = sandbox.add("plan", "");
    let both = sandbox.add("x", "[[Plan]] [[plan]] [[PLAN]]");
    sandbox
        .notes(["edit", &upper, "-t", "New", "--links", "-q"])
        .run();
    assert_eq!(sandbox.field(&both, "content"), "[[New]] [[plan]] [[PLAN]]");
    sandbox
        .notes(["edit", &lower, &both, "-t", "y", "--links"])
        .gives(2, "", "notes: --links changes the links to one NOTE\n");
}
