//! A browser without JavaScript, and the pages that it looks at, served in the test's own process.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use form_urlencoded::Serializer;
use tokio::sync::oneshot;
use warifu::time::{Millis, UnixMillis};
use warifu_bank::{
    api::{Listening, serve},
    bank::Bank,
    clock::Clock,
    pages::{Pages, router},
    service::Service,
};

use crate::{
    customers::{self, Customers},
    stored::NOW,
    support::http::{Answer, Request},
};

/// The pages of a bank, at an address. They take the word of a proxy for whom they serve.
pub struct Site {
    pub customers: Customers,
    address: String,
    clock: Arc<AtomicI64>,
}

/// Walks on both databases.
pub fn on_both(walk: impl Fn(&Site)) {
    on_both_with(|tokens| customers::bank(tokens.store().clone(), tokens.clone()), walk);
}

/// With a bank that is made beside the token service, as by [`customers::bank`].
pub fn on_both_with(make: impl Fn(&Arc<Service>) -> Bank, walk: impl Fn(&Site)) {
    customers::on_both_with(make, async |customers| {
        let now = Arc::new(AtomicI64::new(NOW.0));
        let read = now.clone();
        let clock = Clock::from_fn(move || UnixMillis(read.load(Ordering::Relaxed)));
        let pages = Pages::new(customers.bank.clone(), "割符信用金庫", true, clock);
        let listening = Listening::at(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listening.address().unwrap().to_string();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listening, router(pages), async {
            let _ = stopped.await;
        }));
        let site = Site { customers, address, clock: now };
        tokio::task::block_in_place(|| walk(&site));
        drop(stop);
        serving.await.unwrap();
    });
}

impl Site {
    pub fn browser(&self) -> Browser<'_> {
        self.browser_at(None)
    }

    /// A browser that the proxy sees at this address.
    pub fn browser_at(&self, from: Option<&'static str>) -> Browser<'_> {
        Browser { site: self, cookie: None, device: None, from, language: "ja", page: None }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the bank does beside its pages.
    pub fn run<T>(&self, asked: impl Future<Output = T>) -> T {
        tokio::runtime::Handle::current().block_on(asked)
    }

    pub fn pass(&self, time: Millis) {
        self.clock.fetch_add(i64::try_from(time.0).unwrap(), Ordering::Relaxed);
    }

    pub fn now(&self) -> UnixMillis {
        UnixMillis(self.clock.load(Ordering::Relaxed))
    }

    pub fn send(&self, request: &Request) -> Answer {
        request.send(&self.address)
    }
}

pub struct Browser<'a> {
    pub site: &'a Site,
    /// The value of the session's cookie.
    pub cookie: Option<String>,
    /// The value of the cookie that an earlier login has left.
    pub device: Option<String>,
    pub from: Option<&'static str>,
    pub language: &'static str,
    page: Option<Answer>,
}

impl Browser<'_> {
    pub fn get(&mut self, path: &str) -> &mut Self {
        let request = self.request("GET", path);
        self.take(&request)
    }

    /// Sends a form of the page that is shown, which is followed to where it leads.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> &mut Self {
        let shown = self.page().body.clone();
        assert!(shown.contains(&format!("action=\"{path}\"")), "no form for {path}: {shown}");
        self.send(path, &self.form_token(), fields)
    }

    /// Sends fields, with this for a form token.
    pub fn send(&mut self, path: &str, form_token: &str, fields: &[(&str, &str)]) -> &mut Self {
        let request = self.form(path, form_token, fields);
        self.take(&request)
    }

    /// The same, not sent yet.
    pub fn form(&self, path: &str, form_token: &str, fields: &[(&str, &str)]) -> Request {
        let mut body = Serializer::new(String::new());
        body.append_pair("form_token", form_token).extend_pairs(fields);
        self.request("POST", path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body.finish().as_bytes())
    }

    pub fn form_token(&self) -> String {
        self.hidden("form_token")
    }

    /// The value of a hidden field of the page that is shown.
    pub fn hidden(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let page = self.page();
        let (_, rest) = page.body.split_once(&begin).unwrap_or_else(|| panic!("{page:?}"));
        rest.split_once('"').unwrap().0.to_owned()
    }

    pub fn page(&self) -> &Answer {
        self.page.as_ref().unwrap()
    }

    /// Holds the page that is shown to its status and to a text on it.
    pub fn shows(&mut self, status: u16, text: &str) -> &mut Self {
        let page = self.page();
        assert_eq!(page.status, status, "{page:?}");
        assert!(page.body.contains(text), "{text}: {}", page.body);
        self
    }

    pub fn shows_not(&mut self, text: &str) -> &mut Self {
        assert!(!self.page().body.contains(text), "{text}: {}", self.page().body);
        self
    }

    fn request(&self, method: &str, path: &str) -> Request {
        let mut request = Request::new(method, path).header("Accept-Language", self.language);
        if let Some(from) = self.from {
            request = request.header("X-Forwarded-For", from);
        }
        let session = self.cookie.iter().map(|value| format!("__Host-session={value}"));
        let device = self.device.iter().map(|value| format!("__Host-device={value}"));
        let cookies: Vec<_> = session.chain(device).collect();
        if cookies.is_empty() { request } else { request.header("Cookie", &cookies.join("; ")) }
    }

    fn take(&mut self, request: &Request) -> &mut Self {
        let mut answer = self.site.send(request);
        for _ in 0..4 {
            self.keep_cookies(&answer);
            let Some(to) = header(&answer, "location: ") else { break };
            answer = self.site.send(&self.request("GET", &to));
        }
        self.page = Some(answer);
        self
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        if let Some(value) = set(answer, "session", "") {
            self.cookie = Some(value);
        }
        if let Some(value) = set(answer, "device", " max-age=7776000;") {
            self.device = Some(value);
        }
    }
}

/// The value of a cookie that an answer sets, held to what a browser must know of it.
fn set(answer: &Answer, name: &str, age: &str) -> Option<String> {
    let set = header(answer, &format!("set-cookie: __host-{name}="))?;
    let (value, attributes) = set.split_once(';').unwrap();
    assert_eq!(attributes, format!("{age} path=/; secure; httponly; samesite=strict"));
    // Answers are read in lower case; the cookie is base32.
    Some(value.to_uppercase())
}

fn header(answer: &Answer, begin: &str) -> Option<String> {
    answer.head.lines().find_map(|line| line.strip_prefix(begin)).map(str::to_owned)
}
