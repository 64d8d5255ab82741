//! `#[model]`: what is read, what is refused with every error, what is written, and the schema.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "a test fails where something is missing"
)]

use std::collections::{BTreeMap, HashMap};

use hangup::{
    ValidationError,
    models::{Dialect, Model, read_json},
};
use serde_json::{Value, json};

#[hangup::model]
#[derive(Debug, PartialEq)]
struct Item {
    /// What it is called.
    #[field(min_length = 1, max_length = 5, pattern = "^[a-z]*$")]
    name: String,
    #[field(ge = 0, lt = 100)]
    price: f64,
    #[field(default)]
    tags: Vec<String>,
    note: Option<String>,
}

#[hangup::model(tag = "type", rename_all = "snake_case")]
#[derive(Debug, PartialEq)]
enum Command {
    /// Say something.
    Say {
        #[field(min_length = 1, max_length = 5)]
        text: String,
    },
    Move {
        #[field(ge = 0, lt = 100)]
        x: i64,
        #[field(default = 0)]
        y: i64,
    },
    Put(Item),
    Ping,
}

fn errors<T: Model + std::fmt::Debug>(text: &str) -> Value {
    let error = read_json::<T>(text).unwrap_err();
    serde_json::to_value(error.errors().unwrap().errors()).unwrap()
}

fn kinds<T: Model + std::fmt::Debug>(text: &str) -> Vec<(String, Value)> {
    let Value::Array(errors) = errors::<T>(text) else {
        panic!("a list");
    };
    let of = |error: &Value| (error["type"].as_str().unwrap().to_owned(), error["loc"].clone());
    errors.iter().map(of).collect()
}

#[track_caller]
fn goes_round<T: Model + PartialEq + std::fmt::Debug>(text: &str, value: T) {
    let written = serde_json::to_value(hangup::models::Written(&value)).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(text).unwrap());
    assert_eq!(read_json::<T>(text).unwrap(), value);
}

