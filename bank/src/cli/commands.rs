use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use warifu::{
    credential::{CredentialId, Label},
    secret::{SystemRandom, scrubbed},
    time::Millis,
};
use warifu_issuer::{Offer, ServiceKeys};
use warifu_verifier::Rules;

use super::{
    Failure,
    arguments::{self, Arguments, Command, Places, Reached},
    contracts, serve,
};
use crate::{
    api::ApiKey,
    clock::Clock,
    enrolment::{Enrolments, Rate},
    seeds::{KeyRing, KeySource, RingKeys, SeedKeys as _, create_private},
    service::{Act, Digests, Rotated, Service, Terms},
    store::{Client, ClientId, Database, Store},
};

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let places = arguments.places;
    match arguments.command {
        Command::Init { api_key } => init(&places, &api_key).await,
        Command::Serve(options) => serve::run(&places, &options).await,
        Command::Credential(command) => credential(&places, command).await,
        Command::Contract(command) => contracts::run(&places, command).await,
        Command::Activation(arguments::Activation::New { account, reached, hours }) => {
            activation(&places, account.as_ref(), &reached, hours).await
        }
        Command::Keys(arguments::Keys::Show) => show_keys(&places).await,
        Command::Keys(arguments::Keys::Rotate) => {
            add_key(&places)?;
            reseal(&places).await
        }
        Command::Keys(arguments::Keys::Reseal) => reseal(&places).await,
        Command::ApiKey(arguments::ApiKey::New { name, out }) => {
            let store = Store::open(&places.database, FEW).await?;
            new_api_key(&store, name.as_str(), &out).await?;
            store.close().await;
            Ok(())
        }
        Command::ApiKey(arguments::ApiKey::Revoke { number }) => {
            let store = Store::open(&places.database, FEW).await?;
            let removed = store.remove_client(ClientId(number.into())).await?;
            store.close().await;
            if removed { Ok(()) } else { Err(Failure::NoSuchClient) }
        }
    }
}

/// The service on the database and the keys of these places.
pub(super) async fn service(
    places: &Places,
    rules: Rules,
    connections: u32,
) -> Result<Service, Failure> {
    let digests = digests(places)?;
    let keys = Arc::new(RingKeys::read(key_source(places), Box::new(SystemRandom::new()))?);
    let store = Store::open(&places.database, connections).await?;
    let random = Arc::new(SystemRandom::new());
    Ok(Service::new(store, keys, digests, random, rules, Terms::default()))
}

/// What makes digests with the key of these places.
pub(super) fn digests(places: &Places) -> Result<Digests, Failure> {
    let ring = key_source(places).read()?;
    Ok(Arc::new(move |label, parts| ring.digest(label, parts)))
}

/// What enrols tokens with the keys of these places.
pub(super) fn enrolments(
    places: &Places,
    service: &Arc<Service>,
    offer: Offer,
    rate: Rate,
) -> Result<Enrolments, Failure> {
    let ring = key_source(places).read()?;
    Ok(Enrolments::new(Arc::clone(service), ring.enrolment_keys(), offer, rate)?)
}

async fn init(places: &Places, api_key: &Path) -> Result<(), Failure> {
    if let KeySource::File(path) = key_source(places)
        && !path.exists()
    {
        let ring = KeyRing::generate(&SystemRandom::new())?;
        create_private(&path, &ring.text()).map_err(of(&path))?;
        print(&format!("keys: {}", path.display()))?;
    }
    let store = Store::open(&places.database, FEW).await?;
    match &places.database {
        Database::Sqlite(path) => print(&format!("database: {}", path.display()))?,
        Database::Postgres(_) => print("database: PostgreSQL")?,
    }
    if !api_key.exists() {
        new_api_key(&store, "init", api_key).await?;
    }
    store.close().await;
    Ok(())
}

