//! A bank's token service on loopback: good, until it is told to do otherwise.
//!
//! It is made from `docs/enrolment.md` alone, and speaks HTTP as little as that asks for, so that a deed
//! can put any bytes on the wire.
#![allow(dead_code, reason = "each test file uses a part")]

#[path = "../../../src/token/tests/enrol/service.rs"]
mod service;

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use warifu::{
    otp::{
        Algorithm, Digits,
        totp::{self, Period, Steps},
    },
    secret::Secret,
    time::UnixMillis,
};

use crate::fixture::run::Place;
use service::{Reply, Service, answer, sha256};

/// One of those that a token has with its bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    Enrol,
    Confirm,
    Time,
}

pub(crate) const BOTH: [Exchange; 2] = [Exchange::Enrol, Exchange::Confirm];

/// What came.
pub(crate) struct Request {
    pub(crate) exchange: Exchange,
    pub(crate) body: Vec<u8>,
}

/// What is done with it, in place of the good.
pub(crate) type Deed = Arc<dyn Fn(&Books<'_>, &Request, &mut TcpStream) + Send + Sync>;

/// A running service; all that it has issued is kept.
pub(crate) struct Bank {
    address: String,
    shared: Arc<Shared>,
}

struct Shared {
    service: Mutex<Service>,
    deed: Mutex<Option<(Exchange, Deed)>>,
    heard: AtomicUsize,
}

impl Bank {
    /// Its key is made of `seed`.
    pub(crate) fn start(seed: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            service: Mutex::new(Service::new(seed, now())),
            deed: Mutex::new(None),
            heard: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&serving);
                thread::spawn(move || shared.serve(stream.unwrap()));
            }
        });
        Self { address, shared }
    }

    /// The link that leads here.
    pub(crate) fn link(&self) -> String {
        self.link_with_key_of(self)
    }

    /// The link that leads here, with the key of another.
    pub(crate) fn link_with_key_of(&self, other: &Self) -> String {
        other.service().link(None).replace("https://bank.example", &self.url())
    }

    /// From now on a token needs one of these activation codes, each once.
    pub(crate) fn wants(&self, codes: &[&str]) {
        self.service().codes = codes.iter().map(|code| (*code).to_owned()).collect();
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on this is done in one exchange.
    pub(crate) fn does(&self, exchange: Exchange, deed: Deed) {
        *self.shared.deed.lock().unwrap() = Some((exchange, deed));
    }

    pub(crate) fn is_good_again(&self) {
        *self.shared.deed.lock().unwrap() = None;
    }

    /// Requests that have come.
    pub(crate) fn heard(&self) -> usize {
        self.shared.heard.load(Ordering::SeqCst)
    }

    /// Credentials, and how many of them are confirmed.
    pub(crate) fn issued(&self) -> (usize, usize) {
        let service = self.service();
        (service.rows.len(), service.active())
    }

    /// The code key of its only credential.
    pub(crate) fn code_key(&self) -> [u8; 20] {
        Service::code_key(self.service().rows.first_key_value().unwrap().0)
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.shared.service.lock().unwrap()
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        let Some(request) = Request::read(&mut stream) else { return };
        self.heard.fetch_add(1, Ordering::SeqCst);
        let deed = self.deed.lock().unwrap().clone();
        match deed {
            Some((exchange, deed)) if exchange == request.exchange => {
                deed(&Books(&self.service), &request, &mut stream);
            }
            _ => {
                let (status, body) = post(&mut self.service.lock().unwrap(), &request);
                respond(&mut stream, status, &body);
            }
        }
    }
}

/// The token at a place makes the codes of the bank's only credential.
pub(crate) fn shows_the_banks_code(place: &Place, bank: &Bank) {
    let before = code_now(bank);
    let shown = place.warifu(&["code"]).finish().stdout;
    let shown: String = shown.chars().filter(char::is_ascii_digit).collect();
    assert!([before, code_now(bank)].contains(&shown));
}

/// How many credentials a token has.
pub(crate) fn entries(place: &Place) -> usize {
    let listed = place.warifu(&["list", "--json"]).finish();
    listed.stdout.matches("\"credential_id\"").count()
}

/// The code of the bank's only credential.
fn code_now(bank: &Bank) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let steps = Steps { t0: 0, period: Period::from_secs(30).unwrap() };
    let step = steps.at(UnixMillis(i64::try_from(now.as_millis()).unwrap())).unwrap();
    let key = Secret::copy_of(&bank.code_key());
    totp::code(&key, Algorithm::Sha1, Digits::SIX, step.number).expose().to_owned()
}

