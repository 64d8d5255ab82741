//! How much of a hostile message is looked at: bounded by its size, whatever stands inside what.

use super::{LEAST_WORK, WORK_PER_BYTE, errors_within};
use crate::message::Model;
use crate::message::schema::{Alternative, Member, Object, OtherKeys, Schema, SchemaOf, Shape, Union};
use crate::message::structure::Structure;
use crate::message::tagging::Tagging;
use crate::rules::Rules;

const MIB: usize = 1 << 20;
const SIZE: usize = MIB / 8;
const DEEP: usize = 120;

fn at_least_one() -> &'static Rules {
    static RULES: Rules = Rules::new().min_length(1);
    &RULES
}

fn any() -> &'static Schema {
    static ANY: Schema = Schema::new(Shape::Any);
    &ANY
}

fn items() -> &'static Schema {
    static ITEMS: Schema = Schema::new(Shape::List(any));
    &ITEMS
}

/// A schema whose values stand inside each other: the next under `n`, and a list under `l`.
macro_rules! nested {
    ($name:ident, |$body:ident| $shape:expr) => {
        fn $name() -> &'static Schema {
            fn or_null() -> &'static Schema {
                static SCHEMA: Schema = Schema::new(Shape::Nullable($name));
                &SCHEMA
            }
            const MEMBERS: &[Member] = &[
                Member::new("n", or_null),
                Member::new("l", items).ruled(at_least_one).optional(),
                Member::new("x", i64::schema),
            ];
            const $body: Shape = Shape::Object(Object {
                class: "",
                members: MEMBERS,
                others: OtherKeys::Ignored,
            });
            static SCHEMA: Schema = Schema::new($shape);
            &SCHEMA
        }
    };
}

macro_rules! nested_union {
    ($name:ident, $tagging:expr) => {
        nested!($name, |BODY| {
            fn body() -> &'static Schema {
                static SCHEMA: Schema = Schema::new(BODY);
                &SCHEMA
            }
            Shape::Union(Union {
                tagging: $tagging,
                variants: &[
                    Alternative::with("a", body),
                    Alternative::with("b", body),
                    Alternative::unit("c"),
                ],
            })
        });
    };
}

nested!(object, |BODY| BODY);
nested_union!(internal, Tagging::Internal("type"));
nested_union!(
    adjacent,
    Tagging::Adjacent {
        tag: "type",
        content: "k"
    }
);
nested_union!(external, Tagging::External);
nested_union!(untagged, Tagging::Untagged);

fn lists() -> &'static Schema {
    fn ruled() -> &'static Schema {
        static MEMBER: Member = Member::new("", lists).ruled(at_least_one);
        static SCHEMA: Schema = Schema::new(Shape::Newtype(&MEMBER));
        &SCHEMA
    }
    static SCHEMA: Schema = Schema::new(Shape::List(ruled));
    &SCHEMA
}

