//! `Guest`: a client in a room, whose thread notes what it hears and how it ends.

use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::soak::connection::{Connection, Step, Stop, TEXT, frame, send};

pub(super) struct Guest {
    stream: TcpStream,
    notes: Arc<Notes>,
}

#[derive(Default)]
struct Notes {
    state: Mutex<NotesState>,
    changed: Condvar,
}

#[derive(Default)]
struct NotesState {
    heard: Vec<String>,
    end: Option<(String, Instant)>,
}

impl Notes {
    fn state(&self) -> MutexGuard<'_, NotesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Comes in, and returns once it hears itself: it is subscribed then.
    pub(super) fn join(address: &str, room: &str, name: &str) -> Result<Self> {
        let path = format!("/rooms/{room}/ws?name={name}");
        let joined = || -> Step<Connection> {
            let mut connection = Connection::open(address, &path)?;
            connection.send(TEXT, b"here")?;
            let own = format!("{name}: here");
            while connection.message()?.payload != own.as_bytes() {}
            Ok(connection)
        };
        let mut connection =
            joined().map_err(|stop| Failure::from(format!("{name} cannot join: {stop:?}")))?;
        let stream = connection
            .stream()
            .try_clone()
            .map_err(|error| Failure::from(format!("cloning a socket: {error}")))?;
        let notes = Arc::new(Notes::default());
        let of_thread = Arc::clone(&notes);
        thread::spawn(move || {
            let end = loop {
                match connection.message() {
                    Ok(frame) => {
                        let text = String::from_utf8_lossy(&frame.payload).into_owned();
                        of_thread.state().heard.push(text);
                        of_thread.changed.notify_all();
                    }
                    Err(Stop::Gone(how)) => break how,
                    Err(stop) => break format!("{stop:?}"),
                }
            };
            of_thread.state().end = Some((end, Instant::now()));
            of_thread.changed.notify_all();
        });
        Ok(Self { stream, notes })
    }

    pub(super) fn say(&mut self, text: &str) -> Result<()> {
        send(&mut self.stream, &frame(TEXT, text.as_bytes()))
            .map_err(|stop| Failure::from(format!("saying {text}: {stop:?}")))
    }

    /// Waits for that many texts that begin so: all of them.
    pub(super) fn hears(&self, prefix: &str, count: usize, within: Duration) -> Result<Vec<String>> {
        let begun = Instant::now();
        let mut state = self.notes.state();
        loop {
            let heard: Vec<String> = state
                .heard
                .iter()
                .filter(|text| text.starts_with(prefix))
                .cloned()
                .collect();
            if heard.len() >= count {
                return Ok(heard);
            }
            if let Some((how, _)) = &state.end {
                return Err(format!("{count} of {prefix} were awaited, and the end came: {how}").into());
            }
            let left = within.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(format!("{} of {count} of {prefix} were heard", heard.len()).into());
            }
            state = wait(&self.notes, state, left);
        }
    }

    /// Waits for the end: how, and when.
    pub(super) fn end(&self, within: Duration) -> Result<(String, Instant)> {
        let begun = Instant::now();
        let mut state = self.notes.state();
        loop {
            if let Some(end) = &state.end {
                return Ok(end.clone());
            }
            let left = within.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(format!("a connection was not closed within {within:?}").into());
            }
            state = wait(&self.notes, state, left);
        }
    }

    /// It was kicked: the end, unless it was another.
    pub(super) fn is_kicked(&self, within: Duration) -> Result<Instant> {
        match self.end(within)? {
            (how, at) if how == "closed with 4001" => Ok(at),
            (how, _) => Err(format!("{how}, and not closed with 4001").into()),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.notes.state().end.is_none()
    }
}

fn wait<'n>(notes: &Notes, state: MutexGuard<'n, NotesState>, left: Duration) -> MutexGuard<'n, NotesState> {
    let waited = notes.changed.wait_timeout(state, left);
    waited.unwrap_or_else(PoisonError::into_inner).0
}

impl Drop for Guest {
    fn drop(&mut self) {
        // The thread wakes up to the end.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

/// Comes in while a kick is in force: it is refused with its code.
pub(super) fn is_refused(address: &str, name: &str) -> Result<()> {
    let refused = || -> Step {
        Connection::open(address, &format!("/rooms/refused/ws?name={name}"))?.end_with(&[4001])
    };
    refused().map_err(|stop| Failure::from(format!("{name} was not refused with 4001: {stop:?}")))
}
