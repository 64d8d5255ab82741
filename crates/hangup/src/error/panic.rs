//! Panics of an endpoint or a handler: caught, with the place where they happened.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    fmt,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::Once,
    task::Poll,
};

/// A panic in an endpoint, an extractor or a handler. The connection closes with 1011; the rest of the
/// process goes on.
#[derive(Clone, Debug)]
pub struct Panic {
    message: String,
    place: Option<String>,
}

impl Panic {
    fn new(payload: &(dyn Any + Send)) -> Self {
        let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(message), _) => (*message).to_owned(),
            (None, Some(message)) => message.clone(),
            (None, None) => "a value that is not text".to_owned(),
        };
        Self {
            message,
            place: PLACE.take(),
        }
    }

    /// What the panic said.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it happened, as `file:line:column`; unknown if the program has replaced the panic hook without
    /// calling the one that was there.
    #[must_use]
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "panicked at {place}: {}", self.message),
            None => write!(f, "panicked: {}", self.message),
        }
    }
}

impl std::error::Error for Panic {}

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Puts a hook in front of the panic hook that remembers the place of a panic inside an endpoint; once.
pub(crate) fn watch_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if WATCHED.get() {
                PLACE.set(panic.location().map(ToString::to_string));
            }
            previous(panic);
        }));
    });
}

/// What the log of a server says where the program is built with `panic = "abort"`, so that nothing can be caught.
pub(crate) fn abort_warning(aborts: bool) -> Option<&'static str> {
    aborts.then_some(
        "the program is built with panic = \"abort\": a panic in an endpoint ends the whole process, and no client gets a \
         Close frame; build it with panic = \"unwind\"",
    )
}

/// Runs a function whose panic is an error and not the end of the task.
pub(crate) fn catch_panic_now<T>(run: impl FnOnce() -> T) -> Result<T, Panic> {
    let outer = WATCHED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    WATCHED.set(outer);
    result.map_err(|payload| {
        let panic = Panic::new(&*payload);
        // A payload whose own drop panics must not take the connection down either.
        std::mem::forget(catch_unwind(AssertUnwindSafe(move || drop(payload))));
        panic
    })
}

/// Runs a future whose panic is an error and not the end of the task.
pub(crate) async fn catch_panic<F: Future>(future: F) -> Result<F::Output, Panic> {
    let mut future = pin!(future);
    poll_fn(|cx| match catch_panic_now(|| future.as_mut().poll(cx)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_with_its_message_and_place() {
        watch_panics();
        let line = line!() + 1;
        let panic = catch_panic(async { panic!("room {}", 7) }).await.unwrap_err();
        assert_eq!(panic.message(), "room 7");
        let place = panic.place().unwrap();
        assert!(place.contains(&format!("panic.rs:{line}:")), "{place}");
        assert!(panic.to_string().starts_with("panicked at "), "{panic}");
    }

    #[test]
    fn a_program_that_aborts_is_warned_of_and_no_other() {
        assert!(abort_warning(true).unwrap().contains("ends the whole process"));
        assert_eq!(abort_warning(false), None);
    }

    #[tokio::test]
    async fn a_panic_whose_payload_panics_in_drop_is_still_an_error() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("in drop");
            }
        }
        let panic = catch_panic(async { std::panic::panic_any(Bomb) })
            .await
            .unwrap_err();
        assert_eq!(panic.message(), "a value that is not text");
    }
}
