//! What would compile, and give another answer than Python's, for a reason that is known.

use serde_json::Value;

use super::choices::Choices;
use super::declared_type::Type;
use super::literal;
use super::skip::Skip;
use super::text::{decoded, is_token};
use super::vector::{Group, Param, Vector};

pub(crate) fn check(vector: &Vector) -> Result<(), Skip> {
    if !["ok", "errors", "not_found"]
        .iter()
        .any(|kind| !vector.expect[*kind].is_null())
    {
        return Err(Skip::Malformed("nothing is expected that is known".to_owned()));
    }
    target(vector)?;
    model(vector)?;
    for param in vector.params() {
        convertor(vector, param)?;
        name(param)?;
        let is_enum = matches!(
            param.ty,
            Type::Choices {
                is_literal: false,
                ..
            }
        );
        if is_enum
            && param
                .constraints
                .iter()
                .any(|(name, value)| name == "strict" && value == true)
        {
            return Err(Skip::StrictEnum);
        }
    }
    errors(vector)?;
    scoped_address(vector)?;
    defaults(&vector.own, vector.values())
}

/// What axum's router and hyper do with the path.
fn target(vector: &Vector) -> Result<(), Skip> {
    let is_mixed = |segment: &str| {
        segment
            .split_once('}')
            .is_some_and(|(_, after)| !after.is_empty())
    };
    if vector.route.split('/').any(is_mixed) {
        return Err(Skip::MixedSegment);
    }
    if vector.target.contains('#') {
        return Err(Skip::Fragment);
    }
    let path = vector.target.split('?').next().unwrap_or_default();
    if vector.expect["not_found"] == true {
        return Ok(());
    }
    let path = decoded(path);
    let mut sent = path.split('/');
    for wanted in vector.route.split('/') {
        if wanted.starts_with("{") && wanted.ends_with(":path}") {
            return match sent.next() {
                None | Some("") if sent.next().is_none() => Err(Skip::EmptyRest),
                _ => Ok(()),
            };
        }
        let literal = wanted.split('{').next().unwrap_or_default();
        let sent = sent.next().unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
        if !literal.bytes().all(is_plain) || (literal == wanted && sent != wanted) {
            return Err(Skip::EncodedRoute);
        }
    }
    Ok(())
}

/// A group is what a model is, but for what a model does with fields that it does not have.
fn model(vector: &Vector) -> Result<(), Skip> {
    let Some(model) = &vector.model else {
        return Ok(());
    };
    let errors = vector.errors();
    let has_more = vector
        .values()
        .as_object()
        .is_some_and(|values| values.len() > vector.own.params.len());
    let query = vector.target.split_once('?').map_or("", |(_, query)| query);
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    let is_unknown = |name: &str| !vector.own.params.iter().any(|param| param.wire_name() == name);
    let keeps_unknown = model.keeps_extra && names.any(|name| !name.is_empty() && is_unknown(&decoded(name)));
    if has_more || keeps_unknown || errors.iter().any(|error| error["type"] == "extra_forbidden") {
        return Err(Skip::ModelExtra);
    }
    let is_whole = |error: &Value| error["type"] == "missing" && error["input"].is_object();
    if errors.iter().any(is_whole) {
        return Err(Skip::ModelMissing);
    }
    Ok(())
}

/// A convertor makes a number or a UUID of the text, which only text refuses in the words of Python.
fn convertor(vector: &Vector, param: &Param) -> Result<(), Skip> {
    let mut segments = vector.route.split(['{', '}']);
    let name = param.wire_name();
    let convertor = segments.find_map(|segment| segment.strip_prefix(&*name)?.strip_prefix(':'));
    let fits = match (param.source.as_str(), convertor) {
        ("path", Some("int")) => matches!(param.ty, Type::Int | Type::Float | Type::Str | Type::Decimal),
        ("path", Some("float")) => matches!(param.ty, Type::Float | Type::Str),
        ("path", Some("uuid")) => matches!(param.ty, Type::Uuid | Type::Str),
        _ => true,
    };
    fits.then_some(()).ok_or(Skip::Convertor)
}

fn name(param: &Param) -> Result<(), Skip> {
    let name = param.wire_name();
    if matches!(param.source.as_str(), "header" | "cookie") && !is_token(&name) {
        return Err(Skip::Name(name));
    }
    Ok(())
}

/// Where `email-validator` goes on in the words of `idna`, `ipaddress` and `unicodedata`.
const PYTHONS_WORDS: [&str; 5] = [
    " is not valid IDNA (",
    " is invalid (",
    " international characters (",
    " is not an IPv4 address (",
    ": COMBINING ",
];

/// What is said only about Python's own.
fn errors(vector: &Vector) -> Result<(), Skip> {
    for error in vector.errors() {
        if error["type"] == "frozen_set_type" || error["ctx"]["field_type"] == "Frozenset" {
            return Err(Skip::Frozenset);
        }
        if is_tagged(&error["input"]) || is_tagged(&error["ctx"]) {
            return Err(Skip::Beyond64BitsInError);
        }
        let reason = error["ctx"]["reason"].as_str().unwrap_or_default();
        if PYTHONS_WORDS.iter().any(|words| reason.contains(words)) {
            return Err(Skip::PythonsWords);
        }
    }
    Ok(())
}

fn is_tagged(json: &Value) -> bool {
    match json {
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| ["$int", "$float"].contains(&name.as_str()) || is_tagged(value)),
        Value::Array(items) => items.iter().any(is_tagged),
        _ => false,
    }
}

/// An address with a scope is valid unless an error names it.
fn scoped_address(vector: &Vector) -> Result<(), Skip> {
    if !vector.params().iter().any(|param| param.ty.holds(&Type::Ipv6)) {
        return Ok(());
    }
    let sent = decoded(&vector.request.to_string());
    let errors = vector.expect["errors"].to_string();
    let scopes = sent.match_indices('%').filter_map(|(at, _)| {
        let is_other = |c: char| !(c.is_ascii_hexdigit() || c == ':');
        let start = sent[..at]
            .rsplit(is_other)
            .next()
            .map(|address| at - address.len())?;
        let end = at + sent[at..].find(['&', '"', ';', ' ', '/'])?;
        sent[start..at].contains(':').then(|| &sent[start..end])
    });
    for scoped in scopes {
        if !errors.contains(&format!("\"{scoped}\"")) {
            return Err(Skip::ScopedAddress);
        }
    }
    Ok(())
}

/// A default of another type than the parameter's can be left out, unless it is what is expected.
fn defaults(group: &Group, values: &Value) -> Result<(), Skip> {
    for param in &group.params {
        if let Some(default) = &param.default
            && !default.is_null()
            && values.get(&param.name) == Some(default)
            && literal::default(&param.ty, default, &mut Choices::default()).is_none()
        {
            return Err(Skip::OtherDefault);
        }
    }
    group
        .dependencies
        .iter()
        .try_for_each(|(name, group)| defaults(group, &values[name]))
}
