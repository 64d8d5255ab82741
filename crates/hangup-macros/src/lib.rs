//! The attribute and derive macros of `hangup`, which re-exports them: depend on that crate, not on this one.
//!
//! | module | what |
//! |---|---|
//! | `websocket` | [`#[websocket]`](macro@websocket): an async function becomes an endpoint |
//! | `params` | [`#[derive(Params)]`](derive@Params): a struct of parameters |
//! | `param` | [`#[derive(Param)]`](derive@Param): a field-less enum as a parameter type |
//! | `into_close` | [`#[derive(IntoClose)]`](derive@IntoClose) and [`recognise_close!`]: how an error type closes |
//! | `model` | [`#[model]`](macro@model): a struct or an enum as a type of messages |
//! | `field` | one parameter with its options: of a function, or of a struct |
//! | `setting`, `doc`, `shape` | `name = value`, doc comments, and what the tokens of a type show |
//! | `diagnostics`, `wording` | mistakes, all reported at once, and their wording |
//!
//! A macro parses its input (`ast`, `attr`), looks for mistakes (`check`), and generates code (`expand`). After a mistake
//! it generates a stub, so that one mistake does not cause others.
//!
//! Generated code names only items of the hidden module `hangup::__v1`.

mod diagnostics;
mod doc;
mod field;
mod into_close;
mod model;
mod param;
mod params;
mod setting;
mod shape;
#[cfg(test)]
mod tests;
mod websocket;
mod wording;

use proc_macro::TokenStream;

/// Turns an async function into an endpoint, which knows its path and reads typed parameters from the request.
///
/// ```
/// use hangup::{App, Handshake, Result, websocket};
///
/// /// Talk about one item.
/// #[websocket("/items/{item_id}/ws")]
/// async fn item_socket(
///     handshake: Handshake,
///     #[path(gt = 0)] item_id: i64,
///     #[query(default = 10, ge = 1, le = 100)] limit: i64,
///     #[header(min_length = 3)] x_token: String,
///     #[cookie] session: Option<String>,
/// ) -> Result {
///     let mut socket = handshake.accept().await?;
///     socket.send_text(format!("{limit} of {item_id} for {x_token}, {session:?}")).await?;
///     Ok(())
/// }
///
/// let app: App = App::new().endpoint(item_socket);
/// // or, in an axum application:
/// let router: axum::Router = axum::Router::new().route("/items/{item_id}/ws", hangup::route(item_socket));
/// ```
///
/// # The route
///
/// The path is axum's, `/items/{item_id}` and `/files/{*rest}`, with FastAPI's convertors: `{n:int}`, `{x:float}`,
/// `{id:uuid}`, `{name:str}` and `{rest:path}`. After it come:
///
/// | option | what |
/// |---|---|
/// | `refuse = "http"`, `refuse = "close"` | how a connection that ends before `accept` is answered: `hangup::Refusal` |
/// | `error_message` | sends all validation errors as a text message before the Close frame |
/// | `closes(4100 = "kicked", RoomError)` | for the document of the app: closes that the types of the endpoint do not tell, and error types with all of theirs; a doc comment above a close describes it |
/// | `subprotocols("chat.v2", "chat.v1")` | for the document of the app: what the endpoint chooses from |
///
/// The doc comment of the function is the description of the endpoint.
///
/// # Parameters
///
/// | parameter | what |
/// |---|---|
/// | of the type `Handshake` | the opening handshake; exactly one, at any position |
/// | `#[path]`, `#[query]`, `#[header]`, `#[cookie]` | a value from this source, of any type with `hangup::params::Param`, or a list, set or tuple of them |
/// | `#[params]` | a struct with [`#[derive(Params)]`](derive@Params) |
/// | without an attribute | an axum extractor: `State`, `Extension`, your own `FromRequestParts` |
///
/// An `Option` and a parameter with a `default` are optional; any other is required. A doc comment above a parameter
/// describes it. In the name of a header, underscores become hyphens: `x_token` is `x-token`.
///
/// Extractors run first, in their order. Their validation errors are kept; any other rejection ends the request. Then
/// the parameters are read: groups, path, query, header, cookie. All errors are reported as one
/// `hangup::ValidationError`.
///
/// # Options of a parameter
///
/// The options are FastAPI's. An option that does not fit the type of the parameter does not compile.
///
/// | option | for | what |
/// |---|---|---|
/// | `alias = "item-query"` | all | the name in the request, as it is |
/// | `default = 10` | all but paths | the value of an absent parameter: text for a `String`, `[..]` for a list or set, a literal also for an `Option`, else an expression of the parameter's type; it is not validated |
/// | `gt`, `ge`, `lt`, `le` | numbers | a bound: `1`, `0.5`, exactly `"0.10"` for a decimal, or a constant of the parameter's type |
/// | `multiple_of` | numbers | a divisor |
/// | `min_length`, `max_length` | text, lists, sets | a number of characters or items |
/// | `pattern = "^[a-z]+$"` | text | a regular expression that must match somewhere |
/// | `max_digits`, `decimal_places` | decimals | a number of digits |
/// | `allow_inf_nan = false` | floats, decimals | whether infinities and NaN pass |
/// | `strict` | single values | no conversion from text |
/// | `convert_underscores = false` | headers | keeps the underscores in the name |
/// | `description = "..."` | all | replaces the doc comment |
/// | `deprecated` | all | a note for the documentation |
/// | `examples = ["foo", "bar"]` | all | values for the documentation: literals and lists of them |
///
/// # The function
///
/// The function must be `async` and without generic parameters. It returns `hangup::Result`, `Result<(), E>` with
/// `E: IntoClose`, or nothing.
///
/// The macro replaces it by a function of the same name without arguments, which returns the endpoint; pass its name to
/// `App::endpoint` and `hangup::route`.
#[proc_macro_attribute]
pub fn websocket(arguments: TokenStream, item: TokenStream) -> TokenStream {
    websocket::attribute(arguments.into(), item.into()).into()
}

