//! The source of a vector's endpoint: a module with the function, and a struct for each group of parameters.

use std::fmt::Write as _;

use super::choices::Choices;
use super::declaration;
use super::expressible;
use super::literal;
use super::skip::Skip;
use super::vector::{Group, Vector};
use super::width;

/// The module's body. Vectors with the same declaration have the same.
pub(crate) fn source(vector: &Vector, choices: &mut Choices) -> Result<String, Skip> {
    expressible::check(vector)?;
    let mut writer = Writer {
        int: width::of(vector)?,
        choices,
        structs: String::new(),
        count: 0,
    };
    let mut arguments = vec!["handshake_: Handshake".to_owned()];
    let mut values = Vec::new();
    if let Some(model) = &vector.model {
        let group = writer.group(&vector.own)?;
        arguments.push(format!("#[params] model_: {group}"));
        values.push((model.name.clone(), "model_".to_owned()));
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

/// Whether the path has a parameter that nobody reads; `#[websocket]` takes that for a mistake.
fn leaves_path_unread(vector: &Vector) -> bool {
    let is_read = |name: &str| {
        let mut own = vector.own.params.iter();
        own.any(|param| param.source == "path" && param.wire_name() == name)
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
            let _ = writeln!(fields, "    {},", in_struct(&source));
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

/// In a struct the compiler keeps `#[path]` for itself.
fn in_struct(declaration: &str) -> String {
    match declaration.strip_prefix("#[path(") {
        Some(options) => format!("#[param(path, {options}"),
        None => declaration.replacen("#[path]", "#[param(path)]", 1),
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
