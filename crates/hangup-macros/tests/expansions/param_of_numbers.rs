//! The expansion of `param_of_numbers` in `src/tests.rs`.

const _: () = {
    static CHOICES: ::hangup::__v1::Choices = ::hangup::__v1::Choices::of_enum(
        &[::hangup::__v1::Choice::Int(1i64), ::hangup::__v1::Choice::Int(2i64)],
    );
    #[automatically_derived]
    #[allow(unused_variables, clippy::all, clippy::pedantic)]
    impl ::hangup::__v1::Param for Level {
        fn parse(
            text: &str,
            rules: &::hangup::__v1::Rules,
        ) -> ::core::result::Result<Self, ::hangup::__v1::Invalid> {
            ::core::result::Result::Ok(
                match CHOICES.find(text, rules)? {
                    0usize => Self::Low,
                    _ => Self::High,
                },
            )
        }
        fn json_schema(_: &::hangup::__v1::Rules) -> ::hangup::__v1::Json {
            CHOICES.json_schema()
        }
        fn to_json(&self) -> ::core::option::Option<::hangup::__v1::Json> {
            CHOICES
                .json_at(
                    match self {
                        Self::Low => 0usize,
                        Self::High => 1usize,
                    },
                )
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::fits::TakesStrict for Level {}
};
