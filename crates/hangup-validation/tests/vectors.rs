//! The vectors of `vectors.jsonl`, FastAPI's answers, each read by fields that are made from its declaration.

#![cfg(all(
    feature = "decimal",
    feature = "email",
    feature = "regex",
    feature = "speedate",
    feature = "url",
    feature = "uuid"
))]
#![allow(
    clippy::unwrap_used,
    reason = "a test may panic outside of its own function too"
)]

use std::collections::BTreeSet;
use std::net::Ipv6Addr;

use hangup_validation::{
    Choice, Choices, Decimal, Email, EndpointContext, Errors, Field, Invalid, Location, Number, Param,
    Parameter, Pattern, Rules, Sources, decode_path,
};
use http::request::Parts;
use http::{HeaderValue, Request};
use serde_json::{Map, Value, json};
use speedate::{Date, DateTime, Duration, Time};
use url::Url;
use uuid::Uuid;

/// What Rust cannot declare or hold.
const NOT_READ: [&str; 2] = ["integer beyond 128 bits", "union"];

#[test]
fn every_vector_has_fastapis_answer() {
    let mut not_read = Vec::new();
    for line in include_str!("vectors.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let id = vector["id"].as_str().unwrap();
        if NOT_READ.contains(&id) {
            not_read.push(id.to_owned());
            continue;
        }
        // As text, since -0.0 and 0.0 are equal as numbers.
        assert_eq!(outcome(&vector).to_string(), vector["expect"].to_string(), "{id}");
    }
    assert_eq!(not_read, NOT_READ);
}

fn outcome(vector: &Value) -> Value {
    let parts = parts(&vector["request"]);
    let template = vector["route"]
        .as_str()
        .unwrap()
        .replace("{file:path}", "{*file}");
    let sources = Sources::with_template(&parts, &template);
    if !sources.matches_route() {
        return json!({ "not_found": true });
    }
    let mut errors = Errors::new();
    match read_group(vector, &sources, &mut errors) {
        Some(values) => match vector["param_model"]["name"].as_str() {
            Some(model) => json!({ "ok": { model: values } }),
            None => json!({ "ok": values }),
        },
        None => json!({ "errors": errors.into_error(EndpointContext::default()).errors() }),
    }
}

fn parts(request: &Value) -> Parts {
    let mut builder = Request::get(request["path"].as_str().unwrap());
    for header in request["headers"].as_array().unwrap() {
        let latin1 = header[1].as_str().unwrap().chars();
        let bytes: Vec<u8> = latin1.map(|c| u8::try_from(c).unwrap()).collect();
        builder = builder.header(
            header[0].as_str().unwrap(),
            HeaderValue::from_bytes(&bytes).unwrap(),
        );
    }
    let mut parts = builder.body(()).unwrap().into_parts().0;
    if let Some(uri) = decode_path(&parts.uri) {
        parts.uri = uri;
    }
    parts
}

/// Nested groups, then the group's own parameters in the order path, query, header, cookie.
fn read_group(group: &Value, sources: &Sources<'_>, errors: &mut Errors) -> Option<Value> {
    let mut values = Map::new();
    let mut is_valid = true;
    for nested in group["dependencies"].as_array().into_iter().flatten() {
        match read_group(nested, sources, errors) {
            Some(value) => drop(values.insert(nested["name"].as_str().unwrap().to_owned(), value)),
            None => is_valid = false,
        }
    }
    for source in ["path", "query", "header", "cookie"] {
        let params = group["params"].as_array().unwrap().iter();
        for param in params.filter(|param| param["in"] == source) {
            match read_param(param, sources, errors) {
                Some(value) => drop(values.insert(param["name"].as_str().unwrap().to_owned(), value)),
                None => is_valid = false,
            }
        }
    }
    is_valid.then_some(Value::Object(values))
}

fn read_param(param: &Value, sources: &Sources<'_>, errors: &mut Errors) -> Option<Value> {
    let read = match param["type"].as_str().unwrap() {
        "int" => read::<i128>,
        "float" => read::<f64>,
        "bool" => read::<bool>,
        "str" => read::<String>,
        "uuid" => read::<Uuid>,
        "datetime" => read::<DateTime>,
        "date" => read::<Date>,
        "time" => read::<Time>,
        "timedelta" => read::<Duration>,
        "decimal" => read::<Decimal>,
        "ipv6" => read::<Ipv6Addr>,
        "url" => read::<Url>,
        "email" => read::<Email>,
        "list[int]" => read::<Vec<i128>>,
        "list[str]" => read::<Vec<String>>,
        "set[uuid]" => read::<BTreeSet<Uuid>>,
        "tuple[float,bool]" => read::<(f64, bool)>,
        r#"enum:["red","dark blue"]"# => read::<Colour>,
        "enum:[10,20]" => read::<Level>,
        r#"literal:["on",1,true]"# => read::<Mixed>,
        other => panic!("no type for {other}"),
    };
    read(param, &field(param), sources, errors)
}

