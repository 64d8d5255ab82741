//! `name` and `name = value` between the parentheses of an attribute.

use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::{diagnostics::Diagnostics, wording};

/// One `name` or `name = value`.
pub(crate) struct Setting {
    pub(crate) name: Ident,
    pub(crate) value: Option<Expr>,
}

impl Parse for Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), "an option was expected here: `name = value`"))?;
        let value = match input.parse::<Option<Token![=]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        Ok(Self { name, value })
    }
}

/// Everything between the parentheses of an attribute; no parentheses are as good as empty ones.
pub(crate) fn of(attr: &Attribute, diagnostics: &mut Diagnostics) -> Vec<Setting> {
    let settings = match &attr.meta {
        Meta::Path(_) => return Vec::new(),
        Meta::List(list) => list.parse_args_with(Punctuated::<Setting, Token![,]>::parse_terminated),
        Meta::NameValue(_) => {
            let name = attr
                .path()
                .segments
                .last()
                .map(|segment| segment.ident.to_string());
            let name = name.unwrap_or_default();
            Err(syn::Error::new_spanned(
                attr,
                format!("options stand between parentheses: `#[{name}(option = value)]`"),
            ))
        }
    };
    diagnostics.take(settings).into_iter().flatten().collect()
}

impl Setting {
    /// The value, which there must be. `such_as` is an example of it.
    pub(crate) fn value(&self, such_as: &str, diagnostics: &mut Diagnostics) -> Option<&Expr> {
        if self.value.is_none() {
            let name = &self.name;
            diagnostics.at(name, format!("`{name}` needs a value: `{name} = {such_as}`"));
        }
        self.value.as_ref()
    }

    /// The value, which must be a string literal.
    pub(crate) fn text(&self, such_as: &str, diagnostics: &mut Diagnostics) -> Option<&LitStr> {
        match self.value(such_as, diagnostics)? {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) => Some(text),
            other => {
                let name = &self.name;
                diagnostics.at(
                    other,
                    format!("`{name}` is a string literal: `{name} = {such_as}`"),
                );
                None
            }
        }
    }

    /// The value, which must be `true` or `false`; the name alone is `true`.
    pub(crate) fn flag(&self, diagnostics: &mut Diagnostics) -> Option<bool> {
        match &self.value {
            None => Some(true),
            Some(Expr::Lit(ExprLit {
                lit: Lit::Bool(flag), ..
            })) => Some(flag.value),
            Some(other) => {
                let name = &self.name;
                diagnostics.at(other, format!("`{name}` is `true` or `false`"));
                None
            }
        }
    }

    /// Reports an option that nobody knows, with the one that was meant or all that there are.
    pub(crate) fn is_unknown(
        &self,
        known: &[&str],
        other_names: &[(&str, &str)],
        diagnostics: &mut Diagnostics,
    ) {
        let written = self.name.to_string();
        let other = other_names.iter().find(|(other, _)| *other == written);
        let meant = other
            .map(|(_, meant)| *meant)
            .or_else(|| wording::nearest(&written, known));
        diagnostics.at(
            &self.name,
            match meant {
                Some(meant) => format!("there is no option `{written}`; did you mean `{meant}`?"),
                None => format!(
                    "there is no option `{written}`; there are {}",
                    wording::list(known, "and")
                ),
            },
        );
    }
}

/// Reports every option that is given a second time, and leaves it out.
pub(crate) fn once_each(settings: Vec<Setting>, diagnostics: &mut Diagnostics) -> Vec<Setting> {
    let mut kept: Vec<Setting> = Vec::new();
    for setting in settings {
        if kept.iter().any(|first| first.name == setting.name) {
            diagnostics.at(&setting.name, format!("`{}` is given twice", setting.name));
        } else {
            kept.push(setting);
        }
    }
    kept
}
