//! What the tour prints about a path.

/// One path of the tour, and the lines that show what it does.
pub(crate) struct Sample {
    /// What happens, in a few words.
    pub(crate) shows: &'static str,
    /// What follows `wscat -c ws://host:port`, with further options of wscat after it.
    pub(crate) wscat: &'static str,
    /// What follows `curl http://host:port`, where the result is HTTP.
    pub(crate) curl: Option<&'static str>,
}
