//! The page of an app: its endpoints, a console to try them, its document, and a client for TypeScript.
//!
//! [`App::docs`](crate::App::docs) serves it. Nothing is served without that.
//!
//! | path, below that of the page | what |
//! |---|---|
//! | | the page |
//! | `asyncapi.json` | the document: see [`asyncapi`](crate::asyncapi) |
//! | `client.ts` | a client whose messages and close codes have the types of the document |

mod asset;
mod typescript;

#[cfg(test)]
mod tests;

use std::fmt;

use axum::Router;
use serde_json::Value;

use self::asset::Asset;

const HTML: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");
const ICON: &str = include_str!("page/icon.svg");

/// The page of an app: its endpoints with their parameters, messages and close codes, and a console to try them.
///
/// Below its path it serves `asyncapi.json`, the document of the app, and `client.ts`, a typed client. Give it to
/// `App::docs`; without that nothing is served.
///
/// The page comes from the binary alone: it loads nothing from elsewhere, works offline and below the prefix of a
/// proxy, and its content security policy allows its own origin and no inline script. Whoever can reach it learns all
/// endpoints; put a layer with a check of credentials around it where they are not public.
///
/// # The client
///
/// `client.ts` has no dependencies. Its types are unions that the tag of a message tells apart, and for each endpoint
/// the union of the close codes that it can end with. It connects again as the close code says: never, at once, or with
/// a delay that doubles from 500 ms to 30 s and has jitter, at most 10 times in a row without a message.
///
/// ```ts
/// import { connect } from "./client.ts";
///
/// const socket = connect("/echo", { base: "https://example.com" });
/// await socket.ready();
/// socket.send("hello");
/// for await (const message of socket) console.log(message);
/// const { code, reason } = await socket.closed;
/// ```
///
/// # Example
///
/// ```
/// use hangup::{App, Handshake, Result, docs::Docs, websocket};
///
/// /// Says everything twice.
/// #[websocket("/echo")]
/// async fn echo(handshake: Handshake) -> Result {
///     let mut socket = handshake.accept().await?;
///     loop {
///         let text = socket.recv_text().await?;
///         socket.send_text(text).await?;
///     }
/// }
///
/// let app: App = App::new().endpoint(echo).docs(Docs::at("/docs").title("Echo"));
/// ```
#[doc(alias = "docs_url")]
#[doc(alias = "swagger")]
#[derive(Clone)]
#[must_use = "a page is served when it is given to an app"]
pub struct Docs {
    /// Without a slash at its end; empty for the root.
    path: String,
    title: Option<String>,
    document: Option<Value>,
}

impl Docs {
    /// A page under this path, `/docs` for example.
    ///
    /// # Panics
    ///
    /// If the path does not begin with `/`, or holds anything but letters, digits and `-`, `.`, `_`, `~` between its
    /// slashes.
    #[track_caller]
    pub fn at(path: &str) -> Self {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
        assert!(
            path.starts_with('/') && path.chars().all(is_plain) && !path.contains("//"),
            "the path of the page is `{path}`: it begins with `/`, and holds letters, digits, `-`, `.`, `_` and `~`"
        );
        Self {
            path: path.trim_end_matches('/').to_owned(),
            title: None,
            document: None,
        }
    }

    /// The title of the page and of the document. Default: the title that the document has.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Serves this document of AsyncAPI 3 in place of the app's own.
    pub fn document(mut self, document: Value) -> Self {
        self.document = Some(document);
        self
    }

    /// The paths that the page takes.
    pub(crate) fn paths(&self) -> Vec<String> {
        let mut paths = vec![self.below("")];
        if !self.path.is_empty() {
            paths.push(self.path.clone());
        }
        paths.extend(
            ["asyncapi.json", "client.ts", "page.css", "page.js", "icon.svg"].map(|name| self.below(name)),
        );
        paths
    }

    fn below(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// The routes. `document` is asked once, now, unless the page has a document of its own.
    pub(crate) fn into_router<S: Clone + Send + Sync + 'static>(
        mut self,
        document: impl FnOnce() -> Value,
    ) -> Router<S> {
        let mut document = self.document.take().unwrap_or_else(document);
        if let (Some(title), Some(info)) = (&self.title, document.get_mut("info")) {
            info["title"] = Value::from(title.as_str());
        }
        let title = document
            .pointer("/info/title")
            .and_then(Value::as_str)
            .unwrap_or("WebSocket endpoints");
        let files = [
            ("asyncapi.json", "application/json", format!("{document:#}\n")),
            (
                "client.ts",
                "text/plain; charset=utf-8",
                typescript::client(&document),
            ),
            ("page.css", "text/css; charset=utf-8", STYLE.to_owned()),
            ("page.js", "text/javascript; charset=utf-8", SCRIPT.to_owned()),
            ("icon.svg", "image/svg+xml", ICON.to_owned()),
            ("", "text/html; charset=utf-8", self.html(title, "")),
        ];
        let mut router = Router::new();
        for (name, content_type, text) in files {
            router = Asset::new(content_type, text).route(router, &self.below(name));
        }
        match self.path.rsplit_once('/') {
            // Links are relative, as a proxy may have put the app below a prefix; here they begin one level higher.
            Some((_, last)) => Asset::new("text/html; charset=utf-8", self.html(title, &format!("{last}/")))
                .route(router, &self.path),
            None => router,
        }
    }

    fn html(&self, title: &str, base: &str) -> String {
        HTML.replace("{{path}}", &self.path)
            .replace("{{base}}", base)
            .replace("{{title}}", &escaped(title))
    }
}

impl fmt::Debug for Docs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Docs")
            .field("path", &self.path)
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
