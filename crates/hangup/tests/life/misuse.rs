//! Misuse at start-up: a panic whose message names both places.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hangup::{App, CloseCode, ErrorHandlers, Failure, Handshake, Result};

use crate::errors::Unforeseen;

async fn endpoint(handshake: Handshake) -> Result {
    handshake.accept().await?;
    Ok(())
}

/// What a function panics with.
fn message<T>(run: impl FnOnce() -> T) -> String {
    let payload = catch_unwind(AssertUnwindSafe(run)).err().expect("it panics");
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast_ref::<&str>().unwrap()).to_owned(),
    }
}

/// Asserts that a message names these texts and these lines of this file.
#[track_caller]
fn assert_names(message: &str, texts: &[&str], lines: &[u32]) {
    let lines = lines.iter().map(|line| format!("misuse.rs:{line}:"));
    for text in texts.iter().map(ToString::to_string).chain(lines) {
        assert!(message.contains(&text), "{text:?} is not in {message:?}");
    }
}

#[test]
fn two_handlers_for_one_type_in_one_scope_are_refused() {
    let first = line!() + 1;
    let once = || App::<()>::new().error_handler(async |_: Failure<Unforeseen>| CloseCode::GOING_AWAY);
    let second = line!() + 1;
    let said = message(|| once().error_handler(async |_: Failure<Unforeseen>| CloseCode::FORBIDDEN));
    assert_names(&said, &["Unforeseen", "one scope"], &[first, second]);
}

#[test]
fn two_catch_alls_in_one_scope_are_refused() {
    let first = line!() + 1;
    let once = || ErrorHandlers::new().on(async |_: Failure| CloseCode::GOING_AWAY);
    let second = line!() + 1;
    let said = message(|| once().on(async |_: Failure| CloseCode::FORBIDDEN));
    assert_names(&said, &["one scope"], &[first, second]);
}

#[test]
fn one_type_may_have_handlers_in_two_scopes() {
    let scope = || App::<()>::new().error_handler(async |_: Failure<Unforeseen>| CloseCode::GOING_AWAY);
    let _ = scope().include(scope()).into_router();
}

#[test]
fn two_endpoints_on_one_path_are_refused() {
    let first = line!() + 1;
    let app = || App::<()>::new().route("/ws", endpoint);
    let second = line!() + 1;
    let said = message(|| app().route("/ws", endpoint));
    assert_names(&said, &["`/ws`"], &[first, second]);
}

#[test]
fn two_endpoints_on_paths_that_match_the_same_are_refused() {
    let first = line!() + 1;
    let app = || App::<()>::new().route("/a/{x}", endpoint);
    let second = line!() + 1;
    let said = message(|| app().route("/a/{y}", endpoint));
    assert_names(&said, &["`/a/{x}`", "`/a/{y}`"], &[first, second]);
}

#[test]
fn two_endpoints_on_one_path_through_nest_are_refused() {
    let first = line!() + 1;
    let app = || App::<()>::new().route("/a/{x}/ws", endpoint);
    let second = line!() + 1;
    let nested = || App::new().route("/{y}/ws", endpoint);
    for prefix in ["/a", "/a/"] {
        let said = message(|| app().nest(prefix, nested()));
        assert_names(&said, &["`/a/{x}/ws`", "`/a/{y}/ws`"], &[first, second]);
    }
}

#[test]
fn the_root_of_a_nested_app_is_its_prefix() {
    let first = line!() + 1;
    let app = || App::<()>::new().route("/a", endpoint);
    let second = line!() + 1;
    let root = || App::new().route("/", endpoint);
    let said = message(|| app().nest("/a", root()));
    assert_names(&said, &["`/a`"], &[first, second]);
    // With a slash at its end it is another path.
    let _ = App::<()>::new()
        .route("/a/", endpoint)
        .nest("/a", root())
        .into_router();
    let _ = app().nest("/a/", root()).into_router();
}

#[test]
fn two_endpoints_on_one_path_through_include_are_refused() {
    let first = line!() + 1;
    let app = || App::<()>::new().route("/ws", endpoint);
    let second = line!() + 1;
    let said = message(|| app().include(App::new().route("/ws", endpoint)));
    assert_names(&said, &["`/ws`"], &[first, second]);
    let nested = || App::<()>::new().include(App::new().route("/{x}", endpoint));
    let both = || App::<()>::new().nest("/a", nested());
    let third = line!() - 2;
    let again = message(|| both().include(both()));
    assert_names(&again, &["`/a/{x}`"], &[third]);
}

#[test]
fn an_exact_path_and_a_template_may_stand_side_by_side() {
    let _ = App::<()>::new()
        .route("/a/{x}", endpoint)
        .route("/a/b", endpoint)
        .route("/a/{x}/ws", endpoint)
        .into_router();
}
