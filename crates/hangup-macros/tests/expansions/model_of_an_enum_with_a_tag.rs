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
    fn __rules_0_0() -> &'static ::hangup::__v1::Rules {
        static RULES: ::hangup::__v1::Rules = ::hangup::__v1::Rules::new().min_length(1);
        &RULES
    }
    struct __Say {
        text: String,
        __of: ::core::marker::PhantomData<fn() -> Command>,
    }
    impl __Say {
        fn schema() -> &'static ::hangup::__v1::Schema {
            const {
                &::hangup::__v1::Schema::new(
                    ::hangup::__v1::Shape::Object(::hangup::__v1::Object {
                        class: "say",
                        members: const {
                            &[
                                ::hangup::__v1::Member::new(
                                        "text",
                                        <String as ::hangup::__v1::Model>::schema,
                                    )
                                    .ruled(__rules_0_0),
                            ]
                        },
                        others: ::hangup::__v1::OtherKeys::Ignored,
                    }),
                )
            }
        }
    }
    impl ::hangup::__v1::made::ReadMembers for __Say {
        fn read_members<'de, __A: ::hangup::__v1::serde::de::MapAccess<'de>>(
            mut members: __A,
        ) -> ::core::result::Result<Self, __A::Error> {
            ::hangup::__v1::fits::length::<String>();
            fn place(key: &str) -> usize {
                match key {
                    "text" => 0usize,
                    _ => usize::MAX,
                }
            }
            let mut slot_0: ::core::option::Option<String> = ::core::option::Option::None;
            while let ::core::option::Option::Some(place) = ::hangup::__v1::made::next_place(
                &mut members,
                place,
            )? {
                match place {
                    0usize => {
                        slot_0 = ::core::option::Option::Some(
                            ::hangup::__v1::made::next_member::<String, _>(&mut members)?,
                        );
                    }
                    _ => ::hangup::__v1::made::skip_member(&mut members)?,
                }
            }
            ::core::result::Result::Ok(Self {
                text: ::hangup::__v1::made::required(slot_0, "text")?,
                __of: ::core::marker::PhantomData,
            })
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::made::UnionModel for Command {
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
        fn read_variant<'de, __D: ::hangup::__v1::serde::Deserializer<'de>>(
            place: usize,
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            match place {
                0usize => {
                    let __read = ::hangup::__v1::made::read_object::<
                        __Say,
                        _,
                    >(__deserializer)?;
                    ::core::result::Result::Ok(Self::Say { text: __read.text })
                }
                1usize => {
                    <Item as ::hangup::__v1::Model>::read(__deserializer).map(Self::Put)
                }
                _ => {
                    ::core::result::Result::Err(
                        ::hangup::__v1::serde::de::Error::custom("no such variant"),
                    )
                }
            }
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::Model for Command {
        fn schema() -> &'static ::hangup::__v1::Schema {
            const {
                &::hangup::__v1::Schema::new(
                        ::hangup::__v1::Shape::Union(::hangup::__v1::Union {
                            tagging: ::hangup::__v1::Tagging::Internal("type"),
                            variants: const {
                                &[
                                    ::hangup::__v1::Alternative::with("say", __Say::schema)
                                        .described("Say something.")
                                        .renamed(),
                                    ::hangup::__v1::Alternative::with(
                                        "put",
                                        <Item as ::hangup::__v1::Model>::schema,
                                    ),
                                    ::hangup::__v1::Alternative::unit("ping"),
                                ]
                            },
                        }),
                    )
                    .named("Command", ::core::any::type_name::<Self>)
            }
        }
        fn read<'de, __D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__v1::made::read_internal("type", __deserializer)
        }
        fn write<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            match self {
                Self::Say { text: field_0 } => {
                    let mut __members = ::hangup::__v1::serde::Serializer::serialize_map(
                        __serializer,
                        ::core::option::Option::Some(2usize),
                    )?;
                    ::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "type",
                        "say",
                    )?;
                    ::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "text",
                        &::hangup::__v1::Written(field_0),
                    )?;
                    ::hangup::__v1::serde::ser::SerializeMap::end(__members)
                }
                Self::Put(value) => {
                    let mut __members = ::hangup::__v1::serde::Serializer::serialize_map(
                        __serializer,
                        ::core::option::Option::None,
                    )?;
                    ::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "type",
                        "put",
                    )?;
                    ::hangup::__v1::Model::write_members(value, &mut __members)?;
                    ::hangup::__v1::serde::ser::SerializeMap::end(__members)
                }
                Self::Ping => {
                    let mut __members = ::hangup::__v1::serde::Serializer::serialize_map(
                        __serializer,
                        ::core::option::Option::Some(1),
                    )?;
                    ::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
                        &mut __members,
                        "type",
                        "ping",
                    )?;
                    ::hangup::__v1::serde::ser::SerializeMap::end(__members)
                }
            }
        }
        fn obeys(&self, _: &::hangup::__v1::Rules) -> bool {
            match self {
                Self::Say { text: field_0 } => {
                    true && ::hangup::__v1::Model::obeys(field_0, __rules_0_0())
                }
                Self::Put(value) => {
                    ::hangup::__v1::Model::obeys(value, &::hangup::__v1::Rules::new())
                }
                Self::Ping => true,
            }
        }
    }
    #[automatically_derived]
    impl<'de> ::hangup::__v1::serde::Deserialize<'de> for Command {
        fn deserialize<__D: ::hangup::__v1::serde::Deserializer<'de>>(
            __deserializer: __D,
        ) -> ::core::result::Result<Self, __D::Error> {
            ::hangup::__v1::made::deserialize_model(__deserializer)
        }
    }
    #[automatically_derived]
    impl ::hangup::__v1::serde::Serialize for Command {
        fn serialize<__S: ::hangup::__v1::serde::Serializer>(
            &self,
            __serializer: __S,
        ) -> ::core::result::Result<__S::Ok, __S::Error> {
            ::hangup::__v1::Model::write(self, __serializer)
        }
    }
};
