//! The hub of an app.

use super::App;
use crate::hub::Hub;

impl<S> App<S> {
    /// The hub of the app: endpoints and HTTP handlers take it as an argument, and connections take part in it. In an axum
    /// application it is a layer: `Router::layer(hub.clone())`.
    ///
    /// ```
    /// use hangup::{App, Handshake, Hub, Result};
    ///
    /// async fn room(handshake: Handshake, hub: Hub) -> Result {
    ///     let mut socket = handshake.accept().await?;
    ///     let room = hub.topic("room");
    ///     socket.subscribe(&room).await?;
    ///     loop {
    ///         room.publish(socket.recv().await?).await?;
    ///     }
    /// }
    ///
    /// let hub = Hub::new();
    /// let app: App = App::new().hub(&hub).route("/room", room);
    /// ```
    pub fn hub(mut self, hub: &Hub) -> Self {
        self.hub = Some(hub.clone());
        self
    }
}