/// What opens, and what closes behind it, for one level of a union or an object; what is inside stands between.
const LEVELS: [(SchemaOf, &str, &str); 8] = [
    (object, r#"{"n":"#, "}"),
    (internal, r#"{"type":"a","n":"#, "}"),
    (internal, r#"{"n":"#, r#","type":"a"}"#),
    (adjacent, r#"{"type":"a","k":{"n":"#, "}}"),
    (adjacent, r#"{"k":{"n":"#, r#"},"type":"a"}"#),
    (external, r#"{"a":{"n":"#, "}}"),
    (untagged, r#"{"n":"#, r#","x":1}"#),
    (untagged, r#"{"n":"#, r#","x":"1"}"#),
];

/// A message of about `size` bytes: `depth` levels, with `filler` as the list of each, or of the innermost alone.
fn message(
    (open, close): (&str, &str),
    depth: usize,
    filler: &str,
    size: usize,
    is_wide_at_each: bool,
) -> String {
    let lists = if is_wide_at_each { depth } else { 1 };
    let list = format!(r#","l":[{}0]"#, filler.repeat(size / lists / filler.len()));
    let mut text = open.repeat(depth - 1);
    text += &format!("{open}null{list}{close}");
    for _ in 1..depth {
        if is_wide_at_each {
            text += &list;
        }
        text += close;
    }
    text
}

fn visited(text: &str, schema: SchemaOf) -> usize {
    let read = serde_json::from_str::<serde::de::IgnoredAny>(text);
    assert!(read.is_ok(), "{:?}", read.err());
    let structure = Structure::of(text);
    let _ = errors_within(text, schema(), &structure);
    structure.visited()
}

#[test]
fn each_byte_of_a_hostile_message_is_looked_at_a_few_times() {
    let long = format!("\"{}\",", "é\\u00e9".repeat(500));
    let fillers = [
        "1,",
        "[],",
        "[[[]],{\"a\":[]}],",
        "\"]\\\"[\",",
        "{\"a\":{}},",
        long.as_str(),
    ];
    for (schema, open, close) in LEVELS {
        let levels = if open.contains('k') || open.contains("\"a\":{") {
            DEEP / 2
        } else {
            DEEP
        };
        for depth in [1, 2, 20, levels] {
            for filler in fillers {
                for is_wide_at_each in [false, true] {
                    let is_deep = depth == levels && filler == "[],";
                    let size = if is_deep { MIB } else { SIZE };
                    let text = message((open, close), depth, filler, size, is_wide_at_each);
                    let visited = visited(&text, schema);
                    let most = if std::ptr::eq(schema(), untagged()) {
                        // One level is passed to its end before the next look at the bound.
                        (WORK_PER_BYTE + 3) * text.len() + LEAST_WORK
                    } else {
                        4 * text.len() + LEAST_WORK
                    };
                    assert!(
                        visited <= most,
                        "{visited} of {} {open}{close} {depth} {filler:.9} {is_wide_at_each}",
                        text.len()
                    );
                }
            }
        }
    }
}

#[test]
fn lists_whose_length_has_rules_are_counted_in_one_pass() {
    for (open, close) in [("[", "]"), ("[[1,2,3],", "]"), ("[", ",[],[1]]")] {
        let inner = "1,".repeat(SIZE / 2);
        let text = format!("{}[{inner}[]]{}", open.repeat(DEEP), close.repeat(DEEP));
        let visited = visited(&text, lists);
        assert!(
            visited <= 4 * text.len() + LEAST_WORK,
            "{visited} of {}",
            text.len()
        );
    }
}

#[test]
fn an_object_that_many_errors_show_is_not_read_anew_for_each() {
    const MEMBERS: [Member; 64] = {
        let mut members = [Member::new("a", any); 64];
        members[63] = Member::new("b", any);
        members
    };
    fn many() -> &'static Schema {
        static SCHEMA: Schema = Schema::new(Shape::Object(Object {
            class: "",
            members: &MEMBERS,
            others: OtherKeys::Ignored,
        }));
        &SCHEMA
    }
    for text in [
        format!(r#"{{"{}":1}}"#, "k".repeat(SIZE)),
        format!(r#"{{"k":"{}"}}"#, "\\u00e9".repeat(SIZE / 6)),
        format!(r#"{{"k":{}}}"#, "1".repeat(SIZE)),
    ] {
        let visited = visited(&text, many);
        assert!(
            visited <= (WORK_PER_BYTE + 2) * text.len() + LEAST_WORK,
            "{visited} of {}",
            text.len()
        );
    }
}

#[test]
fn a_union_that_is_tried_again_at_each_level_ends_with_an_error_that_says_so() {
    let text = format!("{}null{}", r#"{"n":"#.repeat(DEEP), "}".repeat(DEEP));
    let structure = Structure::of(&text);
    let errors = errors_within(&text, untagged(), &structure).unwrap();
    let last = errors.errors().last().unwrap();
    assert_eq!(last.kind(), "value_error");
    assert_eq!(
        last.msg(),
        "Value error, the message is too complex to list all of its errors"
    );
    assert!(errors.errors().len() > 1 && errors.errors().len() <= crate::bounds::MAX_ERRORS);
    assert!(structure.visited() <= (WORK_PER_BYTE + 3) * text.len() + LEAST_WORK);
}
