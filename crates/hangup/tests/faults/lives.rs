//! The lives that are led over a faulty transport: an endpoint that waits somewhere, and a client that suits it.

use std::time::Duration;

use hangup::{App, Handshake, Refusal};

use crate::{
    endpoints::*,
    watch::Watch,
    wire::{self, BINARY, PING, TEXT, frame, handshake},
};

/// What a client does.
#[derive(Clone)]
pub(crate) enum Deed {
    Send(Vec<u8>),
    /// Waits until so many frames have come, for a second at the most.
    Frames(usize),
    Wait(Duration),
    Leave,
}

/// How a life ends where nothing goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// With a Close frame of the server, with this code.
    Close(u16),
    /// With an HTTP response.
    Http,
    /// The client has left, and sees nothing of it.
    Unseen,
}

#[derive(Clone)]
pub(crate) struct Life {
    pub(crate) name: &'static str,
    pub(crate) app: fn(Watch) -> App,
    pub(crate) deeds: Vec<Deed>,
    /// Whether the client does not answer a Close frame.
    pub(crate) is_mute: bool,
    pub(crate) ends: Ends,
}

impl Life {
    /// A life whose client sends its handshake, and then does this.
    fn new(
        name: &'static str,
        ends: Ends,
        app: fn(Watch) -> App,
        deeds: impl IntoIterator<Item = Deed>,
    ) -> Self {
        let opening = Deed::Send(handshake("/ws", "").into_bytes());
        Self {
            name,
            app,
            deeds: std::iter::once(opening).chain(deeds).collect(),
            is_mute: false,
            ends,
        }
    }

    fn mute(self) -> Self {
        Self {
            is_mute: true,
            ..self
        }
    }

    /// How long the client takes for its deeds at the most.
    pub(crate) fn client_time(&self) -> Duration {
        let times = self.deeds.iter().map(|deed| match deed {
            Deed::Wait(time) => *time,
            Deed::Send(_) | Deed::Frames(_) => Duration::from_secs(1),
            Deed::Leave => Duration::ZERO,
        });
        times.sum()
    }
}

fn text(text: &str) -> Deed {
    Deed::Send(frame(TEXT, text.as_bytes()))
}

fn ping() -> Deed {
    Deed::Send(frame(PING, b"?"))
}

fn close() -> Deed {
    Deed::Send(wire::close(1000, "bye"))
}

/// Lives of few bytes.
pub(crate) fn short() -> Vec<Life> {
    use Deed::{Frames, Leave, Wait};
    use Ends::{Close as Closes, Http, Unseen};
    let second = Duration::from_secs(1);
    vec![
        Life::new(
            "echo",
            Closes(1000),
            app!(echo),
            [
                text("hello"),
                Frames(1),
                ping(),
                Frames(2),
                text("again"),
                Frames(3),
                close(),
            ],
        ),
        Life::new(
            "an echo that is sent all at once",
            Closes(1000),
            app!(echo),
            [text("hello"), ping(), text("again"), close()],
        ),
        Life::new(
            "an echo whose client falls silent",
            Closes(1011),
            app!(echo),
            [text("hello"), Frames(1)],
        )
        .mute(),
        Life::new(
            "an echo whose client leaves",
            Unseen,
            app!(echo),
            [text("hello"), Frames(1), ping(), Leave],
        ),
        Life::new(
            "a client that breaks a rule",
            Closes(1002),
            app!(echo),
            [text("hello"), Deed::Send(vec![0xff; 6])],
        ),
        Life::new(
            "an endpoint that fails",
            Closes(1011),
            app!(fail),
            [text("hello"), Frames(2)],
        ),
        Life::new(
            "an endpoint that fails, and no answer",
            Closes(1011),
            app!(fail),
            [text("hello"), Frames(2)],
        )
        .mute(),
        Life::new(
            "an endpoint that panics",
            Closes(1011),
            app!(panic),
            [text("hello"), Frames(2)],
        ),
        Life::new(
            "an endpoint that closes and then fails",
            Closes(4000),
            app!(close_and_fail),
            [text("hello"), Frames(1)],
        ),
        Life::new(
            "an endpoint that waits for something else",
            Closes(1000),
            app!(wait),
            [text("hello"), ping(), Frames(1), close()],
        ),
        Life::new(
            "a sender in another task",
            Closes(1000),
            app!(send_from_a_task),
            [Frames(3), text("enough"), Frames(5), close()],
        ),
        Life::new(
            "a close from another task",
            Closes(1001),
            app!(close_from_a_task),
            [text("hello"), Wait(3 * second)],
        ),
        Life::new(
            "an endpoint that has dropped its receiver",
            Closes(1000),
            app!(send_only),
            [text("hello"), ping(), Wait(5 * second)],
        ),
        Life::new(
            "an endpoint whose credentials expire",
            Closes(3000),
            app!(expire),
            [text("hello"), Wait(5 * second)],
        ),
        Life::new(
            "an endpoint that accepts late",
            Closes(1000),
            app!(accept_late),
            [text("hello"), Wait(2 * second), Frames(1), close()],
        ),
        Life::new(
            "a refusal by a Close frame",
            Closes(4003),
            app!(refuse),
            [text("hello")],
        ),
        Life::new(
            "a refusal by HTTP",
            Http,
            |watch| refuse_app(watch).refusal(Refusal::Http),
            [],
        ),
        Life::new(
            "an endpoint that never answers",
            Closes(3008),
            app!(never),
            [Wait(90 * second)],
        ),
        Life::new(
            "an extractor that never ends",
            Closes(3008),
            extract_for_ever,
            [Wait(90 * second)],
        ),
        Life::new(
            "an extractor that takes its time",
            Closes(1000),
            extract_slowly,
            [text("hello"), Wait(3 * second), close()],
        ),
        Life::new(
            "a handler that sends",
            Closes(4004),
            handle_and_send,
            [text("hello"), Wait(3 * second)],
        ),
        Life::new(
            "a handler that sends before accept",
            Closes(4004),
            handle_before_accept,
            [text("hello"), Wait(3 * second)],
        ),
        Life::new(
            "a handler that never ends",
            Closes(1011),
            handle_for_ever,
            [text("hello"), Wait(15 * second)],
        ),
    ]
}

/// Lives with messages that are larger than every buffer.
pub(crate) fn long() -> Vec<Life> {
    use Deed::{Frames, Wait};
    use Ends::Close as Closes;
    let large = Deed::Send(frame(BINARY, &vec![7; 150_000]));
    let second = Duration::from_secs(1);
    vec![
        Life::new(
            "an echo of a large message",
            Closes(1000),
            app!(echo),
            [large.clone(), Frames(1), ping(), close()],
        ),
        Life::new(
            "a large message that nobody receives",
            Closes(1000),
            app!(sleep_for_long),
            [large, Frames(1), close()],
        ),
        Life::new(
            "sends that wait for room",
            Closes(1000),
            app!(send_much),
            [Wait(2 * second), Frames(9)],
        ),
        Life::new(
            "sends of another task that wait for room",
            Closes(1000),
            app!(send_much_from_a_task),
            [Wait(2 * second), Frames(9)],
        ),
        Life::new(
            "a large message by reference",
            Closes(1000),
            app!(send_by_reference),
            [Wait(2 * second), Frames(3)],
        ),
        Life::new(
            "a handler that waits for room",
            Closes(4004),
            handle_and_send_much,
            [Wait(2 * second), Frames(9)],
        ),
    ]
}
