//! The command line of this program; people type that of `cargo xtask bench`.

use std::path::PathBuf;

use crate::peer::{PEERS, Peer};
use crate::scenario::{SCENARIOS, Scenario};

pub enum Command {
    /// Be one of the servers.
    Peer(String),
    Rounds(Options),
    /// How many idle connections.
    Idle(usize, Options),
    /// The hub, with how many connections.
    Hub(usize, Options),
}

pub struct Options {
    pub rounds: usize,
    pub scenarios: Vec<&'static Scenario>,
    pub peers: Vec<&'static Peer>,
    /// A tenth of the messages: to see that it works.
    pub quick: bool,
    pub bun: Option<PathBuf>,
    pub python: Option<PathBuf>,
    /// Where the table and the chart are written.
    pub out: Option<PathBuf>,
}

pub fn read(mut words: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut options = Options {
        rounds: 5,
        scenarios: SCENARIOS.iter().collect(),
        peers: PEERS.iter().collect(),
        quick: false,
        bun: None,
        python: None,
        out: None,
    };
    let (mut idle, mut hub) = (None, None);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
        match word.as_str() {
            "peer" => return Ok(Command::Peer(value()?)),
            "--hub" => hub = Some(number(&value()?)?),
            "--idle" => idle = Some(number(&value()?)?),
            "--rounds" => options.rounds = number(&value()?)?,
            "--only" => options.scenarios = chosen(&value()?, SCENARIOS, |scenario| scenario.name)?,
            "--peers" => options.peers = chosen(&value()?, PEERS, |peer| peer.name)?,
            "--quick" => options.quick = true,
            "--bun" => options.bun = Some(value()?.into()),
            "--python" => options.python = Some(value()?.into()),
            "--out" => options.out = Some(value()?.into()),
            _ => return Err(format!("there is no option `{word}`")),
        }
    }
    Ok(match (idle, hub) {
        (Some(connections), _) => Command::Idle(connections, options),
        (None, Some(connections)) => Command::Hub(connections, options),
        (None, None) => Command::Rounds(options),
    })
}

fn number(word: &str) -> Result<usize, String> {
    let number = word.parse().map_err(|_| format!("`{word}` is not a number"))?;
    if number == 0 {
        return Err("0 is too few".into());
    }
    Ok(number)
}

fn chosen<T>(
    words: &str,
    all: &'static [T],
    name: fn(&T) -> &'static str,
) -> Result<Vec<&'static T>, String> {
    let find = |word| {
        all.iter().find(|one| name(one) == word).ok_or_else(|| {
            let names: Vec<_> = all.iter().map(name).collect();
            format!("there is no `{word}`, only {}", names.join(", "))
        })
    };
    words.split(',').map(find).collect()
}
