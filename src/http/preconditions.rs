//! `If-Match` and `If-None-Match`: compares the entity tags that a request names with that of the note
//! (RFC 9110, 13.1).

use super::error::Failure;
use super::message::Request;

fn has(list: &str, tag: &str) -> bool {
    let mut tags = list.split(',').map(str::trim);
    tags.any(|own| own == "*" || own == tag)
}

/// Returns true if the client of a reading request has the note already. A weak tag counts as well here.
pub(super) fn is_known(request: &Request, tag: &str) -> bool {
    let known = request.if_none_match.as_deref();
    known.is_some_and(|list| has(&list.replace("W/", ""), tag))
}

pub(super) fn is_conditional(request: &Request) -> bool {
    request.if_match.is_some() || request.if_none_match.is_some()
}

/// Refuses a request that changes a note and is for another state of it.
pub(super) fn check(request: &Request, tag: &str) -> Result<(), Failure> {
    let wanted = request.if_match.as_deref();
    let is_other = wanted.is_some_and(|list| !has(list, tag));
    if is_other || is_known(request, tag) {
        return Err(changed());
    }
    Ok(())
}

pub(super) fn changed() -> Failure {
    let text = "the note is not what If-Match or If-None-Match say; get it again";
    Failure::new(412, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::etag::entity_tag;

    fn request(if_match: Option<&str>, if_none_match: Option<&str>) -> Request {
        Request {
            if_match: if_match.map(str::to_owned),
            if_none_match: if_none_match.map(str::to_owned),
            ..Request::default()
        }
    }

    #[test]
    fn a_change_is_for_a_state_of_the_note() {
        let tag = entity_tag(b"{}");
        let (own, weak) = (tag.clone(), format!("W/{tag}"));
        let list = format!("\"other\" , {tag}");
        for (if_match, allowed) in [
            (own.as_str(), true),
            ("*", true),
            (&list, true),
            (&weak, false),
            ("\"other\"", false),
            ("", false),
            (own.trim_matches('"'), false),
        ] {
            let checked = check(&request(Some(if_match), None), &tag);
            assert_eq!(checked.is_ok(), allowed, "{if_match}");
        }
        assert!(check(&request(None, Some(&own)), &tag).is_err());
        assert!(check(&request(None, Some("*")), &tag).is_err());
        assert!(check(&request(None, Some("\"other\"")), &tag).is_ok());
    }

    #[test]
    fn a_reader_may_know_the_note_by_a_weak_tag() {
        let tag = entity_tag(b"{}");
        assert!(is_known(&request(None, Some(&format!("W/{tag}"))), &tag));
        assert!(!is_known(&request(None, Some("\"other\"")), &tag));
        assert!(!is_known(&request(None, None), &tag));
    }
}
