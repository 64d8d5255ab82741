//! `Info`: the title, the version and the description of a document.

use serde_json::{Map, Value};

/// The Info Object. What is not set is as in FastAPI.
#[derive(Clone, Debug, Default)]
pub(crate) struct Info {
    pub(crate) title: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) description: Option<String>,
}

impl Info {
    pub(super) fn to_json(&self) -> Value {
        let or = |text: &Option<String>, default: &str| Value::from(text.as_deref().unwrap_or(default));
        let mut info = Map::new();
        info.insert("title".to_owned(), or(&self.title, "hangup"));
        info.insert("version".to_owned(), or(&self.version, "0.1.0"));
        if let Some(description) = &self.description {
            info.insert("description".to_owned(), description.as_str().into());
        }
        info.into()
    }
}
