//! The parameters of the tour's `/params/{n}/ws`: no more than one allocation for each value that owns memory.

#![cfg(feature = "uuid")]

use hangup_validation::{Errors, Field, Number, Sources};
use http::Request;
use uuid::Uuid;

type Values = (i64, i64, Vec<String>, String, Uuid);

fn read(sources: &Sources<'_>, errors: &mut Errors) -> Option<Values> {
    static N: Field = Field::path("n");
    static LIMIT: Field = Field::query("limit").ge(Number::whole(1)).le(Number::whole(100));
    static TAGS: Field = Field::query("tags");
    static TOKEN: Field = Field::header("x-token").min_length(3);
    static SESSION: Field = Field::cookie("session");
    let n = N.read(sources, errors);
    let limit = LIMIT.read(sources, errors);
    let tags = TAGS.read(sources, errors);
    let token = TOKEN.read(sources, errors);
    let session = SESSION.read(sources, errors);
    Some((n?, limit?, tags?, token?, session?))
}

#[test]
fn one_for_each_owned_value() {
    let parts = Request::builder()
        .uri("/params/7/ws?limit=5&tags=a&tags=b%20c")
        .header("x-token", "abcdef")
        .header("cookie", "a=1; session=12345678-1234-5678-1234-567812345678")
        .body(())
        .unwrap()
        .into_parts()
        .0;
    let mut values = None;
    let counted = allocation_counter::measure(|| {
        let sources = Sources::with_template(&parts, "/params/{n}/ws");
        values = read(&sources, &mut Errors::new());
    });
    assert!(values.is_some());
    // The list, its two strings and the token.
    assert_eq!(counted.count_total, 4);
}
