//! The templates of paths: below a prefix, and compared.

/// The path that axum gives a nested route: the root of a nested app is the prefix itself.
pub(super) fn below(prefix: &str, path: &str) -> String {
    match prefix.strip_suffix('/') {
        Some(prefix) => format!("{prefix}{path}"),
        None if path == "/" => prefix.to_owned(),
        None => format!("{prefix}{path}"),
    }
}

/// A template in which parameters have no names, so that two that match the same paths are equal.
pub(super) fn without_names(path: &str) -> String {
    let mut nameless = String::with_capacity(path.len());
    for segment in path.split_inclusive('/') {
        match (segment.find('{'), segment.rfind('}')) {
            (Some(start), Some(end)) if start < end && !segment.contains("{{") => {
                nameless.push_str(segment.get(..=start).unwrap_or_default());
                nameless.push_str(if segment.get(start + 1..=start + 1) == Some("*") {
                    "*"
                } else {
                    ""
                });
                nameless.push_str(segment.get(end..).unwrap_or_default());
            }
            _ => nameless.push_str(segment),
        }
    }
    nameless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_that_match_the_same_paths_are_equal() {
        assert_eq!(
            without_names("/items/{item_id}/ws"),
            without_names("/items/{id}/ws")
        );
        assert_eq!(without_names("/items/{item_id}/ws"), "/items/{}/ws");
        assert_eq!(without_names("/files/{*rest}"), "/files/{*}");
        assert_ne!(without_names("/{a}"), without_names("/{*a}"));
        assert_eq!(without_names("/v{n}/x"), "/v{}/x");
        assert_eq!(without_names("/{{literal}}"), "/{{literal}}");
    }
}
