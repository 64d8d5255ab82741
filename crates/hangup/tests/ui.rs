//! The mistakes that the macros report: one file per mistake in `ui/`, with its messages beside it.
//!
//! `TRYBUILD=overwrite cargo test -p hangup --test ui` writes the messages anew; read them before they are kept.

#[test]
fn mistakes_are_reported_where_they_are_and_in_plain_words() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
