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

/// The pages of a bank, at an address.
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
        let pages = Pages::new(customers.bank.clone(), "割符信用金庫", false, clock);
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
        Browser { site: self, cookie: None, language: "ja", page: None }
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
        let mut body = Serializer::new(String::new());
        body.append_pair("form_token", form_token).extend_pairs(fields);
        let request = self
            .request("POST", path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body.finish().as_bytes());
        self.take(&request)
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
        let request = Request::new(method, path).header("Accept-Language", self.language);
        match &self.cookie {
            Some(cookie) => request.header("Cookie", &format!("__Host-session={cookie}")),
            None => request,
        }
    }

    fn take(&mut self, request: &Request) -> &mut Self {
        let mut answer = self.site.send(request);
        for _ in 0..4 {
            self.keep_cookie(&answer);
            let Some(to) = header(&answer, "location: ") else { break };
            answer = self.site.send(&self.request("GET", &to));
        }
        self.page = Some(answer);
        self
    }

    fn keep_cookie(&mut self, answer: &Answer) {
        let Some(set) = header(answer, "set-cookie: __host-session=") else { return };
        let (value, attributes) = set.split_once(';').unwrap();
        assert_eq!(attributes, " path=/; secure; httponly; samesite=strict");
        // Answers are read in lower case; the cookie is base32.
        self.cookie = Some(value.to_uppercase());
    }
}

fn header(answer: &Answer, begin: &str) -> Option<String> {
    answer.head.lines().find_map(|line| line.strip_prefix(begin)).map(str::to_owned)
}
