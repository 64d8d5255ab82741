//! Which integer of Rust a vector's `int` is: `i64`, or a wider one where the vector needs it.

use serde_json::Value;

use super::declared_type::Type;
use super::skip::Skip;
use super::vector::Vector;

/// `i64`, `i128` or `u128`.
pub(crate) fn of(vector: &Vector) -> Result<&'static str, Skip> {
    if !vector.params().iter().any(|param| param.ty.holds(&Type::Int)) {
        return Ok("i64");
    }
    let mut needed = Vec::new();
    tagged(&vector.expect["ok"], &mut needed);
    for param in vector.params() {
        param
            .default
            .iter()
            .for_each(|default| tagged(default, &mut needed));
        param
            .constraints
            .iter()
            .for_each(|(_, value)| tagged(value, &mut needed));
    }
    let sent = long_runs(&vector.request.to_string());
    if needed.iter().all(|digits| digits.parse::<i128>().is_ok()) {
        // What no error names is a valid integer, and Rust would call it one that is too large.
        let errors = vector.expect["errors"].to_string().replace('_', "");
        let is_blamed = |digits: &String| vector.expect["errors"].is_null() || errors.contains(&**digits);
        let too_long = |digits: &&String| digits.parse::<i128>().is_err();
        if !sent.iter().filter(too_long).all(is_blamed) {
            return Err(Skip::Beyond128Bits);
        }
        return Ok(if needed.is_empty() && sent.is_empty() {
            "i64"
        } else {
            "i128"
        });
    }
    match needed.iter().all(|digits| digits.parse::<u128>().is_ok()) {
        true => Ok("u128"),
        false => Err(Skip::Beyond128Bits),
    }
}

/// The integers that a JSON value holds under `$int`.
fn tagged(json: &Value, into: &mut Vec<String>) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| tagged(item, into)),
        Value::Object(fields) => match fields.get("$int").and_then(Value::as_str) {
            Some(digits) => into.push(digits.to_owned()),
            None => fields.values().for_each(|field| tagged(field, into)),
        },
        _ => {}
    }
}

/// Runs of more digits than an `i64` surely holds; underscores may be among them.
fn long_runs(text: &str) -> Vec<String> {
    let text = text.replace('_', "");
    text.split(|c: char| !c.is_ascii_digit())
        .map(|run| run.trim_start_matches('0').to_owned())
        .filter(|run| run.len() >= 19)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn width(path: &str, expect: &Value) -> Result<&'static str, Skip> {
        let params = json!([{"name": "q", "in": "query", "type": "list[int]", "required": true}]);
        let request = json!({"path": path, "headers": []});
        let vector = json!({"params": params, "route": "/ws", "request": request, "expect": expect});
        of(&Vector::read(&vector).unwrap_or_else(|skip| panic!("{skip}")))
    }

    #[test]
    fn as_wide_as_it_must_be() {
        let ok = |digits: String| json!({"ok": {"q": [{ "$int": digits }]}});
        assert_eq!(width("/ws?q=1", &json!({"ok": {"q": [1]}})), Ok("i64"));
        assert_eq!(width("/ws", &ok(i128::MIN.to_string())), Ok("i128"));
        assert_eq!(width("/ws", &ok(u128::MAX.to_string())), Ok("u128"));
        assert_eq!(width("/ws", &ok("9".repeat(40))), Err(Skip::Beyond128Bits));
    }

    #[test]
    fn an_integer_that_is_too_long_may_be_what_is_wrong() {
        let long = "9".repeat(40);
        let path = format!("/ws?q={long}&q=x");
        let blamed = json!({"errors": [{"input": long}, {"input": "x"}]});
        assert_eq!(width(&path, &blamed), Ok("i128"));
        assert_eq!(
            width(&path, &json!({"errors": [{"input": "x"}]})),
            Err(Skip::Beyond128Bits)
        );
    }
}
