//! The command line: words, `--name value` options and `--name` switches, each taken once.

use crate::failure::{Failure, Result};

pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    pub(crate) fn from_env() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// The first argument that is left.
    pub(crate) fn next_word(&mut self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    pub(crate) fn asks_for_help(&self) -> bool {
        self.0
            .iter()
            .any(|argument| argument == "-h" || argument == "--help")
    }

    pub(crate) fn switch(&mut self, name: &str) -> bool {
        let found = self.0.iter().position(|argument| argument == name);
        if let Some(at) = found {
            self.0.remove(at);
        }
        found.is_some()
    }

    /// The value of `--name value` or `--name=value`.
    pub(crate) fn option(&mut self, name: &str) -> Result<Option<String>> {
        for at in 0..self.0.len() {
            if let Some(value) = self.0[at]
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('='))
            {
                let value = value.to_owned();
                self.0.remove(at);
                return Ok(Some(value));
            }
            if self.0[at] == name {
                if at + 1 == self.0.len() {
                    return Err(Failure::usage(format!("`{name}` needs a value")));
                }
                self.0.remove(at);
                return Ok(Some(self.0.remove(at)));
            }
        }
        Ok(None)
    }

    /// All remaining words. An option among them is unknown.
    pub(crate) fn words(self) -> Result<Vec<String>> {
        match self.0.iter().find(|argument| argument.starts_with('-')) {
            Some(unknown) => Err(Failure::usage(format!("there is no option `{unknown}`"))),
            None => Ok(self.0),
        }
    }

    pub(crate) fn end(self) -> Result<()> {
        match self.0.first() {
            Some(extra) => Err(Failure::usage(format!("`{extra}` is one argument too many"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_and_switches_are_taken_in_any_order() {
        let mut given = arguments("--all --cases 1.* word --address=127.0.0.1:9");
        assert_eq!(given.option("--address"), Ok(Some("127.0.0.1:9".into())));
        assert_eq!(given.option("--cases"), Ok(Some("1.*".into())));
        assert!(given.switch("--all"));
        assert!(!given.switch("--all"));
        assert_eq!(given.words(), Ok(vec!["word".into()]));
    }

    #[test]
    fn what_nobody_knows_is_an_error() {
        assert!(arguments("--cases").option("--cases").is_err());
        assert!(arguments("--nonsense").words().is_err());
        assert!(arguments("extra").end().is_err());
    }
}
