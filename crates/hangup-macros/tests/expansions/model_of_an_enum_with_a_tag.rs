//! The expansion of `model_of_an_enum_with_a_tag` in `src/tests.rs`.

enum Command {
    /// Say something.
    Say { text: String },
    Put(Item),
    Ping,
}
#[allow(
    unused_variables,
    unused_mut,
    unreachable_code,
    dead_code,
    deprecated,
    clippy::all,
    clippy::pedantic
)]
const _: () = {
    fn __rules_0_0() -> &'static ::hangup::params::Rules {
        static RULES: ::hangup::params::Rules = ::hangup::params::Rules::new()
            .min_length(1);
        &RULES
    }
    struct __Say {
        text: String,
        __of: ::core::marker::PhantomData<fn() -> Command>,
    }
    impl __Say {
        fn schema() -> &'static ::hangup::models::Schema {
            const {
                &::hangup::models::Schema::new(
                    ::hangup::models::Shape::Object(::hangup::models::Object {
                        class: "say",
                        members: const {
                            &[
                                ::hangup::models::Member::new(
                                        "text",
                                        <String as ::hangup::Model>::schema,
                                    )
                                    .ruled(__rules_0_0),
                            ]
                        },
                        others: ::hangup::models::OtherKeys::Ignored,
                    }),
                )
            }
        }
    }
    impl ::hangup::__private::made::ReadMembers for __Say {
        fn read_members<'de, __A: ::hangup::__private::serde::de::MapAccess<'de>>(
            mut members: __A,
        ) -> ::core::result::Result<Self, __A::Error> {
            ::hangup::params::fits::length::<String>();
            fn place(key: &str) -> usize {
                match key {
                    "text" => 0usize,
                    _ => usize::MAX,
                }
            }
            let mut slot_0: ::core::option::Option<String> = ::core::option::Option::None;
            while let ::core::option::Option::Some(place) = ::hangup::__private::made::next_place(
                &mut members,
                place,
            )? {
                match place {
                    0usize => {
                        slot_0 = ::core::option::Option::Some(
                            ::hangup::__private::made::next_member::<
                                String,
                                _,
                            >(&mut members)?,
                        );
                    }
                    _ => ::hangup::__private::made::skip_member(&mut members)?,
                }
            }
            ::core::result::Result::Ok(Self {
                text: ::hangup::__private::made::required(slot_0, "text")?,
                __of: ::core::marker::PhantomData,
            })
        }
    }
    #[automatically_derived]
    impl ::hangup::__private::made::UnionModel for Command {
        const COUNT: usize = 3usize;
        #[allow(unreachable_patterns)]
        fn place(name: &str) -> usize {
            match name {
                "say" => 0usize,
                "put" => 1usize,
                "ping" => 2usize,
                _ => usize::MAX,
            }
        }
        fn unit(place: usize) -> ::core::option::Option<Self> {
            match place {
                2usize => ::core::option::Option::Some(Self::Ping),
                _ => ::core::option::Option::None,
            }
        }
        fn read_variant<'de, __D: ::hangup::__private::serde::Deserializer<'de>>(
            place: usize,
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            match place {
                0usize => {
                    let __read = ::hangup::__private::made::read_object::<
                        __Say,
                        _,
                    >(__deserializer)?;
                    ::core::result::Result::Ok(Self::Say { text: __read.text })
                }
                1usize => <Item as ::hangup::Model>::read(__deserializer).map(Self::Put),
                _ => {
                    ::core::result::Result::Err(
                        ::hangup::__private::serde::de::Error::custom("no such variant"),
                    )
                }
            }
        }
    }
    #[automatically_derived]
    impl ::hangup::Model for Command {
        fn schema() -> &'static ::hangup::models::Schema {
            const {
                &::hangup::models::Schema::new(
                        ::hangup::models::Shape::Union(::hangup::models::Union {
                            tagging: ::hangup::models::Tagging::Internal("type"),
                            variants: const {
                                &[
                                    ::hangup::models::Alternative::with("say", __Say::schema)
                                        .described("Say something.")
                                        .renamed(),
                                    ::hangup::models::Alternative::with(
                                        "put",
                                        <Item as ::hangup::Model>::schema,
                                    ),
                                    ::hangup::models::Alternative::unit("ping"),
                                ]
                            },
                        }),
                    )
                    .named("Command", ::core::any::type_name::<Self>)
            }
        }
        fn read<'de, __D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__private::made::read_internal("type", __deserializer)
        }
        fn write<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            match self {
                Self::Say { text: field_0 } => {
                    let mut __members = ::hangup::__private::serde::Serializer::serialize_map(
                        __serializer,
                        ::core::option::Option::Some(2usize),
                    )?;
                    ::hangup::__private::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "type",
                        "say",
                    )?;
                    ::hangup::__private::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "text",
                        &::hangup::models::Written(field_0),
                    )?;
                    ::hangup::__private::serde::ser::SerializeMap::end(__members)
                }
                Self::Put(value) => {
                    let mut __members = ::hangup::__private::serde::Serializer::serialize_map(
                        __serializer,
                        ::core::option::Option::None,
                    )?;
                    ::hangup::__private::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "type",
                        "put",
                    )?;
                    ::hangup::Model::write_members(value, &mut __members)?;
                    ::hangup::__private::serde::ser::SerializeMap::end(__members)
                }
                Self::Ping => {
                    let mut __members = ::hangup::__private::serde::Serializer::serialize_map(
                        __serializer,
                        ::core::option::Option::Some(1),
                    )?;
                    ::hangup::__private::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "type",
                        "ping",
                    )?;
                    ::hangup::__private::serde::ser::SerializeMap::end(__members)
                }
            }
        }
        fn obeys(&self, _: &::hangup::params::Rules) -> bool {
            match self {
                Self::Say { text: field_0 } => {
                    true && ::hangup::Model::obeys(field_0, __rules_0_0())
                }
                Self::Put(value) => {
                    ::hangup::Model::obeys(value, &::hangup::params::Rules::new())
                }
                Self::Ping => true,
            }
        }
    }
    #[automatically_derived]
    impl<'de> ::hangup::__private::serde::Deserialize<'de> for Command {
        fn deserialize<__D: ::hangup::__private::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__private::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl ::hangup::__private::serde::Serialize for Command {
        fn serialize<__S: ::hangup::__private::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::Model::write(self, __serializer)
        }
    }
};
