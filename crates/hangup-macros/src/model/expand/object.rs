//! Structs: objects with known keys, and newtypes.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{DeriveInput, Ident, spanned::Spanned};

use super::parts::{Parts, bounded};
use super::schema;
use crate::model::ast::{DataField, Model};
use crate::model::attr;

pub(super) fn parts(input: &DeriveInput, model: &Model, fields: &[DataField]) -> Parts {
    let name = &input.ident;
    let generics = bounded(&input.generics);
    let (parameters, arguments, conditions) = generics.split_for_impl();
    let rules: TokenStream = fields
        .iter()
        .enumerate()
        .map(|(place, field)| schema::rules(&place.to_string(), field))
        .collect();
    let reading = reading(model, fields, "", &quote!(Self), None);
    let entries = fields.iter().map(|field| {
        let (ident, wire_name) = (&field.ident, &field.wire_name);
        if field.of.extra.is_some() {
            return quote!(::hangup::__v1::Model::write_members(&self.#ident, __members)?;);
        }
        quote!(::hangup::__v1::serde::ser::SerializeMap::serialize_entry(
            __members, #wire_name, &::hangup::__v1::Written(&self.#ident)
        )?;)
    });
    let obeys = fields.iter().enumerate().map(|(place, field)| {
        let ident = &field.ident;
        let rules = schema::rules_of(&place.to_string(), field);
        quote!(&& ::hangup::__v1::Model::obeys(&self.#ident, #rules))
    });
    let count = length(fields, 0);
    Parts {
        items: quote! {
            #rules

            #[automatically_derived]
            impl #parameters ::hangup::__v1::made::ReadMembers for #name #arguments #conditions {
                #reading
            }
        },
        shape: shape(model, fields, "", ""),
        read: quote!(::hangup::__v1::made::read_object(__deserializer)),
        write: quote! {
            let mut __members = ::hangup::__v1::serde::Serializer::serialize_map(
                __serializer, #count
            )?;
            ::hangup::__v1::Model::write_members(self, &mut __members)?;
            ::hangup::__v1::serde::ser::SerializeMap::end(__members)
        },
        obeys: quote!(true #(#obeys)*),
        more: quote! {
            fn write_members<__M: ::hangup::__v1::serde::ser::SerializeMap>(
                &self,
                __members: &mut __M,
            ) -> ::core::result::Result<(), __M::Error> {
                #(#entries)*
                ::core::result::Result::Ok(())
            }
        },
    }
}

/// The shape of an object; `prefix` is that of the rules of its fields.
pub(super) fn shape(model: &Model, fields: &[DataField], prefix: &str, class: &str) -> TokenStream {
    let known = fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.of.extra.is_none());
    let members = known.map(|(place, field)| {
        schema::member(
            &format!("{prefix}{place}"),
            field,
            model.container.populate_by_name,
        )
    });
    let kept = fields.iter().find(|field| field.of.extra.is_some());
    let others = if let Some(kept) = kept {
        let ty = &kept.ty;
        quote_spanned!(ty.span()=> Kept(
            <<#ty as ::hangup::__v1::made::OtherMembers>::Value as ::hangup::__v1::Model>::schema
        ))
    } else if model.container.forbids_extra {
        quote!(Forbidden)
    } else {
        quote!(Ignored)
    };
    quote! {
        ::hangup::__v1::Shape::Object(::hangup::__v1::Object {
            class: #class,
            members: const { &[#(#members),*] },
            others: ::hangup::__v1::OtherKeys::#others,
        })
    }
}

/// The function that reads the keys of an object. Of a key that stands twice the last is read.
pub(super) fn reading(
    model: &Model,
    fields: &[DataField],
    prefix: &str,
    made: &TokenStream,
    more: Option<&TokenStream>,
) -> TokenStream {
    let _ = prefix;
    let members = schema::local("members");
    let slots: Vec<Ident> = (0..fields.len())
        .map(|place| schema::local(&format!("slot_{place}")))
        .collect();
    let (mut names, mut arms) = (Vec::new(), Vec::new());
    let mut kept = None;
    for (place, (field, slot)) in fields.iter().zip(&slots).enumerate() {
        if field.of.extra.is_some() {
            kept = Some(slot);
            continue;
        }
        let (wire_name, ty) = (&field.wire_name, &field.ty);
        let next = quote_spanned!(ty.span()=> ::hangup::__v1::made::next_member::<#ty, _>(&mut #members)?);
        names.push(quote!(#wire_name => #place,));
        arms.push(quote!(#place => #slot = ::core::option::Option::Some(#next),));
        let rust_name = field.ident.as_ref().map(attr::name_of).unwrap_or_default();
        if model.container.populate_by_name && rust_name != *wire_name {
            let other = fields.len() + place;
            names.push(quote!(#rust_name => #other,));
            arms.push(quote!(#other if #slot.is_none() => #slot = ::core::option::Option::Some(#next),));
        }
    }
    let declared = fields.iter().zip(&slots).map(|(field, slot)| {
        let ty = &field.ty;
        quote!(let mut #slot: ::core::option::Option<#ty> = ::core::option::Option::None;)
    });
    let values = fields.iter().zip(&slots).map(|(field, slot)| {
        let (ident, wire_name) = (&field.ident, &field.wire_name);
        let value = if field.of.extra.is_some() {
            quote!(#slot.unwrap_or_default())
        } else if let Some(default) = schema::default(field) {
            quote!(#slot.unwrap_or_else(|| #default))
        } else if schema::is_optional(field) {
            quote!(#slot.unwrap_or_default())
        } else {
            quote!(::hangup::__v1::made::required(#slot, #wire_name)?)
        };
        quote!(#ident: #value,)
    });
    let checks = fields.iter().map(schema::checks);
    let (next, place) = match kept {
        Some(_) => (quote!(next_place_or_key), quote!((place, key))),
        None => (quote!(next_place), quote!(place)),
    };
    let other = if let Some(kept) = kept {
        quote! {
            ::hangup::__v1::made::OtherMembers::keep(
                #kept.get_or_insert_default(),
                key,
                ::hangup::__v1::made::next_member(&mut #members)?,
            ),
        }
    } else if model.container.forbids_extra {
        quote!(return ::core::result::Result::Err(::hangup::__v1::made::unknown_member()),)
    } else {
        quote!(::hangup::__v1::made::skip_member(&mut #members)?,)
    };
    quote! {
        fn read_members<'de, __A: ::hangup::__v1::serde::de::MapAccess<'de>>(
            mut #members: __A,
        ) -> ::core::result::Result<Self, __A::Error> {
            #(#checks)*
            fn place(key: &str) -> usize {
                match key {
                    #(#names)*
                    _ => usize::MAX,
                }
            }
            #(#declared)*
            while let ::core::option::Option::Some(#place) =
                ::hangup::__v1::made::#next(&mut #members, place)?
            {
                match place {
                    #(#arms)*
                    _ => #other
                }
            }
            ::core::result::Result::Ok(#made { #(#values)* #more })
        }
    }
}

pub(super) fn newtype(field: &DataField) -> Parts {
    let ty = &field.ty;
    let rules = schema::rules("0", field);
    let rules_of = schema::rules_of("0", field);
    let member = schema::member("0", field, false);
    let checks = schema::checks(field);
    let deserializer = format_ident!("__deserializer");
    Parts {
        items: rules,
        shape: quote!(::hangup::__v1::Shape::Newtype(const { &#member })),
        read: quote_spanned! {ty.span()=>
            #checks
            <#ty as ::hangup::__v1::Model>::read(#deserializer).map(Self)
        },
        write: quote!(::hangup::__v1::Model::write(&self.0, __serializer)),
        obeys: quote!(::hangup::__v1::Model::obeys(&self.0, #rules_of)),
        more: quote! {
            fn write_members<__M: ::hangup::__v1::serde::ser::SerializeMap>(
                &self,
                __members: &mut __M,
            ) -> ::core::result::Result<(), __M::Error> {
                ::hangup::__v1::Model::write_members(&self.0, __members)
            }
        },
    }
}

/// How many keys an object is written with, where that is known before.
pub(super) fn length(fields: &[DataField], more: usize) -> TokenStream {
    let count = fields.len() + more;
    if fields.iter().any(|field| field.of.extra.is_some()) {
        quote!(::core::option::Option::None)
    } else {
        quote!(::core::option::Option::Some(#count))
    }
}
