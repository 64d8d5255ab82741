//! `cargo xtask autobahn`: the Autobahn test suite against the tour's `/echo`.
pub(crate) fn command(_: crate::arguments::Arguments) -> crate::failure::Result<()> {
    Err("the Autobahn suite is not set up yet".into())
}
