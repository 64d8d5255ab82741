//! Typed parameters of a request, validated as FastAPI validates them: the crate `hangup-validation`.

#[doc(inline)]
pub use hangup_validation::*;
