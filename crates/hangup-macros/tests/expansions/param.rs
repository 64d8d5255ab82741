//! The expansion of `param` in `src/tests.rs`.

const _: () = {
    static CHOICES: ::hangup::__v1::Choices = ::hangup::__v1::Choices::of_enum(
        &[
            ::hangup::__v1::Choice::Str("alexnet"),
            ::hangup::__v1::Choice::Str("le_net"),
            ::hangup::__v1::Choice::Str("resnet-50"),
        ],
    );
    #[automatically_derived]
    #[allow(unused_variables, clippy::all, clippy::pedantic)]
    impl ::hangup::__v1::Param for Model {
        fn parse(
            text: &str,
            rules: &::hangup::__v1::Rules,
        ) -> ::core::result::Result<Self, ::hangup::__v1::Invalid> {
            ::core::result::Result::Ok(
                match CHOICES.find(text, rules)? {
                    0usize => Self::Alexnet,
                    1usize => Self::LeNet,
                    _ => Self::Resnet,
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
                        Self::Alexnet => 0usize,
                        Self::LeNet => 1usize,
                        Self::Resnet => 2usize,
                    },
                )
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::fits::TakesStrict for Model {}
};
