//! The connections between `notes` and the nodes of a cluster are cut at a byte of the exchange.

use super::changes::{CHANGES, Change};
use super::direct::Direct;
use super::proxy::{Harm, Proxy};
use super::{Figures, Left, assert_sound, thorough};
use crate::support::Run;
use crate::support::cluster::{Cluster, Node};

/// A prime, so that the bytes tried by a quick run fall into every part of a command.
const QUICK_STEP: usize = 89;

/// So many runs of `add` have nearly always put a note on each of three nodes.
const ATTEMPTS: usize = 12;

/// A cluster whose nodes are reached through a proxy each, and a way around them.
struct Trial {
    cluster: Cluster,
    proxies: Vec<Proxy>,
    redis: Direct,
    repaired: usize,
}

impl Trial {
    fn new() -> Self {
        let cluster = Cluster::start();
        let sockets = || cluster.nodes.iter().map(Node::socket);
        let hosts = cluster.nodes.iter().map(|node| node.host.as_str());
        let proxies: Vec<_> = (hosts.zip(sockets()))
            .map(|(host, socket)| Proxy::start(host, socket))
            .collect();
        cluster.announce_ports(proxies.iter().map(|proxy| proxy.address.port()));
        Self {
            redis: Direct::new(sockets()),
            cluster,
            proxies,
            repaired: 0,
        }
    }

    fn harm_none(&self) {
        for proxy in &self.proxies {
            proxy.harm(Harm::None);
        }
    }

    /// Makes a change over connections of which those to one node are harmed.
    fn run(&mut self, change: &Change, node: usize, harm: Harm) -> Run {
        let url = self.proxies[0].url();
        self.harm_none();
        change.prepare(&self.cluster.sandbox, &mut self.redis, &url);
        self.harm_none();
        self.proxies[node].harm(harm);
        let run = self.cluster.sandbox.notes(change.arguments);
        run.env("REDIS_URL", url).run()
    }

    /// How many bytes a change may send to each node and get back: most to where a new note goes.
    fn exchanges(&mut self, change: &Change) -> Vec<(usize, usize)> {
        let mut longest = vec![(0, 0); self.proxies.len()];
        for _ in 0..ATTEMPTS {
            let whole = self.run(change, 0, Harm::None);
            assert_eq!(whole.code, 0, "{whole:?}");
            for (longest, proxy) in longest.iter_mut().zip(&self.proxies) {
                *longest = proxy.carried().max(*longest);
            }
        }
        longest
    }

    /// What a change left, once what is half there is repaired.
    fn left(&mut self, change: &Change) -> Left {
        self.harm_none();
        if !self.redis.snapshot().is_sound() {
            let fix = ["health", "--deep", "--fix", "--yes"];
            let run = self.cluster.sandbox.notes(fix).run();
            assert_eq!(run.code, 0, "{run:?}");
            self.repaired += 1;
        }
        let left = self.redis.snapshot();
        assert!(left.is_sound(), "the set and the hashes: {left:?}");
        change.left_by_note(&left)
    }
}

#[test]
fn what_a_cut_change_leaves_on_a_cluster_is_whole_or_is_repaired_without_a_guess() {
    let mut trial = Trial::new();
    let (step, attempts) = if thorough() {
        (1, ATTEMPTS)
    } else {
        (QUICK_STEP, 1)
    };
    for change in CHANGES {
        let mut figures = Figures::default();
        let mut missed = 0;
        for (node, (requests, replies)) in trial.exchanges(change).into_iter().enumerate() {
            let cuts = (0..requests).step_by(step).map(Harm::CutRequests);
            let cuts = cuts.chain((0..replies).step_by(step).map(Harm::CutReplies));
            // The answer to the change itself may be shorter than a step.
            let last = replies.checked_sub(1).map(Harm::CutReplies);
            for cut in cuts.chain(last) {
                // A note that is added may go to another node and leave nothing to cut.
                let cut_run = (0..attempts).find_map(|_| {
                    let run = trial.run(change, node, cut);
                    trial.proxies[node].has_cut().then_some(run)
                });
                match cut_run {
                    Some(run) => figures.count(&run, trial.left(change)),
                    None => missed += 1,
                }
            }
        }
        assert!(figures.made > 0, "{figures}");
        println!(
            "cut   {:14} {figures}; {} repaired, {missed} not cut, on a cluster",
            change.name, trial.repaired
        );
        trial.repaired = 0;
    }
    assert_sound(&trial.cluster.sandbox);
}

#[test]
fn clients_of_a_cluster_go_where_its_nodes_say() {
    let trial = Trial::new();
    for number in 0..60 {
        let key = format!("k{number}");
        assert_eq!(trial.cluster.cli(&["SADD", &key, "v"]), "1");
    }
    let carried: Vec<_> = trial.proxies.iter().map(Proxy::carried).collect();
    // It asks the first node, not its proxy.
    assert!(carried.iter().skip(1).all(|it| it.0 > 0), "{carried:?}");
}