/// Defines how an error type closes a WebSocket: for a struct, or for each variant of an enum.
///
/// ```
/// use hangup::{CloseCode, IntoClose};
///
/// #[derive(Debug, thiserror::Error, IntoClose)]
/// enum JoinError {
///     #[error("the room {room} is full")]
///     #[close(4001, "only {seats} seats in this room")]
///     Full { room: String, seats: usize },
///     #[error("you may not enter")]
///     #[close(POLICY_VIOLATION)]
///     Forbidden,
///     #[error("the database is gone")]
///     #[close(INTERNAL_ERROR, hidden)]
///     Database(#[from] std::io::Error),
/// }
///
/// let full = JoinError::Full { room: "attic".into(), seats: 4 };
/// assert_eq!(full.to_close().code(), 4001);
/// assert_eq!(full.to_close().reason().as_str(), "only 4 seats in this room");
/// assert_eq!(JoinError::Forbidden.to_close().reason().as_str(), "you may not enter");
/// ```
///
/// | form | the reason |
/// |---|---|
/// | `#[close(CODE)]` | the `Display` text |
/// | `#[close(CODE, "text")]` | the text, with `{field}` and `{0}` as in `format!`; at most 123 bytes |
/// | `#[close(CODE, hidden)]` | none |
/// | `#[close(transparent)]` | as the only field closes, which is an error: a `Close`, an error of `hangup`, one with `IntoClose`, a box or report of one, or else 1011 |
///
/// The code is a number that may be sent (1000-1003, 1007-1014, 3000-4999), the name of a constant of
/// `hangup::CloseCode`, or a constant of your own of that type.
///
/// The type is also registered, so that it closes with its own code after `?` has turned it into `hangup::Error`. A
/// generic type cannot be registered as a whole: return `Result<(), TheType>` from the endpoint, or register the types
/// that you use with `hangup::close::recognise_close!(TheType<u8>)`.
///
/// In the document of an app (`hangup::App::asyncapi`) each variant is a way to end, described by its doc comment; without
/// one, by the text of thiserror's `#[error("..")]`, unless that is `hidden`.
#[proc_macro_derive(IntoClose, attributes(close))]
pub fn derive_into_close(input: TokenStream) -> TokenStream {
    into_close::derive(input.into()).into()
}

