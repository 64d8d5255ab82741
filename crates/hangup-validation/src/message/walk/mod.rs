//! The walker: goes over a message with the schema of its type, and collects every error in pydantic's order.
//!
//! It reads the text itself, which is known to be JSON: a tree of the message would take a multiple of its size.

mod array;
mod choice;
mod object;
mod scalar;
mod strings;
#[cfg(test)]
mod tests;
mod union;
#[cfg(test)]
mod work;

use super::excerpt::Echo;
use super::label::label;
use super::schema::{Alternative, Member, Schema, Shape};
use super::structure::Structure;
use super::text::{self, Cursor};
use super::words;
use crate::bounds::{MAX_ERRORS, MAX_NAME};
use crate::context::EndpointContext;
use crate::error::ValidationError;
use crate::invalid::Invalid;
use crate::item::ErrorItem;
use crate::loc::Loc;
use crate::rules::Rules;

/// `serde_json` opens no more than this many containers inside each other.
const DEEPEST: usize = 127;

/// How many bytes are looked at for each byte of a message. A walk without unions that have no tag needs four.
const WORK_PER_BYTE: usize = 8;

/// How many more are, so that small messages have all of their errors listed.
const LEAST_WORK: usize = 64 * 1024;

/// What an error costs beside the bytes that it shows: about its memory.
const WORK_OF_ERROR: usize = 16;

/// Every error of a text that is JSON. None, where the schema knows of none.
///
/// The work is bounded by the size of the text. Unions without a tag may be tried again at each level: where that takes
/// too long, the walk ends with the errors up to there, and one that says so.
pub(super) fn errors(text: &str, schema: &'static Schema) -> Option<ValidationError> {
    errors_within(text, schema, &Structure::of(text))
}

fn errors_within(text: &str, schema: &'static Schema, structure: &Structure) -> Option<ValidationError> {
    let mut walk = Walk {
        path: Vec::new(),
        found: Vec::new(),
        omitted: 0,
        depth: 0,
        echo: Echo::default(),
        structure,
        most: WORK_PER_BYTE
            .saturating_mul(text.len())
            .saturating_add(LEAST_WORK),
        is_cut_short: false,
    };
    walk.value(&mut Cursor::within(text, structure), schema, &Rules::new());
    if walk.is_cut_short {
        walk.omitted += walk.found.len().saturating_sub(MAX_ERRORS - 1);
        walk.found.truncate(MAX_ERRORS - 1);
        walk.found.push(ErrorItem::new(
            Vec::new(),
            words::too_complex(),
            serde_json::Value::Null,
        ));
    }
    let errors = ValidationError::new(walk.found, EndpointContext::default());
    (!errors.errors().is_empty()).then(|| errors.omitting(walk.omitted))
}

/// One step to a value.
#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'static str),
    /// A key as it stands in the text.
    Key(&'a str),
    Index(usize),
    /// A shape of a union that has no tag.
    Branch(&'static Alternative),
}

impl Step<'_> {
    /// How many bytes are looked at where it is written into an error.
    fn work(self) -> usize {
        match self {
            Self::Key(key) => key.len().min(6 * MAX_NAME) + 1,
            _ => 1,
        }
    }
}

struct Walk<'a> {
    path: Vec<Step<'a>>,
    found: Vec<ErrorItem>,
    omitted: usize,
    depth: usize,
    echo: Echo,
    structure: &'a Structure,
    /// How many bytes are looked at.
    most: usize,
    is_cut_short: bool,
}

impl<'a> Walk<'a> {
    /// Checks the value at the cursor, and passes it.
    fn value(&mut self, cursor: &mut Cursor<'a>, schema: &'static Schema, rules: &Rules) {
        if !self.goes_on() {
            return cursor.skip();
        }
        let first = cursor.peek();
        match schema.shape() {
            Shape::Nullable(inner) => {
                if first == Some(b'n') {
                    cursor.skip();
                } else {
                    self.value(cursor, inner(), rules);
                }
            }
            Shape::Newtype(member) => self.value(cursor, member.schema(), member.rules()),
            Shape::Any => self.any(cursor),
            Shape::List(items) => self.list(cursor, items(), rules),
            Shape::Set(items) => self.set(cursor, items(), rules),
            Shape::Array(items, length) => self.places(cursor, *length, |_| items()),
            Shape::Tuple(places) => {
                self.places(cursor, places.len(), |place| {
                    places
                        .get(place)
                        .map_or_else(unreachable_place, |schema| schema())
                });
            }
            Shape::Map {
                check_key, values, ..
            } => self.map(cursor, *check_key, values(), rules),
            Shape::Object(object) => self.object(cursor, object, schema.name()),
            Shape::Union(union) => self.union(cursor, union),
            _ => self.scalar(cursor, schema.shape(), rules),
        }
    }

