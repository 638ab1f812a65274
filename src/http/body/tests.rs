//! What counts as a body, case by case.

use super::*;

fn request(content_type: &str, body: impl AsRef<[u8]>) -> Request {
    Request {
        content_type: Some(content_type.to_owned()),
        body: body.as_ref().to_vec(),
        ..Request::default()
    }
}

fn new(body: impl AsRef<[u8]>) -> Result<(String, String), String> {
    parse_new(&request("application/json", body)).map_err(|failure| failure.text().to_owned())
}

fn change(body: &str) -> Result<NewText, String> {
    parse_change(&request("application/json", body)).map_err(|failure| failure.text().to_owned())
}

fn pair(title: &str, content: &str) -> (String, String) {
    (title.to_owned(), content.to_owned())
}

const REQUIRED: &str = "JSON body is required";

#[test]
fn a_body_that_is_absent_broken_empty_or_false_is_required() {
    for body in [
        "",
        " ",
        "{",
        "{}",
        "{ }",
        "[]",
        "[ \n]",
        "0",
        "0.0",
        "-0",
        "0e9",
        "null",
        "false",
        "\"\"",
        "nope",
        "{\"title\":\"a\"} x",
        "{'title':'a'}",
        "{\"title\":\"a\",}",
        "NaN",
        "\u{feff}",
        "{\"title\":\"a\tb\"}",
        "title=a",
        "{\"title\":\"\\x\"}",
        "{\"title\":NaN}",
    ] {
        assert_eq!(new(body), Err(REQUIRED.to_owned()), "{body:?}");
        assert_eq!(change(body), Err(REQUIRED.to_owned()), "{body:?}");
    }
    for body in [
        &b"{\"title\":\"\xff\"}"[..],
        b"\xff\xfe{\0}\0",
        b"{\"title\":\"\xed\xa0\x80\"}",
    ] {
        assert_eq!(new(body), Err(REQUIRED.to_owned()), "{body:?}");
    }
}

#[test]
fn a_body_that_is_no_object_is_told_what_is_expected() {
    for body in ["[1]", "\"a\"", "1", "-1e5", "true"] {
        let expected = "the JSON body must be an object with 'title' and 'content'";
        assert_eq!(new(body), Err(expected.to_owned()), "{body}");
    }
}

#[test]
fn the_content_type_must_say_json() {
    for (content_type, is) in [
        ("application/json", true),
        ("APPLICATION/JSON", true),
        ("application/json; charset=utf-8", true),
        ("application/json;charset=latin-1", true),
        (" application/json ", true),
        ("application/vnd.api+json", true),
        ("application/Problem+JSON; a=b", true),
        ("application/jsonx", false),
        ("application/x-www-form-urlencoded", false),
        ("text/json", false),
        ("text/plain; application/json", false),
        ("application/+jsonp", false),
        ("", false),
    ] {
        let taken = parse_new(&request(content_type, r#"{"title":"a"}"#)).is_ok();
        assert_eq!(taken, is, "{content_type}");
    }
    let mut without = request("", r#"{"title":"a"}"#);
    without.content_type = None;
    let failure = parse_new(&without).unwrap_err();
    assert_eq!(failure.text(), REQUIRED);
}

#[test]
fn title_and_content_are_trimmed_as_python_trims() {
    let spaces = "\t\n\u{b}\u{c}\r\u{1c}\u{1d}\u{1e}\u{1f} \u{85}\u{a0}\u{1680}\u{2000}\u{200a}\
                  \u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";
    let padded = serde_json::to_string(&format!("{spaces}a b{spaces}")).unwrap();
    let body = format!(r#"{{"title":{padded},"content":{padded}}}"#);
    assert_eq!(new(body), Ok(pair("a b", "a b")));
    // Zero width space and the byte order mark are no white space.
    assert_eq!(
        new("{\"title\":\"\u{200b}a\u{feff}\"}"),
        Ok(pair("\u{200b}a\u{feff}", ""))
    );
}

#[test]
fn a_new_note_needs_a_title_that_is_not_blank() {
    let required = Err("'title' field is required and cannot be blank".to_owned());
    for body in [
        r#"{"content":"c"}"#,
        r#"{"title":""}"#,
        r#"{"title":" \u001f\u00a0\n"}"#,
        r#"{"title":null}"#,
        r#"{"Title":"a"}"#,
    ] {
        assert_eq!(new(body), required, "{body}");
    }
    assert_eq!(new(r#"{"title":"a"}"#), Ok(pair("a", "")));
    assert_eq!(new(r#"{"title":"a","content":"  "}"#), Ok(pair("a", "")));
}

#[test]
fn a_change_needs_no_field_and_blanks_no_title() {
    let blank = Err("'title' cannot be blank".to_owned());
    assert_eq!(change(r#"{"title":" "}"#), blank);
    assert_eq!(change(r#"{"x":1}"#), Ok(NewText::default()));
    assert_eq!(
        change(r#"{"content":" "}"#),
        Ok(NewText {
            title: None,
            content: Some(String::new())
        })
    );
}

#[test]
fn a_field_that_is_no_text_is_named() {
    let problem = |field: &str| format!("'{field}' must be a string");
    for value in ["1", "0", "1e999", "[]", "{}", "true", "false", "null"] {
        let title = format!(r#"{{"title":{value}}}"#);
        assert_eq!(change(&title), Err(problem("title")));
        // A title that is null is as good as none.
        if value != "null" {
            assert_eq!(new(title), Err(problem("title")));
        }
        let body = format!(r#"{{"title":"a","content":{value}}}"#);
        assert_eq!(new(&body), Err(problem("content")));
        assert_eq!(change(&body), Err(problem("content")));
    }
}

#[test]
fn a_lone_surrogate_is_refused_where_it_would_be_stored_and_nowhere_else() {
    for surrogate in [r"\ud800", r"\udc00", r"\ud800\ud800", r"\ud800x", r"\ud83d"] {
        for field in ["title", "content"] {
            let body = format!(r#"{{"title":"a","{field}":"x{surrogate}"}}"#);
            let expected = format!("'{field}' holds a lone surrogate, which is not text");
            assert_eq!(new(&body), Err(expected), "{body}");
        }
        let elsewhere = format!(r#"{{"x":"{surrogate}","title":"a"}}"#);
        assert_eq!(new(&elsewhere), Ok(pair("a", "")), "{elsewhere}");
    }
    assert_eq!(new(r#"{"title":"\ud83d\ude00"}"#), Ok(pair("😀", "")));
}

#[test]
fn other_members_are_ignored_whatever_they_hold() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for other in [
        "1e999",
        "123456789012345678901234567890",
        "{\"title\":\"no\"}",
        deep.as_str(),
    ] {
        let body = format!(r#"{{"id":"x","created_at":{other},"title":"a"}}"#);
        assert_eq!(new(body), Ok(pair("a", "")));
    }
}

#[test]
fn the_last_of_two_members_with_one_name_counts() {
    assert_eq!(new(r#"{"title":1,"title":"b"}"#), Ok(pair("b", "")));
    assert_eq!(new(r#"{"title":"a","\u0074itle":"b"}"#), Ok(pair("b", "")));
    assert!(new(r#"{"title":"a","title":1}"#).is_err());
}

#[test]
fn a_byte_order_mark_and_space_around_the_body_are_no_matter() {
    assert_eq!(new("\u{feff}{\"title\":\"a\"}"), Ok(pair("a", "")));
    assert_eq!(new("\r\n\t {\"title\":\"a\"} \n"), Ok(pair("a", "")));
}
