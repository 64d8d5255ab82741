//! The page of the tour, at /docs.

use hangup::docs::Docs;

pub(crate) fn page() -> Docs {
    Docs::at("/docs").title("The tour")
}
