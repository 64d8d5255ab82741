//! The options of a parameter, as FastAPI names them.

use proc_macro2::TokenStream;
use syn::{Expr, ExprArray, ExprLit, Ident, Lit, LitStr};

use super::{bound::Bound, default};
use crate::{
    diagnostics::Diagnostics,
    setting::{self, Setting},
};

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) alias: Option<LitStr>,
    pub(crate) default: Option<(Ident, Expr)>,
    pub(crate) convert_underscores: Option<bool>,
    pub(crate) convert_underscores_at: Option<Ident>,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: Option<bool>,
    /// Expressions of JSON.
    pub(crate) examples: Vec<TokenStream>,
    pub(crate) rules: Vec<Rule>,
}

/// A constraint, under the name with which it is written.
pub(crate) struct Rule {
    pub(crate) name: Ident,
    pub(crate) kind: RuleKind,
}

pub(crate) enum RuleKind {
    /// `gt`, `ge`, `lt`, `le`, `multiple_of`
    Bound(Bound),
    /// `min_length`, `max_length`
    Length(Expr),
    Pattern(LitStr),
    /// `max_digits`, `decimal_places`
    Digits(Expr),
    AllowInfNan(bool),
    Strict(bool),
}

const NAMES: [&str; 18] = [
    "alias",
    "default",
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "max_digits",
    "decimal_places",
    "allow_inf_nan",
    "strict",
    "convert_underscores",
    "description",
    "deprecated",
    "examples",
];

const OTHER_NAMES: [(&str, &str); 13] = [
    ("min", "ge"),
    ("max", "le"),
    ("minimum", "ge"),
    ("maximum", "le"),
    ("exclusive_minimum", "gt"),
    ("exclusive_maximum", "lt"),
    ("min_items", "min_length"),
    ("max_items", "max_length"),
    ("regex", "pattern"),
    ("name", "alias"),
    ("rename", "alias"),
    ("validation_alias", "alias"),
    ("example", "examples"),
];

impl Options {
    pub(crate) fn read(settings: Vec<Setting>, diagnostics: &mut Diagnostics) -> Self {
        let mut options = Self::default();
        for setting in setting::once_each(settings, diagnostics) {
            options.add(&setting, diagnostics);
        }
        options
    }

    fn add(&mut self, setting: &Setting, diagnostics: &mut Diagnostics) {
        let name = &setting.name;
        match &*name.to_string() {
            "alias" => self.alias = setting.text("\"item-query\"", diagnostics).cloned(),
            "default" => {
                let value = setting.value("10", diagnostics);
                self.default = value.map(|value| (name.clone(), value.clone()));
            }
            "convert_underscores" => {
                self.convert_underscores = setting.flag(diagnostics);
                self.convert_underscores_at = Some(name.clone());
            }
            "description" => {
                self.description = setting.text("\"what it is for\"", diagnostics).map(LitStr::value);
            }
            "deprecated" => self.deprecated = setting.flag(diagnostics),
            "examples" => self.examples = examples(setting, diagnostics),
            "required" => diagnostics.at(
                name,
                "there is no option `required`: a parameter is required unless its type is an `Option` or it \
                 has a `default`",
            ),
            _ => match RuleKind::read(setting, diagnostics) {
                Some(kind) => self.rules.push(Rule {
                    name: name.clone(),
                    kind,
                }),
                None if NAMES.iter().any(|known| name == known) => {}
                None => setting.is_unknown(&NAMES, &OTHER_NAMES, diagnostics),
            },
        }
    }

    pub(crate) fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}

impl RuleKind {
    fn read(setting: &Setting, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &*setting.name.to_string() {
            "gt" | "ge" | "lt" | "le" | "multiple_of" => {
                let value = setting.value("1", diagnostics)?;
                Bound::read(&setting.name, value, diagnostics).map(Self::Bound)
            }
            "min_length" | "max_length" => count(setting, diagnostics).map(Self::Length),
            "max_digits" | "decimal_places" => count(setting, diagnostics).map(Self::Digits),
            "pattern" => {
                let pattern = setting.text("\"^[a-z]+$\"", diagnostics)?;
                if let Err(error) = regex_syntax::parse(&pattern.value()) {
                    diagnostics.at(
                        pattern,
                        format!("this is no regular expression: {}", in_short(&error)),
                    );
                }
                Some(Self::Pattern(pattern.clone()))
            }
            "allow_inf_nan" => setting.flag(diagnostics).map(Self::AllowInfNan),
            "strict" => setting.flag(diagnostics).map(Self::Strict),
            _ => None,
        }
    }
}

/// A list of literals, each as JSON.
fn examples(setting: &Setting, diagnostics: &mut Diagnostics) -> Vec<TokenStream> {
    let such_as = "[\"foo\", \"bar\"]";
    let Some(value) = setting.value(such_as, diagnostics) else {
        return Vec::new();
    };
    let examples = match value {
        Expr::Array(ExprArray { elems, .. }) => elems.iter().map(default::json).collect(),
        _ => None,
    };
    examples.unwrap_or_else(|| {
        diagnostics.at(
            value,
            format!("`examples` is a list of text, numbers, `true` and `false`: `examples = {such_as}`"),
        );
        Vec::new()
    })
}

/// A number of characters, items or digits: a literal, or any constant expression.
fn count(setting: &Setting, diagnostics: &mut Diagnostics) -> Option<Expr> {
    let value = setting.value("3", diagnostics)?;
    let is_wrong = match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse::<u32>().is_err(),
        Expr::Lit(_) | Expr::Unary(_) => true,
        _ => false,
    };
    if is_wrong {
        let name = &setting.name;
        diagnostics.at(
            value,
            format!("`{name}` is a whole number, not below 0: `{name} = 3`"),
        );
        return None;
    }
    Some(value.clone())
}

/// The message of a `regex-syntax` error without the drawing of the place.
fn in_short(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    }
}
