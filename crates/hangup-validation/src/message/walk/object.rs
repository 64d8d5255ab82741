//! Objects: structs and maps.

use smallvec::SmallVec;

use super::strings::{is_unicode, text_of};
use super::{Step, Walk, is_key, names};
use crate::invalid::Invalid;
use crate::message::schema::{Object, OtherKeys, Schema};
use crate::message::text::Cursor;
use crate::message::words;
use crate::rules::Rules;

/// A key of the text that a member has, and its value.
type Found<'a> = Option<(&'static str, Cursor<'a>)>;

impl<'a> Walk<'a> {
    pub(super) fn object(&mut self, cursor: &mut Cursor<'a>, object: &Object, name: &'static str) {
        if cursor.peek() != Some(b'{') {
            let invalid = Invalid::new("model_type", "Input should be an object");
            let class = if object.class.is_empty() {
                name
            } else {
                object.class
            };
            self.report(invalid.with_ctx("class_name", class), cursor);
            return cursor.skip();
        }
        self.members(cursor, object, None);
    }

    /// The keys of an object; `tag` is one that is known already.
    pub(super) fn members(&mut self, cursor: &mut Cursor<'a>, object: &Object, tag: Option<&str>) {
        let at = cursor.clone();
        self.nested(cursor, |walk, cursor| {
            let mut found: SmallVec<[Found<'a>; 8]> = SmallVec::new();
            found.resize(object.members.len(), None);
            cursor.each_entry(|key, cursor| {
                let value = cursor.clone();
                if walk.is_member(key, object, &value, &mut found) || tag.is_some_and(|tag| is_key(key, tag))
                {
                    return cursor.skip();
                }
                if !is_unicode(key) {
                    walk.report_key(key, words::no_unicode());
                    return cursor.skip();
                }
                match object.others {
                    OtherKeys::Ignored => cursor.skip(),
                    OtherKeys::Forbidden => {
                        walk.report_below(Some(Step::Key(key)), words::unknown_field(), &value);
                        cursor.skip();
                    }
                    OtherKeys::Kept(values) => {
                        walk.below(Step::Key(key), |walk| walk.value(cursor, values(), &Rules::new()));
                    }
                }
            });
            for (member, found) in object.members.iter().zip(found) {
                match found {
                    Some((name, mut value)) => walk.below(Step::Name(name), |walk| {
                        walk.value(&mut value, member.schema(), member.rules());
                    }),
                    None if member.is_required() => walk.missing(Step::Name(member.name()), &at),
                    None => {}
                }
            }
        });
    }

    /// Where a key stands twice, the last is read; of the two names of a member, the one on the wire.
    fn is_member(&self, key: &str, object: &Object, value: &Cursor<'a>, found: &mut [Found<'a>]) -> bool {
        for (member, found) in object.members.iter().zip(found) {
            for name in names(member).into_iter().flatten() {
                if is_key(key, name) {
                    let is_better =
                        name == member.name() || !matches!(found, Some((of, _)) if *of == member.name());
                    if is_better {
                        *found = Some((name, value.clone()));
                    }
                    return true;
                }
            }
        }
        false
    }

    pub(super) fn map(
        &mut self,
        cursor: &mut Cursor<'a>,
        check_key: fn(&str) -> Result<(), Invalid>,
        values: &'static Schema,
        rules: &Rules,
    ) {
        let at = cursor.clone();
        if cursor.peek() != Some(b'{') {
            self.report(words::no_object(), cursor);
            return cursor.skip();
        }
        let before = self.count();
        let mut count = 0;
        self.nested(cursor, |walk, cursor| {
            cursor.each_entry(|key, cursor| {
                count += 1;
                if !is_unicode(key) {
                    walk.report_key(key, words::no_unicode());
                } else if let Err(invalid) = check_key(&text_of(key)) {
                    walk.report_key(key, invalid);
                }
                walk.below(Step::Key(key), |walk| walk.value(cursor, values, &Rules::new()));
            });
        });
        if self.count() > before {
            return;
        }
        if let Some(min) = rules.min_length.filter(|min| count < *min) {
            self.report(Invalid::too_short("Dictionary", min, count), &at);
        }
        if let Some(max) = rules.max_length.filter(|max| count > *max) {
            self.report(Invalid::too_long("Dictionary", max, Some(count)), &at);
        }
    }
}
