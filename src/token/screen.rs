use super::clock::Now;
use crate::{
    clock::{Basis, Certainty, Estimate, Implausible, Neighbour},
    credential::{Credential, EntryId, Generator, Names, Weakness},
    otp::{
        Code,
        totp::{self, Steps},
    },
    time::{Millis, Span, UnixMillis, Uptime},
};

/// All that there is to draw at one instant, as a plain value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// Whether the vault is open.
    pub lock: LockStatus,
    /// What is known of the time.
    pub clock: ClockView,
    /// One per credential, in the order of the list; none while locked.
    pub cards: Vec<Card>,
    /// When to ask again: the uptime at which a code, a countdown's second or how sure a code is
    /// changes. `None` if nothing changes by itself.
    pub refresh_at: Option<Uptime>,
}

/// What is known of the verifier's time, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockView {
    /// How sure the codes are: the least of the cards. Without a card whose code comes from the time,
    /// that of a code of 30 s.
    pub certainty: Certainty,
    /// How far the time of that card may be from its verifier's; `None` where nothing but the device's
    /// own clock has spoken.
    pub uncertainty: Option<Millis>,
    /// By how many milliseconds the device's own clock is ahead of that verifier's, negative if behind;
    /// `None` where that is not known, or not worth a word. Codes are right all the same.
    pub wall_ahead: Option<i64>,
    /// What to tell the customer.
    pub notice: Option<ClockNotice>,
    /// When a synchronisation is worth its battery next: now, if it lies in the past. `None` if it would
    /// tell nothing, or while locked.
    pub sync_at: Option<Uptime>,
}

/// What to tell the customer about the time, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockNotice {
    /// The bank cannot be reached because the device's date is so wrong that no certificate is valid.
    SetDate,
    /// The device's clock, the bank's and others' do not agree.
    Contradicted,
    /// It is long since the bank's clock was heard.
    Stale,
    /// The device's clock is ahead by so much; codes are right.
    Ahead(Span),
    /// The device's clock is behind by so much; codes are right.
    Behind(Span),
    /// The bank's clock was not heard yet since the device started, and could be.
    NotSynced,
}

/// Whether the vault is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockStatus {
    /// The codes cannot be made.
    Locked,
    /// The codes are on the cards.
    Unlocked,
}

/// One credential on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Our name for the credential.
    pub id: EntryId,
    /// What a person reads.
    pub names: Names,
    /// The code, or what stands in its place.
    pub face: Face,
    /// What is weak about the credential, if anything.
    pub weakness: Option<Weakness>,
    /// How a copied code is to be treated.
    pub copy: CopyPolicy,
}

/// What a card shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Face {
    /// A code that lives from `valid_from` (inclusive) to `valid_until` (exclusive).
    Totp {
        /// The code now.
        code: Code,
        /// The code after it.
        next: Code,
        /// From when the code is valid.
        valid_from: UnixMillis,
        /// Until when, and from when the next one is.
        valid_until: UnixMillis,
        /// How long the code still lives: 1 ms to the period.
        remaining: Millis,
        /// How long a code lives from its first moment.
        period: Millis,
        /// `remaining` as a countdown shows it: it reaches 0 only with the next code.
        seconds_left: u64,
        /// How sure it is that the verifier takes the code from who types it now, in up to 20 s.
        certainty: Certainty,
        /// The code to try if the verifier refuses this one; there near the boundary of a step alone.
        neighbour: Option<NeighbourCode>,
    },
    /// No code before a time is known: the issuer demands that its clock is heard first (see
    /// [`super::TimeSync`]), or the device's own clock cannot be right and nobody else has spoken for
    /// this card.
    NeedsSync,
    /// A code comes on request, by [`super::Entries::advance`].
    Hotp {
        /// The counter that the next code will be made from.
        counter: u64,
    },
    /// The credential's time has not begun.
    NotYet {
        /// When it begins.
        from: UnixMillis,
    },
}

/// The code of the step beside the shown one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourCode {
    /// Before it or after it.
    pub which: Neighbour,
    /// The code.
    pub code: Code,
}

