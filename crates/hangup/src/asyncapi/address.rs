//! The path of a route as the address of a channel.

use serde_json::{Value, json};

/// An address with its parameters in braces, and what their convertors say of them.
#[derive(Debug, PartialEq)]
pub(super) struct Address {
    pub(super) text: String,
    pub(super) parameters: Vec<(String, Value)>,
}

impl Address {
    /// Reads a template of axum's, with FastAPI's convertors in the names: `/items/{id:int}`, `/files/{*rest}`.
    pub(super) fn of(template: &str) -> Self {
        let mut address = Self {
            text: String::new(),
            parameters: Vec::new(),
        };
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            address.text.push_str(before);
            let escaped = [("{{", '{'), ("}}", '}')].into_iter();
            if let Some((after, brace)) = escaped
                .filter_map(|(twice, once)| Some((brace.strip_prefix(twice)?, once)))
                .next()
            {
                address.text.push(brace);
                rest = after;
                continue;
            }
            let Some((name, after)) = brace.strip_prefix('{').and_then(|name| name.split_once('}')) else {
                address.text.push_str(brace);
                return address;
            };
            address.add(name);
            rest = after;
        }
        address.text.push_str(rest);
        address
    }

    fn add(&mut self, name: &str) {
        let (name, schema) = match (name.strip_prefix('*'), name.split_once(':')) {
            (Some(name), _) => (name, json!({"type": "string"})),
            (None, Some((name, convertor))) => (name, of_convertor(convertor)),
            (None, None) => (name, json!({"type": "string", "minLength": 1})),
        };
        self.text.extend(["{", name, "}"]);
        self.parameters.push((name.to_owned(), schema));
    }
}

fn of_convertor(convertor: &str) -> Value {
    match convertor {
        "int" => json!({"type": "integer", "minimum": 0}),
        "float" => json!({"type": "number", "minimum": 0}),
        "uuid" => json!({"type": "string", "format": "uuid"}),
        _ => json!({"type": "string", "minLength": 1}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_stand_in_braces_without_convertors() {
        let address = Address::of("/items/{item_id:int}/v{version}/{*rest}");
        assert_eq!(address.text, "/items/{item_id}/v{version}/{rest}");
        let names: Vec<_> = address.parameters.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["item_id", "version", "rest"]);
        assert_eq!(address.parameters[0].1, json!({"type": "integer", "minimum": 0}));
    }

    #[test]
    fn doubled_braces_are_text() {
        let address = Address::of("/{{a}}/{b}");
        assert_eq!(address.text, "/{a}/{b}");
        assert_eq!(address.parameters.len(), 1);
    }
}
