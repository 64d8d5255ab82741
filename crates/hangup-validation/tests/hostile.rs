//! Requests that mean no good: every one is answered, in time and memory that grow with its length only.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic outside of its own function too"
)]

use std::time::{Duration, Instant};

use hangup_validation::{
    EndpointContext, Errors, Field, Number, Parameter, Pattern, Sources, ValidationError,
};
use http::request::Parts;
use http::{HeaderValue, Request};

fn parts(uri: &str, headers: &[(&str, &[u8])]) -> Parts {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
    }
    request.body(()).unwrap().into_parts().0
}

fn read<T: Parameter>(field: &Field, parts: &Parts) -> Result<T, ValidationError> {
    let mut errors = Errors::new();
    let value = field.read(&Sources::new(parts), &mut errors);
    value.ok_or_else(|| errors.into_error(EndpointContext::default()))
}

const Q: Field = Field::query("q");

/// The longest query that `http::Uri` holds; hyper answers 414 to a longer one before anybody reads it.
const LONGEST: usize = 65_000;

#[test]
fn bytes_that_are_no_text_become_marks() {
    let parts = parts(
        "/ws?q=%FF%FE&n=%FF",
        &[("x", b"\xff\xfe"), ("cookie", b"c=\xff; d=\"\\377\"")],
    );
    assert_eq!(read::<String>(&Q, &parts).unwrap(), "\u{fffd}\u{fffd}");
    assert_eq!(read::<String>(&Field::header("x"), &parts).unwrap(), "ÿþ");
    assert_eq!(read::<String>(&Field::cookie("c"), &parts).unwrap(), "ÿ");
    assert_eq!(read::<String>(&Field::cookie("d"), &parts).unwrap(), "ÿ");
    let error = read::<i64>(&Field::query("n"), &parts).unwrap_err();
    assert_eq!(error.errors()[0].input(), "\u{fffd}");
}

