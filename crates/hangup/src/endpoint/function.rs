//! Plain async functions as endpoints.

use std::future::Future;

use axum::extract::FromRequestParts;
use futures_util::FutureExt;
use http::request::Parts;

use super::{Description, Endpoint, Handshake, IntoOutcome, Outline};
use crate::error::{Error, Result};
use crate::socket::MessageType;

/// Extracts one argument of an endpoint from the request. A rejection is an error like any other.
pub(crate) async fn extract<T, S>(parts: &mut Parts, state: &S) -> Result<T>
where
    T: FromRequestParts<S, Rejection: Send + 'static>,
{
    T::from_request_parts(parts, state).await.map_err(Error::rejected)
}

/// The name of a function without its path. A closure gets the name of the function around it.
fn function_name<F>() -> &'static str {
    let mut names = std::any::type_name::<F>().rsplit("::");
    names.find(|name| !name.starts_with('{')).unwrap_or("endpoint")
}

macro_rules! endpoint_function {
    ($($argument:ident),*) => {
        #[allow(non_snake_case, unused_variables)]
        impl<F, Fut, S, In, Out, $($argument,)*> Endpoint<(In, Out, ($($argument,)*)), S> for F
        where
            F: Fn(Handshake<In, Out>, $($argument,)*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output: IntoOutcome> + Send + 'static,
            S: Send + Sync + 'static,
            In: MessageType,
            Out: MessageType,
            $($argument: FromRequestParts<S, Rejection: Send + 'static> + Send + 'static,)*
        {
            type Arguments = ($($argument,)*);

            fn describe(&self) -> Description {
                Description {
                    function: function_name::<F>(),
                    declared_at: None,
                    documentation: "",
                    settings: None,
                    receives: In::message_schema(),
                    sends: Out::message_schema(),
                }
            }

            fn outline(&self, outline: &mut Outline) {
                $(outline.extractor::<$argument, S>();)*
                outline.returning::<Fut::Output>();
            }

            async fn extract(&self, parts: &mut Parts, state: &S) -> Result<Self::Arguments> {
                $(let $argument = extract::<$argument, S>(parts, state).await?;)*
                Ok(($($argument,)*))
            }

            fn run(
                self,
                handshake: Handshake,
                ($($argument,)*): Self::Arguments,
            ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
                self(handshake.retyped(), $($argument,)*).map(IntoOutcome::into_outcome)
            }
        }
    };
}

endpoint_function!();
endpoint_function!(T1);
endpoint_function!(T1, T2);
endpoint_function!(T1, T2, T3);
endpoint_function!(T1, T2, T3, T4);
endpoint_function!(T1, T2, T3, T4, T5);
endpoint_function!(T1, T2, T3, T4, T5, T6);
endpoint_function!(T1, T2, T3, T4, T5, T6, T7);
endpoint_function!(T1, T2, T3, T4, T5, T6, T7, T8);
endpoint_function!(T1, T2, T3, T4, T5, T6, T7, T8, T9);
endpoint_function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10);
endpoint_function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11);
endpoint_function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_called_by_its_own_name() {
        fn chat() {}
        fn name_of<F>(_: F) -> &'static str {
            function_name::<F>()
        }
        assert_eq!(name_of(chat), "chat");
        assert_eq!(name_of(|| ()), "a_function_is_called_by_its_own_name");
    }
}
