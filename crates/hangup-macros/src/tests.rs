//! What the macros expand to, compared with the files in `tests/expansions`.
//!
//! After an intended change `HANGUP_WRITE_EXPANSIONS=1 cargo test -p hangup-macros` writes them anew; the difference
//! is read as a part of the change.

use std::{env, fs, path::PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

const WRITE: &str = "HANGUP_WRITE_EXPANSIONS";

fn is_as_checked_in(name: &str, expansion: TokenStream) {
    let file = syn::parse2(expansion).expect("an expansion is a list of items");
    let now = format!(
        "//! The expansion of `{name}` in `src/tests.rs`.\n\n{}",
        prettyplease::unparse(&file)
    );
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expansions")
        .join(format!("{name}.rs"));
    if env::var_os(WRITE).is_some() {
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        return fs::write(&path, now).expect("the expansion can be written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let differing = now
        .lines()
        .zip(known.lines())
        .position(|(now, known)| now != known);
    assert!(
        now == known,
        "the expansion differs from tests/expansions/{name}.rs from line {} on; if that is intended, run this test with {WRITE}=1:\n{now}",
        differing.unwrap_or_else(|| usize::min(now.lines().count(), known.lines().count())) + 1,
    );
}

#[test]
fn websocket_without_parameters() {
    let function = quote! {
        /// Sends back each text.
        pub async fn echo(handshake: Handshake) -> Result {
            let mut socket = handshake.accept().await?;
            loop {
                let text = socket.recv_text().await?;
                socket.send_text(text).await?;
            }
        }
    };
    is_as_checked_in(
        "websocket_without_parameters",
        crate::websocket::attribute(quote!("/echo"), function),
    );
}

#[test]
fn websocket_with_parameters() {
    let function = quote! {
        async fn item(
            handshake: Handshake,
            State(state): State<App>,
            #[path(gt = 0)] item_id: i64,
            #[query(default = 10, ge = 1, le = 100)] limit: i64,
            #[header(min_length = 3)] x_token: String,
            #[cookie] session: Option<String>,
            #[params] paging: Paging,
        ) -> Result<(), JoinError> {
            Ok(())
        }
    };
    let route = quote!("/items/{item_id:int}/ws", refuse = "http", error_message);
    is_as_checked_in(
        "websocket_with_parameters",
        crate::websocket::attribute(route, function),
    );
}

#[test]
fn websocket_with_a_mistake() {
    let function = quote! {
        async fn item(handshake: Handshake, #[path] item_id: i64) -> Result {
            Ok(())
        }
    };
    is_as_checked_in(
        "websocket_with_a_mistake",
        crate::websocket::attribute(quote!("/items/{other_id}"), function),
    );
}

#[test]
fn params() {
    let group = quote! {
        struct Paging {
            /// How many are left out.
            #[query(default = 0, ge = 0)]
            offset: i64,
            #[query(le = 100)]
            limit: Option<u32>,
            #[param(path, gt = 0)]
            room: i64,
            #[params]
            sort: Sort,
        }
    };
    is_as_checked_in("params", crate::params::derive(group));
}

#[test]
fn param() {
    let choices = quote! {
        enum Model {
            Alexnet,
            LeNet,
            #[param(rename = "resnet-50")]
            Resnet,
        }
    };
    is_as_checked_in("param", crate::param::derive(choices));
}

#[test]
fn param_of_numbers() {
    let choices = quote! {
        enum Level {
            Low = 1,
            High = 2,
        }
    };
    is_as_checked_in("param_of_numbers", crate::param::derive(choices));
}

#[test]
fn into_close() {
    let error = quote! {
        enum JoinError {
            #[close(4001, "only {seats} seats in this room")]
            Full { room: String, seats: usize },
            #[close(POLICY_VIOLATION)]
            Forbidden,
            #[close(INTERNAL_ERROR, hidden)]
            Database(std::io::Error),
        }
    };
    is_as_checked_in("into_close", crate::into_close::derive(error));
}

#[test]
fn into_close_as_a_field() {
    let error = quote! {
        enum JoinError {
            #[close(transparent)]
            Receive(ReceiveError),
            #[close(transparent)]
            Room { room: RoomError },
            #[close(POLICY_VIOLATION)]
            Forbidden,
        }
    };
    is_as_checked_in("into_close_as_a_field", crate::into_close::derive(error));
}

#[test]
fn into_close_of_a_generic_type() {
    let error = quote! {
        #[close(GOING_AWAY)]
        struct Gone<T>(T)
        where
            T: Send;
    };
    is_as_checked_in("into_close_of_a_generic_type", crate::into_close::derive(error));
}

#[test]
fn recognise_close() {
    is_as_checked_in("recognise_close", crate::into_close::recognise(quote!(Gone<u8>)));
}

#[test]
fn model_of_a_struct() {
    let item = quote! {
        /// A thing.
        struct Item {
            /// What it is called.
            #[field(min_length = 1, max_length = 5, pattern = "^[a-z]*$")]
            name: String,
            #[field(default = 0, ge = 0)]
            count: u32,
            note: Option<String>,
        }
    };
    is_as_checked_in(
        "model_of_a_struct",
        crate::model::attribute(quote!(extra = "forbid"), item),
    );
}

#[test]
fn model_of_an_enum_with_a_tag() {
    let command = quote! {
        enum Command {
            /// Say something.
            Say { #[field(min_length = 1)] text: String },
            Put(Item),
            Ping,
        }
    };
    let options = quote!(tag = "type", rename_all = "snake_case");
    is_as_checked_in(
        "model_of_an_enum_with_a_tag",
        crate::model::attribute(options, command),
    );
}

#[test]
fn model_of_a_generic_newtype_and_of_a_choice() {
    let newtype = quote! {
        struct Few<T>(#[field(max_length = 3)] Vec<T>);
    };
    let choice = quote! {
        enum Level { Low = 1, High = 2 }
    };
    let newtype = crate::model::attribute(TokenStream::new(), newtype);
    let choice = crate::model::attribute(TokenStream::new(), choice);
    is_as_checked_in("model_of_a_newtype_and_of_a_choice", quote!(#newtype #choice));
}
