//! What is read of a request, described for documents: parameters and security schemes.

use std::marker::PhantomData;

use serde_json::{Map, Value, json};

use crate::field::{Field, Location};
use crate::parameter::Parameter;

/// Says what a type reads of a request, for documents. `#[derive(Params)]` writes it.
///
/// An extractor of axum's that implements it is described wherever a `#[websocket]` function takes it:
///
/// ```
/// use hangup_validation::{Describe, Field, RequestDescription, SecurityScheme};
///
/// struct User(String);
///
/// impl Describe for User {
///     fn describe(request: &mut RequestDescription) {
///         static SESSION: Field = Field::cookie("session");
///         request.parameter::<String>(&SESSION);
///         request.secured_by("session", SecurityScheme::api_key(hangup_validation::Location::Cookie, "session"));
///     }
/// }
/// ```
pub trait Describe {
    /// Adds all that the type reads.
    fn describe(request: &mut RequestDescription);
}

/// All that is read of a request, in the order of reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestDescription {
    parameters: Vec<DescribedParameter>,
    security: Vec<(String, SecurityScheme)>,
}

/// One parameter of a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DescribedParameter {
    /// Where it is.
    pub location: Location,
    /// Its name on the wire.
    pub name: &'static str,
    /// What it looks like: JSON Schema (draft-07), with its default, description and examples.
    pub schema: Value,
    /// Whether a request without it is refused.
    pub is_required: bool,
}

impl RequestDescription {
    /// Nothing so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a parameter without a default: required, unless `T` is an `Option`.
    pub fn parameter<T: Parameter>(&mut self, field: &Field) {
        self.add::<T>(field, T::absent().is_none(), None);
    }

    /// Adds a parameter with a default. `None` shows none, as of a default that is made anew for each request.
    pub fn optional_parameter<T: Parameter>(&mut self, field: &Field, default: Option<Value>) {
        self.add::<T>(field, false, default);
    }

    fn add<T: Parameter>(&mut self, field: &Field, is_required: bool, default: Option<Value>) {
        if self.has(field.location, field.name) {
            // Two dependencies may read the same header.
            return;
        }
        let mut schema = match T::schema(&field.rules) {
            Value::Object(schema) => schema,
            _ => Map::new(),
        };
        let mut say = |key: &str, value: Option<Value>| {
            schema.extend(value.map(|value| (key.to_owned(), value)));
        };
        say("description", field.description().map(Value::from));
        say("default", default);
        let examples = field.examples();
        say("examples", (!examples.is_empty()).then(|| examples.into()));
        say("deprecated", field.is_deprecated().then(|| true.into()));
        self.parameters.push(DescribedParameter {
            location: field.location,
            name: field.name,
            schema: schema.into(),
            is_required,
        });
    }

    fn has(&self, location: Location, name: &str) -> bool {
        self.parameters.iter().any(|known| {
            known.location == location
                && match location {
                    Location::Header => known.name.eq_ignore_ascii_case(name),
                    _ => known.name == name,
                }
        })
    }

    /// Says that a request is refused unless it meets this scheme. `name` is that of the scheme in a document.
    pub fn secured_by(&mut self, name: impl Into<String>, scheme: SecurityScheme) {
        let name = name.into();
        if !self.security.iter().any(|(known, _)| *known == name) {
            self.security.push((name, scheme));
        }
    }

    /// The parameters, in the order of reading.
    #[must_use]
    pub fn parameters(&self) -> &[DescribedParameter] {
        &self.parameters
    }

    /// The security schemes by their names.
    pub fn security(&self) -> impl Iterator<Item = (&str, &SecurityScheme)> {
        self.security.iter().map(|(name, scheme)| (name.as_str(), scheme))
    }
}

/// How a client shows who it is, as AsyncAPI and OpenAPI name the ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityScheme(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    ApiKey(Location, String),
    Http(String),
    OpenIdConnect(String),
}

impl SecurityScheme {
    /// A key in a header, the query or a cookie.
    #[must_use]
    pub fn api_key(location: Location, name: impl Into<String>) -> Self {
        Self(Kind::ApiKey(location, name.into()))
    }

    /// The header `Authorization` with this scheme, such as `bearer` or `basic` (RFC 9110, section 11).
    #[must_use]
    pub fn http(scheme: impl Into<String>) -> Self {
        Self(Kind::Http(scheme.into()))
    }

    /// OpenID Connect, with the URL of its discovery document.
    #[must_use]
    pub fn open_id_connect(url: impl Into<String>) -> Self {
        Self(Kind::OpenIdConnect(url.into()))
    }

    /// The Security Scheme Object of AsyncAPI 3.0.0.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.0 {
            Kind::ApiKey(location, name) => {
                json!({"type": "httpApiKey", "in": location.as_str(), "name": name})
            }
            Kind::Http(scheme) => json!({"type": "http", "scheme": scheme}),
            Kind::OpenIdConnect(url) => json!({"type": "openIdConnect", "openIdConnectUrl": url}),
        }
    }
}

/// Asks a type what it reads, if it has [`Describe`] or is a [`Parameter`]; else [`Undescribed`] answers, so that a wrong
/// type is one mistake and not two.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Probe<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Describe> Probe<T> {
    pub fn describe(&self, request: &mut RequestDescription) {
        T::describe(request);
    }
}

impl<T: Parameter> Probe<T> {
    pub fn parameter(&self, request: &mut RequestDescription, field: &Field) {
        request.parameter::<T>(field);
    }

    pub fn optional_parameter(
        &self,
        request: &mut RequestDescription,
        field: &Field,
        default: Option<Value>,
    ) {
        request.optional_parameter::<T>(field, default);
    }
}

/// The compiler prefers the methods of the type itself.
#[doc(hidden)]
pub trait Undescribed {
    fn describe(&self, request: &mut RequestDescription) {
        let _ = request;
    }

    fn parameter(&self, request: &mut RequestDescription, field: &Field) {
        let _ = (request, field);
    }

    fn optional_parameter(&self, request: &mut RequestDescription, field: &Field, default: Option<Value>) {
        let _ = (request, field, default);
    }
}

impl<T> Undescribed for Probe<T> {}
