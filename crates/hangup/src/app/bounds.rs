//! The settings of an app that its server applies to every request.

use super::App;
use crate::{origin::TrustedProxies, settings::Resolved};

impl<S> App<S> {
    /// The app's own bound, which the server applies to every request.
    pub(super) fn max_head_size(&self) -> usize {
        let defaults = Resolved::default();
        let settings = self.settings.as_ref();
        settings.map_or(defaults.max_head_size, |settings| {
            settings.over(&defaults).max_head_size
        })
    }

    pub(super) fn max_connections(&self) -> Option<usize> {
        self.settings.as_ref()?.connection_bounds().0
    }

    pub(super) fn max_connections_per_peer(&self) -> Option<usize> {
        self.settings.as_ref()?.connection_bounds().1
    }

    pub(super) fn trusted_proxies(&self) -> TrustedProxies {
        let settings = self.settings.as_ref();
        settings.map_or_else(TrustedProxies::none, |settings| {
            settings.over(&Resolved::default()).trusted_proxies
        })
    }
}
