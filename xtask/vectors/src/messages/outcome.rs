//! What hangup answers to a vector, and whether that is what is expected.

use hangup::models::{Model, Written, read_json};
use serde_json::{Map, Value, json};

use super::models::*;

/// As the vectors write it: `{"ok": value}` or `{"errors": [..]}`; `None` for a model that is not known.
pub(super) fn outcome(model: &str, input: &str) -> Option<Value> {
    Some(match model {
        "Item" => of::<Item>(input),
        "Event" => of::<Event>(input),
        "Envelope" => of::<Envelope>(input),
        "User" => of::<User>(input),
        "Paint" => of::<Paint>(input),
        "Strict" => of::<Strict>(input),
        "Forbid" => of::<Forbid>(input),
        "Allow" => of::<Allow>(input),
        "Opt" => of::<Opt>(input),
        "Bounds" => of::<Bounds>(input),
        "Maps" => of::<Maps>(input),
        "Times" => of::<Times>(input),
        "Alias" => of::<Alias>(input),
        "Untagged" => of::<Untagged>(input),
        "Pets" => of::<Pets>(input),
        "Matrix" => of::<Matrix>(input),
        "Tree" => of::<Tree>(input),
        "Custom" => of::<Custom>(input),
        "NoNan" => of::<NoNan>(input),
        "Bytes" => of::<Bytes>(input),
        "ListOfItem" => of::<Vec<Item>>(input),
        "int" => of::<i128>(input),
        "str" => of::<String>(input),
        "bool" => of::<bool>(input),
        "dict-str-any" => of::<Map<String, Value>>(input),
        "Optional-Item" => of::<Option<Item>>(input),
        "Command" => of::<Command>(input),
        "Batch" => of::<Batch>(input),
        "Camel" => of::<Camel>(input),
        "Numbers" => of::<Numbers>(input),
        "Ids" => of::<Ids>(input),
        _ => return None,
    })
}

fn of<T: Model>(input: &str) -> Value {
    match read_json::<T>(input) {
        Ok(value) => {
            let text = serde_json::to_string(&Written(&value)).unwrap_or_default();
            json!({ "ok": serde_json::from_str::<Value>(&text).unwrap_or_default() })
        }
        Err(error) => match error.errors() {
            Some(errors) => json!({ "errors": errors.errors(), "omitted": errors.omitted() }),
            None => json!({ "errors": [{"type": "json_invalid"}] }),
        },
    }
}

/// Whether an answer is the expected one.
pub(super) fn same(expect: &Value, got: &Value) -> bool {
    if let (Some(expect), Some(got)) = (expect.get("ok"), got.get("ok")) {
        return same_value(&unwrapped(expect), got);
    }
    let (Some(expect), Some(found)) = (expect["errors"].as_array(), got["errors"].as_array()) else {
        return false;
    };
    // The text that is no JSON is described in another parser's words.
    if expect
        .first()
        .is_some_and(|error| error["type"] == "json_invalid")
    {
        return found.first().is_some_and(|error| error["type"] == "json_invalid");
    }
    let omitted = got["omitted"].as_u64().unwrap_or_default();
    expect.len() as u64 == found.len() as u64 + omitted
        && expect.iter().zip(found).all(|(expect, got)| {
            ["type", "loc", "msg"].iter().all(|key| expect[key] == got[key])
                && is_shown(&expect["input"], &got["input"])
                && is_shown(&expect["ctx"], &got["ctx"])
        })
}

/// A value that the vector holds as text: it is nested too deep for its line.
fn unwrapped(expect: &Value) -> Value {
    match expect.get("$json").and_then(Value::as_str) {
        Some(text) => serde_json::from_str(text).unwrap_or_default(),
        None => expect.clone(),
    }
}

fn same_value(expect: &Value, got: &Value) -> bool {
    match (expect, got) {
        (Value::Object(tagged), _) if tagged.len() == 1 && expect.get("$bytes").is_none() => {
            match (
                &expect["$set"],
                &expect["$decimal"],
                &expect["$us"],
                &expect["$int"],
            ) {
                (Value::Array(expect), ..) => got.as_array().is_some_and(|got| {
                    expect.len() == got.len() && expect.iter().all(|one| got.contains(one))
                }),
                (_, Value::String(text), ..) => got == text,
                (_, _, Value::Number(us), _) => {
                    let parsed = got
                        .as_str()
                        .and_then(|text| speedate::Duration::parse_str(text).ok());
                    parsed.is_some_and(|parsed| {
                        let whole = parsed.signed_total_seconds() * 1_000_000
                            + i64::from(parsed.signed_microseconds());
                        us.as_i64() == Some(whole)
                    })
                }
                (_, _, _, Value::String(digits)) => {
                    let shown = got.to_string();
                    shown == *digits
                }
                _ => same_members(expect, got),
            }
        }
        (Value::Object(_), _) => same_members(expect, got),
        (Value::Array(expect), Value::Array(got)) => {
            expect.len() == got.len()
                && expect
                    .iter()
                    .zip(got)
                    .all(|(expect, got)| same_value(expect, got))
        }
        (Value::String(expect), Value::String(got)) => expect == got || is_same_time(expect, got),
        (Value::Number(expect), Value::Number(got)) => {
            expect == got
                || (expect.is_i64() && got.as_f64() == expect.as_f64() && expect.as_f64() == Some(0.0))
        }
        _ => expect == got,
    }
}

/// The vectors have Python's names of two fields.
fn same_members(expect: &Value, got: &Value) -> bool {
    let (Some(expect), Some(got)) = (expect.as_object(), got.as_object()) else {
        return false;
    };
    expect.len() == got.len()
        && expect.iter().all(|(key, expect)| {
            let key = match key.as_str() {
                "any_" => "any",
                "item_id" => "itemId",
                key => key,
            };
            got.get(key).is_some_and(|got| same_value(expect, got))
        })
}

/// Dates and times as Python's `isoformat` and as RFC 3339.
fn is_same_time(expect: &str, got: &str) -> bool {
    let expect = expect.replace("+00:00", "Z");
    let got = got.replace("+00:00", "Z");
    expect == got
}

/// What an error shows: numbers that JSON libraries of Rust do not hold are their text.
fn is_shown(expect: &Value, got: &Value) -> bool {
    match (expect, got) {
        (Value::Object(tagged), _) if tagged.len() == 1 => match tagged.iter().next() {
            Some((key, digits)) if key == "$int" => {
                got == digits || Some(got.to_string().as_str()) == digits.as_str()
            }
            Some((key, _)) if key == "$float" => got
                .as_str()
                .and_then(|text| text.parse::<f64>().ok())
                .is_some_and(|number| !number.is_finite()),
            Some((key, _)) if key == "$exception" => got == &json!({}),
            Some((key, expect)) => got.get(key).is_some_and(|got| is_shown(expect, got)),
            None => false,
        },
        (Value::Object(expect), Value::Object(got)) => {
            expect.len() == got.len()
                && expect
                    .iter()
                    .all(|(key, expect)| got.get(key).is_some_and(|got| is_shown(expect, got)))
        }
        (Value::Array(expect), Value::Array(got)) => {
            expect.len() == got.len() && expect.iter().zip(got).all(|(expect, got)| is_shown(expect, got))
        }
        (Value::Number(expect), Value::Number(got)) => expect.as_f64() == got.as_f64(),
        _ => expect == got,
    }
}
