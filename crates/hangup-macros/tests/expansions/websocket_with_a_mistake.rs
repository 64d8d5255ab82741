//! The expansion of `websocket_with_a_mistake` in `src/tests.rs`.

::core::compile_error! {
    "the path does not name `{item_id}`: it is \"/items/{other_id}\", which has `{other_id}`; a parameter of a prefix around the endpoint is taken by a `#[params]` struct"
}
::core::compile_error! {
    "no parameter takes `{other_id}`: add `#[path] other_id: String`, or another type"
}
fn item() -> __item_endpoint {
    __item_endpoint
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
#[derive(Clone, Copy, Debug)]
struct __item_endpoint;
const _: () = {
    #[allow(dead_code, clippy::all)]
    async fn item(handshake: Handshake, item_id: i64) -> Result {
        Ok(())
    }
    #[automatically_derived]
    impl ::hangup::__v1::Routed<__item_endpoint> for __item_endpoint {
        const PATH: &'static str = "/";
    }
    #[automatically_derived]
    #[allow(unused_variables, clippy::all, clippy::pedantic)]
    impl<S> ::hangup::__v1::Endpoint<__item_endpoint, S> for __item_endpoint
    where
        S: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        type Arguments = ();
        fn describe(&self) -> ::hangup::__v1::Description {
            ::core::unreachable!()
        }
        async fn extract(
            &self,
            _: &mut ::hangup::__v1::Parts,
            _: &S,
        ) -> ::hangup::__v1::Result<Self::Arguments> {
            ::core::unreachable!()
        }
        async fn run(
            self,
            _: ::hangup::__v1::Handshake,
            _: Self::Arguments,
        ) -> ::hangup::__v1::Result {
            ::core::unreachable!()
        }
    }
};
