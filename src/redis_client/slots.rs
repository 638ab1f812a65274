//! The nodes of a cluster and the slots that each serves, from CLUSTER SLOTS
//! (<https://redis.io/docs/latest/commands/cluster-slots/>).

use std::collections::BTreeSet;

use redis::{FromRedisValue, Value, from_redis_value};

/// Host and port of a node.
pub(super) type Endpoint = (String, u16);

/// The number of slots
/// (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>).
pub(crate) const COUNT: usize = 16_384;

const LAST: u16 = 16_383;

/// Returns the slot of a key: of the text in its first pair of braces, if there is any.
pub(crate) fn of_key(key: &[u8]) -> u16 {
    let checksum = crc16::State::<crc16::XMODEM>::calculate(hash_tag(key).unwrap_or(key));
    checksum & LAST
}

fn hash_tag(key: &[u8]) -> Option<&[u8]> {
    let rest = key.get(key.iter().position(|byte| *byte == b'{')? + 1..)?;
    let end = rest.iter().position(|byte| *byte == b'}')?;
    rest.get(..end).filter(|tag| !tag.is_empty())
}

#[derive(Debug, Default)]
pub(super) struct Slots {
    primaries: Vec<Endpoint>,
    /// For each slot the index of its primary; `None` if no node serves it.
    owners: Vec<Option<usize>>,
    pub(super) replicas: BTreeSet<Endpoint>,
}

impl Slots {
    /// Reads the reply of a node at `host`; returns `None` if it is malformed. Also returns the
    /// address of the node whose id is `id`.
    pub(super) fn from_reply(
        reply: Value,
        host: &str,
        id: Option<&str>,
    ) -> Option<(Self, Option<Endpoint>)> {
        let mut slots = Self::default();
        let mut found = None;
        let ranges: Vec<Vec<Value>> = from_redis_value(reply).ok()?;
        for range in ranges {
            let mut range = range.into_iter();
            let (first, last): (u16, u16) = (parse(range.next())?, parse(range.next())?);
            let mut nodes = range.map(|node| {
                let (endpoint, node_id) = node_of(node, host)?;
                if id.is_some() && node_id.as_deref() == id {
                    found = Some(endpoint.clone());
                }
                Some(endpoint)
            });
            let primary = nodes.next()?;
            slots.replicas.extend(nodes.flatten());
            // The cluster may not know its address.
            let Some(primary) = primary else { continue };
            for slot in first..=last.min(LAST) {
                slots.set(slot, &primary);
            }
        }
        Some((slots, found))
    }

    pub(super) fn primaries(&self) -> impl Iterator<Item = &Endpoint> {
        self.primaries.iter()
    }

    pub(super) fn owner(&self, slot: u16) -> Option<&Endpoint> {
        let index = self.owners.get(usize::from(slot)).copied().flatten()?;
        self.primaries.get(index)
    }

    /// Returns how many slots a primary serves.
    pub(super) fn count(&self, primary: &Endpoint) -> usize {
        let index = self.primaries.iter().position(|it| it == primary);
        self.owners
            .iter()
            .filter(|owner| index.is_some() && **owner == index)
            .count()
    }

    pub(super) fn set(&mut self, slot: u16, primary: &Endpoint) {
        let known = self.primaries.iter().rposition(|it| it == primary);
        let index = known.unwrap_or_else(|| {
            self.primaries.push(primary.clone());
            self.primaries.len() - 1
        });
        self.owners.resize(COUNT, None);
        if let Some(owner) = self.owners.get_mut(usize::from(slot)) {
            *owner = Some(index);
        }
    }
}

fn parse<T: FromRedisValue>(value: Option<Value>) -> Option<T> {
    from_redis_value(value?).ok()
}

/// Returns host, port and id of a node; `None` if its host is unknown (`?`). Without a host it is
/// that of the node that answered.
fn node_of(node: Value, host: &str) -> Option<(Endpoint, Option<String>)> {
    let mut node = from_redis_value::<Vec<Value>>(node).ok()?.into_iter();
    let own_host: Option<String> = parse(node.next())?;
    let own_host = own_host.filter(|own| !own.is_empty());
    if own_host.as_deref() == Some("?") {
        return None;
    }
    let endpoint = (
        own_host.unwrap_or_else(|| host.to_owned()),
        parse(node.next())?,
    );
    Some((endpoint, parse(node.next())))
}

/// Returns the slot and the node that a redirection names, as in `3999 127.0.0.1:6381`; without a
/// host it is that of the node that answered.
pub(super) fn redirection(details: &str, host: &str) -> Option<(u16, Endpoint)> {
    let mut words = details.split_ascii_whitespace();
    let slot = words.next()?.parse().ok()?;
    let (named, port) = words.next()?.rsplit_once(':')?;
    let host = if named.is_empty() { host } else { named };
    Some((slot, (host.to_owned(), port.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_slot_that_redis_gives_it() {
        // The replies of CLUSTER KEYSLOT.
        for (key, slot) in [
            ("123456789", 12_739),
            ("notes:ids", 15_712),
            ("foo{}{bar}", 8_363),
            ("foo{{bar}}zap", 4_015),
            ("{user1000}.following", 3_443),
            ("", 0),
        ] {
            assert_eq!(of_key(key.as_bytes()), slot, "{key}");
        }
    }

    fn node(host: Value, port: i64, id: &str) -> Value {
        Value::Array(vec![host, Value::Int(port), text(id), Value::Array(vec![])])
    }

    fn text(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    #[test]
    fn reads_who_serves_which_slot() {
        let reply = Value::Array(vec![
            Value::Array(vec![
                Value::Int(0),
                Value::Int(9),
                node(text("10.0.0.1"), 1, "a"),
                node(text("10.0.0.2"), 2, "b"),
                node(text("?"), 3, "c"),
            ]),
            Value::Array(vec![
                Value::Int(20),
                Value::Int(20),
                node(Value::Nil, 4, "d"),
            ]),
            Value::Array(vec![
                Value::Int(30),
                Value::Int(30),
                node(text("?"), 5, "e"),
                node(text("10.0.0.2"), 2, "b"),
            ]),
        ]);
        let (mut slots, found) = Slots::from_reply(reply, "h", Some("b")).unwrap();
        let [a, b, d] = [("10.0.0.1", 1), ("10.0.0.2", 2), ("h", 4)]
            .map(|(host, port)| (host.to_owned(), port));
        assert_eq!(found.as_ref(), Some(&b));
        assert_eq!(slots.replicas, BTreeSet::from([b]));
        assert_eq!(
            [9, 10, 20, 30].map(|slot| slots.owner(slot)),
            [Some(&a), None, Some(&d), None]
        );
        assert_eq!((slots.count(&a), slots.count(&d)), (10, 1));
        slots.set(9, &d);
        assert_eq!((slots.count(&a), slots.count(&d)), (9, 2));
        for senseless in [
            Value::Okay,
            Value::Array(vec![Value::Array(vec![text("x")])]),
        ] {
            assert!(Slots::from_reply(senseless, "h", None).is_none());
        }
        assert!(Slots::default().owner(3).is_none());
    }

    #[test]
    fn reads_where_a_node_sends_to() {
        let to = |host: &str| Some((3999, (host.to_owned(), 6381)));
        assert_eq!(redirection("3999 127.0.0.1:6381", "h"), to("127.0.0.1"));
        assert_eq!(redirection("3999 ::1:6381", "h"), to("::1"));
        assert_eq!(redirection("3999 :6381", "h"), to("h"));
        assert_eq!(redirection("3999", "h"), None);
        assert_eq!(redirection("x y:z", "h"), None);
    }
}
