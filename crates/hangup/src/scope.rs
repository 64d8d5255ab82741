//! Scopes: the settings and error handlers around a route.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    handlers::ErrorHandlers,
    settings::{Resolved, Settings},
};

/// The scope of a route: every setting resolved, and the error handlers, the nearest first.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    pub(crate) settings: Arc<Resolved>,
    pub(crate) handlers: Arc<[Arc<ErrorHandlers>]>,
}

/// What one layer adds to the scope around it.
#[derive(Clone, Debug)]
pub(crate) enum Addition {
    Settings(Box<Settings>),
    Handlers(Arc<ErrorHandlers>),
}

impl Addition {
    fn within(&self, outer: &Scope) -> Scope {
        match self {
            Self::Settings(settings) => Scope {
                settings: Arc::new(settings.over(&outer.settings)),
                handlers: Arc::clone(&outer.handlers),
            },
            Self::Handlers(handlers) => Scope {
                settings: Arc::clone(&outer.settings),
                handlers: std::iter::once(handlers)
                    .chain(outer.handlers.iter())
                    .cloned()
                    .collect(),
            },
        }
    }
}

/// An addition with a cache of the scope that it last made, which is the same for nearly every request.
pub(crate) struct Nested {
    pub(crate) addition: Addition,
    last: Mutex<Option<Made>>,
}

/// A scope, and the one around it.
struct Made {
    outer: Option<Arc<Scope>>,
    inner: Arc<Scope>,
}

impl Nested {
    pub(crate) fn new(addition: Addition) -> Self {
        Self {
            addition,
            last: Mutex::new(None),
        }
    }

    pub(crate) fn within(&self, outer: Option<&Arc<Scope>>) -> Arc<Scope> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*last
            && made.outer.as_ref().map(Arc::as_ptr) == outer.map(Arc::as_ptr)
        {
            return Arc::clone(&made.inner);
        }
        let scope = Arc::new(match outer {
            Some(outer) => self.addition.within(outer),
            None => self.addition.within(&Scope::default()),
        });
        *last = Some(Made {
            outer: outer.cloned(),
            inner: Arc::clone(&scope),
        });
        scope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Refusal;

    #[test]
    fn a_scope_is_made_once_for_each_scope_around_it() {
        let route = Nested::new(Addition::Settings(Box::new(Settings::new().max_message_size(20))));
        let http = Nested::new(Addition::Settings(Box::new(
            Settings::new().refusal(Refusal::Http),
        )))
        .within(None);
        let close = Nested::new(Addition::Settings(Box::default())).within(None);
        assert_eq!(route.within(Some(&http)).settings.refusal, Refusal::Http);
        assert_eq!(route.within(Some(&close)).settings.refusal, Refusal::Close);
        assert!(Arc::ptr_eq(
            &route.within(Some(&close)),
            &route.within(Some(&close))
        ));
    }

    #[test]
    fn the_nearest_handlers_come_first() {
        let outer = Nested::new(Addition::Handlers(Arc::new(ErrorHandlers::new()))).within(None);
        let near = Arc::new(ErrorHandlers::new());
        let inner = Nested::new(Addition::Handlers(Arc::clone(&near))).within(Some(&outer));
        assert_eq!(inner.handlers.len(), 2);
        assert!(Arc::ptr_eq(&inner.handlers[0], &near));
    }
}
