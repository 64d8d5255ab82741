//! `rename_all`: the names of fields and variants in another case, as serde makes them.

#[derive(Clone, Copy)]
pub(super) enum NameCase {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

pub(super) const CASES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

impl NameCase {
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// The name of a variant, which is written in Pascal case.
    pub(super) fn variant(self, name: &str) -> String {
        match self {
            Self::Lower => name.to_ascii_lowercase(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Pascal => name.to_owned(),
            Self::Camel => first(name, char::to_ascii_lowercase),
            Self::Snake => snake(name),
            Self::ScreamingSnake => snake(name).to_ascii_uppercase(),
            Self::Kebab => snake(name).replace('_', "-"),
            Self::ScreamingKebab => snake(name).to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// The name of a field, which is written in snake case.
    pub(super) fn field(self, name: &str) -> String {
        match self {
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Pascal => pascal(name),
            Self::Camel => first(&pascal(name), char::to_ascii_lowercase),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn first(name: &str, change: fn(&char) -> char) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| change(&first));
    first.into_iter().chain(characters).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (place, character) in name.char_indices() {
        if place > 0 && character.is_uppercase() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

fn pascal(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words.map(|word| first(word, char::to_ascii_uppercase)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde() {
        let variant = |case: &str, name: &str| NameCase::of(case).unwrap().variant(name);
        assert_eq!(variant("snake_case", "VeryTasty"), "very_tasty");
        assert_eq!(variant("kebab-case", "VeryTasty"), "very-tasty");
        assert_eq!(variant("camelCase", "VeryTasty"), "veryTasty");
        assert_eq!(variant("lowercase", "VeryTasty"), "verytasty");
        assert_eq!(variant("SCREAMING-KEBAB-CASE", "Z42"), "Z42");
        let field = |case: &str, name: &str| NameCase::of(case).unwrap().field(name);
        assert_eq!(field("camelCase", "very_tasty"), "veryTasty");
        assert_eq!(field("PascalCase", "a"), "A");
        assert_eq!(field("kebab-case", "z42"), "z42");
        assert!(CASES.iter().all(|case| NameCase::of(case).is_some()));
    }
}
