//! A Rust file taken apart: code without literals and comments, comments alone, and which lines are tests.

/// All three have one entry a line.
pub(crate) struct Source {
    /// The code, with comments and the insides of literals turned to blanks.
    pub(crate) code: Vec<String>,
    /// The comments alone.
    pub(crate) comments: Vec<String>,
    /// Whether the line belongs to an item under `#[cfg(test)]` or `#[test]`.
    pub(crate) test: Vec<bool>,
}

/// A word or a sign of the code, and its line (from 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

impl Source {
    pub(crate) fn read(text: &str) -> Self {
        let (code, comments) = separate(text);
        let test = test_lines(&code);
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        Self {
            code: lines(&code),
            comments: lines(&comments),
            test,
        }
    }

    /// Line number (from 1) and code of each line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code
            .iter()
            .enumerate()
            .map(|(at, line)| (at + 1, line.as_str()))
    }

    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.test.get(line - 1).copied().unwrap_or(false)
    }

    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        self.lines()
            .flat_map(|(line, code)| words(code).map(move |text| Token { text, line }))
            .collect()
    }
}

/// Identifiers and numbers whole, `::` as one, every other sign by itself.
fn words(code: &str) -> impl Iterator<Item = &str> {
    let mut rest = code;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let first = rest.chars().next()?;
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(length);
        rest = after;
        Some(word)
    })
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Literal,
}

/// Two texts with the lines of this one: the code and the comments.
fn separate(text: &str) -> (String, String) {
    let mut code = String::new();
    let mut comments = String::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let (part, length) = next_part(rest, first, before);
        let (piece, after) = rest.split_at(length);
        for c in piece.chars() {
            let blank = if c == '\n' { '\n' } else { ' ' };
            code.push(if part == Part::Code { c } else { blank });
            comments.push(if part == Part::Comment { c } else { blank });
        }
        before = piece.chars().next_back().unwrap_or(' ');
        rest = after;
    }
    (code, comments)
}

/// What starts here, and how many bytes of it there are.
fn next_part(rest: &str, first: char, before: char) -> (Part, usize) {
    if rest.starts_with("//") {
        return (Part::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Part::Comment, block_comment(rest));
    }
    if first == '"' {
        return (Part::Literal, string(rest));
    }
    if matches!(first, 'r' | 'b' | 'c') && !is_word(before) {
        let prefix = rest.find(|c| !matches!(c, 'r' | 'b' | 'c')).unwrap_or(rest.len());
        if prefix <= 2 && rest[..prefix].contains('r') {
            let hashes = rest[prefix..].len() - rest[prefix..].trim_start_matches('#').len();
            if rest[prefix + hashes..].starts_with('"') {
                let open = prefix + hashes + 1;
                let close = format!("\"{}", "#".repeat(hashes));
                let end = rest[open..]
                    .find(&close)
                    .map_or(rest.len(), |at| open + at + close.len());
                return (Part::Literal, end);
            }
        }
    }
    if first == '\''
        && let Some(length) = character(rest)
    {
        return (Part::Literal, length);
    }
    (Part::Code, first.len_utf8())
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal, `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut inside = text[1..].char_indices();
    let (_, first) = inside.next()?;
    if first == '\\' {
        let end = text[3..].find('\'')?;
        return Some(3 + end + 1);
    }
    let (at, second) = inside.next()?;
    (second == '\'').then_some(1 + at + 1)
}

/// Marks the items under a test attribute, from the attribute to the closing brace.
fn test_lines(code: &str) -> Vec<bool> {
    const ATTRIBUTES: [&str; 4] = ["#[cfg(test)]", "#[cfg(all(test", "#[test]", "#[tokio::test"];
    let mut test = vec![false; code.lines().count()];
    for attribute in ATTRIBUTES {
        for (start, _) in code.match_indices(attribute) {
            let first = code[..start].matches('\n').count();
            let last = first
                + code[start..start + item_length(&code[start..])]
                    .matches('\n')
                    .count();
            let end = (last + 1).min(test.len());
            test[first..end].fill(true);
        }
    }
    test
}

/// From an attribute to the end of its item: the matching brace, or a `;` outside of all brackets.
fn item_length(code: &str) -> usize {
    let mut depth = 0i32;
    let mut braces = 0i32;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return at + 1;
                }
            }
            ';' if depth == 0 && braces == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_no_code() {
        let source = Source::read(
            "let a = \"x // y \\\" z\"; // note\nlet b = r#\"q \" q\"#; /* in\n/* deep */ out */ let c = 'x';",
        );
        assert_eq!(
            source.code[0].split_whitespace().collect::<Vec<_>>(),
            ["let", "a", "=", ";"]
        );
        assert_eq!(source.comments[0].trim(), "// note");
        assert_eq!(
            source.code[1].split_whitespace().collect::<Vec<_>>(),
            ["let", "b", "=", ";"]
        );
        assert_eq!(source.comments[1].trim(), "/* in");
        assert_eq!(source.comments[2].trim(), "/* deep */ out */");
        assert_eq!(
            source.code[2].split_whitespace().collect::<Vec<_>>(),
            ["let", "c", "=", ";"]
        );
    }

    #[test]
    fn lifetimes_are_code_and_characters_are_not() {
        let source = Source::read("fn f<'a>(x: &'a str) { g('\\'', 'é', '\"', b'x') }");
        assert_eq!(source.code[0].replace(' ', ""), "fnf<'a>(x:&'astr){g(,,,b)}");
    }

    #[test]
    fn test_items_are_marked_to_their_end() {
        let source = Source::read(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { c(\"}\") }\n}\nfn d() {}\n#[test]\nfn e() {\n}\nfn f() {}",
        );
        assert_eq!(
            source.test,
            [false, true, true, true, true, false, true, true, true, false]
        );
    }

    #[test]
    fn tokens_know_their_line() {
        let source = Source::read("use a::b_c;\nx!()");
        let shown: Vec<(&str, usize)> = source
            .tokens()
            .iter()
            .map(|token| (token.text, token.line))
            .collect();
        let first = [("use", 1), ("a", 1), ("::", 1), ("b_c", 1), (";", 1)];
        assert_eq!(shown[..5], first);
        assert_eq!(shown[5..], [("x", 2), ("!", 2), ("(", 2), (")", 2)]);
    }
}
