//! A way to the store that the faults do not touch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use redis::{Client, Cmd, Commands as _, Connection, ErrorKind};

/// A connection to each server that has a part of the notes.
pub(super) struct Direct {
    servers: Vec<Connection>,
}

/// All that is in the store.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) ids: BTreeSet<String>,
    pub(super) notes: BTreeMap<String, BTreeMap<String, String>>,
}

impl Direct {
    pub(super) fn new<P: AsRef<Path>>(sockets: impl IntoIterator<Item = P>) -> Self {
        let connect = |socket: P| {
            let url = format!("redis+unix://{}", socket.as_ref().display());
            Client::open(url).unwrap().get_connection().unwrap()
        };
        Self {
            servers: sockets.into_iter().map(connect).collect(),
        }
    }

    /// Removes everything.
    pub(super) fn empty(&mut self) {
        for server in &mut self.servers {
            redis::cmd("FLUSHALL").exec(server).unwrap();
        }
    }

    pub(super) fn put(&mut self, id: &str, fields: &[(&str, &str)]) {
        self.run(&Cmd::hset_multiple(format!("note:{id}"), fields));
        self.run(&Cmd::sadd("notes:ids", id));
    }

    /// Runs a command on the server that has its key.
    fn run(&mut self, command: &Cmd) {
        let servers = self.servers.iter_mut();
        let mut results = servers.map(|server| command.exec(server));
        let is_elsewhere = |result: &Result<(), redis::RedisError>| {
            let kind = result.as_ref().err().map(redis::RedisError::kind);
            kind == Some(ErrorKind::Server(redis::ServerErrorKind::Moved))
        };
        results.find(|it| !is_elsewhere(it)).unwrap().unwrap();
    }

    pub(super) fn snapshot(&mut self) -> Snapshot {
        let (mut ids, mut notes) = (BTreeSet::new(), BTreeMap::new());
        for server in &mut self.servers {
            let keys: Vec<String> = server.keys("*").unwrap();
            for key in keys {
                if let Some(id) = key.strip_prefix("note:") {
                    notes.insert(id.to_owned(), server.hgetall(&key).unwrap());
                } else {
                    ids.extend(server.smembers::<_, Vec<String>>(&key).unwrap());
                }
            }
        }
        Snapshot { ids, notes }
    }
}

impl Snapshot {
    /// Whether the set has exactly the ids of the hashes.
    pub(super) fn is_sound(&self) -> bool {
        self.ids.iter().eq(self.notes.keys())
    }

    /// A field of a note that has to be there.
    pub(super) fn field(&self, id: &str, name: &str) -> &str {
        let field = self.notes.get(id).and_then(|fields| fields.get(name));
        field.unwrap_or_else(|| panic!("note:{id} has no {name}: {self:?}"))
    }
}
