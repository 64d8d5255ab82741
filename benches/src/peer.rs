//! The measured peers, and what each can do.

use crate::scenario::{BUN, Exchange, RAW, Scenario};

pub struct Peer {
    pub name: &'static str,
    pub program: Program,
    skill: Skill,
}

pub enum Program {
    /// This program, with `peer NAME`.
    Own,
    /// `bun/server.js`
    Bun,
    /// `uvicorn/server.py`
    Python,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Skill {
    /// Writes back bytes.
    Bytes,
    /// Echoes, but leaves the end of the TCP connection to a timer of seconds.
    OpenEcho,
    Echo,
    EchoAndRefusal,
    All,
}

const fn own(name: &'static str, skill: Skill) -> Peer {
    Peer {
        name,
        program: Program::Own,
        skill,
    }
}

pub const PEERS: &[Peer] = &[
    own(RAW, Skill::Bytes),
    own("hangup", Skill::All),
    Peer {
        name: BUN,
        program: Program::Bun,
        skill: Skill::All,
    },
    own("axum", Skill::All),
    own("actix-ws", Skill::OpenEcho),
    own("tokio-tungstenite", Skill::Echo),
    own("tokio-websockets", Skill::Echo),
    own("fastwebsockets", Skill::Echo),
    own("yawc", Skill::Echo),
    own("sockudo-ws", Skill::Echo),
    Peer {
        name: "fastapi",
        program: Program::Python,
        skill: Skill::EchoAndRefusal,
    },
];

impl Peer {
    pub fn can(&self, scenario: &Scenario) -> bool {
        match scenario.exchange {
            Exchange::Echo { .. } => true,
            Exchange::OneEcho { .. } => self.skill >= Skill::Echo,
            Exchange::Refusal { .. } => self.skill >= Skill::EchoAndRefusal,
            Exchange::FanOut { .. } => self.skill >= Skill::All,
        }
    }

    /// Whether it only gives back the bytes that it gets, without a handshake.
    pub fn is_bare(&self) -> bool {
        self.skill == Skill::Bytes
    }

    /// The name for display.
    pub fn title(&self) -> &'static str {
        match self.name {
            RAW => "raw TCP echo",
            BUN => "Bun (uWebSockets)",
            "axum" => "axum extract::ws",
            "fastapi" => "FastAPI on uvicorn",
            name => name,
        }
    }
}
