//! How the messages enumerate, and what a misspelt word was meant to be.

/// `` `a`, `b` and `c` ``, with another word than "and" if need be.
pub(crate) fn list<S: AsRef<str>>(words: &[S], last: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// The word that is nearest to the one that was written, if one is near.
pub(crate) fn nearest<'w>(written: &str, words: &[&'w str]) -> Option<&'w str> {
    let near = |word: &&'w str| distance(written, word);
    let word = words.iter().copied().min_by_key(near)?;
    let tolerance = (written.chars().count() / 3).max(1);
    (distance(written, word) <= tolerance).then_some(word)
}

/// How many letters must be added, dropped, replaced or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before_last[j - 1] + 1);
            }
            row.push(cost);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_enumerated() {
        assert_eq!(list(&["a"], "or"), "`a`");
        assert_eq!(list(&["a", "b", "c"], "and"), "`a`, `b` and `c`");
    }

    #[test]
    fn a_misspelt_word_is_found_and_a_strange_one_is_not() {
        let words = ["min_length", "max_length", "pattern", "ge"];
        assert_eq!(nearest("min_lenght", &words), Some("min_length"));
        assert_eq!(nearest("patern", &words), Some("pattern"));
        assert_eq!(nearest("eg", &words), Some("ge"));
        assert_eq!(nearest("colour", &words), None);
    }
}
