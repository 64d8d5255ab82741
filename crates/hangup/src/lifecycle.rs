//! One connection, top to bottom: from the opening request to its one event. Start reading here.

mod access;
mod admission;
mod conversation;
mod open_connection;
mod report;
mod unchosen;
mod upgraded;
mod verdict;
mod witness;

use std::{future::poll_fn, sync::Arc, task::Poll};

use axum::{extract::Request, response::Response};
use hangup_protocol::Close;
use http::{HeaderName, HeaderValue, StatusCode, request::Parts};
use hyper::body::Body as _;
use tokio::time::timeout_at;
use tracing::{Instrument, Span};

use self::{
    access::Access,
    admission::{NotAdmitted, admit, deflate_for},
    conversation::{Conversation, Converse, Judging, ended},
    open_connection::OpenConnection,
    report::Report,
    verdict::{HttpRefusal, Verdict},
};
pub(crate) use self::{
    access::{Logged, answered_without_endpoint},
    witness::Witness,
};
use crate::{
    connections::Membership,
    endpoint::{Endpoint, Handshake},
    error::{Error, catch_panic, catch_panic_now},
    handlers::Handling,
    handshake::{Acceptance, Offers, Opening, first_subprotocol, switching_protocols},
    hub, logged,
    metrics::RouteMetrics,
    origin::Addressing,
    params::EndpointContext,
    scope::Scope,
    settings::deadline,
    socket::{Conclude, Driver, Shared},
};

/// Answers one request on a WebSocket route: with the 101, or with the one response that refuses it.
///
/// The endpoint starts here, in the task of the HTTP connection, so that it is cancelled if the client leaves.
/// Once it has accepted, or is refused with a Close frame, it goes on in a task of its own: [`OpenConnection`].
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
    match check(&endpoint, context, metrics, scope, request) {
        Ok(mut checked) => {
            let span = checked.report.span();
            let answer = run(endpoint, &mut checked, &state).instrument(span.clone()).await;
            span.in_scope(|| checked.answer(answer))
        }
        Err(response) => *response,
    }
}

/// A request that keeps the rules of the opening handshake.
struct Checked {
    /// Taken when the endpoint is run.
    parts: Parts,
    opening: Opening,
    addressing: Addressing,
    context: Arc<EndpointContext>,
    scope: Arc<Scope>,
    connections: Option<Membership>,
    first_subprotocol: Option<HeaderValue>,
    shared: Arc<Shared>,
    report: Report,
}

/// How the handshake is to be answered.
enum Answer {
    /// With the 101; then this goes on.
    Accepted(Acceptance, Conversation),
    /// As this says, and the setting of the refusal.
    Refused(Box<Verdict>),
    /// With this response.
    Denied(Box<HttpRefusal>),
}

