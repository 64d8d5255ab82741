//! JSON of values that cannot be represented, and the memory of errors.

mod documents;

use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Model, from_json, read_json};

#[derive(Deserialize, Debug)]
#[expect(dead_code, reason = "only its shape matters")]
struct Item {
    name: String,
    price: f64,
}

fn refused<T: DeserializeOwned>(text: &str) -> Value {
    let error = from_json::<T>(text).map(drop).unwrap_err();
    assert!(!error.is_syntax(), "{text}");
    serde_json::to_value(error.item().unwrap()).unwrap()
}

#[track_caller]
fn assert_place<T: DeserializeOwned>(text: &str, kind: &str, loc: Value) {
    let item = refused::<T>(text);
    assert_eq!((&item["type"], &item["loc"]), (&json!(kind), &loc), "{text}");
}

#[test]
fn json_of_a_value_that_cannot_be_had_is_1008_with_its_place() {
    for half in [
        r"\ud83d",
        r"\ude80",
        r"\ud83d\n",
        r"\ud83d\u0041",
        r"\ud83d\ud83d",
    ] {
        let text = format!(r#"{{"x":["\ud83d",1e400],"name":"a{half}","price":1}}"#);
        assert_place::<Item>(&text, "string_unicode", json!(["name"]));
        let text = format!(r#"{{"a":[{{"{half}":1}}]}}"#);
        let key = refused::<HashMap<String, Vec<HashMap<String, u8>>>>(&text);
        assert_eq!(key["type"], "string_unicode");
        assert_eq!(
            (&key["loc"][0], &key["loc"][1], &key["loc"][3]),
            (&json!("a"), &json!(0), &json!("[key]"))
        );
    }
    for number in ["1e400", "-1e400"] {
        assert_place::<Item>(
            &format!(r#"{{"name":"a","price":{number}}}"#),
            "finite_number",
            json!(["price"]),
        );
    }
    assert_place::<Vec<u128>>(
        &format!("[1,{}]", u128::MAX).replace("]", "0]"),
        "int_parsing_size",
        json!([1]),
    );
    assert_place::<Vec<u128>>("[1,-1]", "greater_than_equal", json!([1]));
    assert_place::<Vec<u128>>("[1.5]", "int_type", json!([0]));
    assert_place::<Vec<i64>>("[1,9223372036854775808]", "less_than_equal", json!([1]));
    assert_place::<Vec<i64>>("[1,99999999999999999999999]", "less_than_equal", json!([1]));
    assert_place::<(u8, u8)>("[1,2,3]", "too_long", json!([]));
    assert_place::<HashMap<u8, u8>>(r#"{"1":1,"x":2}"#, "int_parsing", json!(["x", "[key]"]));
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(refused::<Value>(&deep)["type"], "json_invalid");
    from_json::<Item>(&format!(
        r#"{{"x":["\ud83d",1e400,{deep}],"name":"a","price":1}}"#
    ))
    .unwrap();
}

#[test]
fn text_that_is_no_json_is_1007_wherever_the_mistake_stands() {
    for text in [
        "",
        "{",
        "1 2",
        r#"{"name":1,"price":1,}"#,
        r#"{"name":1} x"#,
        r#""\ud83""#,
        "[1e]",
        "01",
    ] {
        let error = from_json::<Item>(text).unwrap_err();
        assert!(error.is_syntax(), "{text}");
    }
}

/// 1 MiB of each shape: at most three times the message for a moment, and a few KiB stay.
#[test]
fn an_error_takes_three_messages_for_a_moment_and_keeps_a_few_kib() {
    const MIB: usize = 1024 * 1024;
    let objects = format!(
        r#"{{"name":[{}{{"a":0}}],"price":1}}"#,
        r#"{"a":0},"#.repeat(MIB / 8)
    );
    let deep = format!(
        r#"{{"name":{}{},"price":1}}"#,
        "[".repeat(MIB / 2),
        "]".repeat(MIB / 2)
    );
    let number = format!(r#"{{"name":"a","price":{}}}"#, "9".repeat(MIB));
    let string = format!(r#"{{"name":"a","price":{{"x":"{}"}}}}"#, "x".repeat(MIB));
    let key = format!(r#"{{"name":{{"{}":1}},"price":1}}"#, "k".repeat(MIB));
    for text in [objects, deep, number, string, key] {
        let mut error = None;
        let counted = allocation_counter::measure(|| error = from_json::<Item>(&text).err());
        let error = error.unwrap();
        let start = text.get(..20).unwrap();
        assert!(
            counted.bytes_max < 3 * MIB as u64,
            "{start}: {}",
            counted.bytes_max
        );
        assert!(
            counted.bytes_current < 16 * 1024,
            "{start}: {}",
            counted.bytes_current
        );
        assert!(error.to_string().len() < 1024 && error.errors().unwrap().to_reason().len() <= 123);
        assert!(serde_json::to_string(error.item().unwrap()).unwrap().len() < 8 * 1024);
    }
}

/// A message of a model: every error, and still a small factor of the message.
#[test]
fn the_places_of_the_smallest_containers_take_a_few_times_the_message() {
    for element in ["[],", "[[]],", "{},"] {
        let text = format!("[{}1]", element.repeat(1024 * 1024 / element.len()));
        let counted = allocation_counter::measure(|| assert!(read_json::<Vec<bool>>(&text).is_err()));
        let most = 7 * text.len() as u64;
        assert!(counted.bytes_max < most, "{element}: {}", counted.bytes_max);
    }
}

#[test]
fn the_errors_of_a_model_take_little_memory_whatever_the_message() {
    fn measured<T: Model>(text: &str) {
        let mut error = None;
        let counted = allocation_counter::measure(|| error = read_json::<T>(text).err());
        let error = error.unwrap();
        let start = text.get(..20).unwrap();
        assert!(
            counted.bytes_max < 3 * text.len() as u64 + 4096,
            "{start}: {}",
            counted.bytes_max
        );
        assert!(
            counted.bytes_current < 256 * 1024,
            "{start}: {}",
            counted.bytes_current
        );
        let errors = error.errors().unwrap();
        assert!(errors.errors().len() <= crate::bounds::MAX_ERRORS);
        assert!(errors.to_reason().len() <= 123);
        assert!(
            serde_json::to_string(errors.errors()).unwrap().len() < 128 * 1024,
            "{start}"
        );
    }
    const MIB: usize = 1024 * 1024;
    let objects = format!(r#"[{}{{"a":0}}]"#, r#"{"a":0},"#.repeat(MIB / 8));
    measured::<Vec<HashMap<String, bool>>>(&objects);
    measured::<Vec<bool>>(&objects);
    measured::<bool>(&objects);
    measured::<HashMap<u32, Value>>(&format!(r#"{{{}"b":1}}"#, r#""a":0,"#.repeat(MIB / 6)));
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(MIB / 2), "]".repeat(MIB / 2));
    measured::<HashMap<String, Vec<Value>>>(&deep);
    measured::<HashMap<String, bool>>(&format!(r#"{{"{}":1}}"#, "k".repeat(MIB)));
    measured::<Vec<bool>>(&format!(r#"["{}"]"#, "x".repeat(MIB)));
    measured::<Vec<u8>>(&format!("[{}]", "9".repeat(MIB)));
    let texts = format!(r#"["{}"]"#, [r"x".repeat(MIB / 64).as_str(); 64].join(r#"",""#));
    measured::<Vec<bool>>(&texts);
}
