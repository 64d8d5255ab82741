//! What a client saw, held against what the design says: each difference is a sentence.

use serde_json::Value;

use super::case::{Case, Ending, Message, Refuse, Says, long_text};
use super::client::{Got, Seen};
use super::known::{self, Limit};

/// The word that the tour puts into errors which no client may see.
pub(crate) const SECRET: &str = "secret";

const LONGEST_REASON: usize = 123;

/// By what the design says and, where the client has a limit that is known, by that.
pub(crate) fn judge_client(client: &str, case: &Case, refuse: Refuse, seen: &Seen) -> Vec<String> {
    match known::limit(client, case, refuse) {
        None => judge(case, refuse, seen),
        Some(limit) => judge_limited(limit, case, seen),
    }
}

fn judge_limited(limit: &Limit, case: &Case, seen: &Seen) -> Vec<String> {
    let mut wrong: Vec<String> = known::differs(limit, seen).into_iter().collect();
    if !seen.opened {
        wrong.push("the handshake was not completed".into());
    }
    wrong.extend(messages_differ(&case.messages, seen));
    if holds_secret(seen) {
        wrong.push(format!("the client was shown the word \"{SECRET}\""));
    }
    wrong
}

pub(crate) fn judge(case: &Case, refuse: Refuse, seen: &Seen) -> Vec<String> {
    let mut wrong = match (case.ending, refuse) {
        (Ending::Closed(code, reason), _) | (Ending::Refused(code, reason, _), Refuse::Close) => {
            closed(code, reason, &case.messages, seen)
        }
        (Ending::Refused(code, reason, status), Refuse::Http) => {
            let mut wrong = answered(status, seen);
            wrong.extend(refusal_body(code, reason, seen));
            wrong
        }
        (Ending::Answered(status, detail), _) => {
            let mut wrong = answered(status, seen);
            wrong.extend(error_body(detail, seen));
            wrong
        }
        (Ending::Gone, _) => Vec::new(),
    };
    if let Some(trouble) = &seen.trouble {
        wrong.push(trouble.clone());
    }
    if holds_secret(seen) {
        wrong.push(format!("the client was shown the word \"{SECRET}\""));
    }
    wrong
}

fn closed(code: u16, reason: Says, messages: &[Message], seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    if !seen.opened {
        wrong.push("the handshake was not completed".into());
    }
    match &seen.close {
        None => wrong.push(format!("no close, expected {code}")),
        Some((seen_code, seen_reason)) => {
            if *seen_code != code {
                wrong.push(format!("code {seen_code}, expected {code}"));
            }
            wrong.extend(reason_differs(reason, seen_reason));
        }
    }
    if seen.clean == Some(false) {
        wrong.push("the close was not clean".into());
    }
    wrong.extend(messages_differ(messages, seen));
    wrong
}

fn messages_differ(messages: &[Message], seen: &Seen) -> Option<String> {
    let same = messages.contains(&Message::Whatever)
        || (messages.len() == seen.messages.len() && messages.iter().zip(&seen.messages).all(is_same));
    let got: String = format!("{:?}", seen.messages).chars().take(200).collect();
    (!same).then(|| format!("messages {got}, expected {messages:?}"))
}

fn is_same((expected, got): (&Message, &Got)) -> bool {
    match (expected, got) {
        (Message::Text(expected), Got::Text(got)) => expected == got,
        (Message::Binary(expected), Got::Binary(got)) => expected == got,
        (Message::LongText(length), Got::Text(got)) => *got == long_text(*length),
        (Message::Json(expected), Got::Text(got)) => {
            let value = |text: &str| serde_json::from_str::<Value>(text).ok();
            value(got).is_some() && value(got) == value(expected)
        }
        _ => false,
    }
}

fn reason_differs(expected: Says, reason: &str) -> Option<String> {
    if reason.len() > LONGEST_REASON {
        return Some(format!("a reason of {} bytes", reason.len()));
    }
    match expected {
        Says::Anything => None,
        Says::Exactly(text) => (reason != text).then(|| format!("reason {reason:?}, expected {text:?}")),
        Says::Errors(types) => {
            let Ok(value) = serde_json::from_str::<Value>(reason) else {
                return Some(format!("the reason is no JSON: {reason:?}"));
            };
            let first = types.first().copied().unwrap_or_default();
            let is_first = error_types(&value).first().is_some_and(|found| found == first);
            (!is_first).then(|| format!("the reason does not begin with the error {first:?}: {reason}"))
        }
    }
}

