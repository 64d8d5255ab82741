//! Where hangup answers otherwise than pydantic, on purpose: the reasons.

use serde_json::Value;

/// No type of Rust stands for the model.
pub(super) const NO_MODEL: &str = "no model of that name";

const NO_JSON: &str = "NaN and Infinity are no JSON";
const BEYOND_F64: &str = "a number beyond f64 is refused, where Python has an infinity";
const HALF: &str = "half a surrogate pair is JSON, and refused with its place";
const TOO_DEEP: &str = "more than 127 levels of nesting";
const TOO_LARGE: &str = "an integer beyond 128 bits";
const ANY_NUMBER: &str = "a serde_json::Value holds integers of 64 bits";
const TWICE: &str = "a key that stands twice, the first time with another type";
const OWN_RULES: &str = "rules in code are asked when all else fits";
const ZERO: &str = "the sign of a zero, which JSON has";

/// Why an answer may differ; `None` where it may not.
pub(super) fn reason(model: &str, input: &str, expect: &Value) -> Option<&'static str> {
    let has_word = |word: &str| {
        let bare = input.split('"').step_by(2);
        bare.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()))
            .any(|found| found == word)
    };
    let is_refused_as_text = expect["errors"][0]["type"] == "json_invalid";
    if has_word("NaN") || has_word("Infinity") {
        return Some(NO_JSON);
    }
    if numbers(input)
        .any(|number| number.parse::<f64>().is_ok_and(f64::is_infinite) && number.contains(['e', 'E']))
    {
        return Some(BEYOND_F64);
    }
    if is_refused_as_text && (input.contains("\\ud") || input.contains("\\uD")) {
        return Some(HALF);
    }
    if depth(input) > 127 {
        return Some(TOO_DEEP);
    }
    let is_huge = |number: &str| {
        let digits = number.trim_start_matches('-');
        digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() > 38
    };
    if numbers(input).any(is_huge) {
        return Some(TOO_LARGE);
    }
    let holds_any = matches!(model, "Allow" | "Maps" | "dict-str-any");
    if holds_any && numbers(input).any(|number| number.len() > 18 && number.parse::<u64>().is_err()) {
        return Some(ANY_NUMBER);
    }
    if model == "Custom" {
        return Some(OWN_RULES);
    }
    if numbers(input).any(|number| number == "-0") {
        return Some(ZERO);
    }
    has_key_twice(input).then_some(TWICE)
}

/// What looks like a number outside of strings.
fn numbers(input: &str) -> impl Iterator<Item = &str> {
    let bare = input.split('"').step_by(2);
    bare.flat_map(|text| text.split([',', ':', '[', ']', '{', '}', ' ', '\n', '\t', '\r']))
        .filter(|text| text.starts_with(|first: char| first == '-' || first.is_ascii_digit()))
}

fn depth(input: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in input.split('"').step_by(2).flat_map(str::bytes) {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether a key stands twice in the outermost object.
fn has_key_twice(input: &str) -> bool {
    let mut keys: Vec<&str> = Vec::new();
    let parts: Vec<&str> = input.split('"').collect();
    for pair in parts.windows(2).skip(1).step_by(2) {
        if let [key, behind] = pair
            && behind.trim_start().starts_with(':')
        {
            if keys.contains(key) {
                return true;
            }
            keys.push(key);
        }
    }
    false
}
