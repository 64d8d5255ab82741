//! Which vector is sent to which endpoint, and which is not sent at all.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::choices::Choices;
use super::endpoint;
use super::skip::Skip;
use super::vector::Vector;

pub(crate) struct Plan {
    /// For each vector the place of its endpoint, or why it has none.
    vectors: Vec<Result<usize, Skip>>,
    endpoints: Vec<Endpoint>,
    pub(crate) choices: Choices,
}

struct Endpoint {
    source: String,
    /// What the compiler says about it.
    refused: Option<String>,
}

impl Plan {
    /// Of a file with one vector a line.
    pub(crate) fn of(text: &str) -> Self {
        let mut plan = Self {
            vectors: Vec::new(),
            endpoints: Vec::new(),
            choices: Choices::default(),
        };
        let mut known: HashMap<String, usize> = HashMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let source = vector(line).and_then(|vector| endpoint::source(&vector, &mut plan.choices));
            plan.vectors.push(source.map(|source| {
                *known.entry(source.clone()).or_insert_with(|| {
                    plan.endpoints.push(Endpoint {
                        source,
                        refused: None,
                    });
                    plan.endpoints.len() - 1
                })
            }));
        }
        plan
    }

    /// How many vectors there are, and how many endpoints.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.vectors.len(), self.endpoints.len())
    }

    /// The endpoints that the compiler has not refused: their places and sources.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (usize, &str)> {
        let endpoints = self.endpoints.iter().enumerate();
        endpoints
            .filter(|(_, endpoint)| endpoint.refused.is_none())
            .map(|(place, endpoint)| (place, &*endpoint.source))
    }

    pub(crate) fn refuse(&mut self, place: usize, words: &str) {
        if let Some(endpoint) = self.endpoints.get_mut(place) {
            endpoint.refused.get_or_insert_with(|| words.to_owned());
        }
    }

    /// An enum that does not compile takes every endpoint with it that uses it.
    pub(crate) fn refuse_choice(&mut self, name: &str, words: &str) {
        for place in self.users_of(name) {
            self.refuse(place, words);
        }
    }

    /// The endpoints with this enum that the compiler has not refused.
    pub(crate) fn users_of(&self, choice: &str) -> Vec<usize> {
        let uses = |source: &str| {
            let mut names = source.split(|c: char| !c.is_ascii_alphanumeric());
            names.any(|word| word == choice)
        };
        let users = self.sources().filter(|(_, source)| uses(source));
        users.map(|(place, _)| place).collect()
    }

    /// As the generated program reads it; its endpoints are numbered without those that were refused.
    pub(crate) fn json(&self) -> Value {
        let mut number = 0;
        let numbers: Vec<usize> = self
            .endpoints
            .iter()
            .map(|endpoint| {
                let own = number;
                number += usize::from(endpoint.refused.is_none());
                own
            })
            .collect();
        let vectors = self.vectors.iter().map(|planned| match planned {
            Err(skip) => json!({ "skip": skip.to_string() }),
            Ok(place) => match &self.endpoints[*place].refused {
                Some(words) => json!({ "skip": Skip::Refused(words.clone()).to_string() }),
                None => json!({ "endpoint": numbers[*place] }),
            },
        });
        vectors.collect()
    }
}

fn vector(line: &str) -> Result<Vector, Skip> {
    let json = serde_json::from_str(line).map_err(|error| Skip::Malformed(error.to_string()))?;
    Vector::read(&json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(ty: &str, path: &str) -> String {
        json!({
            "id": path,
            "params": [{"name": "q", "in": "query", "type": ty, "required": true}],
            "route": "/ws",
            "request": {"path": path, "headers": []},
            "expect": {"ok": {"q": 1}},
        })
        .to_string()
    }

    #[test]
    fn vectors_of_one_declaration_share_an_endpoint() {
        let lines = [
            line("int", "/ws?q=1"),
            line("str", "/ws?q=1"),
            line("int", "/ws?q=2"),
            line("union[int,str]", "/ws"),
            "no JSON".to_owned(),
        ];
        let mut plan = Plan::of(&lines.join("\n\n"));
        assert_eq!(plan.counts(), (5, 2));
        assert_eq!(plan.json()[1], json!({"endpoint": 1}));
        plan.refuse(0, "no");
        let json = plan.json();
        assert_eq!(json[0]["skip"], "refused by the compiler: no");
        assert_eq!(
            (&json[1], &json[2]["skip"]),
            (&json!({"endpoint": 0}), &json[0]["skip"])
        );
        assert!(json[3]["skip"].is_string() && json[4]["skip"].is_string());
    }

    #[test]
    fn an_enum_that_is_refused_takes_its_endpoints_along() {
        let mut plan = Plan::of(
            &[
                line("enum:[1]", "/ws"),
                line("list[enum:[1]]", "/ws"),
                line("int", "/ws"),
            ]
            .join("\n"),
        );
        plan.refuse_choice("Choice0", "no");
        assert_eq!(plan.sources().map(|(place, _)| place).collect::<Vec<_>>(), [2]);
    }
}
