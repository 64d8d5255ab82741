//! The files of one crate as modules: a path is followed through re-exports to the file that defines the item.

use std::collections::BTreeMap;

use super::imports::module_path;
use super::items::{Definition, Import, ItemKind, Items};
use super::tree::{File, Tree};

/// Longer chains of re-exports do not occur; it ends the search where two modules re-export each other.
const LONGEST_CHAIN: usize = 16;

/// A crate: the folder of its root file, and its files but for tests.
pub(crate) struct Crate<'a> {
    pub(crate) folder: String,
    pub(crate) members: Vec<Member<'a>>,
    modules: BTreeMap<Vec<String>, Module>,
}

pub(crate) struct Member<'a> {
    pub(crate) file: &'a File,
    pub(crate) items: Items,
    module: Vec<String>,
}

#[derive(Default)]
struct Module {
    /// The members that hold its items: two where `cfg` chooses the file.
    members: Vec<usize>,
}

/// Where an item is defined: the member, and whether it is a module.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    Item(usize),
    Module(Vec<String>),
}

/// One file uses an item of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) line: usize,
}

/// Every folder with a `lib.rs` or a `main.rs`: libraries, programs, and integration tests of several files.
pub(crate) fn all(tree: &Tree) -> Vec<Crate<'_>> {
    let mut folders: Vec<&str> = tree
        .rust()
        .filter_map(|(file, _)| {
            file.path
                .strip_suffix("lib.rs")
                .or_else(|| file.path.strip_suffix("main.rs"))
        })
        .filter(|folder| folder.ends_with('/'))
        .collect();
    folders.sort_unstable();
    folders.dedup();
    folders
        .into_iter()
        .map(|folder| Crate::read(tree, folder))
        .collect()
}

impl<'a> Crate<'a> {
    fn read(tree: &'a Tree, folder: &str) -> Self {
        let mut members: Vec<Member<'a>> = Vec::new();
        for (file, source) in tree.rust() {
            let Some(below) = file.path.strip_prefix(folder) else {
                continue;
            };
            if is_test_of_its_crate(below) || (below.starts_with("bin/") && !folder.contains("/tests/")) {
                continue;
            }
            let module = module_path(below).into_iter().map(str::to_owned).collect();
            members.push(Member {
                file,
                items: Items::read(source),
                module,
            });
        }
        follow_path_attributes(&mut members);
        let mut modules: BTreeMap<Vec<String>, Module> = BTreeMap::new();
        for (at, member) in members.iter().enumerate() {
            modules.entry(member.module.clone()).or_default().members.push(at);
            for definition in &member.items.definitions {
                let inner = [&member.module[..], &definition.within].concat();
                let owners = &mut modules.entry(inner).or_default().members;
                if !owners.contains(&at) {
                    owners.push(at);
                }
            }
        }
        Self {
            folder: folder.to_owned(),
            members,
            modules,
        }
    }

    /// Which file uses which, each pair at the first line that shows it.
    pub(crate) fn uses(&self) -> Vec<Use> {
        let mut lines: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (from, member) in self.members.iter().enumerate() {
            for (to, line) in self.uses_of(member) {
                if to != from {
                    let first = lines.entry((from, to)).or_insert(line);
                    *first = line.min(*first);
                }
            }
        }
        lines
            .into_iter()
            .map(|((from, to), line)| Use { from, to, line })
            .collect()
    }

