//! The expansion of `websocket_without_parameters` in `src/tests.rs`.

/// Sends back each text.
pub fn echo() -> __echo_endpoint {
    __echo_endpoint
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
#[derive(Clone, Copy, Debug)]
pub struct __echo_endpoint;
const _: () = {
    #[allow(clippy::too_many_arguments)]
    async fn echo(handshake: Handshake) -> Result {
        let mut socket = handshake.accept().await?;
        loop {
            let text = socket.recv_text().await?;
            socket.send_text(text).await?;
        }
    }
    #[allow(unreachable_pub, missing_docs, missing_debug_implementations, dead_code)]
    pub struct __Arguments();
    #[automatically_derived]
    impl ::hangup::__v1::Routed<__echo_endpoint> for __echo_endpoint {
        const PATH: &'static str = "/echo";
    }
    #[automatically_derived]
    #[allow(unused_variables, clippy::all, clippy::pedantic)]
    impl<S> ::hangup::__v1::Endpoint<__echo_endpoint, S> for __echo_endpoint
    where
        S: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type Arguments = __Arguments;
        fn describe(&self) -> ::hangup::__v1::Description {
            ::hangup::__v1::Description {
                function: "echo",
                declared_at: ::core::option::Option::Some((
                    ::core::file!(),
                    ::core::line!(),
                )),
                documentation: "Sends back each text.",
                settings: ::core::option::Option::None,
                receives: <Handshake>::receives(),
                sends: <Handshake>::sends(),
            }
        }
        fn outline(&self, outline: &mut ::hangup::__v1::Outline) {
            #[allow(unused_imports)]
            use ::hangup::__v1::{Undescribed as _, UnknownReturn as _};
            ::hangup::__v1::Returned::<Result>::new().describe(outline);
        }
        async fn extract(
            &self,
            parts: &mut ::hangup::__v1::Parts,
            state: &S,
        ) -> ::hangup::__v1::Result<Self::Arguments> {
            let mut gathering = ::hangup::__v1::Gathering::new();
            match () {
                () => ::core::result::Result::Ok(__Arguments()),
                #[allow(unreachable_patterns)]
                _ => ::core::result::Result::Err(gathering.into_error()),
            }
        }
        fn run(
            self,
            handshake: ::hangup::__v1::Handshake,
            __Arguments(): Self::Arguments,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), ::hangup::__v1::Error>,
        > + ::core::marker::Send + 'static {
            async move {
                let outcome = echo(handshake.retyped()).await;
                ::hangup::__v1::IntoOutcome::into_outcome(outcome)
            }
        }
    }
};
