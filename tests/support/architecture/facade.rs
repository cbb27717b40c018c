//! Whether the boundary hands on all that the facade offers.

use std::collections::BTreeSet;

use syn::{
    Expr, ExprCall, ExprMethodCall, ImplItem, ImplItemFn, ItemImpl, Type, Visibility, visit::Visit,
};

/// What a file of the facade offers, as a caller writes it: `screen`, `entries().add`, `Token::open`.
/// What hands out one of the facade's handles is offered by the handle's own methods.
pub(crate) fn offers(text: &str) -> BTreeSet<String> {
    let mut walk = Offers(BTreeSet::new());
    walk.visit_file(&syn::parse_file(text).unwrap());
    walk.0
}

/// What a file of the boundary calls, written in the same way.
pub(crate) fn calls(text: &str) -> BTreeSet<String> {
    let mut walk = Calls(BTreeSet::new());
    walk.visit_file(&syn::parse_file(text).unwrap());
    walk.0
}

/// The handles, and what hands them out.
const HANDLES: [(&str, &str); 3] =
    [("Entries", "entries"), ("Slots", "slots"), ("Enrolment", "enrolment")];

struct Offers(BTreeSet<String>);

impl<'ast> Visit<'ast> for Offers {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if item.trait_.is_some() {
            return;
        }
        let Type::Path(of) = &*item.self_ty else { return };
        let Some(of) = of.path.segments.last().map(|last| last.ident.to_string()) else { return };
        let is_public = |function: &&ImplItemFn| matches!(function.vis, Visibility::Public(_));
        let functions = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function) => Some(function),
            _ => None,
        });
        for function in functions.filter(is_public) {
            let name = function.sig.ident.to_string();
            let handle = HANDLES.iter().find(|(handle, _)| *handle == of);
            if HANDLES.iter().any(|(_, getter)| *getter == name) {
                continue;
            }
            self.0.insert(match (function.sig.receiver(), handle) {
                (None, _) => format!("{of}::{name}"),
                (Some(_), Some((_, getter))) => format!("{getter}().{name}"),
                (Some(_), None) => name,
            });
        }
    }
}

struct Calls(BTreeSet<String>);

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.0.insert(match &*call.receiver {
            Expr::MethodCall(on) => format!("{}().{}", on.method, call.method),
            _ => call.method.to_string(),
        });
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Expr::Path(function) = &*call.func {
            let names: Vec<_> =
                function.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            if let [.., of, name] = names.as_slice() {
                self.0.insert(format!("{of}::{name}"));
            }
        }
        syn::visit::visit_expr_call(self, call);
    }
}
