//! Searches as people type them, each with the note that is meant.

use super::*;

/// Notes of a year or so, those changed last first: title, content.
const NOTES: [(&str, &str); 30] = [
    (
        "Standup 2026-03-02",
        "rust plan discussed, milk is out, printer still broken",
    ),
    ("Meeting with Kim", "Tuesday at ten, room 4\n#work/plan"),
    (
        "Trust the process",
        "a long planning text about people and their plans",
    ),
    (
        "Plan: learn Rust",
        "read the book, then the async one #study",
    ),
    ("Rust plans of others", "blog posts"),
    ("Buy milk", "two litres #shop"),
    ("Milk round history", "how it began"),
    ("Shopping list", "eggs, bread, milk, butter #shop #home"),
    ("Weekly report 12", "numbers of the quarter"),
    ("Weekly report 11", "numbers of the quarter"),
    ("Recipe: pancakes", "flour, eggs, milk"),
    ("Router password", "on the sticker below it #home"),
    (
        "Redis configuration",
        "appendonly yes, maxmemory-policy noeviction",
    ),
    (
        "Deployment checklist",
        "tag, build, push, verify, announce #work",
    ),
    ("Dentist", "next appointment: 14 May, 9:30"),
    ("Books to read", "The Rust Programming Language; Dune"),
    ("Birthday Anna", "she wants the new Murakami"),
    ("Tax return 2025", "receipts are in the blue folder #money"),
    ("Car insurance", "policy 12-345, renew in November #money"),
    ("Ideas for the garden", "plum tree, herbs, a bench"),
    ("買い物リスト", "牛乳、パン"),
    ("Cafe\u{301} menu", "espresso 2.50"),
    ("Python one-liners", "zip, map, print"),
    ("git commands", "rebase --onto, bisect run"),
    ("Holiday in Lakewood", "book the ferry"),
    (
        "Interview questions",
        "why this company, what is a lifetime",
    ),
    ("Printer driver", "install cups, then add the printer"),
    ("Song lyrics", "and the rain falls down"),
    ("Meter readings", "gas 2231, water 118"),
    ("Untidy drawer", "batteries, tape, old phone"),
];

fn ranking() -> Ranking {
    let mut ranking = Ranking::default();
    let entries = NOTES.iter().map(|(title, content)| {
        let note = Note {
            title: Some((*title).to_owned()),
            content: Some((*content).to_owned()),
            ..Note::default()
        };
        Entry::new(note)
    });
    ranking.push(entries.collect());
    ranking
}

fn found(ranking: &mut Ranking, typed: &str) -> Vec<&'static str> {
    ranking.search(typed);
    while !ranking.is_done() {
        ranking.advance(7);
    }
    ranking.found.iter().map(|at| NOTES[*at].0).collect()
}

#[test]
fn the_note_that_a_person_means_comes_first() {
    let mut ranking = ranking();
    for (typed, meant) in [
        ("rust plan", "Rust plans of others"),
        ("plan rust", "Plan: learn Rust"),
        ("milk", "Buy milk"),
        ("buy m", "Buy milk"),
        ("bymlk", "Buy milk"),
        ("milk eggs", "Shopping list"),
        ("eggs flour", "Recipe: pancakes"),
        ("wr12", "Weekly report 12"),
        ("weekly", "Weekly report 12"),
        ("report 11", "Weekly report 11"),
        ("#shop", "Buy milk"),
        ("money car", "Car insurance"),
        ("redis", "Redis configuration"),
        ("noevic", "Redis configuration"),
        ("dentst", "Dentist"),
        ("printer", "Printer driver"),
        ("murakami", "Birthday Anna"),
        ("Kim", "Meeting with Kim"),
        ("mtng", "Meeting with Kim"),
        ("work/plan", "Meeting with Kim"),
        ("カ", ""),
        ("牛乳", "買い物リスト"),
        ("café", "Cafe\u{301} menu"),
        ("password rou", "Router password"),
    ] {
        let first = found(&mut ranking, typed)
            .first()
            .copied()
            .unwrap_or_default();
        assert_eq!(first, meant, "{typed}");
    }
}

#[test]
fn titles_come_before_tags_and_those_before_contents_and_letters_far_apart_find_nothing() {
    let mut ranking = ranking();
    assert_eq!(
        found(&mut ranking, "rust"),
        [
            "Plan: learn Rust",
            "Rust plans of others",
            "Trust the process",
            "Standup 2026-03-02",
            "Books to read",
        ]
    );
    assert_eq!(
        found(&mut ranking, "plan"),
        [
            "Plan: learn Rust",
            "Rust plans of others",
            "Meeting with Kim",
            "Standup 2026-03-02",
            "Trust the process",
        ]
    );
    assert!(!found(&mut ranking, "milk").contains(&"Holiday in Lakewood"));
    assert!(
        found(&mut ranking, "Milk eggs").is_empty(),
        "a capital counts"
    );
    assert_eq!(found(&mut ranking, " ").len(), NOTES.len());
    assert_eq!(found(&mut ranking, "no such note").len(), 0);
}

#[test]
fn notes_that_arrive_during_a_search_are_found_too() {
    let mut ranking = ranking();
    ranking.search("milk");
    ranking.advance(1);
    let late = Note {
        title: Some("Milk".to_owned()),
        ..Note::default()
    };
    ranking.push(vec![Entry::new(late)]);
    assert!(ranking.is_searching() && ranking.found.is_empty());
    ranking.advance(usize::MAX);
    assert!(ranking.is_done());
    assert_eq!(
        ranking.found.first(),
        Some(&NOTES.len()),
        "its title is the word"
    );
    assert_eq!(ranking.found.len(), 6);
}
