//! A page of the bank's, as a person sees it: its heading, what it warns of, its forms and links.

use crate::html::Element;

/// A page that a browser shows.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path, with what follows a question mark.
    pub(crate) path: String,
    pub(crate) heading: String,
    /// What it says first of all, to whoever has it read aloud.
    pub(crate) alert: String,
    /// All that it says below its heading.
    pub(crate) text: String,
    forms: Vec<Form>,
    links: Vec<String>,
}

/// A form, as it is before anything is typed.
#[derive(Debug)]
pub(crate) struct Form {
    action: String,
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: String,
    value: String,
    is_required: bool,
    /// Of one of several choices (a radio button): whether it is the one that is made already.
    choice: Option<bool>,
}

/// Why a form is not sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSent {
    #[error("the page has no form for {0}")]
    NoForm(String),
    #[error("the form has no field {0}")]
    NoField(String),
    #[error("the form wants the field {0}")]
    Missing(String),
}

impl Page {
    /// Reads a page; none if it is not well-formed.
    pub(crate) fn read(path: &str, body: &str) -> Option<Self> {
        let page = Element::parse(body)?;
        let all = page.all();
        let text = |is: &dyn Fn(&Element) -> bool| {
            let found: Vec<_> =
                all.iter().filter(|found| is(found)).map(|found| found.text()).collect();
            found.join(" ")
        };
        let forms = all.iter().filter(|found| found.is("form")).map(|form| Form::of(form));
        let links = all.iter().filter(|found| found.is("a"));
        Some(Self {
            path: path.to_owned(),
            heading: text(&|found| found.is("h1")),
            alert: text(&|found| found.attribute("role") == Some("alert")),
            text: text(&|found| found.is("main")),
            forms: forms.collect(),
            links: links.filter_map(|link| link.attribute("href")).map(str::to_owned).collect(),
        })
    }

    /// What a person reads first.
    pub(crate) fn said(&self) -> String {
        format!("{} {}", self.heading, self.alert).trim().to_owned()
    }

    /// The link that leads away to an address that begins so, as that into a token's app.
    pub(crate) fn link_to(&self, begin: &str) -> Option<&str> {
        self.links.iter().map(String::as_str).find(|link| link.starts_with(begin))
    }

    pub(crate) fn has_link(&self, path: &str) -> bool {
        self.links.iter().any(|link| link == path)
    }

    /// The fields of the form for `action` with these typed or chosen, as a browser sends them: one that
    /// lacks what it wants is not sent.
    pub(crate) fn filled(
        &self,
        action: &str,
        typed: &[(&str, &str)],
    ) -> Result<Vec<(String, String)>, NotSent> {
        let form = self.forms.iter().find(|form| form.action == action);
        let form = form.ok_or_else(|| NotSent::NoForm(action.to_owned()))?;
        for (name, value) in typed {
            let fits = |field: &Field| field.takes(name, value);
            if !form.fields.iter().any(fits) {
                return Err(NotSent::NoField((*name).to_owned()));
            }
        }
        let mut sent: Vec<(String, String)> = Vec::new();
        for field in &form.fields {
            let given = typed.iter().find(|(name, _)| field.name == *name).map(|(_, value)| *value);
            let is_missing = match field.choice {
                Some(_) => given.is_none() && !form.is_chosen(&field.name),
                None => given.unwrap_or(&field.value).is_empty(),
            };
            if field.is_required && is_missing {
                return Err(NotSent::Missing(field.name.clone()));
            }
            // Of several choices only the one that is made is sent.
            let is_sent = match (field.choice, given) {
                (None, _) => true,
                (Some(_), Some(given)) => field.value == given,
                (Some(is_made), None) => is_made,
            };
            if is_sent {
                sent.push((field.name.clone(), given.unwrap_or(&field.value).to_owned()));
            }
        }
        Ok(sent)
    }
}

impl Form {
    fn of(form: &Element) -> Self {
        let fields = form.all().into_iter().filter_map(Field::of).collect();
        Self { action: form.attribute("action").unwrap_or_default().to_owned(), fields }
    }

