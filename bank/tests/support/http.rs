use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// A request, as it goes over the wire.
#[derive(Clone)]
pub struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: bank\r\nConnection: close\r\n");
        Self { head, body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.head.push_str(&format!("{name}: {value}\r\n"));
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").body(body.to_string().as_bytes())
    }

    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    pub fn send(&self, address: &str) -> Answer {
        Connection::to(address).exchange(self)
    }

    pub fn bytes(&self) -> Vec<u8> {
        let length = format!("Content-Length: {}\r\n\r\n", self.body.len());
        [self.head.as_bytes(), length.as_bytes(), &self.body].concat()
    }
}

/// A connection for one exchange.
pub struct Connection(TcpStream);

impl Connection {
    pub fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self(stream)
    }

    pub fn exchange(mut self, request: &Request) -> Answer {
        self.0.write_all(&request.bytes()).unwrap();
        self.answer().unwrap()
    }

    /// Sends a part of a request, or none.
    pub fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    /// Sends as much as is taken: who is refused early may not get rid of all of it.
    pub fn offer(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes);
    }

    /// Sends a part of a request, and hangs up. A service that is gone is no fault here.
    pub fn cut(address: &str, bytes: &[u8]) {
        if let Ok(mut stream) = TcpStream::connect(address) {
            let _ = stream.write_all(bytes);
        }
    }

    /// Sends a request to a service that may be gone, or go meanwhile.
    pub fn risk(address: &str, request: &Request) -> Option<Answer> {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        stream.write_all(&request.bytes()).ok()?;
        Self(stream).answer().filter(Answer::is_whole)
    }

    /// The answer, if there is one.
    pub fn answer(mut self) -> Option<Answer> {
        let mut all = Vec::new();
        let _ = self.0.read_to_end(&mut all);
        Answer::parse(&all)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    fn parse(all: &[u8]) -> Option<Self> {
        let end = all.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&all[..end]).ok()?.to_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let bytes = all[end + 4..].to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Some(Self { status, head, body, bytes })
    }

    /// Whether all of it is there.
    pub fn is_whole(&self) -> bool {
        let length = self.head.lines().find_map(|line| line.strip_prefix("content-length: "));
        length.is_some_and(|length| length.parse() == Ok(self.bytes.len()))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// A problem's code.
    pub fn code(&self) -> String {
        assert!(self.head.contains("content-type: application/problem+json"), "{self:?}");
        self.json()["code"].as_str().unwrap().to_owned()
    }
}
