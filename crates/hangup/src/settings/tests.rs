//! Settings: what is set, and what wins.

use super::*;

#[test]
fn the_nearest_setting_holds_and_the_rest_is_inherited() {
    let app = Settings::new()
        .refusal(Refusal::Http)
        .max_message_size(10)
        .over(&Resolved::default());
    let route = Settings::new().max_message_size(20).over(&app);
    assert_eq!(route.refusal, Refusal::Http);
    assert_eq!(route.max_message_size, 20);
    assert_eq!(route.close_timeout, Duration::from_secs(5));
}

#[test]
fn compression_is_inherited_and_can_be_switched_off() {
    let app = Settings::new()
        .deflate(DeflateConfig::new().level(6))
        .over(&Resolved::default());
    assert_eq!(Resolved::default().deflate, None);
    assert_eq!(
        Settings::new().over(&app).deflate,
        Some(DeflateConfig::new().level(6))
    );
    assert_eq!(Settings::new().deflate(None).over(&app).deflate, None);
}

#[test]
fn every_limit_on_connections_counts_that_a_route_is_within() {
    let app = Settings::new()
        .max_connections(10)
        .max_connections_per_peer(2)
        .over(&Resolved::default());
    assert_eq!(app.connection_limits.len(), 2);
    let route = Settings::new().max_connections(1).over(&app);
    assert_eq!(route.connection_limits.len(), 3);
}
