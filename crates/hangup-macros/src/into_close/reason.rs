//! The reason of `#[close(.., "..")]`: plain text, or a format string over the fields of the case.

use std::{collections::BTreeSet, iter::Peekable, str::Chars};

use proc_macro2::Span;
use quote::format_ident;
use syn::{Fields, Ident, LitStr, Member};

use crate::{diagnostics::Diagnostics, wording};

/// RFC 6455, 5.5 and 5.5.1: 125 bytes of payload, of which the code takes two.
pub(crate) const MAX_BYTES: usize = 123;

/// Where the reason of a case comes from.
pub(crate) enum Reason {
    Display,
    Hidden,
    Text(LitStr),
    Format {
        /// The format string, with `{0}` written as `{field_0}`.
        text: LitStr,
        /// The fields that it names, and what they are called in it.
        fields: Vec<(Member, Ident)>,
    },
}

/// Reads a literal as `format!` would, with the fields of the case as the only arguments.
pub(crate) fn check(literal: &LitStr, fields: &Fields, diagnostics: &mut Diagnostics) -> Option<Reason> {
    let written = literal.value();
    let pieces = match pieces(&written) {
        Ok(pieces) => pieces,
        Err(message) => {
            diagnostics.at(literal, message);
            return None;
        }
    };

    let mut used = BTreeSet::new();
    let (mut plain, mut format) = (String::new(), String::new());
    let mut is_right = true;
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                plain.push_str(&text);
                format.push_str(&text.replace('{', "{{").replace('}', "}}"));
            }
            Piece::Field { name, style } => match find(&name, fields) {
                Ok(name) => {
                    format.push_str(&format!("{{{name}{style}}}"));
                    used.insert(name);
                }
                Err(message) => {
                    diagnostics.at(literal, message);
                    is_right = false;
                }
            },
        }
    }
    if plain.len() > MAX_BYTES {
        diagnostics.at(
            literal,
            format!(
                "this reason has {} bytes, and a Close frame has room for {MAX_BYTES}",
                plain.len()
            ),
        );
        is_right = false;
    }
    if !is_right {
        return None;
    }
    if used.is_empty() {
        return Some(Reason::Text(LitStr::new(&plain, literal.span())));
    }
    let members = fields.members().filter(|member| used.contains(&called(member)));
    Some(Reason::Format {
        fields: members.map(|member| (member.clone(), local(&member))).collect(),
        text: LitStr::new(&format, literal.span()),
    })
}

/// What a field is called in the format string that is handed on.
fn called(member: &Member) -> String {
    match member {
        Member::Named(name) => format!("field_{}", name.to_string().trim_start_matches("r#")),
        Member::Unnamed(index) => format!("field_{}", index.index),
    }
}

fn local(member: &Member) -> Ident {
    format_ident!("{}", called(member), span = Span::call_site())
}

fn find(name: &str, fields: &Fields) -> Result<String, String> {
    let names: Vec<String> = fields
        .members()
        .map(|member| match member {
            Member::Named(name) => name.to_string().trim_start_matches("r#").to_owned(),
            Member::Unnamed(index) => index.index.to_string(),
        })
        .collect();
    if names.iter().any(|field| field == name) {
        return Ok(format!("field_{name}"));
    }
    Err(match names.as_slice() {
        [] => format!(
            "`{{{name}}}` stands for a field, and there are none here; a brace that is meant as such is written \
             twice: `{{{{`"
        ),
        names => format!(
            "`{{{name}}}` stands for a field, and there is none with this name, only {}; a brace that is meant as \
             such is written twice: `{{{{`",
            wording::list(names, "and")
        ),
    })
}

enum Piece {
    Text(String),
    Field {
        name: String,
        /// All from the colon on.
        style: String,
    },
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text.chars().peekable();
    while let Some(char) = rest.next() {
        match char {
            '{' | '}' if rest.next_if_eq(&char).is_some() => plain.push(char),
            '{' => {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(placeholder(&mut rest)?);
            }
            '}' => return Err("this `}` closes nothing; write `}}` for a brace".to_owned()),
            _ => plain.push(char),
        }
    }
    pieces.push(Piece::Text(plain));
    Ok(pieces)
}

fn placeholder(rest: &mut Peekable<Chars<'_>>) -> Result<Piece, String> {
    let mut inside = String::new();
    loop {
        match rest.next() {
            Some('}') => break,
            Some(char) => inside.push(char),
            None => return Err("this `{` is not closed; write `{{` for a brace".to_owned()),
        }
    }
    let (name, style) = match inside.find(':') {
        Some(colon) => inside.split_at(colon),
        None => (&*inside, ""),
    };
    let name = name.trim();
    if name.is_empty() {
        return Err("`{}` needs the name of a field: `{name}`, or `{0}` in a tuple".to_owned());
    }
    if style.contains('$') {
        return Err(format!(
            "`{{{inside}}}` takes its width or precision from an argument, and a reason has no arguments"
        ));
    }
    Ok(Piece::Field {
        name: name.to_owned(),
        style: style.to_owned(),
    })
}
