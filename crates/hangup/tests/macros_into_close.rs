//! `#[derive(IntoClose)]`: what each form of `#[close(..)]` puts on the wire, and that `?` keeps it.
#![forbid(unsafe_code)]

use hangup::{App, Close, CloseCode, Handshake, IntoClose, Result, testing::TestClient};

mod codes {
    pub(crate) const ROOM_FULL: hangup::CloseCode = hangup::CloseCode::of::<4001>();
}

const TOO_LOUD: CloseCode = CloseCode::of::<4002>();

#[derive(Debug, thiserror::Error, IntoClose)]
#[allow(dead_code)]
enum JoinError {
    #[error("the room {name} is full")]
    #[close(codes::ROOM_FULL, "room is full")]
    Full { name: String },
    #[error("you may not enter room {0}")]
    #[close(POLICY_VIOLATION)]
    Forbidden(u32),
    #[error("the password of the database is wrong")]
    #[close(INTERNAL_ERROR, hidden)]
    Database(#[source] std::io::Error),
    #[error("too loud")]
    #[close(4003, "{level:?} dB in {room:>4}, {{at most}} {level:.1}")]
    TooLoud {
        level: f64,
        room: &'static str,
        since: u8,
    },
    #[error("{0} and {1}")]
    #[close(TOO_LOUD, "second {1}, first {0}, second {1}")]
    Pair(u8, u8, u8),
}

#[derive(Debug, thiserror::Error, IntoClose)]
#[error("gone since {since}")]
#[close(4010, "gone since {since}")]
struct Gone {
    since: u16,
}

#[derive(Debug, thiserror::Error, IntoClose)]
#[error("no {0}")]
#[close(4011)]
struct No<T>(T)
where
    T: std::fmt::Debug + std::fmt::Display;

#[derive(Debug, thiserror::Error, IntoClose)]
enum Never {}

fn closed(error: &impl IntoClose) -> (u16, String) {
    let close = error.to_close();
    (close.code().get(), close.reason().as_str().to_owned())
}

#[test]
fn a_literal_is_the_reason_and_display_stays_inside() {
    let full = JoinError::Full { name: "attic".into() };
    assert_eq!(closed(&full), (4001, "room is full".into()));
    let database = JoinError::Database(std::io::Error::other("secret"));
    assert_eq!(closed(&database), (1011, String::new()));
}

#[test]
fn without_a_reason_display_is_the_reason() {
    assert_eq!(
        closed(&JoinError::Forbidden(7)),
        (1008, "you may not enter room 7".into())
    );
    assert_eq!(closed(&No("chair")), (4011, "no chair".into()));
}

#[test]
fn a_reason_names_fields_as_format_does() {
    let loud = JoinError::TooLoud {
        level: 90.0,
        room: "b",
        since: 0,
    };
    assert_eq!(closed(&loud), (4003, "90.0 dB in    b, {at most} 90.0".into()));
    assert_eq!(
        closed(&JoinError::Pair(1, 2, 3)),
        (4002, "second 2, first 1, second 2".into())
    );
    assert_eq!(closed(&Gone { since: 1999 }), (4010, "gone since 1999".into()));
}

#[derive(Debug, thiserror::Error, IntoClose)]
enum Pointing {
    #[error(transparent)]
    #[close(transparent)]
    Boxed(Box<Gone>),
    #[error(transparent)]
    #[close(transparent)]
    Shared(std::sync::Arc<Gone>),
    #[error("any")]
    #[close(transparent)]
    Any(Box<dyn std::error::Error + Send + Sync>),
}

#[test]
fn a_transparent_box_closes_as_the_error_in_it() {
    let gone = || Gone { since: 7 };
    for error in [
        Pointing::Boxed(Box::new(gone())),
        Pointing::Shared(gone().into()),
        Pointing::Any(gone().into()),
    ] {
        assert_eq!(closed(&error), (4010, "gone since 7".to_owned()), "{error:?}");
    }
    let closes: Vec<_> = Pointing::closes()
        .iter()
        .map(|close| close.code().get())
        .collect();
    assert_eq!(closes, [4010, 4010]);
}

#[test]
fn a_long_reason_is_cut_on_a_character() {
    let reason = closed(&No("ü".repeat(100))).1;
    assert_eq!(reason.len(), 123);
    assert!(reason.ends_with('ü'));
}

#[test]
fn the_trait_and_the_derive_have_one_name() {
    fn is_into_close<T: hangup::IntoClose>() {}
    is_into_close::<Never>();
    is_into_close::<Close>();
}

#[tokio::test]
async fn a_derived_type_is_known_behind_the_general_error() {
    async fn join(_: Handshake) -> Result {
        Err(Gone { since: 7 })?;
        Ok(())
    }
    async fn wrapped(handshake: Handshake) -> Result {
        handshake.accept().await?;
        Err(JoinError::Database(std::io::Error::other("secret")).into())
    }
    let client = TestClient::new(App::new().route("/join", join).route("/wrapped", wrapped));
    let mut socket = client.connect("/join").await.unwrap();
    socket
        .assert_closed(CloseCode::of::<4010>(), "gone since 7")
        .await;
    let mut socket = client.connect("/wrapped").await.unwrap();
    socket.assert_closed(CloseCode::INTERNAL_ERROR, "").await;
}
