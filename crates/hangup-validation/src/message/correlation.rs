//! The value that says which question an answer belongs to, in a message that was not read.

use serde_json::Value;

use super::excerpt::excerpt;
use super::schema::{Member, Schema, Shape};
use super::text::{Cursor, unescaped};

/// The value of the key that is marked `correlation`, as far as it can be read in a text; `None` where there is none, or
/// where it is no scalar.
#[must_use]
pub fn correlation_of(text: &str, schema: &'static Schema) -> Option<Value> {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return None;
    }
    let mut cursor = Cursor::new(text);
    if cursor.peek() != Some(b'{') {
        return None;
    }
    let mut found = None;
    cursor.each_entry(|key, cursor| {
        if is_correlation(schema, &unescaped(key).take(256).collect::<String>()) {
            found = cursor.clone().into_scalar().map(|_| excerpt(cursor.clone()));
        }
        cursor.skip();
    });
    found
}

fn is_correlation(schema: &'static Schema, key: &str) -> bool {
    let is_it = |member: &Member| member.is_correlation() && member.name() == key;
    match schema.shape() {
        Shape::Object(object) => object.members.iter().any(is_it),
        Shape::Newtype(member) => is_correlation(member.schema(), key),
        Shape::Union(union) => union
            .variants
            .iter()
            .filter_map(|variant| variant.body())
            .any(|body| is_correlation(body, key)),
        _ => false,
    }
}
