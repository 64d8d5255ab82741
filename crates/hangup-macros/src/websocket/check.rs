//! What is wrong with an endpoint's function, its parameters and its path.

use syn::{FnArg, Pat, ReturnType, Type};

use super::{
    ast::{Function, Parameter},
    extractor,
    template::Template,
};
use crate::{
    diagnostics::Diagnostics,
    field::{Kind, Source},
    shape, wording,
};

/// The function itself: `async`, and nothing that an endpoint cannot be.
pub(super) fn function(function: &Function, diagnostics: &mut Diagnostics) {
    let signature = &function.signature;
    if signature.asyncness.is_none() {
        diagnostics.at(
            signature.fn_token,
            format!(
                "an endpoint waits for its client: write `async fn {}`",
                signature.ident
            ),
        );
    }
    if let Some(token) = &signature.constness {
        diagnostics.at(token, "an endpoint cannot be `const`");
    }
    if let Some(token) = &signature.unsafety {
        diagnostics.at(
            token,
            "an endpoint is called by the framework, which knows no conditions for it: it cannot be `unsafe`",
        );
    }
    if let Some(token) = &signature.abi {
        diagnostics.at(token, "an endpoint is called from Rust alone: it has no ABI");
    }
    if let Some(token) = &signature.variadic {
        diagnostics.at(token, "an endpoint has a fixed number of parameters");
    }
    if !signature.generics.params.is_empty() {
        diagnostics.at(
            &signature.generics,
            "an endpoint is one function, not many: it has no generic parameters; `State<S>` gives it what varies",
        );
    } else if let Some(conditions) = &signature.generics.where_clause {
        diagnostics.at(
            conditions,
            "an endpoint has no generic parameters, so it needs no `where`",
        );
    }
    if let ReturnType::Type(_, ty) = &signature.output
        && let Type::Never(never) = &**ty
    {
        diagnostics.at(
            never,
            "an endpoint ends when its client leaves: return `hangup::Result`, and let `?` end it",
        );
    }
}

/// The handshake, exactly once.
pub(super) fn parameters(function: &Function, parameters: &[Parameter], diagnostics: &mut Diagnostics) {
    let mut handshakes = parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Handshake(name, _) => Some(name),
        _ => None,
    });
    match handshakes.next() {
        Some(_) => {}
        None => {
            let name = &function.signature.ident;
            let has_socket = function.signature.inputs.iter().any(is_socket);
            let more = if has_socket {
                "; the `WebSocket` is what its `accept` gives"
            } else if function.signature.inputs.iter().any(is_called_handshake) {
                ", with the name of the type and not of an alias, as a macro sees only names"
            } else {
                ""
            };
            diagnostics.at(
                name,
                format!("`{name}` cannot answer its client: add the parameter `handshake: hangup::Handshake`{more}"),
            );
        }
    }
    for more in handshakes {
        diagnostics.at(
            more,
            "there is one handshake to answer, so this second one is too many",
        );
    }
}

fn is_socket(input: &FnArg) -> bool {
    match input {
        FnArg::Typed(parameter) => shape::last_name(&parameter.ty).as_deref() == Some("WebSocket"),
        FnArg::Receiver(_) => false,
    }
}

fn is_called_handshake(input: &FnArg) -> bool {
    let FnArg::Typed(parameter) = input else {
        return false;
    };
    match &*parameter.pat {
        Pat::Ident(name) => name.ident.to_string().trim_start_matches('_') == "handshake",
        _ => false,
    }
}

/// The names of the path and the parameters that take them.
pub(super) fn path(template: &Template, parameters: &[Parameter], diagnostics: &mut Diagnostics) {
    let mut taken = Vec::new();
    let mut may_take_any = false;
    for parameter in parameters {
        match parameter {
            Parameter::Handshake(..) => {}
            Parameter::Extractor(ty) => may_take_any |= extractor::may_read_path(ty),
            Parameter::Member { name, member } => match &member.kind {
                Kind::Group => may_take_any = true,
                Kind::Field(field) if field.source == Source::Path => taken.push((name, field.wire_name())),
                Kind::Field(_) => {}
            },
        }
    }
    for (name, wire_name) in &taken {
        if !template.names.contains(wire_name) {
            diagnostics.at(name, not_in_path(wire_name, template));
        }
    }
    if may_take_any {
        return;
    }
    for name in &template.names {
        if !taken.iter().any(|(_, wire_name)| wire_name == name) {
            diagnostics.at(
                &template.literal,
                format!("no parameter takes `{{{name}}}`: add `#[path] {name}: String`, or another type"),
            );
        }
    }
}

fn not_in_path(name: &str, template: &Template) -> String {
    let there: Vec<_> = template.names.iter().map(|name| format!("{{{name}}}")).collect();
    let there = match there.as_slice() {
        [] => "which has no parameters".to_owned(),
        there => format!("which has {}", wording::list(there, "and")),
    };
    format!(
        "the path does not name `{{{name}}}`: it is {:?}, {there}; a parameter of a prefix around the endpoint is \
         taken by a `#[params]` struct",
        template.literal.value()
    )
}
