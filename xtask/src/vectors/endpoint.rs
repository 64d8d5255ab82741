//! The source of a vector's endpoint: a module with the function, and a struct for each group of parameters.

use std::fmt::Write as _;

use serde_json::Value;

use super::choices::Choices;
use super::declaration;
use super::literal;
use super::skip::Skip;
use super::vector::{Group, Vector};
use super::width;

/// The module's body. Vectors with the same declaration have the same.
pub(crate) fn source(vector: &Vector, choices: &mut Choices) -> Result<String, Skip> {
    expressible(vector)?;
    let mut writer = Writer {
        int: width::of(vector)?,
        choices,
        structs: String::new(),
        count: 0,
    };
    let mut arguments = vec!["handshake_: Handshake".to_owned()];
    let mut values = Vec::new();
    if let Some(name) = &vector.model {
        let group = writer.group(&vector.own)?;
        arguments.push(format!("#[params] model_: {group}"));
        values.push((name.clone(), "model_".to_owned()));
    } else {
        for (name, identifier, source) in writer.members(&vector.own)? {
            arguments.push(source);
            values.push((name, identifier));
        }
    }
    if leaves_path_unread(vector) {
        arguments.push("_: Unread".to_owned());
    }
    let route = literal::text(&vector.route);
    Ok(format!(
        "{}#[websocket({route})]\npub async fn endpoint({}) -> hangup::Result {{\n    vectors::answer(handshake_, {}).await\n}}\n",
        writer.structs,
        arguments.join(", "),
        object(&values, ""),
    ))
}

/// What would compile, and give another answer than Python's.
fn expressible(vector: &Vector) -> Result<(), Skip> {
    let is_mixed = |segment: &str| {
        segment
            .split_once('}')
            .is_some_and(|(_, after)| !after.is_empty())
    };
    if vector.route.split('/').any(is_mixed) {
        return Err(Skip::MixedSegment);
    }
    let errors = vector.expect["errors"].as_array().map_or(&[][..], Vec::as_slice);
    if vector.model.is_some() {
        if errors.iter().any(|error| error["type"] == "extra_forbidden") {
            return Err(Skip::ModelExtra);
        }
        if errors
            .iter()
            .any(|error| error["type"] == "missing" && error["input"].is_object())
        {
            return Err(Skip::ModelMissing);
        }
    }
    let values = match &vector.model {
        Some(name) => &vector.expect["ok"][name],
        None => &vector.expect["ok"],
    };
    if let (Some(_), Some(values)) = (&vector.model, values.as_object())
        && values.len() > vector.own.params.len()
    {
        return Err(Skip::ModelExtra);
    }
    let is_frozen =
        |error: &Value| error["type"] == "frozen_set_type" || error["ctx"]["field_type"] == "Frozenset";
    if errors.iter().any(is_frozen) {
        return Err(Skip::Frozenset);
    }
    defaults(&vector.own, values)
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

/// Whether the path has a parameter that nobody reads; `#[websocket]` takes that for a mistake.
fn leaves_path_unread(vector: &Vector) -> bool {
    let is_read = |name: &str| {
        let mut own = vector.own.params.iter();
        own.any(|param| param.source == "path" && param.alias.as_ref().unwrap_or(&param.name) == name)
    };
    let mut names = vector
        .route
        .split('/')
        .filter_map(|segment| segment.split_once('{')?.1.strip_suffix('}'));
    names.any(|name| !is_read(name.split(':').next().unwrap_or(name)))
}

struct Writer<'c> {
    int: &'static str,
    choices: &'c mut Choices,
    structs: String,
    count: usize,
}

impl Writer<'_> {
    /// Each group and parameter: the name of its value, its identifier, its declaration.
    fn members(&mut self, group: &Group) -> Result<Vec<(String, String, String)>, Skip> {
        let mut members = Vec::new();
        for (place, (name, dependency)) in group.dependencies.iter().enumerate() {
            let ty = self.group(dependency)?;
            let identifier = format!("group_{place}_");
            let source = format!("#[params] {identifier}: {ty}");
            members.push((name.clone(), identifier, source));
        }
        for (place, param) in group.params.iter().enumerate() {
            let declared = declaration::of(param, &format!("param_{place}_"), self.int, self.choices)?;
            members.push((param.name.clone(), declared.identifier, declared.source));
        }
        Ok(members)
    }

    /// Writes the struct of a group, after those that are in it, and gives its name.
    fn group(&mut self, group: &Group) -> Result<String, Skip> {
        let members = self.members(group)?;
        let name = format!("Group{}", self.count);
        self.count += 1;
        let mut fields = String::new();
        let mut values = Vec::new();
        for (value_name, identifier, source) in members {
            let _ = writeln!(fields, "    {source},");
            values.push((value_name, identifier));
        }
        let _ = writeln!(
            self.structs,
            "#[derive(Params)]\npub struct {name} {{\n{fields}}}\nimpl vectors::Shown for {name} {{\n    \
             fn shown(&self) -> vectors::Value {{\n        {}\n    }}\n}}",
            object(&values, "self.")
        );
        Ok(name)
    }
}

fn object(values: &[(String, String)], prefix: &str) -> String {
    let values = values.iter().map(|(name, identifier)| {
        format!(
            "({}, vectors::Shown::shown(&{prefix}{identifier}))",
            literal::text(name)
        )
    });
    format!("vectors::object([{}])", values.collect::<Vec<_>>().join(", "))
}
