//! Arrays: lists, sets, and tuples.

use super::{Step, Walk};
use crate::invalid::Invalid;
use crate::message::schema::Schema;
use crate::message::text::Cursor;
use crate::rules::Rules;

impl<'a> Walk<'a> {
    pub(super) fn list(&mut self, cursor: &mut Cursor<'a>, items: &'static Schema, rules: &Rules) {
        let at = cursor.clone();
        if !self.is_array(cursor, "list_type") {
            return;
        }
        if rules.max_length.is_none() && rules.min_length.is_none() {
            return self.elements(cursor, items);
        }
        let count = at.clone().count();
        if let Some(max) = rules.max_length.filter(|max| count > *max) {
            // pydantic stops at the first that is too many, and tells of nothing that it saw before.
            self.report(Invalid::too_long("List", max, Some(count)), &at);
            return cursor.skip();
        }
        let before = self.count();
        self.elements(cursor, items);
        if let Some(min) = rules
            .min_length
            .filter(|min| count < *min && self.count() == before)
        {
            self.report(Invalid::too_short("List", min, count), &at);
        }
    }

    pub(super) fn set(&mut self, cursor: &mut Cursor<'a>, items: &'static Schema, rules: &Rules) {
        let at = cursor.clone();
        if !self.is_array(cursor, "set_type") {
            return;
        }
        if rules.max_length.is_none() && rules.min_length.is_none() {
            return self.elements(cursor, items);
        }
        let count = distinct(at.clone());
        if let Some(max) = rules.max_length.filter(|max| count > *max) {
            self.report(Invalid::too_long("Set", max, None), &at);
            return cursor.skip();
        }
        let before = self.count();
        self.elements(cursor, items);
        if let Some(min) = rules
            .min_length
            .filter(|min| count < *min && self.count() == before)
        {
            self.report(Invalid::too_short("Set", min, count), &at);
        }
    }

    /// An array with a schema for each of its places.
    pub(super) fn places(
        &mut self,
        cursor: &mut Cursor<'a>,
        length: usize,
        schema: impl Fn(usize) -> &'static Schema,
    ) {
        let at = cursor.clone();
        if !self.is_array(cursor, "tuple_type") {
            return;
        }
        let count = at.clone().count();
        if count > length {
            self.report(Invalid::too_long("Tuple", length, Some(count)), &at);
            return cursor.skip();
        }
        self.nested(cursor, |walk, cursor| {
            let mut place = 0;
            cursor.each_element(|cursor| {
                walk.below(Step::Index(place), |walk| {
                    walk.value(cursor, schema(place), &Rules::new())
                });
                place += 1;
            });
            for absent in place..length {
                walk.missing(Step::Index(absent), &at);
            }
        });
    }

    fn elements(&mut self, cursor: &mut Cursor<'a>, items: &'static Schema) {
        self.nested(cursor, |walk, cursor| {
            let mut index = 0;
            cursor.each_element(|cursor| {
                walk.below(Step::Index(index), |walk| {
                    walk.value(cursor, items, &Rules::new())
                });
                index += 1;
            });
        });
    }

    /// Reports and passes what is no array.
    fn is_array(&mut self, cursor: &mut Cursor<'a>, kind: &'static str) -> bool {
        let is_array = cursor.peek() == Some(b'[');
        if !is_array {
            self.report(Invalid::new(kind, "Input should be a valid array"), cursor);
            cursor.skip();
        }
        is_array
    }

    pub(super) fn count(&self) -> usize {
        self.found.len() + self.omitted
    }
}

/// How many different texts the elements have.
fn distinct(mut array: Cursor<'_>) -> usize {
    let mut elements = Vec::new();
    array.each_element(|cursor| {
        let start = cursor.clone();
        cursor.skip();
        elements.push(start.until(cursor));
    });
    elements.sort_unstable();
    elements.dedup();
    elements.len()
}
