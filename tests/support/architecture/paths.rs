//! Every path that a Rust source writes down, wherever it stands.
//!
//! The paths are read off the tokens rather than the syntax tree, since a tree ends where a macro
//! or an attribute begins. Groups after `::` are spread out, so `a::{b, c::*}` is two paths.

use std::{iter::Peekable, slice::Iter};

use proc_macro2::{Delimiter, Ident, Literal, Spacing, TokenStream, TokenTree};
use syn::{Attribute, ItemMod, ext::IdentExt, visit::Visit};

/// A path as it is written, `crate::a::B` for instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// Counted from 1.
    pub(crate) line: usize,
    /// The module that it stands in.
    pub(crate) module: Vec<String>,
    pub(crate) segments: Vec<String>,
    pub(crate) end: End,
    pub(crate) place: Place,
}

impl Path {
    /// Whether it names what `place` names or something in it, or opens a way to it that this test
    /// could not follow: a glob, or a crate under another name.
    pub(crate) fn leads_to(&self, place: &[&str]) -> bool {
        let named = self.segments.iter().map(String::as_str).filter(|segment| *segment != "self");
        let named: Vec<&str> = named.collect();
        match self.end {
            End::Renamed if named.len() == 1 && place.starts_with(&named) => true,
            End::Glob if !named.is_empty() && place.starts_with(&named) => true,
            _ => named.starts_with(place),
        }
    }
}

/// How a path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Name,
    /// `*`
    Glob,
    /// `as`, in a `use` or a cast.
    Renamed,
}

/// What a path stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Code,
    Attribute,
    /// The definition of a macro, which is expanded who knows where.
    MacroRules,
}

/// A parsed source file.
pub(crate) struct Source {
    pub(crate) paths: Vec<Path>,
    /// First and last line of each module that is compiled for tests alone.
    test_modules: Vec<(usize, usize)>,
    /// The names of the modules in files of their own that are compiled for tests alone.
    pub(crate) test_files: Vec<String>,
}

impl Source {
    /// Reads a file whose module is `module`.
    pub(crate) fn parse(text: &str, module: &[String]) -> Result<Self, String> {
        let tokens: TokenStream = text.parse().map_err(|error| format!("{error}"))?;
        let file = syn::parse_file(text).map_err(|error| error.to_string())?;
        let mut source =
            Self { paths: Vec::new(), test_modules: Vec::new(), test_files: Vec::new() };
        source.visit_file(&file);
        let mut walk =
            Walk { module: module.to_vec(), place: Place::Code, paths: &mut source.paths };
        walk.tokens(tokens);
        Ok(source)
    }

    /// Whether the line belongs to a module that is compiled for tests alone.
    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.test_modules.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.attrs.iter().any(is_cfg_test) {
            match &module.content {
                Some((brace, _)) => {
                    let span = brace.span.join();
                    self.test_modules.push((span.start().line, span.end().line));
                }
                None => self.test_files.push(name(&module.ident)),
            }
        }
        syn::visit::visit_item_mod(self, module);
    }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<Ident>().is_ok_and(|condition| condition == "test")
}

struct Walk<'a> {
    module: Vec<String>,
    place: Place,
    paths: &'a mut Vec<Path>,
}

type Tokens<'a> = Peekable<Iter<'a, TokenTree>>;