/// What the service knows and a deed may use. Nothing that a deed makes is written into them.
pub(crate) struct Books<'a>(&'a Mutex<Service>);

impl Books<'_> {
    /// The good reply, though the service will not know of it.
    pub(crate) fn right(&self, request: &Request) -> Vec<u8> {
        let (status, body) = post(&mut self.copy(), request);
        assert_eq!(status, 200);
        body
    }

    /// A package of anything, sealed as the service seals its own.
    pub(crate) fn sealed(&self, request: &Request, package: &[u8]) -> Vec<u8> {
        self.sealed_as(request, package, |psk, digest| (psk, digest))
    }

    /// The same with another psk or digest of the request.
    pub(crate) fn sealed_as(
        &self,
        request: &Request,
        package: &[u8],
        change: impl Fn([u8; 32], [u8; 32]) -> ([u8; 32], [u8; 32]),
    ) -> Vec<u8> {
        let (plaintext, psk) = self.copy().open(&request.body).unwrap();
        let id = plaintext[1..17].try_into().unwrap();
        let (psk, digest) = change(psk, sha256(&[&request.body]));
        answer(&plaintext[17..49], &id, &digest, &psk, package)
    }

    /// The package of the good answer.
    pub(crate) fn package(&self, request: &Request) -> String {
        let service = self.copy();
        let (plaintext, _) = service.open(&request.body).unwrap();
        service.package(&plaintext[1..17].try_into().unwrap())
    }

    /// A verdict that is genuine for this message.
    pub(crate) fn verdict(&self, message: &[u8], verdict: u8) -> Vec<u8> {
        let id = message[1..17].try_into().unwrap();
        Service::verdict(&id, message, verdict, now())
    }

    /// A verdict under the key of a credential that is not this one.
    pub(crate) fn strange_verdict(&self, message: &[u8], verdict: u8) -> Vec<u8> {
        Service::verdict(&[7; 16], message, verdict, now())
    }

    fn copy(&self) -> Service {
        self.0.lock().unwrap().clone()
    }
}

impl Request {
    /// A request that another token might send to this one's service.
    pub(crate) fn of_another_token(body: &[u8]) -> Self {
        Self { exchange: Exchange::Enrol, body: body.to_vec() }
    }

    fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut all = Vec::new();
        let mut chunk = [0; 1024];
        loop {
            let len = stream.read(&mut chunk).ok()?;
            all.extend_from_slice(&chunk[..len]);
            if len == 0 {
                return None;
            }
            let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length?.parse().ok()?;
            if all.len() == end + 4 + length {
                assert!(head.contains("\r\ncontent-type: application/octet-stream"), "{head}");
                let exchange = match head.split(' ').nth(1)? {
                    "/token/enrol" => Exchange::Enrol,
                    "/token/confirm" => Exchange::Confirm,
                    "/token/time" => Exchange::Time,
                    other => panic!("nobody is at {other}"),
                };
                return Some(Self { exchange, body: all.split_off(end + 4) });
            }
        }
    }
}

/// A deed that puts these bytes on the wire and hangs up.
pub(crate) fn sends(
    bytes: impl Fn(&Books<'_>, &Request) -> Vec<u8> + Send + Sync + 'static,
) -> Deed {
    Arc::new(move |books, request, stream| {
        let _ = stream.write_all(&bytes(books, request));
    })
}

/// A deed that responds 200 with this body.
pub(crate) fn answers(
    body: impl Fn(&Books<'_>, &Request) -> Vec<u8> + Send + Sync + 'static,
) -> Deed {
    sends(move |books, request| response("200 OK", &body(books, request)))
}

/// A response as it goes over the wire; more lines of its head may follow the status.
pub(crate) fn response(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn respond(stream: &mut TcpStream, status: u16, body: &[u8]) {
    let _ = stream.write_all(&response(&format!("{status} Status"), body));
}

fn post(service: &mut Service, request: &Request) -> Reply {
    service.clock = now();
    let path = match request.exchange {
        Exchange::Enrol => "https://bank.example/token/enrol",
        Exchange::Confirm => "https://bank.example/token/confirm",
        Exchange::Time => "https://bank.example/token/time",
    };
    service.post(path, &request.body)
}

/// Sends a byte at a time, each before any read of it would time out, for as long as somebody listens.
pub(crate) fn drip(stream: &mut TcpStream, bytes: &[u8]) {
    for byte in bytes {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(500));
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}
