//! The expansion of `param` in `src/tests.rs`.

#[automatically_derived]
#[allow(unused_variables, clippy::all, clippy::pedantic)]
impl ::hangup::__v1::Param for Model {
    fn parse(
        text: &str,
        rules: &::hangup::__v1::Rules,
    ) -> ::core::result::Result<Self, ::hangup::__v1::Invalid> {
        static CHOICES: ::hangup::__v1::Choices = ::hangup::__v1::Choices::of_enum(
            &[
                ::hangup::__v1::Choice::Str("alexnet"),
                ::hangup::__v1::Choice::Str("le_net"),
                ::hangup::__v1::Choice::Str("resnet-50"),
            ],
        );
        ::core::result::Result::Ok(
            match CHOICES.find(text, rules)? {
                0usize => Self::Alexnet,
                1usize => Self::LeNet,
                _ => Self::Resnet,
            },
        )
    }
}
#[automatically_derived]
impl ::hangup::__v1::fits::TakesStrict for Model {}