#[test]
fn every_error_comes_in_the_order_of_declaration() {
    assert_eq!(
        kinds::<Item>(r#"{"note":1,"tags":["a",2],"price":100,"name":"TOOLONG"}"#),
        [
            ("string_too_long".to_owned(), json!(["name"])),
            ("less_than".to_owned(), json!(["price"])),
            ("string_type".to_owned(), json!(["tags", 1])),
            ("string_type".to_owned(), json!(["note"])),
        ]
    );
    assert_eq!(
        kinds::<Item>(r#"["a",1]"#),
        [("model_type".to_owned(), json!([]))],
        "an array is no object"
    );
}

#[test]
fn the_tag_may_stand_anywhere() {
    let say = || Command::Say {
        text: "hi".to_owned(),
    };
    goes_round(r#"{"type":"say","text":"hi"}"#, say());
    goes_round(r#"{"text":"hi","type":"say"}"#, say());
    goes_round(r#"{"type":"ping"}"#, Command::Ping);
    goes_round(r#"{"type":"move","x":1,"y":2}"#, Command::Move { x: 1, y: 2 });
    assert_eq!(
        read_json::<Command>(r#"{"x":1,"other":[{"a":1e400}],"type":"move"}"#).unwrap(),
        Command::Move { x: 1, y: 0 }
    );
    let value = json!({"a": 1, "text": "hi", "type": "say"});
    assert_eq!(serde_json::from_value::<Command>(value).unwrap(), say());
    let item = Item {
        name: "a".to_owned(),
        price: 1.5,
        tags: vec![],
        note: None,
    };
    goes_round(
        r#"{"type":"put","name":"a","price":1.5,"tags":[],"note":null}"#,
        Command::Put(item),
    );
    assert_eq!(
        kinds::<Command>(r#"{"price":1,"type":"put"}"#),
        [("missing".to_owned(), json!(["put", "name"]))]
    );
    assert_eq!(kinds::<Command>(r#"{"type":"fly"}"#)[0].0, "union_tag_invalid");
    assert_eq!(kinds::<Command>("{}")[0].0, "union_tag_not_found");
}

#[hangup::model]
#[derive(Debug, PartialEq)]
enum External {
    Ping,
    Number(i32),
    #[model(rename = "pair")]
    Pair {
        a: u8,
        b: u8,
    },
}

#[hangup::model(tag = "t", content = "c")]
#[derive(Debug, PartialEq)]
enum Adjacent {
    Ping,
    Number(#[field(ge = 1)] i32),
    Pair { a: u8, b: u8 },
}

#[hangup::model(untagged)]
#[derive(Debug, PartialEq)]
enum Any {
    Number(i64),
    Flag(bool),
    Text(String),
    List(Vec<i64>),
    Pair { a: u8, b: u8 },
}

#[test]
fn enums_of_every_tagging_go_round() {
    goes_round(r#""Ping""#, External::Ping);
    goes_round(r#"{"Number":-1}"#, External::Number(-1));
    goes_round(r#"{"pair":{"a":1,"b":2}}"#, External::Pair { a: 1, b: 2 });
    assert_eq!(
        kinds::<External>(r#"{"pair":{"a":1}}"#),
        [("missing".to_owned(), json!(["pair", "b"]))]
    );
    assert_eq!(kinds::<External>(r#"{"x":1}"#)[0].0, "union_tag_invalid");
    assert_eq!(kinds::<External>("1")[0].0, "dict_type");

    goes_round(r#"{"t":"Ping"}"#, Adjacent::Ping);
    goes_round(r#"{"t":"Number","c":1}"#, Adjacent::Number(1));
    goes_round(r#"{"c":{"b":2,"a":1},"t":"Pair"}"#, Adjacent::Pair { a: 1, b: 2 });
    assert_eq!(
        kinds::<Adjacent>(r#"{"t":"Number","c":0}"#),
        [("greater_than_equal".to_owned(), json!(["Number", "c"]))]
    );

    goes_round("1", Any::Number(1));
    goes_round("true", Any::Flag(true));
    goes_round(r#"{"a":1,"b":2}"#, Any::Pair { a: 1, b: 2 });
    assert_eq!(
        kinds::<Any>("1.5")
            .into_iter()
            .map(|(_, loc)| loc)
            .collect::<Vec<_>>(),
        [
            json!(["int"]),
            json!(["bool"]),
            json!(["str"]),
            json!(["list[int]"]),
            json!(["Pair"])
        ]
    );
}

#[hangup::model(rename_all = "lowercase")]
#[derive(Debug, PartialEq)]
enum Color {
    Red,
    Green,
}

#[hangup::model]
#[derive(Debug, PartialEq)]
enum Level {
    Low = 1,
    High = 2,
}

#[hangup::model]
#[derive(Debug, PartialEq)]
struct Positive(#[field(gt = 0)] i64);

#[hangup::model(rename_all = "camelCase", extra = "forbid", populate_by_name)]
#[derive(Debug, PartialEq)]
struct Page<T> {
    all_items: Vec<T>,
    by_name: BTreeMap<String, T>,
    #[field(required)]
    next_page: Option<u32>,
    at: (f64, Level),
    colors: [Color; 2],
}

#[hangup::model]
#[derive(Debug, PartialEq)]
struct Tree {
    v: i64,
    #[field(default)]
    kids: Vec<Tree>,
}

#[test]
fn generics_newtypes_choices_and_recursion() {
    goes_round(
        r#"{"allItems":[1],"byName":{"a":2},"nextPage":null,"at":[0.5,2],"colors":["red","green"]}"#,
        Page {
            all_items: vec![Positive(1)],
            by_name: BTreeMap::from([("a".to_owned(), Positive(2))]),
            next_page: None,
            at: (0.5, Level::High),
            colors: [Color::Red, Color::Green],
        },
    );
    assert_eq!(
        kinds::<Page<Positive>>(
            r#"{"x":1,"all_items":[0,"a"],"byName":{"k":-1},"at":[true],"colors":["blue"]}"#
        ),
        [
            ("extra_forbidden".to_owned(), json!(["x"])),
            ("greater_than".to_owned(), json!(["all_items", 0])),
            ("int_type".to_owned(), json!(["all_items", 1])),
            ("greater_than".to_owned(), json!(["byName", "k"])),
            ("missing".to_owned(), json!(["nextPage"])),
            ("float_type".to_owned(), json!(["at", 0])),
            ("missing".to_owned(), json!(["at", 1])),
            ("enum".to_owned(), json!(["colors", 0])),
            ("missing".to_owned(), json!(["colors", 1])),
        ]
    );
    goes_round(
        r#"{"v":1,"kids":[{"v":2,"kids":[]}]}"#,
        Tree {
            v: 1,
            kids: vec![Tree { v: 2, kids: vec![] }],
        },
    );
    let keys = errors::<HashMap<u32, bool>>(r#"{"x":true}"#);
    assert_eq!(keys[0]["loc"], json!(["x", "[key]"]));
}

#[test]
fn the_schema_has_comments_rules_and_defaults() {
    let schema = Command::schema().to_json_schema_of(Dialect::Draft07);
    let variants = &schema["definitions"]["Command"]["oneOf"];
    assert_eq!(
        variants[0],
        json!({
            "type": "object",
            "description": "Say something.",
            "properties": {"type": {"const": "say"}, "text": {"type": "string", "minLength": 1, "maxLength": 5}},
            "required": ["type", "text"],
        })
    );
    assert_eq!(variants[1]["properties"]["y"]["default"], json!(0));
    assert_eq!(
        schema["definitions"]["Item"]["properties"]["name"]["description"],
        "What it is called."
    );
    let page = Page::<Tree>::schema().to_json_schema();
    assert_eq!(
        page["$defs"]["Page"]["required"],
        json!(["allItems", "byName", "nextPage", "at", "colors"])
    );
    assert_eq!(
        page["$defs"]["Tree"]["properties"]["kids"]["items"],
        json!({"$ref": "#/$defs/Tree"})
    );
}

#[hangup::model(tag = "type")]
#[derive(Debug)]
enum Answer {
    #[model(invalid)]
    Invalid {
        errors: ValidationError,
        #[field(correlation)]
        id: Option<u64>,
    },
}

#[test]
fn an_invalid_message_has_an_answer_that_a_client_can_read() {
    let errors = read_json::<Item>("{}").unwrap_err().errors().unwrap().clone();
    let answer = Answer::invalid_answer(errors, Some(json!(7))).unwrap();
    let text = serde_json::to_string(&answer).unwrap();
    let Answer::Invalid { errors, id } = read_json(&text).unwrap();
    assert_eq!((errors.errors().len(), id), (2, Some(7)));
    assert!(
        text.starts_with(r#"{"type":"Invalid","errors":[{"type":"missing","loc":["name"]"#),
        "{text}"
    );
}