    /// Whether one of several choices of this name is made already.
    fn is_chosen(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name && field.choice == Some(true))
    }
}

impl Field {
    /// None for what is no field, or has no name and so is not sent.
    fn of(element: &Element) -> Option<Self> {
        let name = element.attribute("name")?.to_owned();
        let value = if element.is("input") {
            element.attribute("value").unwrap_or_default()
        } else if element.is("select") {
            // A browser chooses the first, where no other is chosen already.
            let options: Vec<_> =
                element.all().into_iter().filter(|found| found.is("option")).collect();
            let chosen = options.iter().find(|option| option.attribute("selected").is_some());
            let chosen = chosen.or(options.first());
            chosen.and_then(|option| option.attribute("value")).unwrap_or_default()
        } else {
            return None;
        };
        let is_radio = element.attribute("type") == Some("radio");
        let choice = is_radio.then(|| element.attribute("checked").is_some());
        let is_required = element.attribute("required").is_some();
        Some(Self { name, value: value.to_owned(), is_required, choice })
    }

    /// Whether somebody can type this into it, or choose it.
    fn takes(&self, name: &str, value: &str) -> bool {
        self.name == name && (self.choice.is_none() || self.value == value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><body><main><h1>Register</h1><div role=\"alert\"><p>No.</p></div>\
        <form method=\"post\" action=\"/a\"><input type=\"hidden\" name=\"form_token\" value=\"T\">\
        <input name=\"code\" required value=\"\"><select name=\"kind\"><option value=\"1\">x</option>\
        <option value=\"2\" selected>y</option></select>\
        <input type=\"radio\" name=\"ask\" value=\"yes\" required>\
        <input type=\"radio\" name=\"ask\" value=\"no\" required><button type=\"submit\">Go</button>\
        </form><p><a href=\"/b\">B</a></p></main></body></html>";

    fn page() -> Page {
        Page::read("/a", PAGE).unwrap()
    }

    #[test]
    fn a_page_is_read_as_a_person_sees_it() {
        let page = page();
        assert_eq!((page.heading.as_str(), page.alert.as_str()), ("Register", "No."));
        assert!(page.has_link("/b") && !page.has_link("/c"));
        assert_eq!((page.link_to("/"), page.link_to("http://")), (Some("/b"), None));
        assert_eq!(page.text, "Register No. x y Go B");
    }

    #[test]
    fn a_form_is_sent_with_what_it_had_and_what_is_typed() {
        let sent = page().filled("/a", &[("code", "123456"), ("ask", "no")]).unwrap();
        let sent: Vec<_> =
            sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [("form_token", "T"), ("code", "123456"), ("kind", "2"), ("ask", "no")];
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_choice_that_is_made_is_sent_until_another_one_is_made() {
        let made = PAGE.replace("value=\"no\" required", "value=\"no\" required checked");
        let page = Page::read("/a", &made).unwrap();
        let asked = |typed: &[(&str, &str)]| {
            let sent = page.filled("/a", typed).unwrap();
            let asked = sent.into_iter().filter(|(name, _)| name == "ask");
            asked.map(|(_, value)| value).collect::<Vec<_>>()
        };
        assert_eq!(asked(&[("code", "123456")]), ["no"]);
        assert_eq!(asked(&[("code", "123456"), ("ask", "yes")]), ["yes"]);
    }

    #[test]
    fn what_a_browser_would_not_send_is_not_sent() {
        let page = page();
        let code = ("code", "123456");
        for (action, typed, why) in [
            ("/b", vec![], NotSent::NoForm("/b".to_owned())),
            ("/a", vec![code, ("pin", "1")], NotSent::NoField("pin".to_owned())),
            ("/a", vec![code, ("ask", "perhaps")], NotSent::NoField("ask".to_owned())),
            ("/a", vec![("ask", "no")], NotSent::Missing("code".to_owned())),
            ("/a", vec![code], NotSent::Missing("ask".to_owned())),
        ] {
            assert_eq!(page.filled(action, &typed).unwrap_err(), why);
        }
    }
}
