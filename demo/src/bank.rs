//! The bank's token service, on loopback, with a fresh database.

use std::{io, path::Path, sync::Arc, thread};

use tokio::{runtime::Runtime, sync::oneshot};
use warifu::{
    credential::{Generator, Label},
    otp::{Algorithm, Digits, totp::Steps},
    secret::{Secret, SystemRandom},
    time::Millis,
};
use warifu_bank::{
    api::{self, ApiKey, App, Clients, Limits, Listening},
    clock::Clock,
    enrolment::{Enrolments, Rate},
    seeds::{KeyRing, RingKeys},
    service::{Digests, Service, Terms},
    store::{Client, Database, Store},
};
use warifu_issuer::{Offer, PublicBase, Unlock};
use warifu_verifier::Rules;
use zeroize::Zeroizing;

/// Three wrong codes lock, so that the walk need not wait.
const FAILURES_UNTIL_LOCKED: u8 = 3;

/// Whatever keeps the service from starting.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A running service. It ends with this value.
pub(crate) struct Bank {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// Lets the bank's own systems in.
    pub(crate) api_key: Secret,
    /// The link by which one token may enrol, with its activation code.
    pub(crate) link: Zeroizing<String>,
    stop: Option<oneshot::Sender<()>>,
    served: Option<thread::JoinHandle<()>>,
}

impl Bank {
    /// Starts the service in a folder that has none yet.
    pub(crate) fn start(folder: &Path, issuer: &str) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let Started { listening, app, url, api_key, link } =
            runtime.block_on(prepare(folder, issuer))?;
        let (stop, stopped) = oneshot::channel();
        let served = thread::spawn(move || serve(&runtime, listening, app, stopped));
        Ok(Self { url, api_key, link, stop: Some(stop), served: Some(served) })
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(served) = self.served.take() {
            let _ = served.join();
        }
    }
}

struct Started {
    listening: Listening,
    app: App,
    url: String,
    api_key: Secret,
    link: Zeroizing<String>,
}

async fn prepare(folder: &Path, issuer: &str) -> Result<Started, Failure> {
    let random = Arc::new(SystemRandom::new());
    let ring = KeyRing::generate(&*random)?;
    let again = KeyRing::parse(&ring.text())?;
    let database = folder.join("demo-bank.db");
    if database.exists() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    let store = Store::open(&Database::Sqlite(database), 1).await?;
    let clock = Clock::system();
    let api_key = ApiKey::generate(&*random)?;
    let client =
        Client { id: api_key.client(), name: "demo".to_owned(), key_digest: api_key.digest() };
    store.add_client(&client, clock.now()).await?;

    let digests: Digests = Arc::new(move |label, parts| again.digest(label, parts));
    let enrolment_keys: Vec<_> =
        ring.enrolment_keys().iter().map(|key| Secret::copy_of(key.expose())).collect();
    let keys = Arc::new(RingKeys::fixed(ring, Box::new(SystemRandom::new())));
    let rules = Rules::builder().failures_until_locked(FAILURES_UNTIL_LOCKED).build()?;
    let service = Service::new(store, keys, digests, random, rules, Terms::default());
    let service = Arc::new(service);
    let offer = Offer {
        issuer: Label::new(issuer)?,
        generator: Generator::Totp {
            algorithm: Algorithm::Sha1,
            digits: Digits::SIX,
            steps: Steps::default(),
        },
        signing: true,
        unlock: Unlock::UserVerification,
        export: false,
        synced_clock: false,
        open: false,
    };
    let enrolments =
        Enrolments::new(Arc::clone(&service), &enrolment_keys, offer, Rate::default())?;
    let listening = Listening::at(([127, 0, 0, 1], 0).into()).await?;
    let url = format!("http://{}", listening.address()?);
    let public = PublicBase::new(&format!("{url}/token"))?;
    let (code, _) = service.activate(None, Millis::from_secs(3600), None, clock.now()).await?;
    let link = enrolments.link(&public, Some(&code));
    let app = App {
        service,
        enrolments: Arc::new(enrolments),
        public,
        behind_proxy: false,
        clock,
        clients: Clients::default(),
        limits: Limits::default(),
    };
    Ok(Started { listening, app, url, api_key: api_key.text(), link })
}

fn serve(runtime: &Runtime, listening: Listening, app: App, stopped: oneshot::Receiver<()>) {
    runtime.block_on(async {
        let service = Arc::clone(&app.service);
        let stop = async {
            // That nobody holds the other end any more is the sign.
            let _ = stopped.await;
        };
        api::serve(listening, api::router(app), stop).await;
        service.store().close().await;
    });
}