/// How a copied code is to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyPolicy {
    /// After which time the clipboard is cleared, if it still holds the code.
    pub clear_after: Millis,
}

impl Default for CopyPolicy {
    /// One minute: long enough to switch to the bank's page and paste.
    fn default() -> Self {
        Self { clear_after: Millis::from_secs(60) }
    }
}

impl Screen {
    pub(super) fn locked(now: &Now) -> Self {
        let clock = ClockView::of(now, &[], SyncDue { at: None, by_service: false });
        Self { lock: LockStatus::Locked, clock, cards: Vec::new(), refresh_at: None }
    }

    /// The credentials, and with them their seeds, are dropped when the cards are made.
    pub(super) fn unlocked(now: &Now, credentials: Vec<Credential>) -> Result<Self, Implausible> {
        let due = sync_at(now, &credentials);
        let estimates: Vec<_> = credentials
            .iter()
            .map(|credential| {
                let read = now.clocks.read(credential.content.service.as_ref(), now.at);
                credential.steps().map(|_| read)
            })
            .collect();
        let timed = || estimates.iter().flatten();
        if let (true, Some(Err(implausible))) = (timed().all(Result::is_err), timed().next()) {
            return Err(*implausible);
        }
        // For some card the device's own clock is all that there is.
        let is_implausible = timed().any(Result::is_err);
        let estimates: Vec<_> =
            estimates.into_iter().map(|estimate| estimate.and_then(Result::ok)).collect();
        let cards = credentials.into_iter().zip(&estimates);
        let cards = cards.map(|(credential, estimate)| Card::new(credential, *estimate));
        let (cards, changes): (Vec<_>, Vec<_>) = cards.unzip();
        // A demanded synchronisation that failed is due again by itself.
        let waits = cards.iter().any(|card| card.face == Face::NeedsSync);
        let sync_due = due.at.filter(|due| waits && *due > now.at.uptime);
        let changes = changes.into_iter().flatten();
        let changes = changes.map(|span| now.at.uptime.saturating_add(span));
        let refresh_at = changes.chain(sync_due).min();
        let told: Vec<_> = cards.iter().zip(estimates).collect();
        let mut clock = ClockView::of(now, &told, due);
        if is_implausible {
            clock.notice = Some(ClockNotice::SetDate);
        }
        Ok(Self { lock: LockStatus::Unlocked, clock, cards, refresh_at })
    }
}

/// When to ask for the time, and whom.
#[derive(Clone, Copy)]
struct SyncDue {
    at: Option<Uptime>,
    by_service: bool,
}

/// When to ask the issuers' services for the time, or hosts where there are none.
fn sync_at(now: &Now, credentials: &[Credential]) -> SyncDue {
    let timed = || credentials.iter().filter(|credential| credential.steps().is_some());
    let services = timed().filter_map(|credential| credential.content.asks_time());
    let due =
        services.map(|(service, ..)| now.clocks.of(Some(service)).plan(now.at).verifier).min();
    // What failed for the date may go now.
    let due = due.map(|due| if now.date_was_set() { due.min(now.at.uptime) } else { due });
    let by_hosts = || {
        // The plan names the moment within a second for which the flow itself waits.
        let date = now.clocks.of(None).plan(now.at).date?;
        (now.has_hosts && timed().next().is_some()).then(|| date.before(Millis::from_secs(1)))
    };
    SyncDue { at: due.or_else(by_hosts), by_service: due.is_some() }
}

