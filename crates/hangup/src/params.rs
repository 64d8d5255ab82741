//! Typed parameters of a request, validated as FastAPI validates them: all of the crate `hangup-validation`.

#[doc(inline)]
pub use hangup_validation::*;
