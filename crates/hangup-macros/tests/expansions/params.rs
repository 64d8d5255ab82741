//! The expansion of `params` in `src/tests.rs`.

const _: () = {
    static __FIELD_2: ::hangup::__v1::Field = ::hangup::__v1::Field::path("room")
        .gt(::hangup::__v1::Number::whole(0));
    static __FIELD_0: ::hangup::__v1::Field = ::hangup::__v1::Field::query("offset")
        .ge(::hangup::__v1::Number::whole(0))
        .described("How many are left out.");
    static __FIELD_1: ::hangup::__v1::Field = ::hangup::__v1::Field::query("limit")
        .le(::hangup::__v1::Number::whole(100));
    #[automatically_derived]
    #[allow(clippy::all, clippy::pedantic)]
    impl ::hangup::__v1::Params for Paging {
        fn read(
            sources: &::hangup::__v1::Sources<'_>,
            errors: &mut ::hangup::__v1::Errors,
        ) -> ::core::option::Option<Self> {
            let value_3 = <Sort as ::hangup::__v1::Params>::read(sources, errors);
            ::hangup::__v1::fits::bound::<i64, ::hangup::__v1::fits::Whole>();
            let value_2 = __FIELD_2.read::<i64>(sources, errors);
            ::hangup::__v1::fits::bound::<i64, ::hangup::__v1::fits::Whole>();
            let value_0 = __FIELD_0.read_or::<i64>(sources, errors, || 0);
            ::hangup::__v1::fits::bound::<Option<u32>, ::hangup::__v1::fits::Whole>();
            let value_1 = __FIELD_1.read::<Option<u32>>(sources, errors);
            ::core::option::Option::Some(Self {
                offset: value_0?,
                limit: value_1?,
                room: value_2?,
                sort: value_3?,
            })
        }
        fn describe(request: &mut ::hangup::__v1::RequestDescription) {
            #[allow(unused_imports)]
            use ::hangup::__v1::Undescribed as _;
            <Sort as ::hangup::__v1::Params>::describe(request);
            ::hangup::__v1::Probe::<i64>::new().parameter(request, &__FIELD_2);
            ::hangup::__v1::Probe::<i64>::new()
                .optional_parameter(
                    request,
                    &__FIELD_0,
                    ::core::option::Option::Some(::hangup::__v1::Json::from(0)),
                );
            ::hangup::__v1::Probe::<Option<u32>>::new().parameter(request, &__FIELD_1);
        }
    }
    #[automatically_derived]
    impl<
        __State: ::core::marker::Send + ::core::marker::Sync,
    > ::hangup::__v1::FromRequestParts<__State> for Paging {
        type Rejection = ::hangup::__v1::ValidationError;
        async fn from_request_parts(
            parts: &mut ::hangup::__v1::Parts,
            _: &__State,
        ) -> ::core::result::Result<Self, ::hangup::__v1::ValidationError> {
            ::hangup::__v1::extract::<Self>(parts)
        }
    }
};
