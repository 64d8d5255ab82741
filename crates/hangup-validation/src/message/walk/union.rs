//! Unions: enums with data, by a tag or by trying.

use std::borrow::Cow;

use super::strings::is_unicode;
use super::{Step, Walk, is_key};
use crate::invalid::Invalid;
use crate::message::schema::{Alternative, Schema, Shape, Union};
use crate::message::tagging::Tagging;
use crate::message::text::Cursor;
use crate::message::words;
use crate::repr;
use crate::rules::Rules;

impl<'a> Walk<'a> {
    pub(super) fn union(&mut self, cursor: &mut Cursor<'a>, union: &'static Union) {
        match union.tagging {
            Tagging::Untagged => self.untagged(cursor, union),
            Tagging::External => self.external(cursor, union),
            Tagging::Internal(tag) | Tagging::Adjacent { tag, .. } => self.tagged(cursor, union, tag),
        }
    }

    fn tagged(&mut self, cursor: &mut Cursor<'a>, union: &'static Union, tag: &'static str) {
        let at = cursor.clone();
        if cursor.peek() != Some(b'{') {
            self.report(words::no_object(), cursor);
            return cursor.skip();
        }
        let mut value = None;
        let content_key = match union.tagging {
            Tagging::Adjacent { content, .. } => Some(content),
            _ => None,
        };
        let mut content = None;
        let mut end = cursor.clone();
        end.each_entry(|key, cursor| {
            if is_key(key, tag) {
                value = Some(cursor.clone());
            } else if content_key.is_some_and(|name| is_key(key, name)) {
                content = Some(cursor.clone());
            }
            cursor.skip();
        });
        let Some(value) = value else {
            *cursor = end;
            return self.report(tag_not_found(tag), &at);
        };
        let Some(variant) = variant(union, &value) else {
            *cursor = end;
            let written = written(&value);
            return self.report(tag_invalid(tag, &written, union), &at);
        };
        let name = Step::Name(variant.name());
        match (variant.body(), content_key) {
            (None, _) => *cursor = end,
            (Some(body), None) => {
                self.below(name, |walk| walk.body(cursor, body, tag));
                *cursor = end;
            }
            (Some(body), Some(key)) => {
                self.below(name, |walk| match content {
                    Some(mut content) => {
                        walk.below(Step::Name(key), |walk| {
                            walk.value(&mut content, body, &Rules::new())
                        });
                    }
                    None => walk.missing(Step::Name(key), &at),
                });
                *cursor = end;
            }
        }
    }

    /// The keys of a variant beside its tag.
    fn body(&mut self, cursor: &mut Cursor<'a>, body: &'static Schema, tag: &str) {
        match body.shape() {
            Shape::Object(object) => self.members(cursor, object, Some(tag)),
            Shape::Newtype(member) => self.body(cursor, member.schema(), tag),
            _ => self.value(cursor, body, &Rules::new()),
        }
    }

    fn external(&mut self, cursor: &mut Cursor<'a>, union: &'static Union) {
        let at = cursor.clone();
        match cursor.peek() {
            Some(b'"') => {
                cursor.skip();
                match variant(union, &at) {
                    Some(variant) if variant.body().is_none() => {}
                    Some(variant) => self.missing(Step::Name(variant.name()), &at),
                    None => self.report(tag_invalid(ONLY_KEY, &written(&at), union), &at),
                }
            }
            Some(b'{') => self.nested(cursor, |walk, cursor| {
                let mut count = 0;
                cursor.each_entry(|key, cursor| {
                    count += 1;
                    match variant(union, &Cursor::new(key)) {
                        Some(variant) if count == 1 => {
                            walk.below(Step::Name(variant.name()), |walk| match variant.body() {
                                Some(body) => walk.value(cursor, body, &Rules::new()),
                                None => walk.scalar(cursor, &Shape::Null, &Rules::new()),
                            });
                        }
                        _ if count == 1 => {
                            walk.report(tag_invalid(ONLY_KEY, &written(&Cursor::new(key)), union), &at);
                            cursor.skip();
                        }
                        _ => {
                            walk.report_below(Some(Step::Key(key)), words::unknown_field(), &cursor.clone());
                            cursor.skip();
                        }
                    }
                });
                if count == 0 {
                    walk.report(tag_not_found(ONLY_KEY), &at);
                }
            }),
            _ => {
                self.report(words::no_object(), &at);
                cursor.skip();
            }
        }
    }

    /// The first variant that fits; else the errors of each, under its name.
    fn untagged(&mut self, cursor: &mut Cursor<'a>, union: &'static Union) {
        let at = cursor.clone();
        let before = (self.found.len(), self.omitted);
        let echo = self.echo;
        for variant in union.variants {
            if self.is_cut_short {
                break;
            }
            let errors = self.count();
            let mut value = at.clone();
            match variant.body() {
                Some(body) => {
                    self.below(Step::Branch(variant), |walk| {
                        walk.value(&mut value, body, &Rules::new())
                    });
                }
                // pydantic says nothing of `None`.
                None if value.peek() == Some(b'n') => {}
                None => continue,
            }
            if self.count() == errors && !self.is_cut_short {
                self.found.truncate(before.0);
                self.omitted = before.1;
                self.echo = echo;
                break;
            }
        }
        cursor.skip();
    }
}

fn variant(union: &'static Union, tag: &Cursor<'_>) -> Option<&'static Alternative> {
    let raw = tag.clone().into_scalar()?;
    let is_string = raw.starts_with('"') && is_unicode(raw);
    let mut variants = union.variants.iter();
    variants.find(|variant| is_string && is_key(raw, variant.name()))
}

/// A tag as pydantic writes it.
fn written(tag: &Cursor<'_>) -> Cow<'static, str> {
    match tag.clone().into_scalar() {
        Some(raw) if raw.starts_with('"') => {
            let characters = crate::message::text::unescaped(raw).take(crate::bounds::MAX_MSG);
            Cow::Owned(characters.collect())
        }
        _ => {
            let mut text = String::new();
            let _ = repr::write_value(&mut text, &crate::message::excerpt::excerpt(tag.clone()));
            Cow::Owned(text)
        }
    }
}

/// Where it is said which variant a value is, for the variants of an enum without a tag.
const ONLY_KEY: &str = "the only key";

fn discriminator(tag: &str) -> String {
    if tag == ONLY_KEY {
        tag.to_owned()
    } else {
        format!("'{tag}'")
    }
}

fn tag_not_found(tag: &'static str) -> Invalid {
    let tag = discriminator(tag);
    Invalid::new(
        "union_tag_not_found",
        format!("Unable to extract tag using discriminator {tag}"),
    )
    .with_ctx("discriminator", tag)
}

fn tag_invalid(tag: &'static str, written: &str, union: &Union) -> Invalid {
    let mut expected = String::new();
    for (place, variant) in union.variants.iter().enumerate() {
        if place > 0 {
            expected.push_str(", ");
        }
        expected.push('\'');
        expected.push_str(variant.name());
        expected.push('\'');
    }
    let tag = discriminator(tag);
    let msg = format!(
        "Input tag '{written}' found using {tag} does not match any of the expected tags: {expected}"
    );
    Invalid::new("union_tag_invalid", msg)
        .with_ctx("discriminator", tag)
        .with_ctx("tag", written)
        .with_ctx("expected_tags", expected)
}
