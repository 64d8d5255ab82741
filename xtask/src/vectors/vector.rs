//! One vector, as its line in the file has it.

use serde_json::Value;

use super::declared_type::Type;
use super::skip::Skip;

pub(crate) struct Vector {
    pub(crate) route: String,
    pub(crate) own: Group,
    /// What the parameters are the fields of, if not of the function.
    pub(crate) model: Option<Model>,
    /// The path and the query, as they are sent.
    pub(crate) target: String,
    pub(crate) request: Value,
    pub(crate) expect: Value,
}

pub(crate) struct Model {
    /// What its values are under.
    pub(crate) name: String,
    /// `extra = "allow"`
    pub(crate) keeps_extra: bool,
}

/// Parameters that are declared together, and the groups that are read before them.
pub(crate) struct Group {
    pub(crate) params: Vec<Param>,
    pub(crate) dependencies: Vec<(String, Group)>,
}

pub(crate) struct Param {
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) ty: Type,
    /// `None` for a required parameter; null if it may be absent.
    pub(crate) default: Option<Value>,
    pub(crate) is_nullable: bool,
    pub(crate) alias: Option<String>,
    pub(crate) convert_underscores: bool,
    pub(crate) constraints: Vec<(String, Value)>,
}

impl Vector {
    pub(crate) fn read(json: &Value) -> Result<Self, Skip> {
        let own = Group::read(json)?;
        let target = text(&json["request"], "path")?;
        if !target.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Skip::NotAscii);
        }
        let model = match &json["param_model"] {
            Value::Null => None,
            model => Some(Model {
                name: text(model, "name")?,
                keeps_extra: model["extra"] == "allow",
            }),
        };
        Ok(Self {
            route: text(json, "route")?,
            own,
            model,
            target,
            request: json["request"].clone(),
            expect: json["expect"].clone(),
        })
    }

    /// The errors that are expected.
    pub(crate) fn errors(&self) -> &[Value] {
        self.expect["errors"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The values that are expected, by the names of the parameters.
    pub(crate) fn values(&self) -> &Value {
        match &self.model {
            Some(model) => &self.expect["ok"][&model.name],
            None => &self.expect["ok"],
        }
    }

    /// Every parameter, of the endpoint and of all groups.
    pub(crate) fn params(&self) -> Vec<&Param> {
        let mut params = Vec::new();
        self.own.collect(&mut params);
        params
    }
}

impl Group {
    fn read(json: &Value) -> Result<Self, Skip> {
        let dependencies = list(json, "dependencies")?
            .iter()
            .map(|group| Ok((text(group, "name")?, Self::read(group)?)));
        Ok(Self {
            dependencies: dependencies.collect::<Result<_, Skip>>()?,
            params: list(json, "params")?
                .iter()
                .map(Param::read)
                .collect::<Result<_, _>>()?,
        })
    }

    fn collect<'g>(&'g self, into: &mut Vec<&'g Param>) {
        for (_, group) in &self.dependencies {
            group.collect(into);
        }
        into.extend(&self.params);
    }
}

impl Param {
    pub(crate) fn wire_name(&self) -> String {
        match &self.alias {
            Some(alias) => alias.clone(),
            None if self.source == "header" && self.convert_underscores => self.name.replace('_', "-"),
            None => self.name.clone(),
        }
    }

    fn read(json: &Value) -> Result<Self, Skip> {
        let source = text(json, "in")?;
        if !["path", "query", "header", "cookie"].contains(&&*source) {
            return Err(Skip::Malformed(format!("a parameter in `{source}`")));
        }
        let is_required = json["required"].as_bool().unwrap_or(!has(json, "default"));
        let alias = ["validation_alias", "alias"]
            .iter()
            .find_map(|name| json[*name].as_str())
            .map(str::to_owned);
        let constraints = json["constraints"].as_object().into_iter().flatten();
        Ok(Self {
            name: text(json, "name")?,
            source,
            ty: Type::read(&text(json, "type")?)?,
            default: (!is_required).then(|| json["default"].clone()),
            is_nullable: json["nullable"].as_bool().unwrap_or(false),
            alias,
            convert_underscores: json["convert_underscores"].as_bool().unwrap_or(true),
            constraints: constraints
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
        })
    }
}

fn has(json: &Value, key: &str) -> bool {
    json.get(key).is_some()
}

fn text(json: &Value, key: &str) -> Result<String, Skip> {
    let text = json[key].as_str().map(str::to_owned);
    text.ok_or_else(|| Skip::Malformed(format!("`{key}` is no text")))
}

fn list<'v>(json: &'v Value, key: &str) -> Result<&'v [Value], Skip> {
    match &json[key] {
        Value::Null => Ok(&[]),
        Value::Array(list) => Ok(list),
        _ => Err(Skip::Malformed(format!("`{key}` is no list"))),
    }
}