impl ClockView {
    /// Of the card that is the least sure.
    fn of(now: &Now, cards: &[(&Card, Option<Estimate>)], due: SyncDue) -> Self {
        let of_card = |(card, estimate): &(&Card, Option<Estimate>)| match card.face {
            Face::Totp { certainty, .. } => Some((certainty, *estimate)),
            Face::NeedsSync | Face::Hotp { .. } | Face::NotYet { .. } => None,
        };
        let least = cards.iter().filter_map(of_card).max_by_key(|(certainty, _)| doubt(*certainty));
        let of_none = || {
            let estimate = now.clocks.read(None, now.at).ok();
            let certainty = estimate.map(|estimate| estimate.at(Steps::default()).certainty);
            (certainty.unwrap_or(Certainty::Unsynced), estimate)
        };
        let (certainty, estimate) = least.unwrap_or_else(of_none);
        let wall_ahead = estimate.and_then(|estimate| estimate.wall_ahead());
        let notice = match (certainty, wall_ahead) {
            _ if now.date_is_wrong() => Some(ClockNotice::SetDate),
            (Certainty::Contradicted, _) => Some(ClockNotice::Contradicted),
            (Certainty::Stale, _) => Some(ClockNotice::Stale),
            (_, Some(ahead)) if ahead > 0 => Some(ClockNotice::Ahead(span(ahead))),
            (_, Some(behind)) => Some(ClockNotice::Behind(span(behind))),
            (Certainty::Unsynced, None) if due.by_service => Some(ClockNotice::NotSynced),
            (Certainty::Sure | Certainty::NearBoundary | Certainty::Unsynced, None) => None,
        };
        let told = estimate.filter(|estimate| estimate.basis != Basis::Wall);
        let uncertainty = told.map(|estimate| estimate.half_width());
        Self { certainty, uncertainty, wall_ahead, notice, sync_at: due.at }
    }
}

fn span(millis: i64) -> Span {
    Millis(millis.unsigned_abs()).for_people()
}

/// More is less sure.
fn doubt(certainty: Certainty) -> u8 {
    match certainty {
        Certainty::Sure => 0,
        Certainty::NearBoundary => 1,
        Certainty::Stale => 2,
        Certainty::Unsynced => 3,
        Certainty::Contradicted => 4,
    }
}

impl Card {
    /// With the span until it looks different.
    fn new(credential: Credential, estimate: Option<Estimate>) -> (Self, Option<Millis>) {
        let (face, changes_in) = Face::new(&credential, estimate);
        let weakness = credential.content.keys.code.weakness();
        let copy = CopyPolicy::default();
        let card =
            Self { id: credential.id, names: credential.content.names, face, weakness, copy };
        (card, changes_in)
    }
}

impl Face {
    fn new(credential: &Credential, estimate: Option<Estimate>) -> (Self, Option<Millis>) {
        let (algorithm, digits, steps) = match credential.content.generator {
            Generator::Hotp { counter, .. } => return (Self::Hotp { counter }, None),
            Generator::Totp { algorithm, digits, steps } => (algorithm, digits, steps),
        };
        let demands_sync = credential.content.policy.synced_clock;
        let told = |estimate: &Estimate| !demands_sync || estimate.basis == Basis::Verifier;
        let Some(estimate) = estimate.filter(told) else { return (Self::NeedsSync, None) };
        // Code and countdown come from this one instant.
        let shown = estimate.at(steps);
        let Ok(step) = steps.at(shown.instant) else {
            let from = UnixMillis::from_secs(steps.t0);
            return (Self::NotYet { from }, Some(from.since(shown.instant)));
        };
        let seed = credential.content.keys.code.secret();
        let code = |number| totp::code(seed, algorithm, digits, number);
        let (previous, next) = (step.number.checked_sub(1), step.number.saturating_add(1));
        let neighbour = match shown.neighbour {
            // Before the first step there is none.
            Some(Neighbour::Previous) => previous,
            Some(Neighbour::Next) => Some(next),
            None => None,
        };
        let neighbour = shown.neighbour.zip(neighbour);
        let remaining = step.until.since(shown.instant);
        let whole = Millis::from_secs(remaining.secs_rounded_up().saturating_sub(1));
        let second_ends_in = Millis(remaining.0.saturating_sub(whole.0));
        let face = Self::Totp {
            code: code(step.number),
            next: code(next),
            valid_from: step.from,
            valid_until: step.until,
            remaining,
            period: steps.period.millis(),
            seconds_left: remaining.secs_rounded_up(),
            certainty: shown.certainty,
            neighbour: neighbour.map(|(which, of)| NeighbourCode { which, code: code(of) }),
        };
        (face, shown.changes_in.into_iter().chain([second_ends_in]).min())
    }
}