/// Checks that the request is an opening handshake for this endpoint; the response where it is none.
fn check<E, A, S>(
    endpoint: &E,
    context: Arc<EndpointContext>,
    metrics: RouteMetrics,
    scope: Arc<Scope>,
    request: Request,
) -> Result<Box<Checked>, Box<Response>>
where
    E: Endpoint<A, S>,
{
    let (mut parts, body) = request.into_parts();
    let addressing = Addressing::of(&parts, &scope.settings.trusted_proxies);
    let access = Access::of(&parts, &addressing, metrics);
    if !endpoint.matches(&parts) {
        return Err(access.refuse(StatusCode::NOT_FOUND));
    }
    if head_size(&parts) > scope.settings.max_head_size {
        return Err(access.refuse(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
    }
    let opening = match Opening::check(&mut parts) {
        Ok(opening) => opening,
        Err(response) => return Err(access.refuse(*response)),
    };
    if !body.is_end_stream() {
        // The bytes of a body would be read as frames.
        let why = "an opening handshake has no body\n";
        return Err(access.refuse((StatusCode::BAD_REQUEST, why)));
    }
    let shared = Shared::new(Arc::clone(&scope.settings), access.traffic());
    let span = span_of(&parts, &scope);
    let on_upgrade = opening.on_upgrade.clone();
    Ok(Box::new(Checked {
        opening,
        addressing,
        connections: parts.extensions.remove::<Membership>(),
        first_subprotocol: first_subprotocol(&parts),
        report: Report::new(
            Arc::clone(&context),
            Arc::clone(&shared),
            access,
            span,
            on_upgrade,
        ),
        shared,
        context,
        scope,
        parts,
    }))
}

/// The span of a connection: the one that its settings make, or the one around the request.
fn span_of(parts: &Parts, scope: &Scope) -> Span {
    let Some(make) = &scope.settings.span else {
        return Span::current();
    };
    // It is a function of the user's.
    catch_panic_now(|| make.make(parts)).unwrap_or_else(|panic| {
        tracing::error!(panic = %logged::text(panic), "the function of `Settings::span` panicked");
        Span::current()
    })
}

/// Runs the endpoint, if the request is admitted, up to its answer to the handshake.
async fn run<E, A, S>(endpoint: E, checked: &mut Checked, state: &S) -> Answer
where
    E: Endpoint<A, S>,
    A: 'static,
    S: Send + Sync + 'static,
{
    let Checked {
        parts,
        addressing,
        context,
        scope,
        connections,
        shared,
        report,
        ..
    } = checked;
    // The page that asks: one of another site may not use the cookies of this one. Then, whether there is capacity.
    let is_stopping = connections
        .as_ref()
        .is_some_and(|connections| connections.is_shutting_down());
    match admit(parts, addressing, &scope.settings, is_stopping).map_err(|refused| *refused) {
        Ok(slots) => report.hold(slots),
        Err(NotAdmitted::Close(verdict, slots)) => {
            report.hold(slots);
            return Answer::Refused(Box::new(verdict));
        }
        Err(NotAdmitted::Http(refusal)) => return Answer::Denied(refusal),
    }
    let _underway = connections.as_ref().map(|connections| connections.begin(shared));
    // What is offered is read once there is capacity: the lists are as long as a client makes them.
    let offers = match Offers::read(parts, deflate_for(parts, &scope.settings)) {
        Ok(offers) => offers,
        Err(response) => {
            return Answer::Denied(HttpRefusal::new(*response, None));
        }
    };
    hub::join(parts, shared);
    let handshake = Handshake::new(
        Arc::clone(shared),
        offers,
        Arc::clone(context),
        scope.settings.invalid_messages,
    );
    let parts = std::mem::replace(parts, Request::new(()).into_parts().0);
    open(
        endpoint,
        Arc::clone(context),
        scope,
        parts,
        state,
        handshake,
        shared,
    )
    .await
}

impl Checked {
    /// Gives the response, and, where that is the 101, starts the connection.
    fn answer(mut self: Box<Self>, answer: Answer) -> Response {
        let (acceptance, conversation) = match answer {
            Answer::Accepted(acceptance, conversation) => {
                if acceptance.is_refusal {
                    self.report.refusing(None);
                } else {
                    self.report.accepted();
                    if self.first_subprotocol.is_some() && acceptance.subprotocol.is_none() {
                        self.report.chose_no_subprotocol();
                    }
                }
                (acceptance, conversation)
            }
            Answer::Refused(verdict) => match verdict.into_refusal(self.scope.settings.refusal) {
                Ok(verdict) => {
                    self.report.judged(&verdict);
                    self.report.refusing(verdict.close().as_ref());
                    let acceptance = Acceptance {
                        is_refusal: true,
                        ..Acceptance::default()
                    };
                    (acceptance, ended(Box::new(verdict)))
                }
                Err(refusal) => return self.report.refused(*refusal),
            },
            Answer::Denied(refusal) => return self.report.refused(*refusal),
        };
        // From here on a server that stops waits for it: the HTTP connection has not ended yet.
        let member = self
            .connections
            .map(|connections| connections.join(&self.shared, acceptance.is_refusal));
        tokio::spawn(OpenConnection::new(
            self.opening.on_upgrade,
            Driver::new(self.shared, conversation),
            self.report,
            member,
            &self.scope.settings,
        ));
        // A browser that has offered subprotocols sees no Close frame unless one of them is chosen.
        let subprotocol = if acceptance.is_refusal {
            self.first_subprotocol
        } else {
            acceptance.subprotocol
        };
        switching_protocols(
            self.opening.accept_key,
            subprotocol,
            acceptance.deflate.as_ref(),
            acceptance.headers,
        )
    }
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

/// How many bytes a request has, apart from its method and version.
fn head_size(parts: &Parts) -> usize {
    let uri = parts.uri.path().len() + parts.uri.query().map_or(0, str::len);
    let line = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    uri + parts.headers.iter().map(line).sum::<usize>()
}

/// The first that happens to an endpoint.
enum Reached {
    /// It accepts, and may have ended in the same poll.
    Accept(Acceptance, Option<Box<Verdict>>),
    End(Box<Verdict>),
    /// Its connection was kicked before it has accepted.
    Kick(Close),
}

/// Polls the endpoint until it accepts or ends, or its connection is kicked.
async fn until_answered(mut conversation: Conversation, shared: &Shared) -> Answer {
    let reached = poll_fn(|cx| {
        {
            let mut core = shared.lock();
            core.begin_poll(cx);
            if let Some(close) = core.refusal() {
                return Poll::Ready(Reached::Kick(close.clone()));
            }
        }
        let verdict = match catch_panic_now(|| conversation.as_mut().poll(cx)) {
            Ok(Poll::Ready(verdict)) => Some(verdict),
            Err(panic) => Some(Box::new(Verdict::panicked(&panic))),
            Ok(Poll::Pending) => None,
        };
        let mut core = shared.lock();
        match (core.take_acceptance(), core.refusal(), verdict) {
            (Some(acceptance), _, verdict) => Poll::Ready(Reached::Accept(acceptance, verdict)),
            (None, Some(close), _) => Poll::Ready(Reached::Kick(close.clone())),
            (None, None, Some(verdict)) => Poll::Ready(Reached::End(verdict)),
            (None, None, None) => Poll::Pending,
        }
    });
    match reached.await {
        Reached::Accept(acceptance, None) => Answer::Accepted(acceptance, conversation),
        Reached::Accept(acceptance, Some(verdict)) => Answer::Accepted(acceptance, ended(verdict)),
        Reached::End(verdict) => Answer::Refused(verdict),
        Reached::Kick(close) => {
            if let Err(panic) = catch_panic_now(|| drop(conversation)) {
                tracing::error!(panic = %logged::text(panic), "an endpoint panicked while it was dropped");
            }
            Answer::Refused(Box::new(Verdict::not_admitted(
                close,
                "closed from outside before the endpoint accepted".to_owned(),
            )))
        }
    }
}