    fn goes_on(&mut self) -> bool {
        self.structure.note(1);
        self.is_cut_short |= self.structure.visited() > self.most;
        !self.is_cut_short
    }

    /// Adds an error at the value where a cursor stands.
    fn report(&mut self, invalid: Invalid, value: &Cursor<'a>) {
        self.report_below(None, invalid, value);
    }

    /// Adds an error one step below the current one; `value` is what is shown.
    fn report_below(&mut self, step: Option<Step<'a>>, invalid: Invalid, value: &Cursor<'a>) {
        if self.found.len() >= MAX_ERRORS || !self.goes_on() {
            self.omitted += 1;
            return;
        }
        let loc = self.loc(step);
        let input = self.echo.excerpt(value.clone());
        self.found.push(ErrorItem::new(loc, invalid, input));
    }

    /// Adds an error at a key of a map.
    fn report_key(&mut self, key: &'a str, invalid: Invalid) {
        if self.found.len() >= MAX_ERRORS || !self.goes_on() {
            self.omitted += 1;
            return;
        }
        let mut loc = self.loc(Some(Step::Key(key)));
        loc.push(Loc::from("[key]"));
        let input = self.echo.excerpt(Cursor::new(key));
        self.found.push(ErrorItem::new(loc, invalid, input));
    }

    fn loc(&self, last: Option<Step<'a>>) -> Vec<Loc> {
        let steps = || self.path.iter().copied().chain(last);
        self.structure
            .note(WORK_OF_ERROR + steps().map(Step::work).sum::<usize>());
        steps()
            .map(|step| match step {
                Step::Name(name) => Loc::from(name),
                Step::Key(key) => text::name(text::unescaped(key)),
                Step::Index(index) => Loc::from(index),
                Step::Branch(variant) => branch(variant),
            })
            .collect()
    }

    fn missing(&mut self, step: Step<'a>, whole: &Cursor<'a>) {
        self.report_below(Some(step), Invalid::missing(), whole);
    }

    /// Goes one step down, unless that is deeper than messages are read.
    fn below(&mut self, step: Step<'a>, walk: impl FnOnce(&mut Self)) {
        self.path.push(step);
        walk(self);
        self.path.pop();
    }

    /// Walks a container, unless it is deeper than messages are read.
    fn nested(&mut self, cursor: &mut Cursor<'a>, walk: impl FnOnce(&mut Self, &mut Cursor<'a>)) {
        if self.depth >= DEEPEST {
            self.report(words::too_deep(), cursor);
            return cursor.skip();
        }
        self.depth += 1;
        walk(self, cursor);
        self.depth -= 1;
    }
}

fn unreachable_place() -> &'static Schema {
    static ANY: Schema = Schema::new(Shape::Any);
    debug_assert!(false, "a tuple has a schema for each place");
    &ANY
}

/// Whether a member has this key, as it stands in the text.
fn is_key(raw: &str, name: &str) -> bool {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    // An escape has six bytes for one of the name.
    if inner.len() > 6 * name.len() {
        return false;
    }
    if inner.contains('\\') {
        text::unescaped(raw).eq(name.chars())
    } else {
        inner == name
    }
}

fn names(member: &Member) -> [Option<&'static str>; 2] {
    [Some(member.name()), member.other_name()]
}

/// What pydantic calls a shape that has no tag: the type, or the class.
fn branch(variant: &'static Alternative) -> Loc {
    match variant.body() {
        Some(body) if !variant.is_renamed() => label(body).map_or(Loc::from(variant.name()), Loc::from),
        _ => Loc::from(variant.name()),
    }
}
