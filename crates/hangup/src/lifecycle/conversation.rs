//! An endpoint to its end, and what that end stands for.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use hangup_protocol::CloseCode;
use pin_project_lite::pin_project;
use tokio::time::timeout;

use super::verdict::Verdict;
use crate::{
    error::{Disconnect, Ending, Error, ReceiveError, Result, catch_panic_now, ending_of, slow_consumer},
    handlers::{Handling, Phase, resolve},
    settings::Refusal,
    socket::{Sender, Shared},
};

/// All that an outcome is judged by.
pub(super) struct Judging {
    pub(super) handling: Option<Box<Handling>>,
    pub(super) shared: Arc<Shared>,
}

/// An endpoint to its end, and what that end stands for.
pub(super) type Conversation = Pin<Box<dyn Future<Output = Box<Verdict>> + Send>>;

/// A conversation that is at its end.
pub(super) fn ended(verdict: Box<Verdict>) -> Conversation {
    Box::pin(std::future::ready(verdict))
}

pin_project! {
    /// Runs an endpoint, then judges its outcome.
    ///
    /// Written by hand, as it is there once for every open connection: it stores the endpoint's future once, and what
    /// an error needs to be judged only when there is one.
    pub(super) struct Converse<R> {
        #[pin]
        stage: Stage<R>,
        judging: Option<Judging>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<R> {
        Running { #[pin] running: R },
        Judged { judgement: Conversation },
        Over,
    }
}

impl<R> Converse<R> {
    /// An endpoint whose future could not be made has failed before its first poll.
    pub(super) fn new(running: Result<R>, judging: Judging) -> Self {
        match running {
            Ok(running) => Self {
                stage: Stage::Running { running },
                judging: Some(judging),
            },
            Err(error) => Self {
                stage: Stage::Judged {
                    judgement: Box::pin(async move {
                        match judging.judge(Err(error)) {
                            Ok(verdict) => Box::new(verdict),
                            Err(judgement) => judgement.await,
                        }
                    }),
                },
                judging: None,
            },
        }
    }
}

impl<R: Future<Output = Result>> Future for Converse<R> {
    type Output = Box<Verdict>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Box<Verdict>> {
        let mut this = self.project();
        loop {
            let outcome = match this.stage.as_mut().project() {
                StageProjection::Running { running } => match catch_panic_now(|| running.poll(cx)) {
                    Ok(outcome) => ready!(outcome),
                    Err(panic) => Err(panic.into()),
                },
                StageProjection::Judged { judgement } => return judgement.as_mut().poll(cx),
                StageProjection::Over => {
                    let verdict = Verdict::broken_invariant("an endpoint is polled behind its end");
                    return Poll::Ready(Box::new(verdict));
                }
            };
            // Drops the endpoint's future: what it holds is released before the handlers run.
            this.stage.set(Stage::Over);
            let Some(judging) = this.judging.take() else {
                let verdict = Verdict::broken_invariant("an endpoint ends twice");
                return Poll::Ready(Box::new(verdict));
            };
            match judging.judge(outcome) {
                Ok(verdict) => return Poll::Ready(Box::new(verdict)),
                Err(judgement) => this.stage.set(Stage::Judged { judgement }),
            }
        }
    }
}

impl Judging {
    /// The verdict, or, where handlers may have to be asked, the future that gives it.
    fn judge(self, outcome: Result) -> Result<Verdict, Conversation> {
        let (phase, denial, is_over) = {
            let mut core = self.shared.lock();
            let phase = if core.is_accepted() {
                Phase::AfterAccept
            } else {
                Phase::BeforeAccept
            };
            (phase, core.take_denial(), core.over().is_some())
        };
        match (outcome, denial) {
            (Ok(()), Some(denial)) => Ok(Verdict::denied(denial, None)),
            (Err(error), Some(denial)) => Ok(Verdict::denied(denial, Some(&error))),
            (Ok(()), None) if phase == Phase::AfterAccept => Ok(Verdict::finished()),
            (Ok(()), None) => Ok(Verdict::unanswered()),
            // The most frequent end of all, which nobody has to be asked about.
            (Err(error), None) if is_over && self.handling.is_none() && is_of_the_peer(&error) => {
                Ok(Verdict::peer_left())
            }
            (Err(error), None) => Err(Box::pin(self.resolve(error, phase, is_over))),
        }
    }

    async fn resolve(self, error: Error, phase: Phase, is_over: bool) -> Box<Verdict> {
        let Self { handling, shared } = self;
        let settings = Arc::clone(shared.lock().options());
        let may_send = !is_over && (phase == Phase::AfterAccept || settings.refusal == Refusal::Close);
        let socket = may_send.then(|| Sender::new(Arc::clone(&shared)));
        // The code for overload is a setting, and the error does not know it.
        let overload = slow_consumer(CloseCode::TRY_AGAIN_LATER);
        let is_overload = matches!(ending_of(&error), Some(Ending::Close(close)) if close == overload);
        let (mut ending, log) = resolve(error, handling, phase, settings.refusal, socket.clone()).await;
        if is_overload
            && let Ending::Close(close) = &mut ending
            && *close == overload
        {
            *close = slow_consumer(settings.overload_code);
        }
        if let Ending::Refuse {
            message: Some(message),
            ..
        } = &ending
            && let (Some(socket), true) = (socket, settings.error_message)
        {
            // The message is an extra: where it cannot be sent, the Close frame cannot either.
            let _ = timeout(settings.handler_timeout, socket.send_text(message)).await;
        }
        // Whoever sends before `accept` completes the handshake.
        let is_answered = shared.lock().is_accepted();
        Box::new(Verdict::failed(ending, log, phase, is_answered, is_over))
    }
}

/// Whether the error says no more than that the peer has left.
fn is_of_the_peer(error: &Error) -> bool {
    let received = error.downcast_ref::<ReceiveError>();
    error.is::<Disconnect>() || received.is_some_and(|error| error.to_close().is_none())
}
