//! Whether the boundary hands on all that the facade offers.

use std::collections::BTreeSet;

use syn::{
    Expr, ExprCall, ExprMethodCall, ImplItem, ItemImpl, Member, Type, Visibility, visit::Visit,
};

/// What a file of the facade offers: `Token.screen`, `Entries.add`, `Token::open`. What hands out one of the
/// facade's handles is offered by the handle's own methods.
pub(crate) fn offers(text: &str) -> BTreeSet<String> {
    let mut walk = Offers(BTreeSet::new());
    walk.visit_file(&syn::parse_file(text).unwrap());
    walk.0
}

/// What a file of the boundary calls of it: on the `self.0` of its own type of the same name, on a handle of
/// that, or by a path.
pub(crate) fn calls(text: &str) -> BTreeSet<String> {
    let mut walk = Calls { of: None, found: BTreeSet::new() };
    walk.visit_file(&syn::parse_file(text).unwrap());
    walk.found
}

/// The handles, and what hands them out.
const HANDLES: [(&str, &str); 4] =
    [("Entries", "entries"), ("Slots", "slots"), ("Enrolment", "enrolment"), ("TimeSync", "time")];

struct Offers(BTreeSet<String>);

impl<'ast> Visit<'ast> for Offers {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let Some(of) = name(&item.self_ty).filter(|_| item.trait_.is_none()) else { return };
        for function in &item.items {
            let ImplItem::Fn(function) = function else { continue };
            let name = function.sig.ident.to_string();
            let hands_out = HANDLES.iter().any(|(_, getter)| *getter == name);
            if matches!(function.vis, Visibility::Public(_)) && !hands_out {
                let joint = if function.sig.receiver().is_some() { "." } else { "::" };
                self.0.insert(format!("{of}{joint}{name}"));
            }
        }
    }
}

struct Calls {
    of: Option<String>,
    found: BTreeSet<String>,
}

impl Calls {
    /// Which of the facade's types a call is on.
    fn callee(&self, receiver: &Expr) -> Option<String> {
        match receiver {
            Expr::Field(field) => {
                let is_self =
                    matches!(&*field.base, Expr::Path(path) if path.path.is_ident("self"));
                let is_first = matches!(&field.member, Member::Unnamed(place) if place.index == 0);
                self.of.clone().filter(|_| is_self && is_first)
            }
            Expr::MethodCall(getter) if self.callee(&getter.receiver)? == "Token" => {
                let handle = HANDLES.iter().find(|(_, name)| getter.method == name);
                handle.map(|(handle, _)| (*handle).to_owned())
            }
            _ => None,
        }
    }
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        self.of = name(&item.self_ty);
        syn::visit::visit_item_impl(self, item);
        self.of = None;
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if let Some(of) = self.callee(&call.receiver) {
            self.found.insert(format!("{of}.{}", call.method));
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let names: Vec<_> =
                function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let [.., of, name] = names.as_slice() {
                self.found.insert(format!("{of}::{name}"));
            }
        }
        syn::visit::visit_expr_call(self, call);
    }
}

fn name(of: &Type) -> Option<String> {
    let Type::Path(of) = of else { return None };
    of.path.segments.last().map(|last| last.ident.to_string())
}
