//! `StateGiven`: an app can be served once its endpoints have their state.

use super::App;

/// The state of an [`App`] whose endpoints need none any more: [`with_state`](App::with_state) gives it.
#[diagnostic::on_unimplemented(
    message = "the endpoints of this app take the state `{Self}`, which it was not given",
    label = "`{Self}` is missing",
    note = "give it with `.with_state(..)`, before the app is served, tested or made a router"
)]
pub trait StateGiven: Sized {
    #[doc(hidden)]
    fn complete(app: App<Self>) -> App;
}

impl StateGiven for () {
    fn complete(app: App) -> App {
        app
    }
}
