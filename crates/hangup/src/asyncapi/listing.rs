//! `Listing`: the endpoints of an app with the settings around them, kept for its document.

use std::sync::Arc;

use crate::{
    endpoint::{Description, Endpoint, Outline},
    settings::{Resolved, Settings},
};

/// The endpoints of an app, in the order of their registration.
#[derive(Clone, Default)]
pub(crate) struct Listing {
    endpoints: Vec<ListedEndpoint>,
}

/// An endpoint under its path, before it is asked for its description.
#[derive(Clone)]
struct ListedEndpoint {
    path: String,
    describe: Arc<dyn Fn() -> (Description, Outline) + Send + Sync>,
    /// Of the apps around it, the innermost first.
    settings: Vec<Settings>,
}

/// An endpoint with all that is known of it.
pub(super) struct DescribedEndpoint {
    pub(super) path: String,
    pub(super) description: Description,
    pub(super) outline: Outline,
    pub(super) settings: Resolved,
}

impl Listing {
    pub(crate) fn add<E, A, S>(&mut self, path: &str, endpoint: E)
    where
        E: Endpoint<A, S>,
    {
        let describe = move || {
            let mut outline = Outline::default();
            endpoint.outline(&mut outline);
            (endpoint.describe(), outline)
        };
        self.endpoints.push(ListedEndpoint {
            path: path.to_owned(),
            describe: Arc::new(describe),
            settings: Vec::new(),
        });
    }

    /// Adds the endpoints of an app within this one, whose settings are these.
    pub(crate) fn include(
        &mut self,
        inner: Self,
        settings: Option<&Settings>,
        moved: impl Fn(&str) -> String,
    ) {
        for mut endpoint in inner.endpoints {
            endpoint.path = moved(&endpoint.path);
            endpoint.settings.extend(settings.cloned());
            self.endpoints.push(endpoint);
        }
    }

    /// All endpoints by their paths, within the settings of the app itself.
    pub(super) fn described(&self, outermost: Option<&Settings>) -> Vec<DescribedEndpoint> {
        let mut described: Vec<_> = self
            .endpoints
            .iter()
            .map(|endpoint| {
                let (description, outline) = (endpoint.describe)();
                let around = outermost.into_iter().chain(endpoint.settings.iter().rev());
                let settings = around
                    .chain(&description.settings)
                    .fold(Resolved::default(), |outer, settings| settings.over(&outer));
                DescribedEndpoint {
                    path: endpoint.path.clone(),
                    description,
                    outline,
                    settings,
                }
            })
            .collect();
        described.sort_by(|a, b| a.path.cmp(&b.path));
        described
    }
}
