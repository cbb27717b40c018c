//! A token service on loopback, for the tests of every language; beside it, at `/case/…`, a host that
//! does what hosts do.
//!
//! Prints its address, such as `http://127.0.0.1:4711`, and ends with its standard input. `POST /new` makes
//! a service, and answers with its number N and with the link that leads to it, at
//! `https://bank.example/token`: a test maps that to `/N/token`, so that nothing it sees depends on a port.
//! `HEAD /N/` is its front page: a `Date` by its clock.
//! `POST /N/order` obeys:
//!
//! - `clock MILLIS`: the service's clock.
//! - `code DIGITS`: an activation code that is good. While there is one, enrolment is not open.
//! - `unlock WORD`: what the package demands, as it stands there.
//! - `synced true`, `synced false`: whether the package demands that the token has heard its time.
//! - `ages true`, `ages false`: whether its front page comes of a cache, with an `Age`.
//! - `verdict NUMBER`: what it says to each confirmation that is not confirmed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "as in a test")]
#![allow(clippy::arithmetic_side_effects, reason = "as in a test")]

#[allow(dead_code, reason = "the core's tests use the rest")]
#[path = "../src/token/tests/enrol/service.rs"]
mod service;

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use service::Service;

/// RFC 6238's key, whose codes `oathtool` gives.
const KEY: [u8; 20] = *b"12345678901234567890";

struct Host {
    services: Mutex<Vec<Service>>,
    /// How often each case was asked for.
    counts: Mutex<HashMap<String, u32>>,
}

struct Request {
    method: String,
    path: String,
    head: String,
    body: Vec<u8>,
}

fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    let host = Arc::new(Host { services: Mutex::default(), counts: Mutex::default() });
    thread::spawn(move || {
        for stream in listener.incoming() {
            let host = Arc::clone(&host);
            // A client that goes away is no matter.
            thread::spawn(move || _ = host.serve(&stream.unwrap()));
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    process::exit(0)
}

impl Host {
    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        let request = Request::read(stream)?;
        if let Some(case) = request.path.strip_prefix("/case/") {
            *self.counts.lock().unwrap().entry(case.to_owned()).or_default() += 1;
            return self.case(case, &request, stream);
        }
        let mut services = self.services.lock().unwrap();
        if request.path == "/new" {
            let mut service = Service::new(1, 2_000_000_010_000);
            service.same_key = Some(KEY);
            let answer = format!("{}\n{}", services.len(), service.link(None));
            services.push(service);
            return stream.write_all(&response(200, "", answer.as_bytes()));
        }
        let (number, path) = request.path[1..].split_once('/').unwrap();
        let service = &mut services[number.parse::<usize>().unwrap()];
        if request.method == "HEAD" {
            let (date, ages) = service.date();
            let age = if ages { "Age: 86400\r\n" } else { "" };
            return stream.write_all(&response(200, &format!("Date: {date}\r\n{age}"), b""));
        }
        let (status, body) = if path == "order" {
            obey(service, std::str::from_utf8(&request.body).unwrap());
            (200, Vec::new())
        } else {
            service.post(&format!("https://bank.example/{path}"), &request.body)
        };
        stream.write_all(&response(status, "", &body))
    }

    fn case(&self, case: &str, request: &Request, mut stream: &TcpStream) -> io::Result<()> {
        match case {
            "whole" => stream.write_all(&response(200, "", &[7; 100])),
            "echo" => stream.write_all(&response(200, "", &request.echo())),
            "chunked" => stream.write_all(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n\
                  3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
            ),
            "status" => stream.write_all(&response(500, "", b"<html>an error</html>")),
            "unauthorized" => {
                stream.write_all(&response(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", b""))
            }
            "redirect" => stream.write_all(&response(302, "Location: /case/whole\r\n", b"")),
            "cookie" => stream.write_all(&response(200, "Set-Cookie: id=1; Path=/\r\n", b"")),
            "gibberish" => stream.write_all(b"220 mail.example ESMTP\r\n\r\n"),
            "truncated" => {
                stream.write_all(&head(100))?;
                stream.write_all(b"only this much")
            }
            "closed" => Ok(()),
            "huge" => stream.write_all(&head(1_000_000_000)),
            "endless" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                loop {
                    stream.write_all(&[0; 4096])?;
                }
            }
            "silent" => self.wait(stream),
            "dripping" => {
                stream.write_all(&head(1000))?;
                loop {
                    stream.write_all(b".")?;
                    thread::sleep(Duration::from_millis(50));
                }
            }
            "dripping-head" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
                loop {
                    stream.write_all(b"X: y\r\n")?;
                    thread::sleep(Duration::from_millis(50));
                }
            }
            _ => {
                let count = case.strip_prefix("count/").unwrap_or_default();
                let count = self.counts.lock().unwrap().get(count).copied().unwrap_or(0);
                stream.write_all(&response(200, "", count.to_string().as_bytes()))
            }
        }
    }

    /// Until the client goes away.
    #[allow(clippy::unused_self, reason = "as its neighbours")]
    fn wait(&self, mut stream: &TcpStream) -> io::Result<()> {
        while stream.read(&mut [0; 64])? > 0 {}
        Ok(())
    }
}

fn obey(service: &mut Service, order: &str) {
    match order.split_once(' ') {
        Some(("clock", millis)) => service.clock = millis.parse().unwrap(),
        Some(("code", digits)) => _ = service.codes.insert(digits.to_owned()),
        Some(("unlock", "any")) => service.unlock = "any",
        Some(("unlock", "user-verification")) => service.unlock = "user-verification",
        Some(("synced", word)) => service.synced = word.parse().unwrap(),
        Some(("ages", word)) => service.ages = word.parse().unwrap(),
        Some(("verdict", number)) => service.verdict = Some(number.parse().unwrap()),
        _ => panic!("no such order: {order}"),
    }
}

impl Request {
    fn read(stream: &TcpStream) -> io::Result<Self> {
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let mut words = head.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        Ok(Self { method, path, head, body })
    }

    /// What was asked, line by line: the method, the headers' names and values in lower case, the body in
    /// hexadecimal.
    fn echo(&self) -> Vec<u8> {
        let mut echo = format!("{}\n", self.method);
        for line in self.head.lines().skip(1).filter(|line| !line.is_empty()) {
            echo += &line.to_lowercase();
            echo.push('\n');
        }
        self.body.iter().for_each(|byte| write!(echo, "{byte:02x}").unwrap());
        echo.into_bytes()
    }
}

fn response(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} It\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A connection ends with its one response, and each response says so (RFC 9112, section 9.6): a client
/// may otherwise take it for one that lasts, and give it to the next request.
fn head(length: usize) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n").into()
}