fn read<T: Parameter + Shown>(
    param: &Value,
    field: &Field,
    sources: &Sources<'_>,
    errors: &mut Errors,
) -> Option<Value> {
    if param["required"] == true {
        return Some(field.read::<T>(sources, errors)?.shown());
    }
    let value = field.read::<Option<T>>(sources, errors)?;
    Some(value.map_or_else(|| param["default"].clone(), |value| value.shown()))
}

fn field(param: &Value) -> Field {
    let location = match param["in"].as_str().unwrap() {
        "path" => Location::Path,
        "query" => Location::Query,
        "header" => Location::Header,
        _ => Location::Cookie,
    };
    let name = param["name"].as_str().unwrap();
    let name = match param["alias"].as_str() {
        Some(alias) => alias.to_owned(),
        None if location == Location::Header && param["convert_underscores"] != false => {
            name.replace('_', "-")
        }
        None => name.to_owned(),
    };
    let mut field = Field::new(location, name.leak());
    for (rule, value) in param["constraints"].as_object().into_iter().flatten() {
        let length = || usize::try_from(value.as_u64().unwrap()).unwrap();
        let count = || u32::try_from(value.as_u64().unwrap()).unwrap();
        field = match rule.as_str() {
            "gt" => field.gt(number(value)),
            "ge" => field.ge(number(value)),
            "lt" => field.lt(number(value)),
            "le" => field.le(number(value)),
            "multiple_of" => field.multiple_of(number(value)),
            "min_length" => field.min_length(length()),
            "max_length" => field.max_length(length()),
            "max_digits" => field.max_digits(count()),
            "decimal_places" => field.decimal_places(count()),
            "allow_inf_nan" => field.allow_inf_nan(value == true),
            "pattern" => {
                let source = value.as_str().unwrap().to_owned().leak();
                field.pattern(Box::leak(Box::new(Pattern::new(source))))
            }
            other => panic!("no rule for {other}"),
        };
    }
    field
}

fn number(value: &Value) -> Number {
    match (value["$decimal"].as_str(), value.as_i64()) {
        (Some(digits), _) => Number::digits(digits.to_owned().leak()),
        (None, Some(whole)) => Number::whole(i128::from(whole)),
        (None, None) => Number::fraction(value.as_f64().unwrap()),
    }
}

macro_rules! choices {
    ($($name:ident: $choices:expr, $shown:expr;)*) => {$(
        struct $name(usize);

        impl Param for $name {
            fn parse(text: &str, rules: &Rules) -> Result<Self, Invalid> {
                static CHOICES: Choices = $choices;
                CHOICES.find(text, rules).map(Self)
            }
        }

        impl Shown for $name {
            fn shown(&self) -> Value {
                $shown[self.0].clone()
            }
        }
    )*};
}

choices! {
    Colour: Choices::of_enum(&[Choice::Str("red"), Choice::Str("dark blue")]), json!(["red", "dark blue"]);
    Level: Choices::of_enum(&[Choice::Int(10), Choice::Int(20)]), json!([10, 20]);
    Mixed: Choices::literal(&[Choice::Str("on"), Choice::Int(1), Choice::Bool(true)]), json!(["on", 1, true]);
}

/// A value as the vectors write it.
trait Shown {
    fn shown(&self) -> Value;
}

macro_rules! shown {
    ($($type:ty: |$value:ident| $json:expr;)*) => {$(
        impl Shown for $type {
            fn shown(&self) -> Value {
                let $value = self;
                $json
            }
        }
    )*};
}

shown! {
    i128: |value| match i64::try_from(*value) {
        Ok(value) => json!(value),
        Err(_) => json!({ "$int": value.to_string() }),
    };
    f64: |value| json!(value);
    bool: |value| json!(value);
    String: |value| json!(value);
    Uuid: |value| json!(value.to_string());
    Url: |value| json!(value.to_string());
    Email: |value| json!(value.to_string());
    Ipv6Addr: |value| json!(value.to_string());
    Decimal: |value| json!({ "$decimal": value.to_string() });
    // Python's `isoformat` writes an offset of nothing as +00:00.
    Date: |value| json!(value.to_string());
    Time: |value| json!(value.to_string().replace('Z', "+00:00"));
    DateTime: |value| json!(value.to_string().replace('Z', "+00:00"));
    Duration: |value| {
        let seconds = i64::from(value.day) * 86_400 + i64::from(value.second);
        let microseconds = seconds * 1_000_000 + i64::from(value.microsecond);
        json!({ "$us": if value.positive { microseconds } else { -microseconds } })
    };
    (f64, bool): |value| json!([value.0, value.1]);
}

impl<T: Shown> Shown for Vec<T> {
    fn shown(&self) -> Value {
        self.iter().map(Shown::shown).collect()
    }
}

impl<T: Shown> Shown for BTreeSet<T> {
    fn shown(&self) -> Value {
        json!({ "$set": self.iter().map(Shown::shown).collect::<Value>() })
    }
}
