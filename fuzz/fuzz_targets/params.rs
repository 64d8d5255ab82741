//! The whole of parameter extraction: any request target, header and cookie give values or errors that fit into a reason.
#![no_main]

use std::collections::HashSet;

use hangup_validation::{Email, EndpointContext, Errors, Field, Number, Pattern, Sources};
use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;
use url::Url;
use uuid::Uuid;

static N: Field = Field::path("n");
static REST: Field = Field::path("rest");
static LIMIT: Field = Field::query("limit").ge(Number::whole(1)).le(Number::whole(100));
static RATIO: Field = Field::query("ratio").multiple_of(Number::fraction(0.1));
static TAGS: Field = Field::query("tags").max_length(3);
static SET: Field = Field::query("set");
static MAIL: Field = Field::query("mail");
static LINK: Field = Field::query("link");
static WORD_PATTERN: Pattern = Pattern::new("^[a-z]+$");
static WORD: Field = Field::query("word").pattern(&WORD_PATTERN);
static TOKEN: Field = Field::header("x-token").min_length(3);
static SESSION: Field = Field::cookie("session");
static FLAG: Field = Field::cookie("flag");

// The input is the request target, the header and the cookie, each on a line.
fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let (Some(target), Some(token), Some(cookie)) = (lines.next(), lines.next(), lines.next()) else {
        return;
    };
    let Ok(target) = std::str::from_utf8(target) else {
        return;
    };
    let (Ok(token), Ok(cookie)) = (HeaderValue::from_bytes(token), HeaderValue::from_bytes(cookie)) else {
        return;
    };
    let request = Request::get(format!("/{target}"))
        .header("x-token", token)
        .header("cookie", cookie)
        .body(());
    let Ok(request) = request else { return };
    let (parts, ()) = request.into_parts();
    let sources = Sources::with_template(&parts, "/{n}/{*rest}");
    let _ = sources.matches_route();
    let mut errors = Errors::new();
    let _ = N.read::<i64>(&sources, &mut errors);
    let _ = REST.read::<String>(&sources, &mut errors);
    let _ = LIMIT.read::<i128>(&sources, &mut errors);
    let _ = RATIO.read::<Option<f64>>(&sources, &mut errors);
    let _ = TAGS.read::<Vec<String>>(&sources, &mut errors);
    let _ = SET.read::<HashSet<u8>>(&sources, &mut errors);
    let _ = MAIL.read::<Email>(&sources, &mut errors);
    let _ = LINK.read::<Url>(&sources, &mut errors);
    let _ = WORD.read::<char>(&sources, &mut errors);
    let _ = WORD.read::<String>(&sources, &mut errors);
    let _ = TOKEN.read::<String>(&sources, &mut errors);
    let _ = SESSION.read::<Uuid>(&sources, &mut errors);
    let _ = FLAG.read_or::<bool>(&sources, &mut errors, || true);
    if errors.is_empty() {
        return;
    }
    let error = errors.into_error(EndpointContext::default());
    assert!(error.to_reason().len() <= 123, "the reason is too long");
    assert!(
        error.to_reason().contains(error.errors()[0].kind()),
        "the first error is not named"
    );
    let _ = error.to_json();
    let _ = error.to_string();
});
