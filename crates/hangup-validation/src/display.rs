//! `Display` of a validation error: what FastAPI's `str(exc)` says.

use std::fmt::{self, Display, Formatter, Write};

use crate::context::EndpointContext;
use crate::error::ValidationError;
use crate::item::ErrorItem;
use crate::loc::Loc;
use crate::repr::{write_str, write_value};

impl Display for ValidationError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let errors = self.errors();
        let plural = if errors.len() == 1 { "" } else { "s" };
        write!(f, "{} validation error{plural}:", errors.len() + self.omitted())?;
        for item in errors {
            f.write_str("\n  ")?;
            write_item(f, item)?;
        }
        if self.omitted() > 0 {
            write!(f, "\n  and {} more", self.omitted())?;
        }
        write_endpoint(f, self.endpoint())
    }
}

fn write_item(f: &mut Formatter<'_>, item: &ErrorItem) -> fmt::Result {
    f.write_str("{'type': ")?;
    write_str(f, item.kind())?;
    f.write_str(", 'loc': (")?;
    for (index, step) in item.loc().iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        match step {
            Loc::Name(name) => write_str(f, name)?,
            Loc::Index(index) => write!(f, "{index}")?,
        }
    }
    if item.loc().len() == 1 {
        f.write_char(',')?;
    }
    f.write_str("), 'msg': ")?;
    write_str(f, item.msg())?;
    f.write_str(", 'input': ")?;
    write_value(f, item.input())?;
    if !item.ctx().is_empty() {
        f.write_str(", 'ctx': {")?;
        for (index, (key, value)) in item.ctx().iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write_str(f, key)?;
            f.write_str(": ")?;
            write_value(f, value)?;
        }
        f.write_char('}')?;
    }
    f.write_char('}')
}

fn write_endpoint(f: &mut Formatter<'_>, endpoint: &EndpointContext) -> fmt::Result {
    let EndpointContext {
        function,
        path,
        file,
        line,
    } = endpoint;
    let placed = !file.is_empty() && *line > 0 && !function.is_empty();
    if placed {
        write!(f, "\n\n  File \"{file}\", line {line}, in {function}")?;
    }
    match (path.is_empty(), placed) {
        (true, _) => Ok(()),
        (false, true) => write!(f, "\n    WS {path}"),
        (false, false) => write!(f, "\n\n  Endpoint: WS {path}"),
    }
}
