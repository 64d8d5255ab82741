//! Each example over TCP, under `App::serve` and within `axum::serve`: a client sees the same of both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails where something is missing"
)]

mod client;
mod guide;
mod recipes;
mod servers;

macro_rules! examples {
    ($($name:ident: $file:literal;)*) => {$(
        #[path = $file]
        #[allow(
            dead_code,
            unreachable_pub,
            missing_docs,
            reason = "an example is a program of its own"
        )]
        mod $name;
    )*};
}

examples! {
    installing: "../../00_installing/src/main.rs";
    echo: "../../01_echo.rs";
    validation: "../../02_validation.rs";
    errors: "../../03_errors.rs";
    in_axum: "../../04_axum.rs";
    dependencies: "../../05_dependencies.rs";
    chat: "../../06_chat.rs";
    behind_nginx: "../../08_behind_nginx/main.rs";
    metrics_page: "../../09_metrics.rs";
    http_parameters: "../../10_http_parameters.rs";
    spans: "../../11_spans.rs";
    login: "../../20_login.rs";
    shutdown_in_axum: "../../22_shutdown_in_axum.rs";
    token_stream: "../../23_token_stream.rs";
    json_rpc: "../../24_json_rpc.rs";
    tower_http: "../../25_tower_http.rs";
    dev_server: "../../26_dev_server/main.rs";
    anyhow_errors: "../../27_anyhow.rs";
}