impl Walk<'_> {
    fn tokens(&mut self, stream: TokenStream) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut tokens = trees.iter().peekable();
        while let Some(tree) = tokens.next() {
            match tree {
                TokenTree::Punct(punct) if punct.as_char() == '#' => self.attribute(&mut tokens),
                TokenTree::Ident(ident) if ident == "mod" => self.inline_module(&mut tokens),
                TokenTree::Ident(ident) if ident == "macro_rules" => self.macro_rules(&mut tokens),
                TokenTree::Ident(ident) if ident == "extern" => self.extern_crate(&mut tokens),
                // Else `use ::a` would be a path that begins with `use`.
                TokenTree::Ident(ident) if is_keyword(ident) => {}
                TokenTree::Ident(ident) => self.path(&[], ident, &mut tokens),
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) if self.place == Place::Attribute => {
                    self.literal(literal)
                }
                TokenTree::Literal(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    fn attribute(&mut self, tokens: &mut Tokens<'_>) {
        tokens.next_if(|tree| is_punct(tree, '!'));
        if let Some(TokenTree::Group(group)) =
            tokens.next_if(|tree| group_in(tree, Delimiter::Bracket))
        {
            let first = group.stream().into_iter().next();
            match first {
                Some(TokenTree::Ident(ident)) if ident == "doc" => {}
                Some(TokenTree::Ident(ident)) if ident == "path" || ident == "cfg_attr" => {
                    if group.to_string().contains("path =") {
                        self.emit(vec!["#[path]".into()], End::Name, ident.span().start().line);
                    }
                    self.within(Place::Attribute, group.stream());
                }
                _ => self.within(Place::Attribute, group.stream()),
            }
        }
    }

    fn inline_module(&mut self, tokens: &mut Tokens<'_>) {
        tokens.next_if(|tree| is_punct(tree, '$'));
        let Some(TokenTree::Ident(ident)) =
            tokens.next_if(|tree| matches!(tree, TokenTree::Ident(_)))
        else {
            return;
        };
        if let Some(TokenTree::Group(group)) =
            tokens.next_if(|tree| group_in(tree, Delimiter::Brace))
        {
            self.module.push(name(ident));
            self.tokens(group.stream());
            self.module.pop();
        }
    }

    fn macro_rules(&mut self, tokens: &mut Tokens<'_>) {
        self.emit(vec!["macro_rules".into()], End::Name, tokens_line(tokens));
        tokens.next_if(|tree| is_punct(tree, '!'));
        tokens.next_if(|tree| matches!(tree, TokenTree::Ident(_)));
        if let Some(TokenTree::Group(group)) =
            tokens.next_if(|tree| matches!(tree, TokenTree::Group(_)))
        {
            self.within(Place::MacroRules, group.stream());
        }
    }

    fn extern_crate(&mut self, tokens: &mut Tokens<'_>) {
        let line = tokens_line(tokens);
        if tokens
            .next_if(|tree| matches!(tree, TokenTree::Ident(ident) if ident == "crate"))
            .is_some()
        {
            self.emit(vec!["extern_crate".into()], End::Name, line);
        }
    }

    /// Attributes may hold paths as strings: `#[serde(with = "crate::a")]`.
    fn literal(&mut self, literal: &Literal) {
        let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) else { return };
        let line = literal.span().start().line;
        if let Ok(stream) = text.value().parse::<TokenStream>() {
            let known = self.paths.len();
            self.tokens(stream);
            // A message's words are no paths.
            let found = self.paths.split_off(known).into_iter();
            let paths = found.filter(|path| path.segments.len() > 1 || path.end == End::Glob);
            self.paths.extend(paths.map(|path| Path { line, ..path }));
        }
    }

    fn within(&mut self, place: Place, stream: TokenStream) {
        // What stands in a macro's definition stays there, attributes included.
        let inner = if self.place == Place::MacroRules { self.place } else { place };
        let outer = std::mem::replace(&mut self.place, inner);
        self.tokens(stream);
        self.place = outer;
    }

    /// A path that begins with `prefix` and goes on with `first`.
    fn path(&mut self, prefix: &[String], first: &Ident, tokens: &mut Tokens<'_>) {
        let line = first.span().start().line;
        let mut segments = prefix.to_vec();
        segments.push(name(first));
        while separator(tokens) {
            match tokens.peek() {
                Some(TokenTree::Ident(ident)) => segments.push(name(ident)),
                Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => {
                    tokens.next();
                    return self.emit(segments, End::Glob, line);
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    tokens.next();
                    return self.spread(&segments, group.stream(), line);
                }
                // Generic arguments, which are read on their own.
                _ => break,
            }
            tokens.next();
        }
        if tokens.peek().is_some_and(|tree| is_punct(tree, '!') && !is_joint(tree))
            && let Some(last) = segments.last_mut()
        {
            last.push('!');
        }
        let renamed = matches!(tokens.peek(), Some(TokenTree::Ident(ident)) if *ident == "as");
        self.emit(segments, if renamed { End::Renamed } else { End::Name }, line);
    }

    /// Each path of the group that follows `prefix::`.
    fn spread(&mut self, prefix: &[String], group: TokenStream, line: usize) {
        let trees: Vec<TokenTree> = group.into_iter().collect();
        for part in trees.split(|tree| is_punct(tree, ',')) {
            let mut tokens = part.iter().peekable();
            match tokens.next() {
                Some(TokenTree::Ident(ident)) => self.path(prefix, ident, &mut tokens),
                Some(TokenTree::Group(group)) => self.spread(prefix, group.stream(), line),
                Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => {
                    self.emit(prefix.to_vec(), End::Glob, punct.span().start().line);
                }
                // What a macro puts there cannot be known.
                Some(_) => self.emit([prefix, &["?".into()]].concat(), End::Name, line),
                None => {}
            }
        }
    }

    fn emit(&mut self, segments: Vec<String>, end: End, line: usize) {
        let (module, place) = (self.module.clone(), self.place);
        self.paths.push(Path { line, module, segments, end, place });
    }
}

/// Reads over `::`, if it comes next.
fn separator(tokens: &mut Tokens<'_>) -> bool {
    let mut ahead = tokens.clone();
    let first = ahead.next().is_some_and(|tree| is_punct(tree, ':') && is_joint(tree));
    let found = first && ahead.next().is_some_and(|tree| is_punct(tree, ':'));
    if found {
        *tokens = ahead;
    }
    found
}

fn is_punct(tree: &TokenTree, sign: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Whether the sign and the next are one operator, as in `::` or `!=`.
fn is_joint(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint)
}

fn group_in(tree: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == delimiter)
}

fn tokens_line(tokens: &mut Tokens<'_>) -> usize {
    tokens.peek().map_or(0, |tree| tree.span().start().line)
}

/// Whether the word can be no part of a path. `crate`, `self`, `super` and `Self` can.
fn is_keyword(ident: &Ident) -> bool {
    const KEYWORDS: [&str; 34] = [
        "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern",
        "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut",
        "pub", "ref", "return", "static", "struct", "trait", "true", "type", "unsafe", "use",
        "where", "while",
    ];
    KEYWORDS.iter().any(|keyword| ident == keyword)
}

/// An identifier without its `r#`.
fn name(ident: &Ident) -> String {
    ident.unraw().to_string()
}
