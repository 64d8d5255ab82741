//! A WebSocket framework on axum, hyper and tokio that keeps its promise about endings.
