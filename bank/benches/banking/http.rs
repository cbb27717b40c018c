//! The service as a process, and connections to it.
#![allow(dead_code, reason = "who includes this uses a part of it")]

use std::{
    error::Error,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub(crate) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The service, until this is dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) address: String,
}

impl Served {
    /// Starts it, and waits until it listens.
    pub(crate) fn start(mut command: Command) -> Fallible<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening on http://").ok_or("not started")?;
        Ok(Self { address: address.to_owned(), child })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One connection, over which one request is sent after the other.
pub(crate) struct Connection(TcpStream);

/// What was answered.
pub(crate) struct Answer {
    head: String,
    pub(crate) body: String,
}

impl Connection {
    pub(crate) async fn to(address: &str) -> Fallible<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Sends a whole request and reads its answer: a head, and as many bytes as it says.
    pub(crate) async fn exchange(&mut self, request: &str) -> Fallible<Answer> {
        self.0.write_all(request.as_bytes()).await?;
        let mut all = Vec::with_capacity(8192);
        loop {
            if self.0.read_buf(&mut all).await? == 0 {
                return Err("the service hung up".into());
            }
            let Some(end) = all.windows(4).position(|window| window == b"\r\n\r\n") else {
                continue;
            };
            let (head, body) = all.split_at(end + 4);
            let head = String::from_utf8(head.to_vec())?;
            let length = header(&head, "content-length: ").ok_or("no length")?.parse::<usize>()?;
            if length <= body.len() {
                return Ok(Answer { body: String::from_utf8(body.to_vec())?, head });
            }
        }
    }
}

impl Answer {
    /// The rest of the first line of the head that begins with this, in lower case.
    pub(crate) fn header(&self, begin: &str) -> Option<&str> {
        header(&self.head, begin)
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.head.starts_with("HTTP/1.1 200 ")
    }
}

fn header<'a>(head: &'a str, begin: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(begin))
}
