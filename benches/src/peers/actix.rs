//! actix-ws on actix-web with one worker.

use std::io;

use actix_web::web::{self, Payload};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use actix_ws::AggregatedMessage;
use futures_util::StreamExt;

pub fn serve() -> io::Result<()> {
    let listener = super::listener::bind()?;
    actix_web::rt::System::new().block_on(
        HttpServer::new(|| App::new().route("/echo", web::get().to(echo)))
            .workers(1)
            .listen(listener)?
            .run(),
    )
}

async fn echo(request: HttpRequest, body: Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, stream) = actix_ws::handle(&request, body)?;
    let mut messages = stream.max_frame_size(1 << 20).aggregate_continuations();
    actix_web::rt::spawn(async move {
        while let Some(Ok(message)) = messages.next().await {
            let sent = match message {
                AggregatedMessage::Text(text) => session.text(text).await,
                AggregatedMessage::Binary(bytes) => session.binary(bytes).await,
                AggregatedMessage::Ping(payload) => session.pong(&payload).await,
                AggregatedMessage::Pong(_) => Ok(()),
                AggregatedMessage::Close(reason) => {
                    let _ = session.close(reason).await;
                    return;
                }
            };
            if sent.is_err() {
                return;
            }
        }
    });
    Ok(response)
}
