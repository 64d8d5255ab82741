//! The table of cases: every path of the tour, with what the design says each client sees.
//!
//! The only place for expectations. A line a case, so that it reads as a table: hence no rustfmt here.

use super::case::Ending::{Answered, Closed, Gone, Refused};
use super::case::Says::{Anything, Errors, Exactly};
use super::case::{Case, Do, Message};

/// 120 bytes, three short of what a Close frame can hold.
macro_rules! a_120 {
    () => {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    };
}

const SESSION: (&str, &str) = ("cookie", "session=6f1c2a4e-8a0f-4b55-9d0c-2f6f0d3c5b1a");

/// An input that fits into no reason, whatever is left out beside it.
const HUGE_QUERY: &str = concat!("/validation/ws?q=", a_120!(), a_120!());

const A_122: &str = concat!(a_120!(), "aa");
const A_123: &str = concat!(a_120!(), "aaa");
const REASON_123: &str = concat!("/close/ws?code=4000&reason=", a_120!(), "aaa");
const REASON_124: &str = concat!("/close/ws?code=4000&reason=", a_120!(), "aaaa");
const EARLY_124: &str = concat!("/early-close/ws?code=4000&reason=", a_120!(), "aaaa");
const REASON_SPLIT: &str = concat!("/close/ws?code=4000&reason=", a_120!(), "aa%C3%A9");

/// Path, query, header, cookie: the order of the endpoint's parameters.
const PARAMS_ERRORS: [&str; 4] = [
    "int_parsing",
    "less_than_equal",
    "string_too_short",
    "uuid_parsing",
];

const BYE: Do = Do::Close(1000, "bye");
const EMPTY: super::case::Says = Exactly("");

pub(crate) fn all() -> Vec<Case> {
    let groups = [
        first_document(),
        second_document(),
        errors(),
        codes(),
        before_accept(),
        talk(),
        breaches(),
    ];
    groups.into_iter().flatten().collect()
}

#[rustfmt::skip]
fn first_document() -> Vec<Case> {
    vec![
        Case::new("items.no-cookie", "/items/foo/ws", Refused(1008, Exactly("Session cookie missing"), 403)),
        Case::new("items.cookie", "/items/bar/ws", Closed(1000, Anything))
            .header(SESSION.0, SESSION.1)
            .does(&[Do::Text("hi"), Do::Await(1), BYE])
            .gets(&[Message::Text("Message text was: hi, for item ID: bar")]),
        Case::new("items.empty-cookie", "/items/baz/ws", Closed(1000, Anything))
            .header("cookie", "session=")
            .does(&[Do::Text("a"), Do::Text("b"), Do::Await(2), BYE])
            .gets(&[
                Message::Text("Message text was: a, for item ID: baz"),
                Message::Text("Message text was: b, for item ID: baz"),
            ]),
        Case::new("validation.good", "/validation/ws?q=5", Closed(1000, EMPTY))
            .gets(&[Message::Text("Query param q is: 5")]),
        Case::new("validation.bad", "/validation/ws?q=abc", Refused(1008, Errors(&["int_parsing"]), 422)),
        Case::new("validation.missing", "/validation/ws", Refused(1008, Errors(&["missing"]), 422)),
        Case::new("validation.huge", HUGE_QUERY, Refused(1008, Errors(&["int_parsing"]), 422)),
        Case::new("validation-custom.bad", "/validation-custom/ws?q=abc", Refused(1003, Errors(&["int_parsing"]), 403)),
        Case::new("validation-custom.missing", "/validation-custom/ws", Refused(1003, Errors(&["missing"]), 403)),
        Case::new("validation-logged.bad", "/validation-logged/ws?q=abc", Refused(1008, Exactly("Invalid data"), 403)),
    ]
}

#[rustfmt::skip]
fn second_document() -> Vec<Case> {
    vec![
        Case::new("exception", "/exception/ws", Closed(1008, Exactly("Closing the connection..."))),
        Case::new("custom-exception", "/custom-exception/ws", Closed(1008, Exactly("Custom exception"))),
        Case::new("custom-exception-early", "/custom-exception-early/ws", Refused(1008, Exactly("Custom exception"), 403)),
    ]
}

