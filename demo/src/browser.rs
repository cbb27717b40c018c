//! A browser without JavaScript: opens pages, follows links, sends forms, keeps cookies.

use std::collections::BTreeMap;

use ureq::{
    Agent, Body,
    http::{
        Response,
        header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE},
    },
};
use warifu_desktop::locale::Lang;

use crate::page::{NotSent, Page};

/// What a person does at the bank's pages.
pub(crate) struct Browser {
    agent: Agent,
    url: String,
    language: &'static str,
    cookies: BTreeMap<String, String>,
    shown: Option<Page>,
}

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrowserError {
    #[error("the bank does not answer: {0}")]
    Unreachable(#[from] ureq::Error),
    #[error("the page of {0} cannot be read")]
    Unreadable(String),
    #[error("{0} leads from page to page without end")]
    Redirects(String),
    #[error("no page is shown")]
    NoPage,
    #[error("the page of {at} has no link to {to}; it says: {said}")]
    NoLink { at: String, to: String, said: String },
    #[error("at {at}: {why}; the page says: {said}")]
    NotSent { at: String, why: NotSent, said: String },
}

impl Browser {
    /// A browser that has not been at the bank of this address yet.
    pub(crate) fn new(url: &str, lang: Lang) -> Self {
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(30)));
        let language = match lang {
            Lang::Ja => "ja",
            Lang::En => "en",
        };
        Self {
            agent: config.build().into(),
            url: url.to_owned(),
            language,
            cookies: BTreeMap::new(),
            shown: None,
        }
    }

    /// Opens a page by its address.
    pub(crate) fn open(&mut self, path: &str) -> Result<&Page, BrowserError> {
        let response = self.get(path)?;
        self.show(path, response)
    }

    /// Follows a link of the page that is shown.
    pub(crate) fn follow(&mut self, path: &str) -> Result<&Page, BrowserError> {
        let page = self.page()?;
        if !page.has_link(path) {
            let (at, to) = (page.path.clone(), path.to_owned());
            return Err(BrowserError::NoLink { at, to, said: page.said() });
        }
        self.open(path)
    }

    /// Sends a form of the page that is shown, with these typed or chosen.
    pub(crate) fn send(
        &mut self,
        action: &str,
        typed: &[(&str, &str)],
    ) -> Result<&Page, BrowserError> {
        let fields = self.filled(action, typed)?;
        self.send_fields(action, &fields)
    }

    /// All that a form of the page that is shown would send, with these typed or chosen.
    pub(crate) fn filled(
        &self,
        action: &str,
        typed: &[(&str, &str)],
    ) -> Result<Vec<(String, String)>, BrowserError> {
        let page = self.page()?;
        page.filled(action, typed).map_err(|why| {
            let (at, said) = (page.path.clone(), page.said());
            BrowserError::NotSent { at, why, said }
        })
    }

    /// Sends what a form had when it was sent before, as a reload does.
    pub(crate) fn send_fields(
        &mut self,
        action: &str,
        fields: &[(String, String)],
    ) -> Result<&Page, BrowserError> {
        let request = self.agent.post(format!("{}{action}", self.url));
        let request = request.header(ACCEPT_LANGUAGE, self.language).header(COOKIE, self.cookie());
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let response = request.send_form(fields)?;
        self.show(action, response)
    }

    /// The page that is shown.
    pub(crate) fn page(&self) -> Result<&Page, BrowserError> {
        self.shown.as_ref().ok_or(BrowserError::NoPage)
    }

    fn get(&self, path: &str) -> Result<Response<Body>, BrowserError> {
        let request = self.agent.get(format!("{}{path}", self.url));
        let request = request.header(ACCEPT_LANGUAGE, self.language).header(COOKIE, self.cookie());
        Ok(request.call()?)
    }

    /// Goes where an answer leads, and shows what is there.
    fn show(&mut self, asked: &str, answer: Response<Body>) -> Result<&Page, BrowserError> {
        let (mut path, mut answer) = (asked.to_owned(), answer);
        for _ in 0..MOST_REDIRECTS {
            self.keep_cookies(&answer);
            let Some(to) = text_of(&answer, &LOCATION) else {
                let body = answer.body_mut().with_config().limit(LONGEST_PAGE).read_to_string()?;
                let page = Page::read(&path, &body);
                let page = page.ok_or(BrowserError::Unreadable(path))?;
                return Ok(self.shown.insert(page));
            };
            answer = self.get(&to)?;
            path = to;
        }
        Err(BrowserError::Redirects(asked.to_owned()))
    }

    fn cookie(&self) -> String {
        let pairs: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    /// A browser keeps `__Host-` cookies of its own machine without TLS too.
    fn keep_cookies(&mut self, answer: &Response<Body>) {
        let lines = answer.headers().get_all(SET_COOKIE).iter();
        for line in lines.filter_map(|line| line.to_str().ok()) {
            let pair = line.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

fn text_of(answer: &Response<Body>, name: &ureq::http::HeaderName) -> Option<String> {
    answer.headers().get(name)?.to_str().ok().map(str::to_owned)
}

const MOST_REDIRECTS: u8 = 5;
const LONGEST_PAGE: u64 = 256 * 1024;
