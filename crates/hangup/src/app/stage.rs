//! `Stage`: how far a server is, from serving to its end.

/// How far a server is. The tasks of its HTTP connections watch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Serving,
    /// No further request is taken, and connections without one are closed.
    Stopping,
    /// Nothing is awaited any longer.
    Aborting,
}
