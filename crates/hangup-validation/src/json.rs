//! JSON Schema for documents: parameter types under their rules, and the keywords that rules become.

use serde_json::{Map, Number as JsonNumber, Value, json};

use crate::rules::{Number, Rules};

/// A type by its name in JSON Schema.
pub(crate) fn of_type(name: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), name.into())])
}

/// Text in a format, such as `date`; no name is no format.
pub(crate) fn text_in(format: &str) -> Value {
    let mut schema = of_type("string");
    if !format.is_empty() {
        schema.insert("format".to_owned(), format.into());
    }
    schema.into()
}

/// Text with its length and its pattern.
pub(crate) fn text(rules: &Rules) -> Value {
    let mut schema = of_type("string");
    lengths(&mut schema, rules, ["minLength", "maxLength"]);
    if let Some(pattern) = rules.pattern {
        schema.insert("pattern".to_owned(), pattern.as_str().into());
    }
    schema.into()
}

/// A number with its bounds.
pub(crate) fn number(rules: &Rules) -> Value {
    let mut schema = of_type("number");
    number_bounds(&mut schema, rules);
    schema.into()
}

/// A whole number with its bounds, else with those of its type.
pub(crate) fn integer(rules: &Rules, min: Option<JsonNumber>, max: Option<JsonNumber>) -> Value {
    let mut schema = of_type("integer");
    number_bounds(&mut schema, rules);
    let is_bounded = |limits: [Option<Number>; 2]| limits.iter().any(Option::is_some);
    if let Some(min) = min.filter(|_| !is_bounded([rules.ge, rules.gt])) {
        schema.insert("minimum".to_owned(), min.into());
    }
    if let Some(max) = max.filter(|_| !is_bounded([rules.le, rules.lt])) {
        schema.insert("maximum".to_owned(), max.into());
    }
    schema.into()
}

/// A decimal: a number, or its exact text.
#[cfg(feature = "decimal")]
pub(crate) fn decimal(rules: &Rules) -> Value {
    json!({"anyOf": [number(rules), {"type": "string"}]})
}

/// Several values of one schema.
pub(crate) fn list(items: Value, rules: &Rules) -> Map<String, Value> {
    let mut schema = of_type("array");
    schema.insert("items".to_owned(), items);
    lengths(&mut schema, rules, ["minItems", "maxItems"]);
    schema
}

/// A fixed number of values, each of its own schema, as draft-07 says it.
pub(crate) fn tuple(items: Vec<Value>) -> Value {
    let length = items.len();
    json!({"type": "array", "items": items, "additionalItems": false, "minItems": length, "maxItems": length})
}

/// The bounds of a length, under the two keywords of the type.
pub(crate) fn lengths(schema: &mut Map<String, Value>, rules: &Rules, keys: [&str; 2]) {
    for (key, length) in keys.into_iter().zip([rules.min_length, rules.max_length]) {
        schema.extend(length.map(|length| (key.to_owned(), length.into())));
    }
}

/// The bounds of a number. One that JSON cannot hold is left out.
pub(crate) fn number_bounds(schema: &mut Map<String, Value>, rules: &Rules) {
    for (key, number) in [
        ("minimum", rules.ge),
        ("exclusiveMinimum", rules.gt),
        ("maximum", rules.le),
        ("exclusiveMaximum", rules.lt),
        ("multipleOf", rules.multiple_of),
    ] {
        let number = number.and_then(|number| match number {
            Number::Whole(value) => JsonNumber::from_i128(value).map(Value::Number),
            Number::Fraction(value) => Some(Value::from(value)),
            Number::Digits(text) => text.parse::<f64>().ok().map(Value::from),
        });
        schema.extend(number.map(|number| (key.to_owned(), number)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Param;

    const NONE: Rules = Rules::new();

    /// The names are those of JSON Schema, draft-07 (7.3) and 2019-09 (`uuid`, `duration`).
    #[test]
    fn each_type_has_its_format() {
        fn of<T: Param>() -> Value {
            T::json_schema(&NONE)
        }
        let text = |format: &str| json!({"type": "string", "format": format});
        assert_eq!(of::<String>(), json!({"type": "string"}));
        assert_eq!(
            of::<char>(),
            json!({"type": "string", "minLength": 1, "maxLength": 1})
        );
        assert_eq!(of::<bool>(), json!({"type": "boolean"}));
        assert_eq!(of::<f64>(), json!({"type": "number"}));
        assert_eq!(
            of::<u8>(),
            json!({"type": "integer", "minimum": 0, "maximum": 255})
        );
        assert_eq!(of::<i64>(), json!({"type": "integer"}));
        assert_eq!(of::<u128>(), json!({"type": "integer", "minimum": 0}));
        assert_eq!(of::<std::net::Ipv4Addr>(), text("ipv4"));
        assert_eq!(of::<std::net::IpAddr>(), json!({"type": "string"}));
        #[cfg(feature = "uuid")]
        assert_eq!(of::<uuid::Uuid>(), text("uuid"));
        #[cfg(feature = "url")]
        assert_eq!(of::<url::Url>(), text("uri"));
        #[cfg(feature = "email")]
        assert_eq!(of::<crate::Email>(), text("email"));
        #[cfg(feature = "speedate")]
        {
            assert_eq!(of::<speedate::Date>(), text("date"));
            assert_eq!(of::<speedate::Time>(), text("time"));
            assert_eq!(of::<speedate::DateTime>(), text("date-time"));
            assert_eq!(of::<std::time::Duration>(), text("duration"));
        }
        #[cfg(feature = "chrono")]
        assert_eq!(of::<chrono::DateTime<chrono::Utc>>(), text("date-time"));
        #[cfg(feature = "jiff")]
        assert_eq!(of::<jiff::civil::Date>(), text("date"));
        #[cfg(feature = "time")]
        assert_eq!(of::<time::Duration>(), text("duration"));
    }

    #[cfg(feature = "decimal")]
    #[test]
    fn a_decimal_is_a_number_or_its_text() {
        let rules = Rules {
            ge: Some(Number::Digits("0.10")),
            lt: Some(Number::Whole(5)),
            ..NONE
        };
        assert_eq!(
            crate::Decimal::json_schema(&rules),
            json!({"anyOf": [
                {"type": "number", "minimum": 0.1, "exclusiveMaximum": 5},
                {"type": "string"},
            ]})
        );
    }
}
