//! Typed messages: the same board twice, where an invalid command ends the connection and where it is answered.

use hangup::{
    App, Handshake, Result, Settings, ValidationError, model, settings::InvalidMessages, websocket,
};

use crate::sample::Sample;

pub(crate) const SAMPLES: &[Sample] = &[
    Sample {
        shows: "typed messages: {\"type\":\"say\",\"text\":\"hi\"}, {\"type\":\"move\",\"x\":1}; an invalid one closes with 1008 and every error",
        wscat: "/board/ws?name=ann",
        curl: None,
    },
    Sample {
        shows: "the same, and an invalid command is answered; the eighth in a row closes with 1008",
        wscat: "/board-lenient/ws?name=ann",
        curl: None,
    },
];

pub(crate) fn app() -> App {
    let lenient = App::new()
        .endpoint(board_lenient)
        .settings(Settings::new().invalid_messages(InvalidMessages::answer()));
    App::new().endpoint(board).include(lenient)
}

/// What a client may say.
#[model(tag = "type", rename_all = "snake_case")]
enum Command {
    /// Say something to the room.
    Say {
        #[field(min_length = 1, max_length = 500, examples = ["hello"])]
        text: String,
    },
    /// Move the piece.
    Move {
        #[field(ge = 0, lt = 100)]
        x: i64,
        #[field(default = 0)]
        y: i64,
    },
    /// Keep the board under a title.
    Save {
        #[field(correlation)]
        id: u64,
        title: String,
    },
}

/// What the board answers.
#[model(tag = "type", rename_all = "snake_case")]
enum Event {
    Said {
        who: String,
        text: String,
    },
    Moved {
        x: i64,
        y: i64,
    },
    Saved {
        #[field(correlation)]
        id: u64,
    },
    /// A command that could not be read; the connection goes on.
    #[model(invalid)]
    Invalid {
        errors: ValidationError,
    },
}

/// A board: an invalid command ends the connection.
#[websocket("/board/ws")]
async fn board(handshake: Handshake<Command, Event>, #[query] name: String) -> Result {
    play(handshake, name).await
}

/// The same board, which answers an invalid command.
#[websocket("/board-lenient/ws")]
async fn board_lenient(handshake: Handshake<Command, Event>, #[query] name: String) -> Result {
    play(handshake, name).await
}

async fn play(handshake: Handshake<Command, Event>, name: String) -> Result {
    let mut socket = handshake.accept().await?;
    loop {
        let event = match socket.recv().await? {
            Command::Say { text } => Event::Said {
                who: name.clone(),
                text,
            },
            Command::Move { x, y } => Event::Moved { x, y },
            Command::Save { id, .. } => Event::Saved { id },
        };
        socket.send(&event).await?;
    }
}