#[test]
fn ten_thousand_keys_are_one_pass() {
    let query = "q=1&".repeat(10_000);
    let parts = parts(&format!("/ws?{query}"), &[]);
    let start = Instant::now();
    assert_eq!(read::<Vec<i64>>(&Q, &parts).unwrap().len(), 10_000);
    assert_eq!(read::<i64>(&Q, &parts).unwrap(), 1);
    let error = read::<Vec<i64>>(&Q.max_length(3), &parts).unwrap_err();
    assert_eq!(error.errors().len(), 1);
    let error = read::<Vec<bool>>(&Q.min_length(20_000), &parts).unwrap_err();
    assert!(error.to_reason().contains("too_short"));
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn ten_thousand_errors_fit_into_a_reason() {
    let query = "q=x&".repeat(10_000);
    let error = read::<Vec<i64>>(&Q, &parts(&format!("/ws?{query}"), &[])).unwrap_err();
    assert_eq!((error.errors().len(), error.omitted()), (64, 10_000 - 64));
    assert!(error.to_string().starts_with("10000 validation errors:"));
    let start = Instant::now();
    assert_eq!(
        error.to_reason(),
        r#"[{"type":"int_parsing","loc":["query","q",0]},{"type":"int_parsing","loc":["query","q",1]},{"more":9998}]"#
    );
    assert!(
        start.elapsed() < Duration::from_millis(50),
        "the rest is counted, not written"
    );
}

/// A query of 60 KB in each of 50 errors: each shows its part, with the mark.
#[test]
fn a_long_query_is_not_echoed_in_every_error() {
    const SHORT: Field = Field::query("q").max_length(1);
    let parts = parts(&format!("/ws?q={}", "x".repeat(60_000)), &[]);
    let mut errors = Errors::new();
    let counted = allocation_counter::measure(|| {
        let sources = Sources::new(&parts);
        for _ in 0..50 {
            assert!(SHORT.read::<String>(&sources, &mut errors).is_none());
        }
    });
    assert!(counted.bytes_current < 50 * 6 * 1024, "{}", counted.bytes_current);
    let error = errors.into_error(EndpointContext::default());
    assert!(error.to_json().len() < 50 * 6 * 1024);
    assert!(error.errors()[0].input().as_str().unwrap().ends_with("x…"));
}

#[test]
fn the_longest_values_are_parsed_in_time() {
    let start = Instant::now();
    let long = |digit: &str| parts(&format!("/ws?q={}", digit.repeat(LONGEST / digit.len())), &[]);
    for digit in ["1", "0", "_", "1_", "-", "9.", "e", "%31", "%FF", "+", "1e"] {
        let parts = long(digit);
        let _ = read::<i64>(&Q.multiple_of(Number::whole(7)), &parts);
        let _ = read::<f64>(&Q.multiple_of(Number::fraction(0.1)), &parts);
        let _ = read::<bool>(&Q, &parts);
        let _ = read::<char>(&Q, &parts);
        let _ = read::<std::net::IpAddr>(&Q, &parts);
        assert!(
            read::<String>(&Q.max_length(10), &parts)
                .unwrap_err()
                .to_reason()
                .len()
                <= 123
        );
        #[cfg(feature = "decimal")]
        let _ =
            read::<hangup_validation::Decimal>(&Q.max_digits(9).multiple_of(Number::digits("0.07")), &parts);
        #[cfg(feature = "decimal")]
        let _ = read::<hangup_validation::Decimal>(&Q.multiple_of(Number::digits("0.07")), &parts);
        #[cfg(feature = "uuid")]
        assert!(read::<uuid::Uuid>(&Q, &parts).is_err());
        #[cfg(feature = "speedate")]
        {
            let _ = read::<speedate::DateTime>(&Q, &parts);
            let _ = read::<speedate::Duration>(&Q, &parts);
        }
        #[cfg(feature = "url")]
        let _ = read::<url::Url>(&Q, &parts);
        #[cfg(feature = "email")]
        assert!(read::<hangup_validation::Email>(&Q, &parts).is_err());
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_large_exponent_costs_nothing() {
    #[cfg(feature = "decimal")]
    {
        let parts = parts("/ws?q=1E999999999999999999&r=-1E-999999999999999999", &[]);
        let start = Instant::now();
        let large: hangup_validation::Decimal = read(&Q.ge(Number::whole(1)), &parts).unwrap();
        assert_eq!(large.to_string(), "1E+999999999999999999");
        let field = Field::query("r").multiple_of(Number::whole(3));
        assert!(read::<hangup_validation::Decimal>(&field, &parts).is_err());
        assert!(start.elapsed() < Duration::from_millis(100));
    }
}

#[test]
fn a_thousand_cookies_are_one_pass() {
    let line = "c=\"1\\054\"; ".repeat(1000);
    let parts = parts(
        "/ws",
        &[
            ("cookie", line.as_bytes()),
            ("cookie", b"d=1"),
            ("cookie", b"c=\""),
        ],
    );
    assert_eq!(read::<String>(&Field::cookie("c"), &parts).unwrap(), "\"");
    assert_eq!(read::<i64>(&Field::cookie("d"), &parts).unwrap(), 1);
}

#[test]
fn a_pattern_that_would_explode_elsewhere_is_linear() {
    static PATTERN: Pattern = Pattern::new("^(a+)+$");
    let parts = parts(&format!("/ws?q={}b", "a".repeat(50_000)), &[]);
    let start = Instant::now();
    assert!(read::<String>(&Q.pattern(&PATTERN), &parts).is_err());
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn names_that_are_no_header_are_absent() {
    let parts = parts("/ws", &[]);
    for name in ["", "über", "a b", "x\n"] {
        let field = Field::header(Box::leak(name.to_owned().into_boxed_str()));
        assert_eq!(
            read::<String>(&field, &parts).unwrap_err().errors()[0].kind(),
            "missing"
        );
    }
}
