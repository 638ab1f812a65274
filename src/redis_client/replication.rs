//! Primaries and replicas: the section `replication` of INFO.

use std::collections::BTreeMap;

/// The fields of an INFO answer.
pub(super) type Facts<'a> = BTreeMap<&'a str, &'a str>;

pub(super) fn facts(info: &str) -> Facts<'_> {
    info.lines()
        .filter_map(|line| line.trim_end().split_once(':'))
        .collect()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replication {
    Primary {
        replicas: Vec<Replica>,
    },
    Replica {
        /// The address of the primary.
        of: String,
        is_connected: bool,
    },
}

/// A replica, as its primary sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replica {
    pub(crate) address: String,
    /// `online`, or the stage of the first copy.
    pub(crate) state: String,
    /// The bytes of changes that it has not confirmed.
    pub(crate) bytes_behind: Option<u64>,
    /// The time since it last confirmed.
    pub(crate) seconds_since: Option<u64>,
}

impl Replication {
    pub(super) fn from_facts(facts: &Facts<'_>) -> Option<Self> {
        match *facts.get("role")? {
            "master" => Some(Self::Primary {
                replicas: (0..)
                    .map_while(|number| facts.get(&*format!("slave{number}")))
                    .map(|fields| Replica::from_fields(fields, facts.get("master_repl_offset")))
                    .collect(),
            }),
            _ => Some(Self::Replica {
                of: address(facts.get("master_host")?, facts.get("master_port")?),
                is_connected: facts.get("master_link_status") == Some(&"up"),
            }),
        }
    }

    /// Returns the address of the primary of a replica.
    pub(super) fn primary(info: &str) -> Option<String> {
        match Self::from_facts(&facts(info))? {
            Self::Replica { of, .. } => Some(of),
            Self::Primary { .. } => None,
        }
    }
}

impl Replica {
    /// Reads `ip=10.0.0.2,port=6379,state=online,offset=42,lag=1`.
    fn from_fields(fields: &str, written: Option<&&str>) -> Self {
        let fields: Facts<'_> = fields
            .split(',')
            .filter_map(|field| field.split_once('='))
            .collect();
        let field = |name: &str| fields.get(name).copied().unwrap_or_default();
        let written: Option<u64> = written.and_then(|offset| offset.parse().ok());
        Self {
            address: address(field("ip"), field("port")),
            state: field("state").to_owned(),
            bytes_behind: written
                .zip(field("offset").parse().ok())
                .map(|(written, confirmed)| written.saturating_sub(confirmed)),
            seconds_since: field("lag").parse().ok(),
        }
    }
}

fn address(host: &str, port: &str) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_how_far_each_replica_is() {
        let info = "role:master\r\nconnected_slaves:2\r\n\
                    slave0:ip=10.0.0.2,port=6379,state=online,offset=40,lag=1\r\n\
                    slave1:ip=::1,port=6380,state=wait_bgsave,offset=0,lag=0\r\n\
                    master_repl_offset:42\r\n";
        let replica = |address: &str, state: &str, bytes_behind, seconds_since| Replica {
            address: address.into(),
            state: state.into(),
            bytes_behind: Some(bytes_behind),
            seconds_since: Some(seconds_since),
        };
        let expected = Replication::Primary {
            replicas: vec![
                replica("10.0.0.2:6379", "online", 2, 1),
                replica("[::1]:6380", "wait_bgsave", 42, 0),
            ],
        };
        assert_eq!(Replication::from_facts(&facts(info)), Some(expected));
    }

    #[test]
    fn reads_whom_a_replica_copies() {
        let info =
            "role:slave\nmaster_host:redis-1.example\nmaster_port:6379\nmaster_link_status:down\n";
        let expected = Replication::Replica {
            of: "redis-1.example:6379".into(),
            is_connected: false,
        };
        assert_eq!(Replication::from_facts(&facts(info)), Some(expected));
    }
}
