//! One connection, top to bottom: from the opening request to its one event. Start reading here.

mod access;
mod admission;
mod conversation;
mod report;
mod unchosen;
mod verdict;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, request::Parts};
use hyper::{
    body::Body as _,
    upgrade::{OnUpgrade, Upgraded},
};
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep, timeout_at};

pub(crate) use self::access::{Logged, answered_without_endpoint};
use self::{
    access::Access,
    admission::{NotAdmitted, admit, deflate_for},
    conversation::{Converse, Judging},
    report::Report,
    verdict::{Refused, Verdict},
};
use crate::{
    connections::{Connections, Member},
    endpoint::{Endpoint, Handshake},
    error::{Error, catch_panic, catch_panic_now},
    handlers::Handling,
    handshake::{Offers, Opening, first_subprotocol, switching_protocols},
    metrics::RouteMetrics,
    origin::Addressing,
    params::EndpointContext,
    scope::Scope,
    settings::{Resolved, deadline},
    socket::{Acceptance, Conclude, Driver, Shared, Transport},
};

/// An endpoint to its end, and what that end stands for.
type Conversation = Pin<Box<dyn Future<Output = Box<Verdict>> + Send>>;

/// Answers one request on a WebSocket route: with the 101, or with the one response that refuses it.
///
/// The endpoint starts here, in the task of the HTTP connection, so that it is cancelled if the client leaves.
/// Once it has accepted, or is refused with a Close frame, it goes on in a task of its own: [`connect`].
pub(crate) async fn serve<E, A, S>(
    endpoint: E,
    context: Arc<EndpointContext>,
    metrics: RouteMetrics,
    scope: Arc<Scope>,
    request: Request,
    state: S,
) -> Response
where
    E: Endpoint<A, S>,
    A: 'static,
    S: Send + Sync + 'static,
{
    let (mut parts, body) = request.into_parts();
    let addressing = Addressing::of(&parts, &scope.settings.trusted_proxies);
    let access = Access::of(&parts, &addressing, metrics);
    if !endpoint.matches(&parts) {
        return access.refuse(StatusCode::NOT_FOUND.into_response());
    }
    if head_size(&parts) > scope.settings.max_head_size {
        return access.refuse(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response());
    }

    // The rules of the opening handshake.
    let Opening {
        on_upgrade,
        accept_key,
    } = match Opening::check(&mut parts) {
        Ok(opening) => opening,
        Err(response) => return access.refuse(*response),
    };
    if !body.is_end_stream() {
        // The bytes of a body would be read as frames.
        let why = "an opening handshake has no body\n";
        return access.refuse((StatusCode::BAD_REQUEST, why).into_response());
    }
    let connections = parts.extensions.remove::<Arc<Connections>>();
    let first_subprotocol = first_subprotocol(&parts);
    let settings = Arc::clone(&scope.settings);
    let shared = Shared::new(Arc::clone(&settings), access.traffic());
    let mut report = Report::new(Arc::clone(&context), Arc::clone(&shared), access);

    // The page that asks: one of another site may not use the cookies of this one. Then, whether there is room.
    let is_stopping = connections
        .as_ref()
        .is_some_and(|connections| connections.is_stopping());
    let answer = match admit(&parts, &addressing, &settings, is_stopping).map_err(|refused| *refused) {
        Ok(slots) => {
            report.hold(slots);
            let _underway = connections.as_ref().map(|connections| connections.begin(&shared));
            // What is offered is read once there is capacity: the lists are as long as a client makes them.
            let offers = match Offers::read(&parts, deflate_for(&parts, &settings)) {
                Ok(offers) => offers,
                Err(response) => {
                    report.refused(response.status(), None);
                    return *response;
                }
            };
            let handshake = Handshake::new(
                Arc::clone(&shared),
                offers,
                Arc::clone(&context),
                settings.invalid_messages,
            );
            open(endpoint, context, &scope, parts, &state, handshake, &shared).await
        }
        Err(NotAdmitted::Close(close, slots)) => {
            report.hold(slots);
            Answer::Refused(Box::new(Verdict::not_admitted(close)))
        }
        Err(NotAdmitted::Http(response, log)) => {
            report.refused(response.status(), Some(Box::new(log)));
            return response;
        }
    };

    // The answer: 101, or a refusal.
    let (acceptance, conversation) = match answer {
        Answer::Accepted(acceptance, conversation) => {
            if acceptance.is_refusal {
                report.refusing(None);
            } else {
                report.accepted();
                if first_subprotocol.is_some() && acceptance.subprotocol.is_none() {
                    report.chose_no_subprotocol();
                }
            }
            (acceptance, conversation)
        }
        Answer::Refused(verdict) => match verdict.into_refusal(settings.refusal) {
            Refused::WithClose(verdict) => {
                report.refusing(verdict.close().as_ref());
                let refused: Conversation = Box::pin(std::future::ready(Box::new(verdict)));
                (
                    Acceptance {
                        is_refusal: true,
                        ..Acceptance::default()
                    },
                    refused,
                )
            }
            Refused::WithHttp(response, log) => {
                report.refused(response.status(), log);
                return response;
            }
        },
    };
    // From here on a server that stops waits for it: the HTTP connection has not ended yet.
    let member = connections.map(|connections| connections.join(&shared, acceptance.is_refusal));
    tokio::spawn(connect(
        on_upgrade,
        conversation,
        shared,
        member,
        report,
        &settings,
    ));
    // A browser that has offered subprotocols sees no Close frame unless one of them is chosen.
    let subprotocol = if acceptance.is_refusal {
        first_subprotocol
    } else {
        acceptance.subprotocol
    };
    switching_protocols(
        accept_key,
        subprotocol,
        acceptance.deflate.as_ref(),
        acceptance.headers,
    )
}

