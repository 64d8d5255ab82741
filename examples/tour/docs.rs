//! The page of the tour, at /docs.

use hangup::Docs;

/// Until the app writes its document itself, the page has the one of the tests of `hangup`.
pub(crate) fn page() -> Docs {
    let document = include_str!("../../crates/hangup/src/docs/tests/tour.json");
    let docs = Docs::at("/docs").title("The tour");
    match serde_json::from_str(document) {
        Ok(document) => docs.document(document),
        Err(_) => docs,
    }
}