/// The `type` of each error in the value, wherever the list stands in it.
fn error_types(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(error_types).collect(),
        Value::Object(fields) => match fields.get("type") {
            Some(Value::String(name)) => vec![name.clone()],
            _ => fields.values().flat_map(error_types).collect(),
        },
        _ => Vec::new(),
    }
}

fn answered(status: u16, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    if seen.opened {
        wrong.push(format!("the handshake was completed, expected HTTP {status}"));
    }
    match (seen.status, &seen.close) {
        (Some(seen_status), _) if seen_status == status => {}
        (Some(seen_status), _) => wrong.push(format!("HTTP {seen_status}, expected {status}")),
        // A browser tells a page no more than this.
        (None, Some((1006, reason))) if reason.is_empty() && seen.clean == Some(false) => {}
        // So do others: that the handshake has failed, and not how.
        (None, None) if seen.error.is_some() => {}
        (None, _) => wrong.push(format!("no HTTP answer, expected {status}")),
    }
    if !seen.messages.is_empty() {
        wrong.push(format!("{} messages of a refused handshake", seen.messages.len()));
    }
    if let Some(headers) = &seen.headers {
        let has = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        if status == 503 && !has("retry-after") {
            wrong.push("503 without Retry-After".into());
        }
        if has("sec-websocket-accept") {
            wrong.push("a refused handshake with Sec-WebSocket-Accept".into());
        }
    }
    wrong
}

/// `{"detail": .., "code": ..}`, where the client can see it.
fn refusal_body(code: u16, reason: Says, seen: &Seen) -> Vec<String> {
    let Some(body) = &seen.body else { return Vec::new() };
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        return vec![format!("the body is no JSON: {body:?}")];
    };
    let mut wrong = Vec::new();
    if value.get("code") != Some(&Value::from(code)) {
        wrong.push(format!(
            "the body's code is {:?}, expected {code}",
            value.get("code")
        ));
    }
    let Some(detail) = value.get("detail") else {
        wrong.push(format!("the body has no detail: {body}"));
        return wrong;
    };
    match reason {
        // What is said of an empty reason is left to the framework.
        Says::Anything | Says::Exactly("") => {}
        Says::Exactly(text) => {
            if detail != text {
                wrong.push(format!("detail {detail}, expected {text:?}"));
            }
        }
        Says::Errors(types) => {
            let found = match detail {
                // A handler's reason: the JSON text that a Close frame would have had.
                Value::String(text) => serde_json::from_str(text)
                    .map(|inner| error_types(&inner))
                    .unwrap_or_default(),
                _ => error_types(detail),
            };
            if found != types {
                wrong.push(format!("detail holds the errors {found:?}, expected {types:?}"));
            }
        }
    }
    wrong
}

/// `{"detail": ..}` and nothing else, where the client can see it.
fn error_body(detail: &str, seen: &Seen) -> Option<String> {
    let body = seen.body.as_ref()?;
    let expected = serde_json::json!({ "detail": detail });
    let is_same = serde_json::from_str::<Value>(body).is_ok_and(|value| value == expected);
    (!is_same).then(|| format!("body {body:?}, expected {expected}"))
}

