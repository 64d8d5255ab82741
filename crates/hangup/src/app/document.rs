//! The document of an app, and the page that shows it.

#[cfg(feature = "docs")]
use std::panic::Location;

use serde_json::Value;

use super::App;
#[cfg(feature = "docs")]
use super::path_templates::without_names;
use crate::asyncapi;
#[cfg(feature = "docs")]
use crate::docs::Docs;

impl<S: Clone + Send + Sync + 'static> App<S> {
    /// The title of the document, see [`asyncapi`](Self::asyncapi). Default: "hangup".
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.info.title = Some(title.into());
        self
    }

    /// The version of the application in the document, not that of AsyncAPI. Default: "0.1.0".
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.info.version = Some(version.into());
        self
    }

    /// What the document says of the whole application, in CommonMark. Default: nothing.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.info.description = Some(text.into());
        self
    }

    /// The [AsyncAPI 3.0.0](https://www.asyncapi.com/docs/reference/specification/v3.0.0) document of all endpoints,
    /// those of nested and included apps among them: see [`asyncapi`](crate::asyncapi).
    ///
    /// Routes of a merged axum router are not in it.
    #[must_use]
    pub fn asyncapi(&self) -> Value {
        asyncapi::document(&self.info, &self.listing, self.settings.as_ref())
    }

    /// Serves the page of this app, its document and its client for TypeScript. See [`Docs`].
    ///
    /// The page shows all endpoints of the app, those that are added later too. A later call replaces an earlier one.
    ///
    /// # Panics
    ///
    /// If one of the paths of the page is taken; the message names both places.
    #[cfg(feature = "docs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "docs")))]
    #[track_caller]
    pub fn docs(mut self, docs: Docs) -> Self {
        if let Some(before) = self.docs.take() {
            for path in before.paths() {
                self.taken.remove(&without_names(&path));
            }
        }
        for path in docs.paths() {
            self.take(&path, Location::caller());
        }
        self.docs = Some(docs);
        self
    }
}