/// Registers an error type with a hand-written `IntoClose`, so that it closes with its own code after `?` has turned it
/// into `hangup::Error`. Use it at the top level of a module. Derived types are registered already.
///
/// ```
/// use hangup::{Close, CloseCode, IntoClose, close::recognise_close};
///
/// #[derive(Debug, thiserror::Error)]
/// #[error("room is full")]
/// struct RoomFull;
///
/// impl IntoClose for RoomFull {
///     fn to_close(&self) -> Close {
///         Close::new(CloseCode::of::<4001>(), "room is full")
///     }
/// }
///
/// recognise_close!(RoomFull);
/// # fn main() {}
/// ```
#[proc_macro]
pub fn recognise_close(error: TokenStream) -> TokenStream {
    into_close::recognise(error.into()).into()
}

/// Makes a field-less enum a parameter type: one of a few values, as Python's `Enum` or `Literal`.
///
/// ```
/// use hangup::params::Param;
///
/// #[derive(Debug, PartialEq, Param)]
/// enum Model {
///     Alexnet, // alexnet
///     LeNet,   // le_net
///     #[param(rename = "resnet-50")]
///     Resnet,
/// }
///
/// #[derive(Param)]
/// enum Level {
///     Low = 1,
///     High = 2,
/// }
///
/// let rules = hangup::params::Rules::new();
/// assert_eq!(Model::parse("resnet-50", &rules), Ok(Model::Resnet));
/// let wrong = Model::parse("vgg", &rules).unwrap_err();
/// assert!(format!("{wrong:?}").contains("Input should be 'alexnet', 'le_net' or 'resnet-50'"));
/// ```
///
/// The value of a variant is that of `#[param(rename = "text")]` or `#[param(value = 1)]`. Otherwise it is the
/// discriminant, if every variant has one; otherwise the name in snake_case.
///
/// `#[param(literal)]` above the enum makes it Python's `Literal`: errors have the type `literal_error`, and the values
/// may be text, numbers, `true` and `false` together. Text in a request equals text only, so a number or a flag of a
/// `Literal` never matches a parameter of a request.
#[proc_macro_derive(Param, attributes(param))]
pub fn derive_param(input: TokenStream) -> TokenStream {
    param::derive(input.into()).into()
}

