//! The rounds: in each, the peers take turns, so that other load on the machine affects all of them.

use std::collections::BTreeMap;
use std::io;

use crate::command_line::Options;
use crate::load::Load;
use crate::peer::Peer;
use crate::scenario::Scenario;
use crate::server::Server;
use crate::threads;

/// What was measured of one scenario.
pub struct Measured {
    pub scenario: &'static Scenario,
    /// By peer, in the order of the peers.
    pub lines: Vec<Line>,
    /// Why a peer has no line, or fewer rounds.
    pub failures: Vec<String>,
}

pub struct Line {
    pub peer: &'static Peer,
    /// CPU time of the server per unit, in microseconds.
    pub cost: Spread,
    /// To the base in the same round; nothing without a base.
    pub ratio: Option<Spread>,
}

#[derive(Clone, Copy)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

/// Microseconds per unit, by the name of the peer.
type Round = BTreeMap<&'static str, f64>;

pub fn measure(options: &Options) -> io::Result<Vec<Measured>> {
    threads::pin(threads::LOAD)?;
    threads::open_files(4_000)?;
    for peer in options
        .peers
        .iter()
        .filter(|peer| !Server::is_there(peer, options))
    {
        println!("{} is not installed and is left out", peer.title());
    }
    let measure = |scenario: &&'static Scenario| {
        println!("{}: {}", scenario.name, scenario.title);
        one(scenario, options)
    };
    Ok(options.scenarios.iter().map(measure).collect())
}

fn one(scenario: &'static Scenario, options: &Options) -> Measured {
    let mut failures = Vec::new();
    let mut servers = Vec::new();
    for &peer in &options.peers {
        if !peer.can(scenario) || !Server::is_there(peer, options) {
            continue;
        }
        match Server::start(peer, options) {
            Ok(server) => servers.push((peer, server)),
            Err(error) => fail(&mut failures, peer, &error),
        }
    }
    let mut rounds = Vec::new();
    for _ in 0..options.rounds {
        let mut round = Round::new();
        servers.retain(
            |(peer, server)| match turn(scenario, peer, server, options.quick) {
                Ok(cost) => {
                    round.insert(peer.name, cost);
                    true
                }
                Err(error) => {
                    fail(&mut failures, peer, &error);
                    false
                }
            },
        );
        rounds.push(round);
    }
    let lines = options
        .peers
        .iter()
        .filter_map(|peer| line(peer, scenario, &rounds));
    Measured {
        scenario,
        lines: lines.collect(),
        failures,
    }
}

fn fail(failures: &mut Vec<String>, peer: &Peer, error: &io::Error) {
    let sentence = format!("{}: {error}", peer.title());
    eprintln!("  {sentence}");
    failures.push(sentence);
}

/// Microseconds of the server's CPU per unit.
fn turn(scenario: &Scenario, peer: &Peer, server: &Server, quick: bool) -> io::Result<f64> {
    let short = scenario.exchange.quick();
    let mut load = Load::new(scenario.exchange, peer, server.port)?;
    load.run(short)?;
    let exchange = if quick { short } else { scenario.exchange };
    let before = server.cpu()?;
    let units = load.run(exchange)?;
    let after = server.cpu()?;
    Ok((after - before) as f64 / 1000.0 / units as f64)
}

fn line(peer: &'static Peer, scenario: &Scenario, rounds: &[Round]) -> Option<Line> {
    let costs = rounds.iter().filter_map(|round| round.get(peer.name).copied());
    let ratios = rounds
        .iter()
        .filter_map(|round| Some(round.get(peer.name)? / round.get(scenario.base())?));
    Some(Line {
        peer,
        cost: Spread::of(costs.collect())?,
        ratio: Spread::of(ratios.collect()),
    })
}

impl Spread {
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = match values.len() {
            0 => return None,
            even if even % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
            _ => values[middle],
        };
        Some(Self {
            median,
            min: values[0],
            max: values[values.len() - 1],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        let spread = Spread::of(vec![4.0, 1.0, 2.0, 3.0]).unwrap();
        assert_eq!((spread.min, spread.median, spread.max), (1.0, 2.5, 4.0));
        assert!(Spread::of(Vec::new()).is_none());
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        let scenario = &crate::scenario::SCENARIOS[0];
        let peer = |name| crate::peer::PEERS.iter().find(|peer| peer.name == name).unwrap();
        let rounds = [
            Round::from([("raw", 1.0), ("hangup", 2.0)]),
            Round::from([("raw", 10.0), ("hangup", 20.0)]),
            Round::from([("hangup", 7.0)]),
        ];
        let line = line(peer("hangup"), scenario, &rounds).unwrap();
        assert_eq!(line.ratio.unwrap().max, 2.0);
        assert_eq!(line.cost.max, 20.0);
        assert!(super::line(peer("axum"), scenario, &rounds).is_none());
    }
}