/// Reads the parameters and runs the endpoint, up to its answer to the handshake.
async fn open<E, A, S>(
    endpoint: E,
    context: Arc<EndpointContext>,
    scope: &Scope,
    mut parts: Parts,
    state: &S,
    handshake: Handshake,
    shared: &Arc<Shared>,
) -> Answer
where
    E: Endpoint<A, S>,
    A: 'static,
    S: Send + Sync + 'static,
{
    let settings = &scope.settings;
    let opened = async {
        let extracted = catch_panic(endpoint.extract(&mut parts, state)).await;
        let arguments = extracted
            .unwrap_or_else(|panic| Err(panic.into()))
            .map_err(|mut error| {
                error.locate(&context);
                error
            });
        let handling = Handling::needed(&scope.handlers, context, parts, settings.handler_timeout);
        let running = arguments.and_then(|arguments| {
            catch_panic_now(|| endpoint.run(handshake, arguments)).map_err(Error::from)
        });
        let judging = Judging {
            handling,
            shared: Arc::clone(shared),
        };
        until_answered(Box::pin(Converse::new(running, judging)), shared).await
    };
    // An endpoint that is too late is dropped inside of this, and may panic then.
    let too_late = deadline(settings.accept_timeout);
    match catch_panic(async move { timeout_at(too_late, opened).await }).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Answer::Refused(Box::new(Verdict::too_late())),
        Err(panic) => Answer::Refused(Box::new(Verdict::panicked(&panic))),
    }
}

