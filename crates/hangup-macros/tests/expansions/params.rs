//! The expansion of `params` in `src/tests.rs`.

const _: () = {
    static __FIELD_2: ::hangup::params::Field = ::hangup::params::Field::path("room")
        .gt(::hangup::params::Number::whole(0));
    static __FIELD_0: ::hangup::params::Field = ::hangup::params::Field::query("offset")
        .ge(::hangup::params::Number::whole(0))
        .described("How many are left out.");
    static __FIELD_1: ::hangup::params::Field = ::hangup::params::Field::query("limit")
        .le(::hangup::params::Number::whole(100));
    #[automatically_derived]
    #[allow(clippy::all, clippy::pedantic)]
    impl ::hangup::params::Params for Paging {
        fn read(
            sources: &::hangup::params::Sources<'_>,
            errors: &mut ::hangup::params::Errors,
        ) -> ::core::option::Option<Self> {
            let value_3 = <Sort as ::hangup::params::Params>::read(sources, errors);
            ::hangup::params::fits::bound::<i64, ::hangup::params::fits::Whole>();
            let value_2 = __FIELD_2.read::<i64>(sources, errors);
            ::hangup::params::fits::bound::<i64, ::hangup::params::fits::Whole>();
            let value_0 = __FIELD_0.read_or::<i64>(sources, errors, || 0);
            ::hangup::params::fits::bound::<
                Option<u32>,
                ::hangup::params::fits::Whole,
            >();
            let value_1 = __FIELD_1.read::<Option<u32>>(sources, errors);
            ::core::option::Option::Some(Self {
                offset: value_0?,
                limit: value_1?,
                room: value_2?,
                sort: value_3?,
            })
        }
        fn describe(request: &mut ::hangup::params::RequestDescription) {
            #[allow(unused_imports)]
            use ::hangup::params::Undescribed as _;
            <Sort as ::hangup::params::Params>::describe(request);
            ::hangup::params::Probe::<i64>::new().parameter(request, &__FIELD_2);
            ::hangup::params::Probe::<i64>::new()
                .optional_parameter(
                    request,
                    &__FIELD_0,
                    ::core::option::Option::Some(::hangup::params::Json::from(0)),
                );
            ::hangup::params::Probe::<Option<u32>>::new().parameter(request, &__FIELD_1);
        }
    }
    #[automatically_derived]
    impl<
        __State: ::core::marker::Send + ::core::marker::Sync,
    > ::hangup::__private::FromRequestParts<__State> for Paging {
        type Rejection = ::hangup::params::ValidationError;
        async fn from_request_parts(
            parts: &mut ::hangup::__private::Parts,
            _: &__State,
        ) -> ::core::result::Result<Self, ::hangup::params::ValidationError> {
            ::hangup::params::extract::<Self>(parts)
        }
    }
};
