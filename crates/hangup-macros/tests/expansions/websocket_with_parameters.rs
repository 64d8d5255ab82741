//! The expansion of `websocket_with_parameters` in `src/tests.rs`.

fn item() -> __item_endpoint {
    __item_endpoint
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, unreachable_pub)]
#[derive(Clone, Copy, Debug)]
struct __item_endpoint;
const _: () = {
    #[allow(clippy::too_many_arguments)]
    async fn item(
        handshake: Handshake,
        State(state): State<App>,
        item_id: i64,
        limit: i64,
        x_token: String,
        session: Option<String>,
        paging: Paging,
    ) -> Result<(), JoinError> {
        Ok(())
    }
    static __FIELD_0: ::hangup::__v1::Field = ::hangup::__v1::Field::path("item_id")
        .gt(::hangup::__v1::Number::whole(0));
    static __FIELD_1: ::hangup::__v1::Field = ::hangup::__v1::Field::query("limit")
        .ge(::hangup::__v1::Number::whole(1))
        .le(::hangup::__v1::Number::whole(100));
    static __FIELD_2: ::hangup::__v1::Field = ::hangup::__v1::Field::header("x-token")
        .min_length(3);
    static __FIELD_3: ::hangup::__v1::Field = ::hangup::__v1::Field::cookie("session");
    #[allow(clippy::all, clippy::pedantic)]
    fn __read(
        sources: &::hangup::__v1::Sources<'_>,
        errors: &mut ::hangup::__v1::Errors,
    ) -> ::core::option::Option<(i64, i64, String, Option<String>, Paging)> {
        let value_4 = <Paging as ::hangup::__v1::Params>::read(sources, errors);
        ::hangup::__v1::fits::bound::<i64, ::hangup::__v1::fits::Whole>();
        let value_0 = __FIELD_0.read::<i64>(sources, errors);
        ::hangup::__v1::fits::bound::<i64, ::hangup::__v1::fits::Whole>();
        ::hangup::__v1::fits::bound::<i64, ::hangup::__v1::fits::Whole>();
        let value_1 = __FIELD_1.read_or::<i64>(sources, errors, || 10);
        ::hangup::__v1::fits::length::<String>();
        let value_2 = __FIELD_2.read::<String>(sources, errors);
        let value_3 = __FIELD_3.read::<Option<String>>(sources, errors);
        ::core::option::Option::Some((value_0?, value_1?, value_2?, value_3?, value_4?))
    }
    #[allow(unreachable_pub, missing_docs, missing_debug_implementations, dead_code)]
    pub struct __Arguments(State<App>, i64, i64, String, Option<String>, Paging);
    #[automatically_derived]
    impl ::hangup::__v1::Routed<__item_endpoint> for __item_endpoint {
        const PATH: &'static str = "/items/{item_id:int}/ws";
    }
    #[automatically_derived]
    #[allow(unused_variables, clippy::all, clippy::pedantic)]
    impl<S> ::hangup::__v1::Endpoint<__item_endpoint, S> for __item_endpoint
    where
        S: ::core::marker::Send + ::core::marker::Sync + 'static,
        State<
            App,
        >: ::hangup::__v1::FromRequestParts<S, Rejection: ::core::marker::Send + 'static>
            + ::core::marker::Send + 'static,
    {
        type Arguments = __Arguments;
        fn describe(&self) -> ::hangup::__v1::Description {
            ::hangup::__v1::Description {
                function: "item",
                declared_at: ::core::option::Option::Some((
                    ::core::file!(),
                    ::core::line!(),
                )),
                documentation: "",
                settings: ::core::option::Option::Some(
                    ::hangup::__v1::Settings::new()
                        .refusal(::hangup::__v1::Refusal::Http)
                        .error_message(true),
                ),
                receives: <Handshake>::receives(),
                sends: <Handshake>::sends(),
            }
        }
        fn outline(&self, outline: &mut ::hangup::__v1::Outline) {
            #[allow(unused_imports)]
            use ::hangup::__v1::{Undescribed as _, UnknownReturn as _};
            outline.extractor::<State<App>, S>();
            ::hangup::__v1::Probe::<State<App>>::new().describe(outline.request());
            {
                let request = outline.request();
                #[allow(unused_imports)]
                use ::hangup::__v1::Undescribed as _;
                <Paging as ::hangup::__v1::Params>::describe(request);
                ::hangup::__v1::Probe::<i64>::new().parameter(request, &__FIELD_0);
                ::hangup::__v1::Probe::<i64>::new()
                    .optional_parameter(
                        request,
                        &__FIELD_1,
                        ::core::option::Option::Some(::hangup::__v1::Json::from(10)),
                    );
                ::hangup::__v1::Probe::<String>::new().parameter(request, &__FIELD_2);
                ::hangup::__v1::Probe::<Option<String>>::new()
                    .parameter(request, &__FIELD_3);
            }
            ::hangup::__v1::Returned::<Result<(), JoinError>>::new().describe(outline);
        }
        fn matches(&self, parts: &::hangup::__v1::Parts) -> bool {
            ::hangup::__v1::Sources::new(parts).matches_route()
        }
        async fn extract(
            &self,
            parts: &mut ::hangup::__v1::Parts,
            state: &S,
        ) -> ::hangup::__v1::Result<Self::Arguments> {
            let mut gathering = ::hangup::__v1::Gathering::new();
            let value_0 = gathering.extract::<State<App>, S>(parts, state).await?;
            let values = gathering.read(parts, __read);
            match (value_0, values) {
                (
                    ::core::option::Option::Some(value_0),
                    ::core::option::Option::Some(
                        (value_1, value_2, value_3, value_4, value_5),
                    ),
                ) => {
                    ::core::result::Result::Ok(
                        __Arguments(value_0, value_1, value_2, value_3, value_4, value_5),
                    )
                }
                #[allow(unreachable_patterns)]
                _ => ::core::result::Result::Err(gathering.into_error()),
            }
        }
        fn run(
            self,
            handshake: ::hangup::__v1::Handshake,
            __Arguments(
                argument_0,
                argument_1,
                argument_2,
                argument_3,
                argument_4,
                argument_5,
            ): Self::Arguments,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), ::hangup::__v1::Error>,
        > + ::core::marker::Send + 'static {
            async move {
                let outcome = item(
                        handshake.retyped(),
                        argument_0,
                        argument_1,
                        argument_2,
                        argument_3,
                        argument_4,
                        argument_5,
                    )
                    .await;
                ::hangup::__v1::IntoOutcome::into_outcome(outcome)
            }
        }
    }
};
