//! `Stage`: the stages of a server, from serving to the end of its shutdown.

/// The stage of a server. The tasks of its HTTP connections watch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Serving,
    /// No new request is read, and connections without one are closed.
    ShuttingDown,
    /// All connections are dropped.
    Aborting,
}