/// A key goes into a file of its own, never over the command line or the screen.
async fn new_api_key(store: &Store, name: &str, out: &Path) -> Result<(), Failure> {
    let key = ApiKey::generate(&SystemRandom::new())?;
    let client = Client { id: key.client(), name: name.to_owned(), key_digest: key.digest() };
    // The row first: a file that is there holds a key that the service takes. A row whose key went
    // nowhere lets nobody in.
    store.add_client(&client, Clock::system().now()).await?;
    if let Err(error) = create_private(out, &key.text()) {
        store.remove_client(client.id).await?;
        return Err(of(out)(error));
    }
    print(&format!("API key {}: {}", client.id.0, out.display()))
}

async fn credential(places: &Places, command: arguments::Credential) -> Result<(), Failure> {
    use arguments::Credential::{Resume, Revoke, Show, Suspend, Unlock};
    let service = service(places, Rules::default(), FEW).await?;
    let result = match command {
        Show { id } => show(&service, &id).await,
        Suspend { id } => act(&service, &id, Act::Suspend).await,
        Resume { id } => act(&service, &id, Act::Resume).await,
        Unlock { id } => act(&service, &id, Act::Unlock).await,
        Revoke { id } => act(&service, &id, Act::Revoke).await,
    };
    service.store().close().await;
    result
}

async fn show(service: &Service, id: &CredentialId) -> Result<(), Failure> {
    let view = service.view(id, Clock::system().now()).await?;
    print(&serde_json::to_string_pretty(&view).map_err(io::Error::from)?)
}

async fn act(service: &Service, id: &CredentialId, act: Act) -> Result<(), Failure> {
    let acted = service.act(id, act, None, Clock::system().now()).await?;
    print(&serde_json::to_string(&acted).map_err(io::Error::from)?)
}

async fn activation(
    places: &Places,
    account: Option<&Label>,
    reached: &Reached,
    hours: u32,
) -> Result<(), Failure> {
    let service = Arc::new(service(places, Rules::default(), FEW).await?);
    let lifetime = Millis::from_secs(u64::from(hours).saturating_mul(3600));
    let now = Clock::system().now();
    let (code, _) = service.activate(account, lifetime, None, now).await?;
    service.store().close().await;
    print(code.expose())?;
    let Some(base) = &reached.public_url else { return Ok(()) };
    let ring = key_source(places).read()?;
    let keys = scrubbed(|| ServiceKeys::derive(ring.enrolment_keys()))?;
    print(&keys.link(base, Some(&code)))
}

async fn show_keys(places: &Places) -> Result<(), Failure> {
    let source = key_source(places);
    let keys = RingKeys::read(source, Box::new(SystemRandom::new()))?;
    let store = Store::open(&places.database, FEW).await?;
    let counted = store.sealed_by_key().await?;
    store.close().await;
    for (key, count) in counted {
        print(&format!("key {}: {count} credentials", key.0))?;
    }
    print(&format!("current: key {}", keys.current().0))
}

fn add_key(places: &Places) -> Result<(), Failure> {
    let added = key_source(places).add_seal_key(&SystemRandom::new())?;
    print(&format!("current: key {}", added.0))
}

async fn reseal(places: &Places) -> Result<(), Failure> {
    let service = service(places, Rules::default(), FEW).await?;
    let (mut after, mut total) = (None, 0_u64);
    while let Rotated::Some { count, last } = service.rotate(after.as_ref()).await? {
        total = total.saturating_add(count);
        after = Some(last);
    }
    service.store().close().await;
    print(&format!("sealed anew: {total} credentials"))
}

fn key_source(places: &Places) -> KeySource {
    if std::env::var_os(KEYS).is_some() {
        KeySource::Environment(KEYS)
    } else {
        KeySource::File(places.keys.clone())
    }
}

pub(super) fn print(line: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}")?;
    Ok(stdout.flush()?)
}

fn of(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = PathBuf::from(path);
    |error| Failure::File(path, error)
}

const KEYS: &str = "WARIFU_KEYS";
/// Connections for a command that does one thing.
pub(super) const FEW: u32 = 2;