#[rustfmt::skip]
fn errors() -> Vec<Case> {
    vec![
        Case::new("http-error.before", "/http-error/ws?accept=false", Answered(404, "Item not found")),
        Case::new("http-error.after", "/http-error/ws?accept=true", Closed(1011, EMPTY)),
        Case::new("unhandled.before", "/unhandled/ws?accept=false", Refused(1011, EMPTY, 500)),
        Case::new("unhandled.after", "/unhandled/ws?accept=true", Closed(1011, EMPTY)),
        Case::new("panic.before", "/panic/ws?accept=false", Refused(1011, EMPTY, 500)),
        Case::new("panic.after", "/panic/ws?accept=true", Closed(1011, EMPTY)),
        Case::new("handler-fails", "/handler-fails/ws", Closed(1011, EMPTY)),
        Case::new("handler-sends", "/handler-sends/ws", Closed(4102, Exactly("sent first")))
            .gets(&[Message::Text(r#"{"error":"sent by handler"}"#)]),
        Case::new("source", "/source/ws", Closed(4110, Exactly("from the source"))),
        Case::new("silent", "/silent/ws", Refused(1011, EMPTY, 500)),
        Case::new("done", "/done/ws", Closed(1000, EMPTY)),
    ]
}

#[rustfmt::skip]
fn codes() -> Vec<Case> {
    vec![
        Case::new("close.1000", "/close/ws?code=1000&reason=", Closed(1000, EMPTY)),
        Case::new("close.1012", "/close/ws?code=1012&reason=restart", Closed(1012, Exactly("restart"))),
        Case::new("close.3000", "/close/ws?code=3000&reason=who%3F", Closed(3000, Exactly("who?"))),
        Case::new("close.4001", "/close/ws?code=4001&reason=room%20is%20full", Closed(4001, Exactly("room is full"))),
        Case::new("close.4999", "/close/ws?code=4999&reason=%C3%A9t%C3%A9%20%E2%82%AC", Closed(4999, Exactly("été €"))),
        Case::new("close.reason-123", REASON_123, Closed(4000, Exactly(A_123))),
        Case::new("close.reason-124", REASON_124, Closed(4000, Exactly(A_123))),
        Case::new("close.reason-cut-in-a-character", REASON_SPLIT, Closed(4000, Exactly(A_122))),
        Case::new("close.999", "/close/ws?code=999&reason=r", Closed(1011, EMPTY)),
        Case::new("close.1004", "/close/ws?code=1004&reason=r", Closed(1011, EMPTY)),
        Case::new("close.1005", "/close/ws?code=1005&reason=r", Closed(1011, EMPTY)),
        Case::new("close.1006", "/close/ws?code=1006&reason=r", Closed(1011, EMPTY)),
        Case::new("close.1015", "/close/ws?code=1015&reason=r", Closed(1011, EMPTY)),
        Case::new("close.2999", "/close/ws?code=2999&reason=r", Closed(1011, EMPTY)),
        Case::new("close.5000", "/close/ws?code=5000&reason=r", Closed(1011, EMPTY)),
    ]
}

/// Every status that a refusal can have.
#[rustfmt::skip]
fn before_accept() -> Vec<Case> {
    vec![
        Case::new("early.1008", "/early-close/ws?code=1008&reason=no", Refused(1008, Exactly("no"), 403)),
        Case::new("early.1000", "/early-close/ws?code=1000&reason=no", Refused(1000, Exactly("no"), 403)),
        Case::new("early.1011", "/early-close/ws?code=1011&reason=no", Refused(1011, Exactly("no"), 500)),
        Case::new("early.1012", "/early-close/ws?code=1012&reason=later", Refused(1012, Exactly("later"), 503)),
        Case::new("early.1013", "/early-close/ws?code=1013&reason=later", Refused(1013, Exactly("later"), 503)),
        Case::new("early.1014", "/early-close/ws?code=1014&reason=later", Refused(1014, Exactly("later"), 403)),
        Case::new("early.reason-124", EARLY_124, Refused(4000, Exactly(A_123), 403)),
        Case::new("early.3000", "/early-close/ws?code=3000&reason=who", Refused(3000, Exactly("who"), 401)),
        Case::new("early.3003", "/early-close/ws?code=3003&reason=no", Refused(3003, Exactly("no"), 403)),
        Case::new("early.3008", "/early-close/ws?code=3008&reason=slow", Refused(3008, Exactly("slow"), 408)),
        Case::new("early.4001", "/early-close/ws?code=4001&reason=%C3%A9t%C3%A9", Refused(4001, Exactly("été"), 403)),
        Case::new("early.1006", "/early-close/ws?code=1006&reason=r", Refused(1011, EMPTY, 500)),
        Case::new("params.all-wrong", "/params/x/ws?limit=1000&tags=a", Refused(1008, Errors(&PARAMS_ERRORS), 422))
            .header("x-token", "ab")
            .header("cookie", "session=nonsense"),
        Case::new("params.one-wrong", "/params/7/ws?limit=0&tags=a", Refused(1008, Errors(&["greater_than_equal"]), 422))
            .header("x-token", "abcdef")
            .header(SESSION.0, SESSION.1),
        Case::new("params.good", "/params/7/ws?limit=5&tags=a&tags=b", Closed(1000, Anything))
            .header("x-token", "abcdef")
            .header(SESSION.0, SESSION.1)
            .does(&[BYE])
            .gets(&[Message::Whatever]),
    ]
}

#[rustfmt::skip]
fn talk() -> Vec<Case> {
    vec![
        Case::new("json.good", "/json/ws", Closed(1000, Anything))
            .does(&[Do::Text(r#"{"name":"tea","price":2.5}"#), Do::Await(1), BYE])
            .gets(&[Message::Json(r#"{"name":"tea","price":2.5}"#)]),
        Case::new("draining", "/draining/ws", Closed(1000, Anything))
            .does(&[Do::Text("not yet"), Do::Await(1), BYE])
            .gets(&[Message::Text("not yet")]),
        Case::new("expires", "/expires/ws?seconds=0", Closed(3000, Exactly("expired"))),
        Case::new("ticks", "/ticks/ws", Closed(1000, Anything)).does(&[Do::Await(2), BYE]).gets(&[Message::Whatever]),
        Case::new("slow-accept", "/slow-accept/ws?seconds=0", Closed(1000, EMPTY)),
        Case::new("json.not-json", "/json/ws", Closed(1007, Anything)).does(&[Do::Text("{not json")]),
        Case::new("json.wrong-shape", "/json/ws", Closed(1008, Errors(&["missing"])))
            .does(&[Do::Text(r#"{"name":"tea"}"#)]),
        Case::new("json.binary", "/json/ws", Closed(1003, Anything)).does(&[Do::Binary(b"\x00\x01")]),
        Case::new("items.binary", "/items/binary/ws", Closed(1003, Anything))
            .header(SESSION.0, SESSION.1)
            .does(&[Do::Binary(b"hi")]),
        Case::new("items.too-large", "/items/large/ws", Closed(1009, Anything))
            .header(SESSION.0, SESSION.1)
            .does(&[Do::LongText((1 << 20) + 1)]),
        Case::new("echo.text", "/echo", Closed(1000, Anything))
            .does(&[Do::Text("grüße"), Do::Text("2"), Do::Await(2), BYE])
            .gets(&[Message::Text("grüße"), Message::Text("2")]),
        Case::new("echo.binary", "/echo", Closed(1000, Anything))
            .does(&[Do::Binary(b"\x00\xff\x80"), Do::Await(1), BYE])
            .gets(&[Message::Binary(b"\x00\xff\x80")]),
        Case::new("echo.large", "/echo", Closed(1000, Anything))
            .does(&[Do::LongText(300_000), Do::Await(1), BYE])
            .gets(&[Message::LongText(300_000)]),
        Case::new("echo.client-code", "/echo", Closed(4321, Anything)).does(&[Do::Close(4321, "mine")]),
        Case::new("disconnect.clean", "/disconnect/ws", Closed(1000, Anything))
            .does(&[Do::Close(1000, "from {client}")])
            .last(1000, "from {client}", true),
        Case::new("disconnect.own-code", "/disconnect/ws", Closed(4444, Anything))
            .does(&[Do::Close(4444, "{client} is leaving")])
            .last(4444, "{client} is leaving", true),
        Case::new("disconnect.vanished", "/disconnect/ws", Gone)
            .does(&[Do::Vanish])
            .last(1006, "", false),
    ]
}

/// The peer breaks the protocol: only the bare wire can do that. The mask key is zero.
#[rustfmt::skip]
fn breaches() -> Vec<Case> {
    let breach = |name, bytes, code| Case::new(name, "/echo", Closed(code, Anything)).does(&[Do::Raw(bytes)]);
    vec![
        breach("breach.not-masked", b"\x81\x02hi", 1002),
        breach("breach.reserved-bit", b"\xc1\x82\0\0\0\0hi", 1002),
        breach("breach.reserved-opcode", b"\x83\x82\0\0\0\0hi", 1002),
        breach("breach.fragmented-ping", b"\x09\x80\0\0\0\0", 1002),
        breach("breach.lone-continuation", b"\x80\x82\0\0\0\0hi", 1002),
        breach("breach.close-of-one-byte", b"\x88\x81\0\0\0\0\x03", 1002),
        breach("breach.close-1005", b"\x88\x82\0\0\0\0\x03\xed", 1002),
        breach("breach.bad-utf8", b"\x81\x82\0\0\0\0\xc3\x28", 1007),
        breach("breach.bad-utf8-in-reason", b"\x88\x83\0\0\0\0\x03\xe8\xff", 1007),
        breach(
            "breach.length-of-2^63",
            b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0",
            1002,
        ),
        breach("breach.33-MiB", b"\x82\xff\0\0\0\0\x02\x10\0\0\0\0\0\0", 1009),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_path_of_the_tour_has_a_case() {
        let cases = all();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        let firsts: BTreeSet<&str> = cases
            .iter()
            .filter_map(|case| case.path.split(['/', '?']).nth(1))
            .collect();
        let tour = [
            "items",
            "validation",
            "validation-custom",
            "validation-logged",
            "exception",
            "custom-exception",
            "custom-exception-early",
            "http-error",
            "unhandled",
            "panic",
            "handler-fails",
            "handler-sends",
            "source",
            "close",
            "early-close",
            "silent",
            "done",
            "disconnect",
            "json",
            "params",
            "echo",
            "draining",
            "expires",
            "ticks",
            "slow-accept",
        ];
        assert_eq!(firsts, tour.into_iter().collect());
    }

    #[test]
    fn no_expected_reason_is_longer_than_a_close_frame_can_hold() {
        for case in all() {
            if let Closed(_, Exactly(reason)) | Refused(_, Exactly(reason), _) = case.ending {
                assert!(reason.len() <= 123, "{}", case.name);
            }
        }
    }
}
