//! Reads the bank's pages as a browser does, as far as the walk needs it: elements, their attributes and
//! their texts.
//!
//! The pages are well-formed: each element that is opened is closed in its place, and `<`, `>` and `"`
//! stand for themselves nowhere else. A page that is not is not read.

/// An element with what is in it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    content: Vec<Content>,
}

#[derive(Debug)]
enum Content {
    Element(Element),
    Text(String),
}

impl Element {
    /// Reads a page; none if it is not well-formed. What is given back holds the page's elements.
    pub(crate) fn parse(page: &str) -> Option<Self> {
        let mut open = vec![Self::default()];
        let mut rest = page;
        while let Some((text, after)) = rest.split_once('<') {
            let (tag, after) = after.split_once('>')?;
            rest = after;
            open.last_mut()?.content.push(Content::Text(unescaped(text)));
            if tag.starts_with('!') {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                let done = open.pop().filter(|done| done.name == name)?;
                open.last_mut()?.content.push(Content::Element(done));
                continue;
            }
            let element = Self::opened(tag)?;
            if VOID.contains(&element.name.as_str()) {
                open.last_mut()?.content.push(Content::Element(element));
            } else if open.len() < DEEPEST {
                open.push(element);
            } else {
                return None;
            }
        }
        let whole = open.pop()?;
        (open.is_empty() && rest.trim().is_empty()).then_some(whole)
    }

    /// What stands between `<` and `>`.
    fn opened(tag: &str) -> Option<Self> {
        let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                break;
            }
            let end = rest.find(|sign: char| sign == '=' || sign.is_whitespace());
            let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
            let value = match after.strip_prefix("=\"") {
                Some(quoted) => {
                    let (value, after) = quoted.split_once('"')?;
                    rest = after;
                    unescaped(value)
                }
                None if after.starts_with('=') => return None,
                None => {
                    rest = after;
                    String::new()
                }
            };
            attributes.push((name.to_owned(), value));
        }
        Some(Self { name: name.to_owned(), attributes, content: Vec::new() })
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// An attribute's value: nothing in it where the attribute has none.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All elements in this one, at any depth, in the page's order.
    pub(crate) fn all(&self) -> Vec<&Self> {
        let mut found = Vec::new();
        for content in &self.content {
            if let Content::Element(element) = content {
                found.push(element);
                found.extend(element.all());
            }
        }
        found
    }

    /// All text in it, with one space where there is white space or another element begins.
    pub(crate) fn text(&self) -> String {
        let mut words = Vec::new();
        self.gather(&mut words);
        words.join(" ")
    }

    fn gather(&self, words: &mut Vec<String>) {
        for content in &self.content {
            match content {
                Content::Element(element) => element.gather(words),
                // A space of Japanese writing is part of a name.
                Content::Text(text) => {
                    words.extend(text.split_ascii_whitespace().map(str::to_owned));
                }
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}

/// Elements that are never closed.
const VOID: [&str; 6] = ["br", "hr", "img", "input", "link", "meta"];
const DEEPEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_attributes_and_texts_are_read() {
        let page = "<!DOCTYPE html><html lang=\"ja\"><body><h1>振込 &amp; &lt;b&gt;</h1>\
                    <p>a<br>b  c</p><input name=\"x\" required value=\"&quot;1&quot;\"></body></html>";
        let page = Element::parse(page).unwrap();
        let all = page.all();
        let names: Vec<_> = all.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["html", "body", "h1", "p", "br", "input"]);
        assert_eq!(all[0].attribute("lang"), Some("ja"));
        assert_eq!(all[2].text(), "振込 & <b>");
        assert_eq!(all[3].text(), "a b c");
        assert_eq!(all[5].attribute("value"), Some("\"1\""));
        assert_eq!(all[5].attribute("required"), Some(""));
        assert_eq!(all[5].attribute("type"), None);
        assert_eq!(Element::parse("<p>ワリフ　タロウ</p>").unwrap().text(), "ワリフ　タロウ");
    }

    #[test]
    fn what_is_not_well_formed_is_not_read() {
        let deep = "<p>".repeat(DEEPEST) + &"</p>".repeat(DEEPEST);
        for page in
            ["<p>", "</p>", "<p></b>", "<p></p", "<p a=1></p>", "<p a=\"1></p>", "<p></p>x", &deep]
        {
            assert!(Element::parse(page).is_none(), "{page}");
        }
    }
}
