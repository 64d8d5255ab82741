//! What is measured: the rows of the table.

pub struct Scenario {
    /// For `--only`.
    pub name: &'static str,
    pub title: &'static str,
    pub exchange: Exchange,
    /// What one unit of the exchange is.
    pub unit: &'static str,
    /// The ratio that hangup is to keep.
    pub goal: f64,
}

#[derive(Clone, Copy)]
pub enum Exchange {
    /// Messages over open connections, `window` in flight on each.
    Echo {
        connections: usize,
        window: usize,
        payload: Payload,
        messages: usize,
    },
    /// Connect, one echo, closing handshake; this often.
    OneEcho { times: usize },
    /// Connect and be closed by the server with 1008; this often.
    Refusal { times: usize },
    /// One speaks, all hear it.
    FanOut {
        connections: usize,
        burst: usize,
        bursts: usize,
    },
}

#[derive(Clone, Copy)]
pub enum Payload {
    Text(usize),
    Binary(usize),
}

const TEXT: Payload = Payload::Text(125);

const fn echo(connections: usize, window: usize, payload: Payload, messages: usize) -> Exchange {
    Exchange::Echo {
        connections,
        window,
        payload,
        messages,
    }
}

/// What the echoes are compared with.
pub const RAW: &str = "raw";
/// What is compared where a bare TCP echo has nothing to do.
pub const BUN: &str = "bun";

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "64x1",
        title: "64 connections, one message in flight, text 125 B",
        exchange: echo(64, 1, TEXT, 60_000),
        unit: "message",
        goal: 1.06,
    },
    Scenario {
        name: "64x16",
        title: "64 connections, 16 in flight, text 125 B",
        exchange: echo(64, 16, TEXT, 200_000),
        unit: "message",
        goal: 1.40,
    },
    Scenario {
        name: "512x16",
        title: "512 connections, 16 in flight, text 125 B",
        exchange: echo(512, 16, TEXT, 200_000),
        unit: "message",
        goal: 1.48,
    },
    Scenario {
        name: "64x16-4k",
        title: "64 connections, 16 in flight, binary 4 KiB",
        exchange: echo(64, 16, Payload::Binary(4096), 100_000),
        unit: "message",
        goal: 1.85,
    },
    Scenario {
        name: "64x1-64k",
        title: "64 connections, one in flight, binary 64 KiB",
        exchange: echo(64, 1, Payload::Binary(65_536), 20_000),
        unit: "message",
        goal: 1.20,
    },
    Scenario {
        name: "one-echo",
        title: "connect, one echo, closing handshake",
        exchange: Exchange::OneEcho { times: 5_000 },
        unit: "connection",
        goal: 0.90,
    },
    Scenario {
        name: "refused",
        title: "refused before accept, by Close 1008",
        exchange: Exchange::Refusal { times: 5_000 },
        unit: "connection",
        goal: 1.05,
    },
    Scenario {
        name: "fan-out",
        title: "fan-out to 1,000 in bursts of 16, text 125 B",
        exchange: Exchange::FanOut {
            connections: 1_000,
            burst: 16,
            bursts: 40,
        },
        unit: "delivery",
        goal: 0.85,
    },
    Scenario {
        name: "fan-out-1",
        title: "fan-out to 1,000, one message at a time, text 125 B",
        exchange: Exchange::FanOut {
            connections: 1_000,
            burst: 1,
            bursts: 400,
        },
        unit: "delivery",
        goal: 1.00,
    },
];

impl Scenario {
    /// The name of the peer that is the base.
    pub fn base(&self) -> &'static str {
        match self.exchange {
            Exchange::Echo { .. } => RAW,
            _ => BUN,
        }
    }
}

impl Exchange {
    /// A tenth of it.
    pub fn quick(self) -> Self {
        let tenth = |count: usize| count.div_ceil(10);
        match self {
            Self::Echo {
                connections,
                window,
                payload,
                messages,
            } => echo(connections, window, payload, tenth(messages)),
            Self::OneEcho { times } => Self::OneEcho { times: tenth(times) },
            Self::Refusal { times } => Self::Refusal { times: tenth(times) },
            Self::FanOut {
                connections,
                burst,
                bursts,
            } => Self::FanOut {
                connections,
                burst,
                bursts: tenth(bursts),
            },
        }
    }
}

impl Payload {
    pub fn bytes(self) -> Vec<u8> {
        let (Self::Text(length) | Self::Binary(length)) = self;
        (b'a'..=b'z').cycle().take(length).collect()
    }
}
