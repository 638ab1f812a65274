//! What Redis URLs mean.

use super::*;

fn parse(url: &str) -> Address {
    Address::parse(url, "a test".into()).unwrap()
}

#[test]
fn reads_every_scheme() {
    for (url, expected) in [
        ("redis://h:1/2", "-c -h h -p 1 -n 2"),
        ("valkey://h:1/2", "-c -h h -p 1 -n 2"),
        ("REDIS://h:1/2", "-c -h h -p 1 -n 2"),
        ("unix:///run/r.sock?db=3", "-s /run/r.sock -n 3"),
        ("redis+unix:///run/r.sock?db=3", "-s /run/r.sock -n 3"),
        ("valkey+unix:///run/r.sock?db=3", "-s /run/r.sock -n 3"),
        ("redis://ann:pw@[::1]:7", "-c -h ::1 -p 7 --user ann"),
    ] {
        assert_eq!(redis_cli_options(url), expected, "{url}");
    }
    if cfg!(feature = "tls") {
        assert_eq!(redis_cli_options("rediss://h"), "-c -h h -p 6379 --tls");
        let insecure = redis_cli_options("valkeys://h#insecure");
        assert_eq!(insecure, "-c -h h -p 6379 --tls --insecure");
    }
}

fn redis_cli_options(url: &str) -> String {
    let options = parse(url).redis_cli_options();
    let options: Vec<_> = options
        .iter()
        .map(|option| option.to_str().unwrap())
        .collect();
    options.join(" ")
}

#[test]
fn a_lone_user_is_a_password_as_redis_cli_reads_it() {
    for (url, user, password) in [
        ("redis://h", None, None),
        ("redis://secret@h", None, Some("secret")),
        ("redis://:secret@h", None, Some("secret")),
        ("redis://ann:s%23crt@h", Some("ann"), Some("s#crt")),
    ] {
        let address = parse(url);
        assert_eq!(address.username.as_deref(), user, "{url}");
        assert_eq!(
            address.password.as_ref().map(Secret::expose),
            password,
            "{url}"
        );
    }
}

#[test]
fn a_database_is_set_only_where_the_url_names_one() {
    assert_eq!(parse("redis://h").db, None);
    assert_eq!(parse("redis://h/").db, None);
    assert_eq!(parse("redis://h/0").db, Some(0));
    assert_eq!(parse("redis+unix:///s").db, None);
}

#[test]
fn a_slash_at_the_end_of_a_url_names_nothing() {
    for (url, db, group) in [
        ("redis://h//", None, None),
        ("redis://h/0/", Some(0), None),
        ("redis://h/3/", Some(3), None),
        ("redis://h/3//?protocol=resp3", Some(3), None),
        ("redis://h/main/", None, Some("main")),
        ("redis://a,b/main/3/", Some(3), Some("main")),
        ("redis://a:1,b:1/0/", Some(0), None),
        ("redis://h/12/3/", Some(3), Some("12")),
    ] {
        let address = parse(url);
        assert_eq!((address.db, address.group.as_deref()), (db, group), "{url}");
    }
    for url in [
        "redis://h/ 0",
        "redis://h/%30",
        "redis://h/0%2F",
        "redis://h//0",
    ] {
        assert!(Address::parse(url, "a test".into()).is_err(), "{url}");
    }
}

#[test]
fn a_database_or_a_password_that_would_be_passed_over_is_refused() {
    for url in [
        "redis://h?db=2",
        "redis://h/?database=2",
        "redis+unix:///s?database=2",
        "unix:///s?password=hunter2",
        "unix:///s?username=ann&pass=hunter2",
    ] {
        let parsed = Address::parse(url, "a test".into());
        assert!(matches!(parsed, Err(AddressError::Form)), "{url}");
    }
    assert_eq!(parse("redis://h/2?protocol=resp3").db, Some(2));
}

#[test]
fn names_server_and_database_without_the_login() {
    for (url, server) in [
        ("redis://ann:hunter2@Host", "host:6379 db 0"),
        ("redis://hunter2@[::1]:7/3", "[::1]:7 db 3"),
        (
            "redis+unix:///Run/r.sock?db=2&pass=hunter2",
            "/Run/r.sock db 2",
        ),
    ] {
        assert_eq!(parse(url).server(), server, "{url}");
    }
}

#[test]
fn several_hosts_a_group_or_the_scheme_name_sentinels() {
    for (url, hosts, group, db) in [
        (
            "redis://a:1,[::1]:2,c/main/3",
            "a:1,[::1]:2,c:26379",
            Some("main"),
            Some(3),
        ),
        ("redis://u:p@b/main", "b:26379", Some("main"), None),
        ("redis://u:p@a,b/0", "a:26379,b:26379", None, Some(0)),
        ("redis+sentinel://a", "a:26379", None, None),
        ("sentinel://a:5/main/", "a:5", Some("main"), None),
    ] {
        let address = parse(url);
        assert!(address.is_sentinel, "{url}");
        assert_eq!(address.to_string(), hosts, "{url}");
        assert_eq!((address.group.as_deref(), address.db), (group, db), "{url}");
    }
    assert!(!parse("redis://a:26379/0").is_sentinel);
    let server = |url| parse(url).server();
    assert_eq!(server("redis://b,A/main"), "a:26379,b:26379/main db 0");
    assert_eq!(server("redis://a,b/main"), server("redis://u:p@b,A/main/0"));
}

#[test]
fn an_address_without_a_group_has_the_name_with_the_group_that_sentinels_told() {
    for (url, name, is_its) in [
        ("redis://a:5", "a:5 db 0", true),
        ("redis://a:5", "a:5/main db 0", true),
        ("redis://b,a/3", "a:26379,b:26379/main db 3", true),
        ("redis://a:5", "a:5/main db 1", false),
        ("redis://a:5", "a:50 db 0", false),
        ("redis://a:5", "a:5,b:5/main db 0", false),
        ("redis://a:5/main", "a:5/spare db 0", false),
        ("redis://a:5/main", "a:5 db 0", false),
        ("unix:///run/a", "/run/a/s db 0", false),
    ] {
        assert_eq!(parse(url).has_name(name), is_its, "{url}: {name}");
    }
}

#[test]
fn names_the_place_and_never_the_password() {
    assert_eq!(
        parse("redis://u:hunter2@[::1]:7").to_string(),
        "[::1]:7".to_owned()
    );
    assert!(!format!("{:?}", parse("redis://u:hunter2@h")).contains("hunter2"));
    for url in [
        "redis://u:hunter2@h:port",
        "redis://:hunter2#x@h",
        "http://hunter2@h",
        "redis://hunter2@h/0/x",
        "redis://hunter2@h/x y",
        "redis://hunter2@h,",
        "hunter2",
        "redis+unix://hunter2",
        "redis://hunter2@0.0.0.0",
    ] {
        let error = Address::parse(url, "a test".into()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}");
    }
}