    fn uses_of(&self, member: &Member<'_>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut add = |place: Option<Place>, line| {
            if let Some(Place::Item(to)) = place {
                found.push((to, line));
            }
        };
        for import in &member.items.imports {
            let module = [&member.module[..], &import.within].concat();
            if import.name == "*" {
                for (name, place) in self.names_behind(&module, &import.path) {
                    if member.items.words.contains(&name) {
                        add(Some(place), import.line);
                    }
                }
            } else if !import.is_public || member.items.words.contains(&import.name) {
                // A re-export that the file does not use itself makes it a map, and no user.
                add(self.follow(&module, &import.path, 0), import.line);
            }
        }
        for named in &member.items.paths {
            let module = [&member.module[..], &named.within].concat();
            add(self.follow(&module, &named.path, 0), named.line);
        }
        found
    }

    /// What a path that stands in `module` leads to; `None` for another crate's item.
    fn follow(&self, module: &[String], path: &[String], depth: usize) -> Option<Place> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(Vec::new(), rest, depth),
            "self" => self.descend(module.to_vec(), rest, depth),
            "super" => {
                let (_, above) = module.split_last()?;
                if rest.first().is_some_and(|next| next == "super") {
                    self.follow(above, rest, depth)
                } else {
                    self.descend(above.to_vec(), rest, depth)
                }
            }
            _ => match self.look_up(module, first, depth)? {
                Place::Module(inner) => self.descend(inner, rest, depth),
                item => Some(item),
            },
        }
    }

    fn descend(&self, module: Vec<String>, rest: &[String], depth: usize) -> Option<Place> {
        let Some((name, rest)) = rest.split_first() else {
            return Some(Place::Module(module));
        };
        match self.look_up(&module, name, depth)? {
            Place::Module(inner) => self.descend(inner, rest, depth),
            item => Some(item),
        }
    }

    /// What `name` is within a module: a child, an item, or what a `use` there brings in.
    fn look_up(&self, module: &[String], name: &str, depth: usize) -> Option<Place> {
        if depth > LONGEST_CHAIN {
            return None;
        }
        for (at, definition) in self.definitions(module) {
            if definition.name == name && definition.kind != ItemKind::Module {
                return Some(Place::Item(at));
            }
        }
        let child = [module, &[name.to_owned()]].concat();
        if self.modules.contains_key(&child) {
            return Some(Place::Module(child));
        }
        let named = self
            .imports(module)
            .find(|import| import.name == name)
            .and_then(|import| self.follow_import(module, import, &import.path, depth));
        named.or_else(|| {
            self.imports(module)
                .filter(|import| import.name == "*")
                .find_map(|import| {
                    let base = &import.path[..import.path.len() - 1];
                    match self.follow_import(module, import, base, depth)? {
                        Place::Module(inner) => self.look_up(&inner, name, depth + 1),
                        Place::Item(_) => None,
                    }
                })
        })
    }

    fn follow_import(
        &self,
        module: &[String],
        import: &Import,
        path: &[String],
        depth: usize,
    ) -> Option<Place> {
        // `use x::x`, and `use serde::x` beside a module `serde`: the first name is no name that this line makes.
        if path.first().is_some_and(|first| *first == import.name) {
            let child = [module, &path[..1]].concat();
            self.modules.get(&child)?;
            return self.descend(child, &path[1..], depth + 1);
        }
        self.follow(module, path, depth + 1)
    }

    /// The names that a glob brings in.
    fn names_behind(&self, module: &[String], path: &[String]) -> Vec<(String, Place)> {
        let base = &path[..path.len() - 1];
        let Some(Place::Module(inner)) = self.follow(module, base, 0) else {
            return Vec::new();
        };
        let defined = self
            .definitions(&inner)
            .map(|(at, definition)| (definition.name.clone(), Place::Item(at)));
        let imported = self.imports(&inner).filter_map(|import| {
            let place = self.follow_import(&inner, import, &import.path, 0)?;
            Some((import.name.clone(), place))
        });
        defined.chain(imported).collect()
    }

    fn owners(&self, module: &[String]) -> &[usize] {
        self.modules.get(module).map_or(&[], |module| &module.members[..])
    }

    fn definitions(&self, module: &[String]) -> impl Iterator<Item = (usize, &Definition)> {
        self.owners(module).iter().flat_map(move |at| {
            let member = &self.members[*at];
            member
                .items
                .definitions
                .iter()
                .filter(move |definition| is_whole(&member.module, &definition.within, module))
                .map(move |definition| (*at, definition))
        })
    }

    fn imports(&self, module: &[String]) -> impl Iterator<Item = &Import> {
        self.owners(module).iter().flat_map(move |at| {
            let member = &self.members[*at];
            member
                .items
                .imports
                .iter()
                .filter(move |import| is_whole(&member.module, &import.within, module))
        })
    }
}

fn is_whole(outer: &[String], inner: &[String], module: &[String]) -> bool {
    module.len() == outer.len() + inner.len() && module.starts_with(outer) && module.ends_with(inner)
}

/// The unit tests of a crate that have files of their own.
fn is_test_of_its_crate(below: &str) -> bool {
    below == "tests.rs"
        || below.ends_with("/tests.rs")
        || below.starts_with("tests/")
        || below.contains("/tests/")
}

/// `#[path = "b.rs"] mod a;`: the file `b.rs` is the module `a`.
fn follow_path_attributes(members: &mut [Member<'_>]) {
    let mut renamed = Vec::new();
    for member in members.iter() {
        let lines: Vec<&str> = member.file.text.lines().collect();
        for pair in lines.windows(2) {
            let file = pair[0]
                .trim()
                .strip_prefix("#[path = \"")
                .and_then(|rest| rest.strip_suffix(".rs\"]"));
            let name = pair[1]
                .trim()
                .strip_suffix(';')
                .and_then(|declaration| declaration.rsplit_once("mod "));
            if let (Some(file), Some((_, name))) = (file, name) {
                let module = |last: &str| [&member.module[..], &[last.to_owned()]].concat();
                renamed.push((module(file), module(name)));
            }
        }
    }
    for (from, to) in renamed {
        for member in members.iter_mut().filter(|member| member.module == from) {
            member.module = to.clone();
        }
    }
}
