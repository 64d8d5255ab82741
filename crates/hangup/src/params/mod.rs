//! Parameters of an endpoint: where they come from, and what an endpoint is called in a report.

mod context;

pub use context::EndpointContext;
