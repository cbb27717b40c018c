//! What the boundary's crate may not hold: it converts, and decides nothing.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    BinOp, Expr, FieldValue, ItemStatic, Macro, Signature, Token, parse::Parser,
    punctuated::Punctuated, spanned::Spanned, visit::Visit,
};

use crate::paths::{Path, Source};

/// The outside world, threads, state, and what computes in the core below the facade.
const FOREIGN: [&[&str]; 16] = [
    &["std", "fs"],
    &["std", "io"],
    &["std", "os"],
    &["std", "net"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time"],
    &["std", "env"],
    &["std", "cell"],
    &["std", "sync", "Mutex"],
    &["std", "sync", "RwLock"],
    &["std", "sync", "OnceLock"],
    &["std", "sync", "atomic"],
    &["warifu", "otp", "hotp"],
    &["warifu", "otp", "totp", "code"],
    &["warifu", "clock", "read"],
];

/// Traits that the other side would implement.
const CALLED_BACK: [&str; 2] = ["with_foreign", "callback_interface"];

/// Names of methods that calculate begin so.
const CALCULATING: [&str; 4] = ["wrapping_", "saturating_", "checked_", "overflowing_"];

/// Where a file breaks a rule, and which.
pub(crate) fn breaches(text: &str) -> Result<Vec<(usize, &'static str)>, String> {
    let source = Source::parse(text, &[])?;
    let file = syn::parse_file(text).map_err(|error| error.to_string())?;
    let mut walk = Walk(Vec::new());
    walk.visit_file(&file);
    let named = source.paths.iter().filter_map(|path| Some((path.line, named(path)?)));
    let mut found: Vec<_> = named.chain(walk.0).collect();
    found.retain(|(line, _)| !source.is_test(*line));
    Ok(found)
}

/// The modules in files of their own that a file compiles for tests alone.
pub(crate) fn test_files(text: &str) -> Result<Vec<String>, String> {
    Ok(Source::parse(text, &[])?.test_files)
}

fn named(path: &Path) -> Option<&'static str> {
    if FOREIGN.iter().any(|place| path.leads_to(place)) {
        return Some("it names what is not a boundary's");
    }
    let is_called_back = |segment: &String| CALLED_BACK.contains(&segment.as_str());
    path.segments.iter().any(is_called_back).then_some("it calls back")
}

struct Walk(Vec<(usize, &'static str)>);

impl Walk {
    fn finds(&mut self, place: &impl Spanned, what: &'static str) {
        self.0.push((place.span().start().line, what));
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => self.finds(expr, "it loops"),
            Expr::If(_) => self.finds(expr, "it decides"),
            Expr::Async(_) | Expr::Await(_) => self.finds(expr, "it waits"),
            Expr::Binary(binary) if calculates(&binary.op) => self.finds(expr, "it calculates"),
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                if CALCULATING.iter().any(|begin| name.starts_with(begin)) {
                    self.finds(expr, "it calculates");
                }
            }
            _ => {}
        }
        syn::visit::visit_expr(self, expr);
    }

    fn visit_signature(&mut self, signature: &'ast Signature) {
        if signature.asyncness.is_some() {
            self.finds(signature, "it waits");
        }
        syn::visit::visit_signature(self, signature);
    }

    fn visit_item_static(&mut self, item: &'ast ItemStatic) {
        if !item.attrs.iter().any(|attribute| attribute.path().is_ident("global_allocator")) {
            self.finds(item, "it keeps state");
        }
    }

    /// Only of uniffi's own macros is known what they hold: how a custom type is converted.
    fn visit_macro(&mut self, invoked: &'ast Macro) {
        let is = |name: &str| invoked.path.segments.last().is_some_and(|last| last.ident == name);
        if is("setup_scaffolding") {
            return;
        }
        match conversions(&invoked.tokens).filter(|_| is("custom_type")) {
            Some(fields) => fields.iter().for_each(|field| {
                let mut inner = Self(Vec::new());
                inner.visit_expr(&field.expr);
                self.0.extend(inner.0);
            }),
            None => self.finds(invoked, "a macro hides what it does"),
        }
    }
}

/// What stands in the braces of a custom type; none if it has the conversions of its types.
fn conversions(tokens: &TokenStream) -> Option<Punctuated<FieldValue, Token![,]>> {
    let braces = tokens.clone().into_iter().find_map(|tree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    });
    Punctuated::parse_terminated.parse2(braces.unwrap_or_default()).ok()
}

/// Everything but bits, booleans and equality.
fn calculates(op: &BinOp) -> bool {
    !matches!(
        op,
        BinOp::And(_)
            | BinOp::Or(_)
            | BinOp::BitAnd(_)
            | BinOp::BitOr(_)
            | BinOp::Shl(_)
            | BinOp::Shr(_)
            | BinOp::Eq(_)
            | BinOp::Ne(_)
    )
}
