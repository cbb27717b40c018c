//! A document as a tree of the elements that the profile has. It borrows every text.

use std::borrow::Cow;

use quick_xml::{
    NsReader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
    name::{Namespace, ResolveResult},
};

use super::{Error, Part};

const PSKC: &str = "urn:ietf:params:xml:ns:keyprov:pskc";
const WARIFU: &str = "urn:x-warifu:pskc:1";

const MAX_ELEMENTS: usize = 256;
const MAX_DEPTH: usize = 12;

/// An element whose parts are taken one by one; what is left in the end is unknown.
pub(super) struct Element<'d> {
    pub(super) part: Part,
    attributes: Vec<(Part, String)>,
    children: Vec<Element<'d>>,
    text: Vec<Cow<'d, str>>,
}

/// Reads the one element that a document is.
pub(super) fn read(document: &str) -> Result<Element<'_>, Error> {
    let mut reader = NsReader::from_str(document);
    reader.config_mut().expand_empty_elements = true;
    let (mut open, mut root, mut elements) = (Vec::<Element<'_>>::new(), None, 0_usize);
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| Error::Malformed)?;
        match event {
            Event::Start(start) => {
                elements = elements.saturating_add(1);
                if elements > MAX_ELEMENTS || open.len() >= MAX_DEPTH {
                    return Err(Error::TooComplex);
                }
                if root.is_some() {
                    return Err(Error::Malformed);
                }
                open.push(Element::begin(&namespace, &start)?);
            }
            Event::End(_) => {
                let element = open.pop().ok_or(Error::Malformed)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => root = Some(element),
                }
            }
            Event::Text(text) => add_text(&mut open, text.into_inner())?,
            Event::GeneralRef(reference) => {
                add_text(&mut open, Cow::Owned(resolve(&reference)?.to_string()))?;
            }
            Event::Decl(declaration) => {
                // quick-xml has them at the beginning alone. Another encoding would not be UTF-8.
                let is_utf8 = match declaration.encoding() {
                    None => true,
                    Some(encoding) => encoding.is_ok_and(|name| name.eq_ignore_ascii_case("utf-8")),
                };
                if !is_utf8 || elements > 0 {
                    return Err(Error::NotTaken);
                }
            }
            Event::Comment(_) => {}
            Event::CData(_) | Event::PI(_) | Event::DocType(_) => return Err(Error::NotTaken),
            Event::Empty(_) => return Err(Error::Malformed),
            Event::Eof => break,
        }
    }
    if open.is_empty() { root.ok_or(Error::Malformed) } else { Err(Error::Malformed) }
}

/// Between elements, and outside of all, only white space may stand; that is seen when an element ends.
fn add_text<'d>(open: &mut [Element<'d>], text: Cow<'d, str>) -> Result<(), Error> {
    match open.last_mut() {
        Some(element) => element.text.push(text),
        None if is_blank(&text) => {}
        None => return Err(Error::Malformed),
    }
    Ok(())
}

/// The five entities that XML has, and those by number.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Error> {
    if let Some(c) = reference.resolve_char_ref().map_err(|_| Error::Malformed)? {
        return Ok(c);
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(Error::NotTaken),
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

impl<'d> Element<'d> {
    fn begin(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Self, Error> {
        let part = Part::of_name(start.local_name().into_inner()).ok_or(Error::Unknown)?;
        let home = if part == Part::CredentialPolicy { WARIFU } else { PSKC };
        if *namespace != ResolveResult::Bound(Namespace(home)) {
            return Err(Error::Unknown);
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Error::Malformed)?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let name = Part::of_name(attribute.key.into_inner()).ok_or(Error::Unknown)?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| Error::Malformed)?;
            attributes.push((name, value.into_owned()));
        }
        Ok(Self { part, attributes, children: Vec::new(), text: Vec::new() })
    }

    /// The value of an attribute that must be there.
    pub(super) fn attribute(&mut self, part: Part) -> Result<String, Error> {
        self.optional_attribute(part).ok_or(Error::Missing { part })
    }

    /// The value of an attribute, if it is there.
    pub(super) fn optional_attribute(&mut self, part: Part) -> Option<String> {
        let at = self.attributes.iter().position(|(name, _)| *name == part)?;
        Some(self.attributes.swap_remove(at).1)
    }

    /// The one child of this name.
    pub(super) fn take(&mut self, part: Part) -> Result<Self, Error> {
        self.take_optional(part)?.ok_or(Error::Missing { part })
    }

    /// The one child of this name, if there is any.
    pub(super) fn take_optional(&mut self, part: Part) -> Result<Option<Self>, Error> {
        let mut children = self.take_all(part).into_iter();
        match (children.next(), children.next()) {
            (child, None) => Ok(child),
            _ => Err(Error::Repeated { part }),
        }
    }

    /// Every child of this name.
    pub(super) fn take_all(&mut self, part: Part) -> Vec<Self> {
        self.children.extract_if(.., |child| child.part == part).collect()
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Result<(), Error> {
        let is_empty = self.attributes.is_empty() && self.children.is_empty();
        let is_blank = self.text.iter().all(|text| is_blank(text));
        if is_empty && is_blank { Ok(()) } else { Err(Error::Unknown) }
    }

    /// All of its text. Not for secrets: it is a copy.
    pub(super) fn text(mut self) -> Result<String, Error> {
        let text = std::mem::take(&mut self.text).concat();
        self.end()?;
        Ok(text)
    }

    /// Its text where that stands in the document, in one piece.
    pub(super) fn whole_text(mut self) -> Result<&'d str, Error> {
        let text = std::mem::take(&mut self.text);
        self.end()?;
        match text.as_slice() {
            [Cow::Borrowed(text)] => Ok(text),
            _ => Err(Error::NotBase64),
        }
    }
}
