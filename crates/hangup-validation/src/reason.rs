//! The reason of a Close frame: as much of the errors as 123 bytes hold, always valid JSON.

use std::io::{self, Write};

use serde::Serialize;

use crate::item::ErrorItem;
use crate::loc::Loc;

/// RFC 6455 section 5.5: a control frame carries 125 bytes, two of which are the close code.
const MAX: usize = 123;

/// An error without `input` and `ctx`.
#[derive(Serialize)]
struct Told<'a> {
    r#type: &'a str,
    loc: &'a [Loc],
    msg: &'a str,
}

/// An error without `msg`.
#[derive(Serialize)]
struct Placed<'a> {
    r#type: &'a str,
    loc: &'a [Loc],
}

/// An error's type alone.
#[derive(Serialize)]
struct Named<'a> {
    r#type: &'a str,
}

impl<'a> Told<'a> {
    fn of(item: &'a ErrorItem) -> Self {
        Self {
            r#type: item.kind(),
            loc: item.loc(),
            msg: item.msg(),
        }
    }
}

impl<'a> Placed<'a> {
    fn of(item: &'a ErrorItem) -> Self {
        Self {
            r#type: item.kind(),
            loc: item.loc(),
        }
    }
}

/// Renders the errors, and how many were left out behind them, in at most 123 bytes.
pub(super) fn render(errors: &[ErrorItem], omitted: usize) -> String {
    if omitted > 0 {
        return some(errors, omitted);
    }
    all(errors.iter())
        .or_else(|| all(errors.iter().map(Told::of)))
        .or_else(|| all(errors.iter().map(Placed::of)))
        .unwrap_or_else(|| some(errors, omitted))
}

/// All entries as a JSON array, if they fit. Stops at the first byte too many.
fn all(entries: impl Iterator<Item = impl Serialize>) -> Option<String> {
    let mut out = Line::new();
    out.text("[").ok()?;
    for (index, entry) in entries.enumerate() {
        if index > 0 {
            out.text(",").ok()?;
        }
        serde_json::to_writer(&mut out, &entry).ok()?;
    }
    out.text("]").ok()?;
    out.into_string()
}

/// The first entries and how many more there are.
fn some(errors: &[ErrorItem], omitted: usize) -> String {
    let mut out = Line::new();
    let mut best = None;
    let _ = out.text("[");
    for (index, item) in errors.iter().enumerate() {
        if serde_json::to_writer(&mut out, &Placed::of(item)).is_err() {
            break;
        }
        let rest = rest(errors.len() + omitted - index - 1);
        if out.0.len() + rest.len() <= MAX {
            best = Some((out.0.len(), rest));
        }
        if out.text(",").is_err() {
            break;
        }
    }
    if let Some((length, rest)) = best {
        out.0.truncate(length);
        let _ = out.text(&rest);
        if let Some(text) = out.into_string() {
            return text;
        }
    }
    first_type(errors, omitted)
}

