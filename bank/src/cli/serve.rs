use std::{io, sync::Arc, time::Duration};

use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{filter::LevelFilter, fmt};
use warifu::{
    credential::Generator,
    otp::{
        Algorithm, Digits,
        totp::{Period, Steps},
    },
    secret::SystemRandom,
    time::Millis,
};
use warifu_issuer::{Offer, PublicBase, Unlock};
use warifu_verifier::{Rules, Waits};

use super::{
    Failure,
    arguments::{self, Hash, Level, Places, Serve},
    commands,
};
use crate::{
    api::{self, App, Clients, Limits, Listening},
    bank::{Bank, LetterTerms, ReachableTokens, TokenService, TransferTerms},
    clock::Clock,
    enrolment::{Enrolments, Rate},
    pages::{self, Pages},
    service::Service,
    store::Yen,
};

/// Answers until the process is told to stop, by SIGTERM or SIGINT.
pub(super) async fn run(places: &Places, options: &Serve) -> Result<(), Failure> {
    if !options.listen.ip().is_loopback() && !options.behind_tls {
        return Err(Failure::Exposed(options.listen));
    }
    log(options.log);
    // Asked for before anything is answered, so that no signal finds nobody.
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };

    let service = commands::service(places, rules(options)?, options.connections).await?;
    let service = Arc::new(service);
    let enrolments = commands::enrolments(places, &service, offer(&options.offer)?, rate(options))?;
    let enrolments = Arc::new(enrolments);
    let clock = Clock::system();
    let listening = Listening::at(options.listen).await?;
    let address = listening.address()?;
    let public = match &options.offer.reached.public_url {
        Some(public) => public.clone(),
        None => PublicBase::new(&format!("http://{address}/token"))?,
    };
    let app = App {
        service: Arc::clone(&service),
        enrolments: Arc::clone(&enrolments),
        public,
        behind_proxy: options.forwarded,
        clock: clock.clone(),
        clients: Clients::default(),
        limits: Limits::default(),
    };
    let banking = banking(places, options, &service, enrolments)?;
    if let Some(bank) = &banking {
        bank.hold_key().await?;
    }
    let tidying = tokio::spawn(tidy(Arc::clone(&service), banking.clone(), clock.clone()));
    let router = match banking {
        Some(bank) => {
            let name = options.offer.issuer.as_str();
            let pages = Pages::new(bank, name, options.forwarded, clock);
            api::router(app).merge(pages::router(pages))
        }
        None => api::router(app),
    };
    commands::print(&format!("listening on http://{address}"))?;
    tracing::info!(%address, "started");
    api::serve(listening, router, stop).await;
    tidying.abort();
    service.store().close().await;
    tracing::info!("stopped");
    Ok(())
}

fn rules(options: &Serve) -> Result<Rules, Failure> {
    let waits = if options.no_waits {
        Waits::OFF
    } else {
        let (first, longest) = (options.first_wait, options.longest_wait);
        Waits::growing(FREE, Millis::from_secs(first), Millis::from_secs(longest))?
    };
    let rules = Rules::builder()
        .window(options.window)
        .failures_until_locked(options.failures_until_locked)
        .waits(waits);
    Ok(rules.build()?)
}

fn offer(options: &arguments::Offer) -> Result<Offer, Failure> {
    let algorithm = match options.hash {
        Hash::Sha1 => Algorithm::Sha1,
        Hash::Sha256 => Algorithm::Sha256,
        Hash::Sha512 => Algorithm::Sha512,
    };
    let (digits, period) = (Digits::new(options.digits), Period::from_secs(options.period));
    let out_of_range = io::Error::from(io::ErrorKind::InvalidInput);
    let (Ok(digits), Ok(period)) = (digits, period) else { return Err(out_of_range.into()) };
    let steps = Steps { t0: 0, period };
    Ok(Offer {
        issuer: options.issuer.clone(),
        generator: Generator::Totp { algorithm, digits, steps },
        signing: options.signing,
        unlock: if options.user_verification { Unlock::UserVerification } else { Unlock::Any },
        export: options.export,
        synced_clock: options.synced_clock,
        open: !options.closed,
    })
}

fn rate(options: &Serve) -> Rate {
    Rate {
        per_minute: options.enrol_per_minute,
        per_day: options.enrol_per_day,
        waiting: options.enrol_waiting,
        time_per_minute: options.time_per_minute,
    }
}

/// The bank behind the pages, if there are to be any.
fn banking(
    places: &Places,
    options: &Serve,
    service: &Arc<Service>,
    enrolments: Arc<Enrolments>,
) -> Result<Option<Arc<Bank>>, Failure> {
    let banking = &options.banking;
    if !banking.internet_banking {
        return Ok(None);
    }
    let seconds = u64::from(banking.new_payees_after).saturating_mul(3600);
    let limit = Yen::new(banking.new_payees_limit);
    let terms = TransferTerms {
        bank: banking.bank_number.clone(),
        new_payees_after: Millis::from_secs(seconds),
        new_payees_limit: limit.unwrap_or(TransferTerms::NEW_PAYEES_LIMIT),
    };
    // Where nobody has said how tokens reach the service, no customer's phone would.
    let tokens: Arc<dyn TokenService> = match &options.offer.reached.public_url {
        Some(public) => {
            Arc::new(ReachableTokens::new(Arc::clone(service), enrolments, public.clone()))
        }
        None => Arc::clone(service) as Arc<dyn TokenService>,
    };
    let bank = Bank::new(
        service.store().clone(),
        tokens,
        commands::digests(places)?,
        Arc::new(SystemRandom::new()),
        rate(options),
        terms,
    );
    let by_letter = banking.registration_by_letter;
    let bank = if by_letter { bank.with_letters(LetterTerms::default()) } else { bank };
    Ok(Some(Arc::new(bank)))
}

/// Removes what has expired, now and then.
async fn tidy(service: Arc<Service>, bank: Option<Arc<Bank>>, clock: Clock) {
    for round in 0_u64.. {
        if let Some(bank) = &bank
            && round.is_multiple_of(ROUNDS_BETWEEN_AUDITS)
        {
            audit(bank).await;
        }
        if let Some(bank) = &bank
            && let Err(error) = bank.tidy(clock.now()).await
        {
            tracing::warn!(%error, "what has expired was not removed");
        }
        if let Err(error) = service.tidy(clock.now()).await {
            tracing::warn!(%error, "what has expired was not removed");
        }
        tokio::time::sleep(BETWEEN_TIDYING).await;
    }
}

/// Looks whether the balances are what the bookings come to. They are, unless somebody has written into the
/// database who may change more than this program does.
async fn audit(bank: &Bank) {
    match bank.store().unbalanced_accounts().await {
        Ok(accounts) if accounts.is_empty() => {}
        Ok(accounts) => tracing::error!(accounts = accounts.len(), "the books are out of balance"),
        Err(error) => tracing::warn!(%error, "the books were not looked through"),
    }
}

/// Lines of JSON on standard error. A panic is a line too: where it was, and not what it said.
fn log(level: Level) {
    let level = match level {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    };
    fmt().json().flatten_event(true).with_max_level(level).with_writer(io::stderr).init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
}

/// Failures after which there is no wait.
const FREE: u8 = 2;
const BETWEEN_TIDYING: Duration = Duration::from_secs(60);
/// A day of them: it reads all bookings.
const ROUNDS_BETWEEN_AUDITS: u64 = 1440;