fn holds_secret(seen: &Seen) -> bool {
    let reason = seen
        .close
        .as_ref()
        .map(|(_, reason)| reason.as_str())
        .unwrap_or_default();
    let texts = seen.messages.iter().filter_map(|message| match message {
        Got::Text(text) => Some(text.as_str()),
        Got::Binary(_) => None,
    });
    let headers = seen.headers.iter().flatten().map(|(_, value)| value.as_str());
    texts
        .chain(headers)
        .chain([
            reason,
            seen.transcript.as_str(),
            seen.body.as_deref().unwrap_or_default(),
        ])
        .any(|text| text.to_lowercase().contains(SECRET))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed_with(code: u16, reason: &str) -> Seen {
        Seen {
            opened: true,
            close: Some((code, reason.into())),
            ..Seen::default()
        }
    }

    fn answer(status: u16, body: &str) -> Seen {
        Seen {
            status: Some(status),
            headers: Some(vec![]),
            body: Some(body.into()),
            ..Seen::default()
        }
    }

    const REFUSED: Ending = Ending::Refused(1008, Says::Errors(&["int_parsing", "missing"]), 422);

    #[test]
    fn the_refusal_mode_decides_what_a_refusal_looks_like() {
        let case = Case::new("c", "/c", REFUSED);
        let frame = closed_with(1008, r#"[{"type":"int_parsing"},{"more":1}]"#);
        let http = answer(
            422,
            r#"{"code":1008,"detail":[{"type":"int_parsing"},{"type":"missing"}]}"#,
        );
        assert_eq!(judge(&case, Refuse::Close, &frame), Vec::<String>::new());
        assert_eq!(judge(&case, Refuse::Http, &http), Vec::<String>::new());
        assert!(!judge(&case, Refuse::Http, &frame).is_empty());
        assert!(!judge(&case, Refuse::Close, &http).is_empty());
    }

    #[test]
    fn a_limit_of_a_client_is_held_against_what_it_shows() {
        let case = Case::new("c", "/c", Ending::Closed(1012, Says::Exactly("restart")));
        let judged = |client, seen| judge_client(client, &case, Refuse::Close, &seen);
        let (right, less) = (
            closed_with(1012, "restart"),
            closed_with(1002, "Invalid close code"),
        );
        assert_eq!(judged("websockets", right.clone()), Vec::<String>::new());
        assert!(!judged("websockets", less.clone()).is_empty());
        assert_eq!(judged("qt", less), Vec::<String>::new());
        // It has learned the code: then the limit must go.
        assert_eq!(judged("qt", right).len(), 1);
    }

    #[test]
    fn each_difference_is_told() {
        let case = Case::new("c", "/c", Ending::Closed(1011, Says::Exactly("")));
        assert_eq!(
            judge(&case, Refuse::Close, &closed_with(1011, "")),
            Vec::<String>::new()
        );
        assert_eq!(judge(&case, Refuse::Close, &closed_with(1006, "why")).len(), 2);
        assert_eq!(
            judge(&case, Refuse::Close, &closed_with(1011, "a secret")).len(),
            2
        );
        let unclean = Seen {
            clean: Some(false),
            ..closed_with(1011, "")
        };
        assert_eq!(judge(&case, Refuse::Close, &unclean), ["the close was not clean"]);
        let chatty = Seen {
            messages: vec![Got::Text("x".into())],
            ..closed_with(1011, "")
        };
        assert_eq!(judge(&case, Refuse::Close, &chatty).len(), 1);
    }

    #[test]
    fn a_browser_learns_nothing_of_an_http_answer() {
        let case = Case::new("c", "/c", Ending::Answered(404, "Item not found"));
        let browser = Seen {
            close: Some((1006, String::new())),
            clean: Some(false),
            ..Seen::default()
        };
        assert_eq!(judge(&case, Refuse::Close, &browser), Vec::<String>::new());
        assert_eq!(
            judge(
                &case,
                Refuse::Close,
                &answer(404, r#"{"detail":"Item not found"}"#)
            ),
            Vec::<String>::new()
        );
        assert_eq!(
            judge(&case, Refuse::Close, &answer(404, r#"{"detail":"x"}"#)).len(),
            1
        );
        assert_eq!(
            judge(
                &case,
                Refuse::Close,
                &Seen {
                    opened: true,
                    ..browser
                }
            )
            .len(),
            1
        );
    }

    #[test]
    fn reasons_fit_into_a_close_frame_and_are_json_where_they_hold_errors() {
        assert!(reason_differs(Says::Anything, &"é".repeat(62)).is_some());
        assert!(reason_differs(Says::Errors(&["missing"]), r#"[{"type":"mis"#).is_some());
        assert!(reason_differs(Says::Errors(&["missing"]), r#"[{"type":"int_parsing"}]"#).is_some());
        assert_eq!(
            reason_differs(
                Says::Errors(&["missing"]),
                r#"{"errors":[{"type":"missing"}],"more":2}"#
            ),
            None
        );
    }
}