/// Makes a struct or an enum a type of messages: it can be read, checked, written and described.
///
/// It implements `hangup::models::Model`, and serde's `Serialize` and `Deserialize` by it.
///
/// ```
/// # use hangup::ValidationError;
/// /// What a client may say.
/// #[hangup::model(tag = "type", rename_all = "snake_case")]
/// enum Command {
///     /// Say something to the room.
///     Say {
///         #[field(min_length = 1, max_length = 500)]
///         text: String,
///     },
///     Move {
///         #[field(ge = 0, lt = 100)]
///         x: i64,
///         #[field(default = 0)]
///         y: i64,
///     },
/// }
///
/// #[hangup::model(tag = "type", rename_all = "snake_case")]
/// enum Event {
///     Said { who: String, text: String },
///     /// A command that could not be read; the connection goes on.
///     #[model(invalid)]
///     Invalid { errors: ValidationError },
/// }
///
/// let command: Command = hangup::models::read_json(r#"{"type":"say","text":"hi"}"#)?;
/// # Ok::<(), hangup::error::JsonError>(())
/// ```
///
/// # Shapes
///
/// | Rust | JSON |
/// |---|---|
/// | a struct with names | an object; an array of its values is refused |
/// | a struct around one value | that value, with rules of its own: `struct Name(#[field(min_length = 1)] String)` |
/// | an enum without data | a string; a number, where every variant has one (`Low = 1`) |
/// | an enum with `tag = "type"` | an object with the tag among its keys |
/// | with `content = "data"` besides | an object with the tag and the data |
/// | without `tag` | an object with one key, the variant; a string for a variant without data |
/// | with `untagged` | the first variant that fits |
///
/// # Options of the type
///
/// | option | what |
/// |---|---|
/// | `tag`, `content`, `untagged` | how it is known which variant a value is |
/// | `rename_all`, `rename_all_fields` | names of variants (of an enum) or fields (of a struct); names of the fields of variants |
/// | `rename`, `description`, `examples` | the name in documents; the comment, if it is to be another; values |
/// | `extra = "forbid"` | other keys are errors; else they are passed over |
/// | `populate_by_name` | a field with an `alias` is found under its own name as well |
/// | `literal` | an enum without data is Python's `Literal` in its errors, and not an `Enum` |
///
/// A variant has `#[model(rename = "..", description = "..", invalid)]`. `invalid` marks what answers an invalid message,
/// see `hangup::Settings::invalid_messages`: it has a field of the type `ValidationError`, and may have others that are
/// `Option` or have a default; one marked `correlation` is given what the message had there.
///
/// # Options of a field
///
/// `#[field(..)]` with `alias`, `default` (without a value: `Default::default()`), `gt`, `ge`, `lt`, `le`, `multiple_of`,
/// `min_length`, `max_length`, `pattern`, `max_digits`, `decimal_places`, `allow_inf_nan`, `description`, `deprecated`, as
/// for parameters; and `examples = [..]`, `correlation` (it says which question an answer belongs to) and `required` (an
/// `Option` that may be `null`, but not absent). The comment is the description.
#[proc_macro_attribute]
pub fn model(arguments: TokenStream, item: TokenStream) -> TokenStream {
    model::attribute(arguments.into(), item.into()).into()
}

/// Reads a struct of parameters from a request: for `#[params]` in an endpoint or in another struct, and as an axum
/// extractor in any handler.
///
/// ```
/// use hangup::{Handshake, Params, Result, websocket};
///
/// #[derive(Params)]
/// struct Paging {
///     #[query(default = 0, ge = 0)]
///     offset: i64,
///     #[query(le = 100)]
///     limit: Option<u32>,
///     #[params]
///     sort: Sort,
/// }
///
/// #[derive(Params)]
/// struct Sort {
///     #[query(alias = "sort-by", default = "name")]
///     by: String,
/// }
///
/// #[websocket("/items")]
/// async fn items(handshake: Handshake, #[params] paging: Paging) -> Result {
///     let mut socket = handshake.accept().await?;
///     socket.send_text(format!("{} {:?} {}", paging.offset, paging.limit, paging.sort.by)).await?;
///     Ok(())
/// }
///
/// async fn over_http(paging: Paging) -> String {
///     paging.offset.to_string()
/// }
///
/// let router: axum::Router = axum::Router::new()
///     .route("/ws", hangup::route(items))
///     .route("/http", axum::routing::get(over_http)); // 422 with the errors, as FastAPI
/// ```
///
/// The attributes and options are those of [`#[websocket]`](macro@websocket), with one exception: the compiler reserves
/// `#[path]` in a struct, so a path parameter is `#[param(path)]`, with its options after it: `#[param(path, gt = 0)]`. It
/// may also be in a prefix around the endpoint.
#[proc_macro_derive(Params, attributes(param, query, header, cookie, params))]
pub fn derive_params(input: TokenStream) -> TokenStream {
    params::derive(input.into()).into()
}
