//! Whether two JSON values are the same: an integer is no float, and -0.0 is not 0.0.

use serde_json::{Number, Value};

pub(crate) fn same(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Number(expected), Value::Number(got)) => same_number(expected, got),
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() == got.len()
                && expected
                    .iter()
                    .zip(got)
                    .all(|(expected, got)| same(expected, got))
        }
        (Value::Object(expected), Value::Object(got)) => {
            if let (Some(expected), Some(got)) = (expected.get("$set"), got.get("$set")) {
                return same_set(expected, got);
            }
            expected.len() == got.len()
                && expected
                    .iter()
                    .all(|(name, expected)| got.get(name).is_some_and(|got| same(expected, got)))
        }
        (Value::Object(expected), Value::Number(got)) => {
            expected.len() == 1 && expected.get("$int") == Some(&Value::from(got.to_string()))
        }
        _ => expected == got,
    }
}

fn same_number(expected: &Number, got: &Number) -> bool {
    match (expected.is_f64(), got.is_f64()) {
        (true, true) => expected.as_f64().map(f64::to_bits) == got.as_f64().map(f64::to_bits),
        (false, false) => expected == got,
        _ => false,
    }
}

/// Both name each member once, in any order.
fn same_set(expected: &Value, got: &Value) -> bool {
    let (Some(expected), Some(got)) = (expected.as_array(), got.as_array()) else {
        return false;
    };
    expected.len() == got.len()
        && expected
            .iter()
            .all(|expected| got.iter().any(|got| same(expected, got)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::same;

    #[test]
    fn number_types_are_told_apart() {
        assert!(same(&json!([1, 1.5, "x"]), &json!([1, 1.5, "x"])));
        assert!(!same(&json!(1), &json!(1.0)));
        assert!(!same(&json!(0.0), &json!(-0.0)));
        assert!(!same(&json!(1), &json!("1")));
        assert!(same(
            &json!({"$int": "9223372036854775808"}),
            &json!(9_223_372_036_854_775_808u64)
        ));
    }

    #[test]
    fn nothing_is_left_over() {
        assert!(!same(&json!({"a": 1}), &json!({"a": 1, "ctx": {}})));
        assert!(!same(&json!({"a": 1, "b": null}), &json!({"a": 1, "c": null})));
        assert!(!same(&json!([1]), &json!([1, 2])));
    }

    #[test]
    fn sets_have_no_order() {
        assert!(same(&json!({"$set": [1, 2]}), &json!({"$set": [2, 1]})));
        assert!(!same(&json!({"$set": [1, 2]}), &json!({"$set": [1]})));
    }
}
