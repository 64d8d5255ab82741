//! A client that comes, speaks, listens and goes, and checks what it hears.

use std::{sync::Arc, time::Duration};

use hangup::{
    CloseCode, Hub, Message,
    hub::{Node, Tag},
    testing::{Received, TestClient, TestSocket},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use crate::{chance::Chance, network::Network};

pub(crate) const ROOMS: usize = 4;
pub(crate) const NAMES: usize = 40;

/// How long after an append every node whose line is whole has stored a kick.
pub(crate) const SPREAD: Duration = Duration::from_millis(500);

/// A node with a way to connect to it.
pub(crate) struct Place {
    pub(crate) hub: Hub,
    pub(crate) client: TestClient,
}

/// One connection from its first message to its end.
pub(crate) struct Stay {
    pub(crate) node: Node,
    pub(crate) tag: Tag,
    pub(crate) welcomed: Instant,
    pub(crate) ended: Option<Instant>,
}

pub(crate) struct Guest {
    pub(crate) number: usize,
    pub(crate) places: Arc<Vec<Place>>,
    pub(crate) network: Network,
    pub(crate) chance: Chance,
    pub(crate) is_over: watch::Receiver<bool>,
}

impl Guest {
    /// Comes again and again; at the end it keeps its last connection open, to see that it is not one that was kicked.
    pub(crate) async fn run(mut self) -> Vec<Stay> {
        let mut stays = Vec::new();
        let mut said = 0;
        while !*self.is_over.borrow() {
            let wait = self.chance.milliseconds(0, 500);
            sleep(wait).await;
            let places = Arc::clone(&self.places);
            let place = &places[self.chance.below(places.len())];
            let name = self.chance.below(NAMES);
            let tag = Tag::new("name", name);
            let room: Arc<str> = format!("room:{}", self.chance.below(ROOMS)).into();
            let path = format!("/{}/{name}", &room["room:".len()..]);
            let asked = Instant::now();
            let was_ready = place.hub.ready().ready;
            let Ok(mut socket) = place.client.connect(&path).await else {
                panic!("a handshake was not answered with 101");
            };
            match socket.recv().await {
                Received::Message(message) => assert_eq!(message, "welcome".into()),
                end => {
                    self.is_proper_end(&end);
                    continue;
                }
            }
            let welcomed = Instant::now();
            if was_ready && place.hub.ready().ready {
                self.no_kick_is_in_force(place.hub.node(), &tag, asked);
            }
            let mut stay = Stay {
                node: place.hub.node(),
                tag,
                welcomed,
                ended: None,
            };
            self.stay(&mut stay, socket, &room, &mut said).await;
            stays.push(stay);
        }
        stays
    }

    async fn stay(&mut self, stay: &mut Stay, mut socket: TestSocket, room: &Arc<str>, said: &mut usize) {
        let stays_until = Instant::now() + self.chance.milliseconds(1, 10_000);
        let mut last_place: Option<usize> = None;
        let mut is_over = self.is_over.clone();
        loop {
            let wait = self.chance.milliseconds(50, 1000);
            let is_last = *self.is_over.borrow();
            tokio::select! {
                received = socket.recv() => match received {
                    Received::Message(Message::Text(text)) => {
                        let place = self.network.with_record(|record| record.place(&text));
                        self.is_in_order(stay, &text, last_place, place);
                        last_place = Some(place);
                    }
                    end => {
                        self.is_proper_end(&end);
                        stay.ended = Some(Instant::now());
                        return;
                    }
                },
                () = sleep(wait), if !is_last => {
                    if Instant::now() > stays_until {
                        socket.send_close(CloseCode::NORMAL_CLOSURE, "").await;
                        while !matches!(socket.recv().await, Received::Close(_) | Received::End) {}
                        stay.ended = Some(Instant::now());
                        return;
                    }
                    *said += 1;
                    socket.send_text(format!("{} {said} in {room}", self.number)).await;
                }
                // The calm at the end: whoever is still there stays.
                () = sleep(Duration::from_secs(20)), if is_last => return,
                _ = is_over.changed(), if !is_last => {}
            }
        }
    }

    /// At most once, in the order of the service; and on a line that was whole all the while, without a gap.
    fn is_in_order(&self, stay: &Stay, text: &str, last: Option<usize>, place: usize) {
        let Some(last) = last else {
            return;
        };
        assert!(place > last, "{text:?} at {place} came behind {last}");
        let is_undisturbed = self
            .network
            .whole_since(stay.node)
            .is_some_and(|since| since < stay.welcomed);
        assert!(
            !is_undisturbed || place == last + 1,
            "{text:?} at {place} came behind {last} on a line that was whole"
        );
    }

    /// Whoever comes while a kick blocks is refused, on every node that is ready and whose line is whole.
    fn no_kick_is_in_force(&self, node: Node, tag: &Tag, asked: Instant) {
        let Some(whole) = self.network.whole_since(node) else {
            return;
        };
        if whole + SPREAD > asked {
            return;
        }
        let now = Instant::now();
        self.network.with_record(|record| {
            for kick in record.kept_kicks().filter(|kick| kick.tag == *tag) {
                let is_in_force = kick.appended + SPREAD < asked && now < kick.appended + kick.block;
                assert!(
                    !is_in_force,
                    "{node} has admitted {tag} {:?} after a kick that blocks for {:?}",
                    asked - kick.appended,
                    kick.block
                );
            }
        });
    }

    /// One Close frame, with the code of a kick or with 1013 while the engine is down. `TestSocket` panics where something comes behind it.
    fn is_proper_end(&self, end: &Received) {
        let Received::Close(close) = end else {
            panic!("{end} in place of a Close frame");
        };
        let code = close.code().get();
        assert!([4001, 1013].contains(&code), "closed with {code}");
    }
}
