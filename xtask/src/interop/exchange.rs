//! Cases and reports as JSON: the language of the clients that are not written in Rust.

use serde_json::{Value, json};

use super::case::{Case, Do, long_text, signed};
use super::client::{Got, Seen};
use crate::failure::{Failure, Result};

/// The cases for a client that is not ours.
pub(crate) fn cases(cases: &[&Case], client: &str) -> Value {
    let one = |case: &&Case| {
        json!({
            "path": case.path,
            "headers": case.headers,
            "script": case.script.iter().map(|step| self::step(step, client)).collect::<Vec<_>>(),
        })
    };
    cases.iter().map(one).collect()
}

fn step(step: &Do, client: &str) -> Value {
    match step {
        Do::Text(text) => json!(["text", text]),
        Do::LongText(length) => json!(["text", long_text(*length)]),
        Do::Binary(bytes) => json!(["binary", bytes]),
        Do::Await(count) => json!(["await", count]),
        Do::Close(code, reason) => json!(["close", code, signed(reason, client)]),
        Do::Raw(_) | Do::Vanish => json!(["cannot"]),
    }
}

/// What the client reports: one object a case, each field as in `Seen`, left out or null where there is nothing.
pub(crate) fn reports(value: &Value, count: usize) -> Result<Vec<Seen>> {
    let reports: Vec<Seen> = value.as_array().into_iter().flatten().map(report).collect();
    if reports.len() == count {
        return Ok(reports);
    }
    Err(Failure::from(format!(
        "{count} cases and {} reports: {value}",
        reports.len()
    )))
}

fn report(value: &Value) -> Seen {
    let text = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
    let number = |value: &Value| value.as_u64().and_then(|number| u16::try_from(number).ok());
    let close = value.get("close").and_then(Value::as_array);
    Seen {
        opened: value.get("opened").and_then(Value::as_bool).unwrap_or(false),
        status: value.get("status").and_then(number),
        headers: value
            .get("headers")
            .and_then(Value::as_array)
            .map(|pairs| pairs.iter().filter_map(pair).collect()),
        body: text("body"),
        messages: value
            .get("messages")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(message)
            .collect(),
        close: close.and_then(|close| Some((number(close.first()?)?, close.get(1)?.as_str()?.to_owned()))),
        clean: value.get("clean").and_then(Value::as_bool),
        error: text("error"),
        trouble: text("trouble"),
        transcript: value.to_string(),
    }
}

fn pair(value: &Value) -> Option<(String, String)> {
    Some((
        value.get(0)?.as_str()?.to_owned(),
        value.get(1)?.as_str()?.to_owned(),
    ))
}

/// Text is a string, binary a list of bytes.
fn message(value: &Value) -> Got {
    match value {
        Value::String(text) => Got::Text(text.clone()),
        other => {
            let bytes = other.as_array().into_iter().flatten();
            Got::Binary(
                bytes
                    .filter_map(|byte| u8::try_from(byte.as_u64()?).ok())
                    .collect(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_becomes_what_was_seen() {
        let value = json!([{
            "opened": true, "messages": ["a", [0, 255]], "close": [1008, "why"], "clean": true, "status": null,
        }]);
        let seen = reports(&value, 1).unwrap().remove(0);
        assert_eq!(seen.messages, [Got::Text("a".into()), Got::Binary(vec![0, 255])]);
        assert_eq!(
            (seen.close, seen.status, seen.clean),
            (Some((1008, "why".into())), None, Some(true))
        );
        assert!(reports(&value, 2).is_err());
    }
}
