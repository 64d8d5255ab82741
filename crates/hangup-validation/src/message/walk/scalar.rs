//! One value that holds no others: text, numbers, formats; and values of any shape.

use super::strings::{is_number, is_unicode, string};
use super::{Step, Walk};
use crate::invalid::Invalid;
use crate::message::scalar_type::Format;
use crate::message::schema::Shape;
use crate::message::text::Cursor;
use crate::message::words;
use crate::param::Param;
use crate::rules::Rules;
use crate::types::check_text;

impl<'a> Walk<'a> {
    pub(super) fn scalar(&mut self, cursor: &mut Cursor<'a>, shape: &Shape, rules: &Rules) {
        let at = cursor.clone();
        let raw = cursor.skip_scalar();
        let checked = match shape {
            Shape::Null if raw == Some("null") => Ok(()),
            Shape::Null => Err(Invalid::new("none_required", "Input should be null")),
            Shape::Boolean if matches!(raw, Some("true" | "false")) => Ok(()),
            Shape::Boolean => Err(Invalid::new("bool_type", "Input should be a valid boolean")),
            Shape::Integer(integer) => match raw {
                Some(raw) if words::is_integer(raw) => (integer.check)(raw, rules),
                _ => Err(words::no_integer()),
            },
            Shape::Float => match raw {
                Some(raw) if is_number(raw) => float(raw, rules),
                _ => Err(words::no_number()),
            },
            Shape::Text => string(raw).and_then(|text| check_text(&text, rules)),
            Shape::Character => string(raw).and_then(|text| char::parse(&text, rules).map(drop)),
            Shape::Formatted(format) => formatted(format, raw, rules),
            Shape::Choice(choices) => super::choice::choice(choices, raw),
            _ => Ok(()),
        };
        if let Err(invalid) = checked {
            self.report(invalid, &at);
        }
    }

    /// Any value, as far as it can be held: numbers within `f64`, strings of Unicode.
    pub(super) fn any(&mut self, cursor: &mut Cursor<'a>) {
        match cursor.peek() {
            Some(b'[') => self.nested(cursor, |walk, cursor| {
                let mut index = 0;
                cursor.each_element(|cursor| {
                    walk.below(Step::Index(index), |walk| walk.any(cursor));
                    index += 1;
                });
            }),
            Some(b'{') => self.nested(cursor, |walk, cursor| {
                cursor.each_entry(|key, cursor| {
                    if !is_unicode(key) {
                        walk.report_key(key, words::no_unicode());
                    }
                    walk.below(Step::Key(key), |walk| walk.any(cursor));
                });
            }),
            _ => {
                let at = cursor.clone();
                let raw = cursor.scalar();
                if is_number(raw) && !raw.parse::<f64>().is_ok_and(f64::is_finite) {
                    self.report(Invalid::finite_number(), &at);
                } else if raw.starts_with('"') && !is_unicode(raw) {
                    self.report(words::no_unicode(), &at);
                }
            }
        }
    }
}

fn float(raw: &str, rules: &Rules) -> Result<(), Invalid> {
    if raw.parse::<f64>().is_ok_and(f64::is_infinite) {
        return Err(Invalid::finite_number());
    }
    f64::parse(raw, rules).map(drop)
}

fn formatted(format: &Format, raw: Option<&str>, rules: &Rules) -> Result<(), Invalid> {
    match raw {
        Some(raw) if raw.starts_with('"') => string(Some(raw)).and_then(|text| (format.check)(&text, rules)),
        Some(raw) if format.takes_numbers && words::is_integer(raw) => (format.check)(raw, rules),
        Some(raw) if format.takes_numbers && is_number(raw) => {
            let number = raw.parse::<f64>().unwrap_or(f64::INFINITY);
            (format.check)(&number.to_string(), rules)
        }
        _ => Err((format.wrong_type)()),
    }
}
