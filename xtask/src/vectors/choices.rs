//! The enums of all vectors: each `enum:[..]` and `literal:[..]` becomes one Rust enum with `#[derive(Param)]`.

use std::fmt::Write as _;

use serde_json::Value;

#[derive(Default)]
pub(crate) struct Choices(Vec<(bool, Vec<Value>)>);

impl Choices {
    /// The name of the enum with these values.
    pub(crate) fn name(&mut self, is_literal: bool, values: &[Value]) -> String {
        let known = self
            .0
            .iter()
            .position(|(is, known)| *is == is_literal && known == values);
        let place = known.unwrap_or_else(|| {
            self.0.push((is_literal, values.to_vec()));
            self.0.len() - 1
        });
        format!("Choice{place}")
    }

    /// The source of each enum, under its name.
    pub(crate) fn sources(&self) -> Vec<(String, String)> {
        let enums = self.0.iter().enumerate();
        enums
            .map(|(place, (is_literal, values))| {
                let name = format!("Choice{place}");
                (name.clone(), source(&name, *is_literal, values))
            })
            .collect()
    }
}

fn source(name: &str, is_literal: bool, values: &[Value]) -> String {
    let mut out = "#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Param)]\n".to_owned();
    if is_literal {
        out.push_str("#[param(literal)]\n");
    }
    let _ = writeln!(out, "pub enum {name} {{");
    for (place, value) in values.iter().enumerate() {
        let _ = match value {
            Value::String(text) => writeln!(out, "    #[param(rename = {text:?})] V{place},"),
            other => writeln!(out, "    #[param(value = {other})] V{place},"),
        };
    }
    let _ = writeln!(out, "}}\nimpl vectors::Shown for {name} {{");
    out.push_str("    fn shown(&self) -> vectors::Value {\n        match self {\n");
    for (place, value) in values.iter().enumerate() {
        let json = match value {
            Value::String(text) => format!("{text:?}"),
            Value::Number(number) => format!("{number}i64"),
            other => other.to_string(),
        };
        let _ = writeln!(out, "            Self::V{place} => vectors::Value::from({json}),");
    }
    out.push_str("        }\n    }\n}\n");
    out
}
