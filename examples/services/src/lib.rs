//! Nothing: what is here are the examples beside it, and their tests.
