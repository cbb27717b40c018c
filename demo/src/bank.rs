//! The bank on loopback: the token service and internet banking, with a fresh database.

use std::{io, path::Path, sync::Arc, thread};

use tokio::{runtime::Runtime, sync::oneshot};
use warifu::{
    credential::{Generator, Label},
    otp::{Algorithm, Digits, totp::Steps},
    secret::{Secret, SystemRandom},
    time::UnixMillis,
};
use warifu_bank::{
    api::{self, ApiKey, App, Clients, Limits, Listening},
    bank::{Bank as Banking, ReachableTokens, TransferTerms},
    enrolment::{Enrolments, Rate},
    pages::{self, Pages},
    seeds::{KeyRing, RingKeys, create_private},
    service::{Digests, Service, Terms},
    store::{Client, Database, Store},
};
use warifu_desktop::{locale::Lang, texts};
use warifu_issuer::{Offer, PublicBase, Unlock};
use warifu_verifier::Rules;
use zeroize::Zeroizing;

use crate::{
    clock::Skipped,
    customer::{self, ACTIVATION, OUR_BANK},
};

/// Whatever keeps the bank from starting.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A link by which one token may enrol, with its activation code.
pub(crate) type LinkText = Zeroizing<String>;

/// What the bank is started with.
pub(crate) struct Setup<'a> {
    /// A folder that has no bank yet. Afterwards it has what `warifu-bank init` makes, under the same
    /// names, so that staff's commands work on it.
    pub(crate) folder: &'a Path,
    pub(crate) lang: Lang,
    /// 0 for any that is free.
    pub(crate) port: u16,
    pub(crate) clock: &'a Skipped,
    /// How long a token pays no new payee, and how much then.
    pub(crate) terms: TransferTerms,
}

/// A running bank. It ends with this value.
pub(crate) struct Bank {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    /// Lets the bank's own systems in.
    pub(crate) api_key: Secret,
    /// For the customer's token, and for the one that it is exchanged for.
    pub(crate) links: [LinkText; 2],
    stop: Option<oneshot::Sender<()>>,
    served: Option<thread::JoinHandle<()>>,
}

impl Bank {
    /// Starts the bank, with the demo's customer.
    pub(crate) fn start(setup: Setup<'_>) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let Started { listening, app, pages, api_key, links } = runtime.block_on(prepare(setup))?;
        let url = format!("http://{}", listening.address()?);
        let (stop, stopped) = oneshot::channel();
        let served = thread::spawn(move || serve(&runtime, listening, app, pages, stopped));
        Ok(Self { url, api_key, links, stop: Some(stop), served: Some(served) })
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
    pages: Pages,
    api_key: Secret,
    links: [LinkText; 2],
}

async fn prepare(setup: Setup<'_>) -> Result<Started, Failure> {
    let Setup { folder, lang, port, clock, terms } = setup;
    let clock = clock.of_bank();
    let listening = Listening::at(([127, 0, 0, 1], port).into()).await?;
    let public = PublicBase::new(&format!("http://{}/token", listening.address()?))?;

    let random = Arc::new(SystemRandom::new());
    let ring = KeyRing::generate(&*random)?;
    create_private(&folder.join("warifu-bank.keys"), &ring.text())?;
    let store = new_store(folder).await?;
    let api_key = add_client(&store, folder, clock.now()).await?;

    let enrolment_keys: Vec<_> =
        ring.enrolment_keys().iter().map(|key| Secret::copy_of(key.expose())).collect();
    let again = KeyRing::parse(&ring.text())?;
    let digests: Digests = Arc::new(move |label, parts| again.digest(label, parts));
    let keys = Arc::new(RingKeys::fixed(ring, Box::new(SystemRandom::new())));
    let service = Service::new(
        store.clone(),
        keys,
        Arc::clone(&digests),
        random.clone(),
        Rules::default(),
        Terms::default(),
    );
    let service = Arc::new(service);
    let issuer = texts::demo_bank(lang);
    let rate = Rate::default();
    let enrolments = Enrolments::new(Arc::clone(&service), &enrolment_keys, offer(issuer)?, rate)?;
    let enrolments = Arc::new(enrolments);

    let terms = TransferTerms { bank: Some(customer::number(OUR_BANK)?), ..terms };
    let tokens =
        ReachableTokens::new(Arc::clone(&service), Arc::clone(&enrolments), public.clone());
    let bank = Banking::new(store, Arc::new(tokens), digests, random, rate, terms);
    bank.hold_key().await?;
    customer::add(&bank, lang, clock.now()).await?;
    let account = customer::account_ref()?;
    let mut links = <[LinkText; 2]>::default();
    for link in &mut links {
        let (code, _) = service.activate(Some(&account), ACTIVATION, None, clock.now()).await?;
        *link = enrolments.link(&public, Some(&code));
    }

    let pages = Pages::new(Arc::new(bank), issuer, false, clock.clone());
    let app = App {
        service,
        enrolments,
        public,
        behind_proxy: false,
        clock,
        clients: Clients::default(),
        limits: Limits::default(),
    };
    Ok(Started { listening, app, pages, api_key, links })
}

async fn new_store(folder: &Path) -> Result<Store, Failure> {
    let database = folder.join("warifu-bank.db");
    if database.exists() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    Ok(Store::open(&Database::Sqlite(database), 1).await?)
}

/// Lets one of the bank's own systems in; gives its key, which is in a file too.
async fn add_client(store: &Store, folder: &Path, now: UnixMillis) -> Result<Secret, Failure> {
    let api_key = ApiKey::generate(&SystemRandom::new())?;
    let client =
        Client { id: api_key.client(), name: "demo".to_owned(), key_digest: api_key.digest() };
    store.add_client(&client, now).await?;
    create_private(&folder.join("warifu-bank.api-key"), &api_key.text())?;
    Ok(api_key.text())
}

fn offer(issuer: &str) -> Result<Offer, Failure> {
    Ok(Offer {
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
    })
}

fn serve(
    runtime: &Runtime,
    listening: Listening,
    app: App,
    pages: Pages,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        let service = Arc::clone(&app.service);
        let stop = async {
            // That nobody holds the other end any more is the sign.
            let _ = stopped.await;
        };
        api::serve(listening, api::router(app).merge(pages::router(pages)), stop).await;
        service.store().close().await;
    });
}
