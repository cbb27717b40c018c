//! `warifu enrol` over TLS: only with who shows a certificate for its name, by an authority that the
//! system trusts.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test that cannot go on is to stop"
)]

mod bank;
mod fixture;

use std::{
    io,
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivatePkcs8KeyDer};

use bank::{Bank, entries};
use fixture::run::Place;

const UNTRUSTED: &str = "W-607";
const CERTIFICATE_TIME: &str = "W-303";

#[test]
fn a_service_with_a_certificate_that_the_system_trusts_enrols() {
    let (place, bank, authority) = (Place::with(&[]), Bank::start(1), Authority::new());
    let link = bank.behind(&authority.certificate("localhost", 2100));
    let trusted = place.write("roots.pem", authority.pem.as_bytes());
    let ended = place.warifu(&["enrol", &link]).env("SSL_CERT_FILE", &trusted).finish();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!((bank.issued(), entries(&place)), ((1, 1), 1));
}

#[test]
fn one_without_is_not_spoken_to() {
    let authority = Authority::new();
    for (name, certificate) in [
        ("another authority's", Authority::new().certificate("localhost", 2100)),
        ("for another name", authority.certificate("bank.example", 2100)),
    ] {
        let (place, bank) = (Place::with(&[]), Bank::start(1));
        let link = bank.behind(&certificate);
        let trusted = place.write("roots.pem", authority.pem.as_bytes());
        let ended = place.warifu(&["enrol", &link]).env("SSL_CERT_FILE", &trusted).finish();
        assert!(ended.code == Some(1) && ended.stderr.contains(UNTRUSTED), "{name}: {ended:?}");
        assert_eq!((bank.heard(), entries(&place)), (0, 0), "{name}");
    }
}

#[test]
fn a_certificate_that_is_not_valid_at_the_pcs_time_is_told_in_words() {
    let authority = Authority::new();
    for (year, time) in [(2020, None), (2100, Some("2018-06-01 12:00:00"))] {
        let (place, bank) = (Place::with(&[]), Bank::start(1));
        let link = bank.behind(&authority.certificate("localhost", year));
        let trusted = place.write("roots.pem", authority.pem.as_bytes());
        for (lang, words) in
            [("ja", "端末の日時を直してください"), ("en", "Set the device's date and time")]
        {
            let enrol = place.warifu(&["enrol", &link, "--lang", lang]);
            let enrol = enrol.env("SSL_CERT_FILE", &trusted);
            let enrol = match time {
                Some(time) => enrol.at(time),
                None => enrol,
            };
            let ended = enrol.finish();
            let told = ended.stderr.contains(CERTIFICATE_TIME) && ended.stderr.contains(words);
            assert!(ended.code == Some(1) && told, "{year}: {ended:?}");
        }
        assert_eq!((bank.heard(), entries(&place)), (0, 0), "{year}");
    }
}

/// Who signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// For a host, until the end of a year.
    fn certificate(&self, host: &str, year: i32) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into());
        Arc::new(config.unwrap())
    }
}

impl Bank {
    /// The link to a door before this bank that speaks TLS.
    fn behind(&self, config: &Arc<ServerConfig>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let door = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (config, inside) = (Arc::clone(config), self.url().replace("http://", ""));
        thread::spawn(move || {
            for outside in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                // Whoever does not trust the certificate hangs up.
                let _ = join(StreamOwned::new(connection, outside.unwrap()), &inside);
            }
        });
        self.link().replace(&self.url(), &door)
    }
}

/// One request and one answer.
fn join(mut outside: StreamOwned<ServerConnection, TcpStream>, inside: &str) -> io::Result<()> {
    let request = http::read(&mut outside)?;
    let mut inside = TcpStream::connect(inside)?;
    io::Write::write_all(&mut inside, &request)?;
    io::copy(&mut inside, &mut outside)?;
    outside.conn.send_close_notify();
    io::Write::flush(&mut outside)
}

mod http {
    use std::io::{self, Read};

    /// A whole request: its head, and as much body as that says.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Vec<u8>> {
        let (mut request, mut byte) = (Vec::new(), [0]);
        while !request.ends_with(b"\r\n\r\n") {
            from.read_exact(&mut byte)?;
            request.push(byte[0]);
        }
        let head = String::from_utf8(request.clone()).unwrap().to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        from.read_exact(&mut body)?;
        request.extend(body);
        Ok(request)
    }
}
