//! Parameters: their schemas at their places.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use hangup::{App, Handshake, Params, Result, params::Param, websocket};
use serde_json::json;

use crate::channel;

#[derive(Param)]
pub(crate) enum Sort {
    Newest,
    #[param(rename = "most-liked")]
    Liked,
}

#[derive(Param)]
pub(crate) enum Level {
    Low = 1,
    High = 2,
}

/// A user's own type.
pub(crate) struct Room(String);

impl Param for Room {
    fn parse(text: &str, _: &hangup::params::Rules) -> std::result::Result<Self, hangup::params::Invalid> {
        Ok(Self(text.to_owned()))
    }
}

#[derive(Params)]
pub(crate) struct Paging {
    /// How many are left out.
    #[query(default = 0, ge = 0)]
    pub(crate) offset: i64,
    #[query(default = MOST, gt = 0, lt = 1000, multiple_of = 5)]
    pub(crate) limit: i64,
}

const MOST: i64 = 100;

/// Searches a shop.
#[websocket("/shops/{shop_id:int}/{*rest}")]
pub(crate) async fn search(
    _handshake: Handshake,
    #[path(gt = 0)] shop_id: u32,
    #[path] rest: String,
    #[query(alias = "q", min_length = 3, max_length = 50, pattern = "^[a-z]+$", examples = ["ball", "net"])]
    query: String,
    #[query(default = Sort::Newest)] sort: Sort,
    #[query] level: Option<Level>,
    #[query(min_length = 1, max_length = 3, default = ["a", "b"])] tags: Vec<String>,
    #[query(default = 0.5, ge = 0.0, le = 1.0)] weight: f32,
    #[query(default = -1)] delta: i8,
    #[query] pair: Option<(i64, bool)>,
    #[query(default = Duration::from_secs(1).as_millis() as u64)] wait: u64,
    #[query(deprecated, description = "The room.")] room: Option<Room>,
    #[params] paging: Paging,
    #[header] x_token: String,
    #[header(convert_underscores = false, default = Ipv4Addr::LOCALHOST)] origin_ip: Ipv4Addr,
    #[cookie] session: Option<Ipv6Addr>,
) -> Result {
    Ok(())
}

#[test]
fn parameters_have_their_schema_at_their_place() {
    let document = App::<()>::new().endpoint(search).asyncapi();
    let channel = channel(&document, "search");
    assert_eq!(channel["address"], "/shops/{shop_id}/{rest}");
    assert_eq!(channel["description"], "Searches a shop.");
    assert_eq!(
        channel["parameters"],
        json!({
            // A bound of its own is in place of that of the type.
            "shop_id": {"x-schema": {"type": "integer", "exclusiveMinimum": 0, "maximum": u32::MAX}},
            "rest": {"x-schema": {"type": "string"}},
        })
    );
    assert_eq!(
        channel["bindings"]["ws"]["query"],
        json!({
            "type": "object",
            "required": ["q"],
            "properties": {
                "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "How many are left out."},
                "limit": {
                    "type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 1000, "multipleOf": 5, "default": 100,
                },
                "q": {
                    "type": "string", "minLength": 3, "maxLength": 50, "pattern": "^[a-z]+$",
                    "examples": ["ball", "net"],
                },
                "sort": {"type": "string", "enum": ["newest", "most-liked"], "default": "newest"},
                "level": {"type": "integer", "enum": [1, 2]},
                "tags": {
                    "type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3, "default": ["a", "b"],
                },
                "weight": {"type": "number", "minimum": 0.0, "maximum": 1.0, "default": 0.5},
                "delta": {"type": "integer", "minimum": -128, "maximum": 127, "default": -1},
                "pair": {
                    "type": "array", "items": [{"type": "integer"}, {"type": "boolean"}], "additionalItems": false,
                    "minItems": 2, "maxItems": 2,
                },
                // Its default is computed for each request.
                "wait": {"type": "integer", "minimum": 0},
                "room": {"type": "string", "deprecated": true, "description": "The room."},
            },
        })
    );
    assert_eq!(
        channel["bindings"]["ws"]["headers"],
        json!({
            "type": "object",
            "required": ["x-token"],
            "properties": {
                "x-token": {"type": "string"},
                "origin_ip": {"type": "string", "format": "ipv4", "default": "127.0.0.1"},
            },
        })
    );
    assert_eq!(
        channel["x-cookies"],
        json!({"type": "object", "properties": {"session": {"type": "string", "format": "ipv6"}}})
    );
}
