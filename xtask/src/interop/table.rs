//! The table of results: a row a case, a column a client, and below it what is wrong.

use std::collections::BTreeMap;

use super::client::Seen;

#[derive(Default)]
pub(crate) struct Table {
    clients: Vec<&'static str>,
    rows: Vec<Row>,
    seen: BTreeMap<(String, &'static str), Seen>,
    /// How many cases a client cannot send, and why.
    left_out: BTreeMap<(&'static str, &'static str), usize>,
}

struct Row {
    case: String,
    cells: BTreeMap<&'static str, String>,
    wrong: Vec<String>,
}

impl Table {
    pub(crate) fn new(clients: Vec<&'static str>) -> Self {
        Self {
            clients,
            rows: Vec::new(),
            seen: BTreeMap::new(),
            left_out: BTreeMap::new(),
        }
    }

    /// A case that this client cannot send.
    pub(crate) fn leave_out(&mut self, client: &'static str, why: &'static str) {
        *self.left_out.entry((client, why)).or_default() += 1;
    }

    /// The same as `add`, with all that was seen kept.
    pub(crate) fn add_seen(&mut self, case: &str, client: &'static str, seen: Seen, wrong: Vec<String>) {
        self.add(case, client, seen.shown(), wrong);
        self.seen.insert((case.to_owned(), client), seen);
    }

    pub(crate) fn seen(&self, case: &str, client: &'static str) -> Option<&Seen> {
        self.seen.get(&(case.to_owned(), client))
    }

    /// What a client saw in a case, and what is wrong with it.
    pub(crate) fn add(&mut self, case: &str, client: &'static str, cell: String, wrong: Vec<String>) {
        let at = self
            .rows
            .iter()
            .position(|row| row.case == case)
            .unwrap_or_else(|| {
                self.rows.push(Row {
                    case: case.into(),
                    cells: BTreeMap::new(),
                    wrong: Vec::new(),
                });
                self.rows.len() - 1
            });
        let row = &mut self.rows[at];
        row.cells.insert(client, cell);
        row.wrong.extend(
            wrong
                .into_iter()
                .map(|difference| format!("{client}: {difference}")),
        );
    }

    pub(crate) fn failed(&self) -> usize {
        self.rows.iter().filter(|row| !row.wrong.is_empty()).count()
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many results there are in all columns.
    pub(crate) fn results(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).sum()
    }

    pub(crate) fn print(&self, title: &str) {
        let mut lines: Vec<Vec<String>> = Vec::new();
        let mut head = vec!["case".to_owned()];
        head.extend(self.clients.iter().map(|client| (*client).to_owned()));
        head.push("ok".into());
        lines.push(head);
        for row in &self.rows {
            let cell = |client: &&'static str| row.cells.get(client).cloned().unwrap_or_else(|| "-".into());
            let mut line = vec![row.case.clone()];
            line.extend(self.clients.iter().map(cell));
            line.push(if row.wrong.is_empty() {
                "ok".into()
            } else {
                "WRONG".into()
            });
            lines.push(line);
        }
        println!("\n{title}   (-: this client cannot send what the case needs)");
        print!("{}", aligned(&lines));
        for ((client, why), count) in &self.left_out {
            println!("- {client}, {count} cases: {why}");
        }
        for row in self.rows.iter().filter(|row| !row.wrong.is_empty()) {
            for difference in &row.wrong {
                println!("WRONG {}: {difference}", row.case);
            }
        }
    }
}

fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in lines {
        let cells: Vec<String> = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        text.push_str(cells.join(" | ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_wrong_when_one_client_is() {
        let mut table = Table::new(vec!["a", "b"]);
        table.add("one", "a", "1000".into(), vec![]);
        table.add("one", "b", "1006".into(), vec!["code".into()]);
        table.add("two", "a", "1000".into(), vec![]);
        assert_eq!((table.len(), table.failed(), table.results()), (2, 1, 3));
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let lines = [
            vec!["a".to_owned(), "b".to_owned()],
            vec!["long".to_owned(), "é".to_owned()],
        ];
        assert_eq!(aligned(&lines), "a    | b\nlong | é\n");
    }
}
