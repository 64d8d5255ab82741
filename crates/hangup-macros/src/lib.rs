//! The attribute and derive macros of `hangup`.