/// The life of a connection once its 101 is on its way: endpoint, Close frame, closing handshake, one event.
///
/// Written as one closure, as it is there once for every connection: an `async fn` would store its arguments twice.
fn connect(
    on_upgrade: OnUpgrade,
    conversation: Conversation,
    shared: Arc<Shared>,
    member: Option<Member>,
    report: Report,
    settings: &Resolved,
) -> impl Future<Output = ()> + Send + use<> {
    let Resolved {
        accept_timeout,
        write_timeout,
        ..
    } = *settings;
    let mut upgrading = Some(Box::pin(Upgrading {
        on_upgrade,
        timeout: sleep(accept_timeout),
        is_last: false,
    }));
    let mut driver = Driver::new(shared, conversation);
    // Boxed, so that what the task owns has room in a cell of 256 bytes, as tokio rounds them up.
    let mut present = Some((Box::new(report), member));
    poll_fn(move |cx| {
        if let Some(answering) = &mut upgrading {
            match answering.as_mut().poll(cx) {
                Poll::Ready(Ok(upgraded)) => match Transport::from_upgraded(upgraded) {
                    Some((transport, early)) => driver.shared().lock().open(transport, &early),
                    None => driver.shared().lock().fail_to_open(),
                },
                Poll::Ready(Err(_)) => driver.shared().lock().fail_to_open(),
                Poll::Pending => {
                    let is_late = answering.as_mut().is_late(cx);
                    if is_late && answering.as_mut().wait_on(write_timeout) {
                        // A layer holds the 101 back. The endpoint is over; if the 101 goes out, so does the Close.
                        driver.replace(Box::pin(std::future::ready(Box::new(Verdict::too_late()))));
                        if let Some((report, _)) = &mut present {
                            report.hold(Box::default());
                        }
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    if !is_late {
                        return Poll::Pending;
                    }
                    driver.shared().lock().fail_to_open();
                }
            }
            upgrading = None;
        }
        let conclusion = ready!(Pin::new(&mut driver).poll(cx));
        if let Some((report, member)) = present.take() {
            report.ended(conclusion);
            drop(member);
        }
        Poll::Ready(())
    })
}

pin_project! {
    /// The wait for the stream, which hyper gives once the 101 is written: where a layer has replaced the 101, only when
    /// the HTTP connection ends.
    struct Upgrading {
        on_upgrade: OnUpgrade,
        #[pin]
        timeout: Sleep,
        is_last: bool,
    }
}

impl Upgrading {
    /// Whether the time for it is over.
    fn is_late(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        self.project().timeout.poll(cx).is_ready()
    }

    /// Waits once more, for so long; `false` if it has done so before.
    fn wait_on(self: Pin<&mut Self>, time: Duration) -> bool {
        let this = self.project();
        if std::mem::replace(this.is_last, true) {
            return false;
        }
        this.timeout.reset(deadline(time));
        true
    }
}

impl Future for Upgrading {
    type Output = hyper::Result<Upgraded>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(self.project().on_upgrade).poll(cx)
    }
}

/// How many bytes a request has, apart from its method and version.
fn head_size(parts: &Parts) -> usize {
    let uri = parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    let line = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    uri + parts.headers.iter().map(line).sum::<usize>()
}

/// How the handshake is to be answered.
enum Answer {
    Accepted(Acceptance, Conversation),
    Refused(Box<Verdict>),
}

/// Polls the endpoint until it accepts or ends.
async fn until_answered(conversation: Conversation, shared: &Shared) -> Answer {
    let mut conversation = Some(conversation);
    poll_fn(|cx| {
        shared.lock().set_driver(cx);
        let Some(running) = &mut conversation else {
            return Poll::Pending;
        };
        let ended = match catch_panic_now(|| running.as_mut().poll(cx)) {
            Ok(Poll::Ready(verdict)) => Some(verdict),
            Err(panic) => Some(Box::new(Verdict::panicked(&panic))),
            Ok(Poll::Pending) => None,
        };
        // An endpoint may ask for the 101 and end in one poll: then it has accepted.
        match (shared.lock().take_acceptance(), ended) {
            (Some(acceptance), Some(verdict)) => Poll::Ready(Answer::Accepted(
                acceptance,
                Box::pin(std::future::ready(verdict)),
            )),
            (Some(acceptance), None) => match conversation.take() {
                Some(conversation) => Poll::Ready(Answer::Accepted(acceptance, conversation)),
                None => Poll::Pending,
            },
            (None, Some(verdict)) => Poll::Ready(Answer::Refused(verdict)),
            (None, None) => Poll::Pending,
        }
    })
    .await
}
