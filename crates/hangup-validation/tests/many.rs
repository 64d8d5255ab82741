//! Lists, sets, tuples and options: how often a parameter may come.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic outside of its own function too"
)]

use std::collections::{BTreeSet, HashSet};

use hangup_validation::{EndpointContext, Errors, Field, Parameter, Sources};
use http::Request;
use serde_json::{Value, json};

fn read<T: Parameter>(field: &Field, query: &str) -> Result<T, Value> {
    let request = Request::builder()
        .uri(format!("/ws?{query}"))
        .header("cookie", "q=1; empty=")
        .header("q", "7");
    let parts = request.header("q", "8").body(()).unwrap().into_parts().0;
    let mut errors = Errors::new();
    let value = field.read(&Sources::new(&parts), &mut errors);
    value.ok_or_else(|| serde_json::to_value(errors.into_error(EndpointContext::default()).errors()).unwrap())
}

const Q: Field = Field::query("q");

#[test]
fn a_list_keeps_order_and_tells_of_every_bad_item() {
    assert_eq!(read::<Vec<i64>>(&Q, "q=3&x=9&q=1&q=2"), Ok(vec![3, 1, 2]));
    let errors = read::<Vec<i64>>(&Q, "q=a&q=1&q=").unwrap_err();
    assert_eq!(
        (&errors[0]["loc"], &errors[0]["input"]),
        (&json!(["query", "q", 0]), &json!("a"))
    );
    assert_eq!(
        (&errors[1]["loc"], &errors[1]["input"]),
        (&json!(["query", "q", 2]), &json!(""))
    );
    assert_eq!(read::<Vec<i64>>(&Q, "").unwrap_err()[0]["type"], "missing");
    assert_eq!(read::<Vec<i64>>(&Field::header("q"), ""), Ok(vec![7, 8]));
    assert_eq!(read::<i64>(&Field::header("q"), ""), Ok(7), "the first header");
    assert_eq!(read::<i64>(&Q, "q=1&q=2"), Ok(2), "the last of the query");
}

#[test]
fn a_list_has_a_length() {
    let field = Q.min_length(2).max_length(3);
    let short = json!([{
        "type": "too_short", "loc": ["query", "q"], "msg": "List should have at least 2 items after validation, not 1",
        "input": ["1"], "ctx": {"field_type": "List", "min_length": 2, "actual_length": 1},
    }]);
    assert_eq!(read::<Vec<i64>>(&field, "q=1"), Err(short));
    let long = read::<Vec<i64>>(&field, "q=1&q=x&q=3&q=4").unwrap_err();
    assert_eq!(
        long[0]["msg"],
        "List should have at most 3 items after validation, not 4"
    );
    assert_eq!(long.as_array().unwrap().len(), 1, "too long is all that is said");
}

#[test]
fn a_set_counts_what_is_left() {
    assert_eq!(
        read::<BTreeSet<i64>>(&Q, "q=2&q=1&q=2&q=%2B1"),
        Ok(BTreeSet::from([1, 2]))
    );
    assert_eq!(
        read::<HashSet<String>>(&Q, "q=a&q=a"),
        Ok(HashSet::from(["a".to_owned()]))
    );
    let long = json!([{
        "type": "too_long", "loc": ["query", "q"], "msg": "Set should have at most 1 item after validation, not more",
        "input": ["1", "x", "2"], "ctx": {"field_type": "Set", "max_length": 1, "actual_length": null},
    }]);
    assert_eq!(read::<BTreeSet<i64>>(&Q.max_length(1), "q=1&q=x&q=2"), Err(long));
    let bad = read::<BTreeSet<i64>>(&Q.max_length(1), "q=1&q=x&q=1").unwrap_err();
    assert_eq!(bad[0]["loc"], json!(["query", "q", 1]));
    let short = read::<BTreeSet<i64>>(&Q.min_length(2), "q=1&q=1").unwrap_err();
    assert_eq!(
        short[0]["msg"],
        "Set should have at least 2 items after validation, not 1"
    );
}

#[test]
fn a_tuple_takes_exactly_so_many() {
    assert_eq!(read::<(i64, String)>(&Q, "q=1&q=a"), Ok((1, "a".to_owned())));
    let errors = read::<(i64, String)>(&Q, "q=x").unwrap_err();
    assert_eq!(
        (&errors[0]["type"], &errors[0]["loc"]),
        (&json!("int_parsing"), &json!(["query", "q", 0]))
    );
    assert_eq!(
        (&errors[1]["type"], &errors[1]["loc"]),
        (&json!("missing"), &json!(["query", "q", 1]))
    );
    assert_eq!(errors[1]["input"], json!(["x"]));
    let errors = read::<(i64, String)>(&Q, "q=x&q=y&q=z").unwrap_err();
    assert_eq!(
        errors[0]["msg"],
        "Tuple should have at most 2 items after validation, not 3"
    );
}

#[test]
fn an_option_is_none_only_if_absent() {
    assert_eq!(read::<Option<i64>>(&Q, ""), Ok(None));
    assert_eq!(read::<Option<i64>>(&Q, "q=5"), Ok(Some(5)));
    assert_eq!(
        read::<Option<i64>>(&Q, "q=").unwrap_err()[0]["type"],
        "int_parsing"
    );
    assert_eq!(read::<Option<Vec<i64>>>(&Q, ""), Ok(None));
    assert_eq!(read::<Option<Vec<i64>>>(&Q, "q=5"), Ok(Some(vec![5])));
}

#[test]
fn a_cookie_is_no_list() {
    let cookie = Field::cookie("q");
    let not_a_list = json!([{
        "type": "list_type", "loc": ["cookie", "q"], "msg": "Input should be a valid list", "input": "1",
    }]);
    assert_eq!(read::<Vec<i64>>(&cookie, ""), Err(not_a_list));
    assert_eq!(
        read::<BTreeSet<i64>>(&cookie, "").unwrap_err()[0]["type"],
        "set_type"
    );
    assert_eq!(read::<(i64,)>(&cookie, "").unwrap_err()[0]["type"], "tuple_type");
    for absent in ["none", "empty"] {
        assert_eq!(
            read::<Vec<i64>>(&Field::cookie(absent), "").unwrap_err()[0]["type"],
            "missing"
        );
    }
    assert_eq!(read(&Field::cookie("empty"), ""), Ok(None::<BTreeSet<i64>>));
}