/// The type of the first error and how many more there are; the type is cut if it alone is too long.
fn first_type(errors: &[ErrorItem], omitted: usize) -> String {
    let kind = errors.first().map_or("", ErrorItem::kind);
    let rest = rest((errors.len() + omitted).saturating_sub(1));
    let mut end = kind.len().min(MAX);
    loop {
        let cut = kind.get(..end).unwrap_or_default();
        if kind.is_char_boundary(end) {
            let mut out = Line::new();
            let _ = out.text("[");
            let written = serde_json::to_writer(&mut out, &Named { r#type: cut });
            if written.is_ok()
                && out.text(&rest).is_ok()
                && let Some(text) = out.into_string()
            {
                return text;
            }
        }
        if end == 0 {
            return "[]".to_owned();
        }
        end -= 1;
    }
}

/// The end of the array after an entry that is followed by so many more.
fn rest(count: usize) -> String {
    if count == 0 {
        "]".to_owned()
    } else {
        format!(",{{\"more\":{count}}}]")
    }
}

/// A buffer that refuses what does not fit into a reason.
struct Line(Vec<u8>);

impl Line {
    fn new() -> Self {
        Self(Vec::with_capacity(MAX))
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.write_all(text.as_bytes())
    }

    fn into_string(self) -> Option<String> {
        String::from_utf8(self.0).ok()
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::{MAX, render};
    use crate::invalid::Invalid;
    use crate::item::ErrorItem;
    use crate::loc::Loc;

    fn item(kind: &str, loc: &[&'static str], msg: &str, input: &str) -> ErrorItem {
        let loc = loc.iter().map(|name| Loc::from(*name)).collect();
        ErrorItem::new(
            loc,
            Invalid::new(kind.to_owned(), msg.to_owned()),
            Value::from(input),
        )
    }

    #[test]
    fn what_fits_is_sent_in_full() {
        let errors = [item("missing", &["query", "q"], "Field required", "x")];
        assert_eq!(
            render(&errors, 0),
            r#"[{"type":"missing","loc":["query","q"],"msg":"Field required","input":"x"}]"#
        );
    }

    #[test]
    fn input_goes_first_then_msg() {
        let long = "x".repeat(200);
        let errors = [item("missing", &["query", "q"], "Field required", &long)];
        assert_eq!(
            render(&errors, 0),
            r#"[{"type":"missing","loc":["query","q"],"msg":"Field required"}]"#
        );
        let errors = [item("missing", &["query", "q"], &long, &long)];
        assert_eq!(render(&errors, 0), r#"[{"type":"missing","loc":["query","q"]}]"#);
    }

    #[test]
    fn the_rest_is_counted() {
        let errors = vec![item("int_parsing", &["query", "q"], "no", "x"); 1000];
        assert_eq!(
            render(&errors, 0),
            r#"[{"type":"int_parsing","loc":["query","q"]},{"type":"int_parsing","loc":["query","q"]},{"more":998}]"#
        );
    }

    #[test]
    fn a_long_place_leaves_the_type() {
        let name: &'static str = "a-name-that-is-longer-than-what-a-close-frame-can-carry-and-then-some-more-of-it-so-that-\
                                  nothing-but-the-type-fits-in-here";
        let errors = vec![item("missing", &["query", name], "no", "x"); 2];
        assert_eq!(render(&errors, 0), r#"[{"type":"missing"},{"more":1}]"#);
    }

    fn loc() -> impl Strategy<Value = Loc> {
        prop_oneof![
            any::<usize>().prop_map(Loc::from),
            any::<String>().prop_map(Loc::from)
        ]
    }

    fn any_item(kind: &'static str) -> impl Strategy<Value = ErrorItem> {
        (
            kind,
            prop::collection::vec(loc(), 0..4),
            any::<String>(),
            any::<String>(),
            any::<bool>(),
        )
            .prop_map(|(kind, loc, msg, input, ctx)| {
                let mut invalid = Invalid::new(kind, msg);
                if ctx {
                    invalid = invalid.with_ctx("error", input.clone());
                }
                ErrorItem::new(loc, invalid, Value::from(input))
            })
    }

    proptest! {
        #[test]
        fn any_list_gives_valid_json_that_names_the_first_type(
            errors in prop::collection::vec(any_item("[a-z_]{1,40}"), 1..30),
        ) {
            let reason = render(&errors, 0);
            prop_assert!(reason.len() <= MAX, "{} bytes", reason.len());
            let json: Vec<Value> = serde_json::from_str(&reason).unwrap();
            prop_assert_eq!(json[0]["type"].as_str(), Some(errors[0].kind()));
            let more = json.last().and_then(|last| last["more"].as_u64());
            let shown = json.len() - usize::from(more.is_some());
            prop_assert_eq!(shown as u64 + more.unwrap_or(0), errors.len() as u64);
        }

        #[test]
        fn even_types_that_cannot_fit_give_valid_json(errors in prop::collection::vec(any_item(".{0,300}"), 0..4)) {
            let reason = render(&errors, 0);
            prop_assert!(reason.len() <= MAX);
            let json: Vec<Value> = serde_json::from_str(&reason).unwrap();
            if let Some(first) = errors.first() {
                let shown = json[0]["type"].as_str().unwrap();
                prop_assert!(first.kind().starts_with(shown));
            }
        }
    }
}
