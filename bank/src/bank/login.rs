use std::net::IpAddr;

use warifu::time::{Millis, UnixMillis};

use super::{
    Accepted, Bank, BankError, DeviceToken, Password, ROUNDS, SessionToken,
    attempts::{self, Begun},
    password::Turn,
    plan::{Held, Plan},
};
use crate::{
    service::Codes,
    store::{
        Along, Contract, ContractChange, ContractId, Event, NewEvent, NewSession, Session, Stage,
        Written,
    },
};

/// Somebody has shown contract ID and password, and a session has begun with it.
#[derive(Debug)]
pub struct LoggedIn {
    /// What their browser keeps of the session.
    pub session: SessionToken,
    /// What it keeps for longer: others' failures do not hold it up. None before the login is done.
    pub device: Option<DeviceToken>,
    /// Whether a code is wanted before the login is done (認証する).
    pub code_wanted: bool,
}

/// Contract ID and password, as they come.
#[derive(Debug, Clone, Copy)]
struct Try<'a> {
    id: &'a ContractId,
    purpose: Purpose,
    device: Option<&'a DeviceToken>,
    origin: Option<IpAddr>,
    now: UnixMillis,
}

/// What somebody shows the password for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To log in.
    Login,
    /// To register or exchange a token.
    Registration,
}

/// A try that is counted and has its place.
struct Admitted {
    turn: Turn,
    begun: Begun,
    /// The address that it is counted for: none where a known browser goes by its own tries alone.
    counted: Option<IpAddr>,
}

impl Bank {
    /// Judges contract ID and password. Where no code is wanted, the login is recorded. A browser that brings
    /// what an earlier login left in it has tries of its own, and is not held up by what others have failed
    /// at in its network.
    ///
    /// The session begins in the commit of the login, and only if the password that was judged is still the
    /// contract's.
    ///
    /// # Errors
    /// [`BankError::NotLoggedIn`] or [`BankError::TooSoon`], alike for IDs that nobody has.
    pub async fn log_in(
        &self,
        id: &ContractId,
        password: Password,
        device: Option<&DeviceToken>,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<LoggedIn, BankError> {
        let purpose = Purpose::Login;
        self.try_password(Try { id, purpose, device, origin, now }, password).await
    }

    /// The same for who wants to register or exchange a token: a session for that and nothing else.
    ///
    /// # Errors
    /// As of [`Self::log_in`].
    pub async fn identify(
        &self,
        id: &ContractId,
        password: Password,
        device: Option<&DeviceToken>,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<SessionToken, BankError> {
        let purpose = Purpose::Registration;
        let tried = self.try_password(Try { id, purpose, device, origin, now }, password);
        Ok(tried.await?.session)
    }

    async fn try_password(
        &self,
        asked: Try<'_>,
        password: Password,
    ) -> Result<LoggedIn, BankError> {
        let Try { id, origin, now, .. } = asked;
        let Admitted { turn, begun, counted } = self.begin(&asked).await?;
        match self.judge_password(&asked, password, turn, counted).await {
            Ok((login, last)) => {
                attempts::login_was_right(&self.store, begun, id, origin, now).await;
                // Who logs in over and over has the work of it counted against the address.
                let last = last.map(|last| last.saturating_add(BETWEEN_FORGIVEN));
                if !login.code_wanted && last.is_none_or(|last| last <= now) {
                    self.forgive(counted);
                }
                Ok(login)
            }
            Err(error) => {
                if error == BankError::NotLoggedIn {
                    attempts::password_was_refused(&self.store, id, now).await;
                } else {
                    begun.take_back(&self.store).await;
                }
                self.forgive_unless_refused(counted, &error);
                Err(error)
            }
        }
    }

    /// Counts a try before it is judged, and waits for the place to judge it.
    async fn begin(&self, asked: &Try<'_>) -> Result<Admitted, BankError> {
        let Try { id, origin, now, .. } = *asked;
        let device = match asked.device {
            Some(token) => self.known_device(id, token, now).await?,
            None => None,
        };
        let refused = match self.admit(origin, now) {
            Ok(()) => {
                // The place first: who gets none has not tried, and is not counted.
                let begun = async {
                    let turn = self.passwords.turn(origin).await?;
                    let begun =
                        attempts::begin_login(&self.store, id, device.as_ref(), origin, now);
                    Ok(Admitted { turn, begun: begun.await?, counted: origin })
                };
                let begun = begun.await;
                if let Err(error) = &begun {
                    self.forgive_unless_refused(origin, error);
                }
                return begun;
            }
            Err(refused) => refused,
        };
        // The address may try no more in this minute. A known browser goes on by the tries of its own, if it
        // has any left: one that waits, or has ended, is like any other.
        let device = device.filter(|device| self.lanes.have_room(id, &device.subject, now));
        let Some(device) = device else { return Err(refused) };
        let begun = match attempts::begin_with_device(&self.store, &device, now).await {
            Err(BankError::TooSoon { .. }) => return Err(refused),
            begun => begun?,
        };
        let turn = if self.lanes.admits(id, &device.subject, now) {
            self.passwords.turn(origin).await
        } else {
            Err(refused)
        };
        match turn {
            Ok(turn) => Ok(Admitted { turn, begun, counted: None }),
            Err(error) => {
                begun.take_back(&self.store).await;
                Err(error)
            }
        }
    }

    /// Gives with it when somebody logged in before.
    async fn judge_password(
        &self,
        asked: &Try<'_>,
        password: Password,
        turn: Turn,
        counted: Option<IpAddr>,
    ) -> Result<(LoggedIn, Option<UnixMillis>), BankError> {
        let Try { id, purpose, origin, now, .. } = *asked;
        let mut read = self.store.contract(id).await?;
        let judged = read.as_ref().map(|read| read.value.password.clone());
        if !self.passwords.is_right(turn, id, password, judged.as_ref()).await? {
            return Err(BankError::NotLoggedIn);
        }
        let token = self.draw_token()?;
        for _ in 0..ROUNDS {
            // Where another password was set since it was judged, the one that was typed is wrong now.
            let contract = read.filter(|read| judged.as_ref() == Some(&read.value.password));
            let contract = contract.ok_or(BankError::NotLoggedIn)?;
            let Contract { code_at_login, last_login_at, ref password, .. } = contract.value;
            let (stage, device) = match purpose {
                Purpose::Registration => (Stage::Registering, None),
                Purpose::Login if code_at_login => (Stage::CodeWanted, None),
                Purpose::Login => {
                    (Stage::LoggedIn, Some(self.device_token(id, &password.salt, now)?))
                }
            };
            let session = NewSession {
                digest: self.session_digest(&token),
                session: Session {
                    contract: id.clone(),
                    stage,
                    created_at: now,
                    last_seen_at: now,
                    counted,
                },
                in_place_of: None,
            };
            // The contract is compared where nothing of it changes too: it is what another password changes.
            let mut next = contract.value.clone();
            let mut along = Along { session: Some(&session), ..Along::default() };
            if !code_at_login {
                next.last_login_at = Some(now);
                along.login = Some(attempts::login(id, now));
                along.events = vec![NewEvent { origin, ..NewEvent::of(id, Event::LoggedIn, now) }];
            }
            along.contract = Some(ContractChange { read: &contract, next });
            if self.store.commit(&[], &along).await? == Written::Yes {
                let login = LoggedIn { session: token, device, code_wanted: code_at_login };
                return Ok((login, last_login_at));
            }
            read = self.store.contract(id).await?;
        }
        Err(BankError::Busy)
    }

    /// Judges the code that is wanted at a login, and records the login (ワンタイムパスワード確認). Another
    /// session begins in the place of the one that the password has begun, if that is still there.
    ///
    /// # Errors
    /// [`BankError::Refused`] with the verdict, [`BankError::NoCode`]; [`BankError::SessionOver`] if no code
    /// is wanted in this session, or it has ended.
    pub async fn log_in_with_code(
        &self,
        session: &SessionToken,
        code: &str,
        origin: Option<IpAddr>,
        now: UnixMillis,
    ) -> Result<(LoggedIn, Accepted), BankError> {
        let before = self.session(session, now).await?;
        let before = before.filter(|before| before.stage == Stage::CodeWanted);
        let Session { contract: id, created_at, counted, .. } =
            before.ok_or(BankError::SessionOver)?;
        // Another password would end the session: as long as that is there, this is the salt of the password
        // that was judged.
        let read = self.store.contract(&id).await?.ok_or(BankError::NoSuchContract)?;
        let device = self.device_token(&id, &read.value.password.salt, now)?;
        let token = self.draw_token()?;
        let next = NewSession {
            digest: self.session_digest(&token),
            session: Session {
                contract: id.clone(),
                stage: Stage::LoggedIn,
                created_at: now,
                last_seen_at: now,
                counted: None,
            },
            in_place_of: Some(self.session_digest(session)),
        };
        let done = self.carry_out(&id, origin, now, |contract| {
            let logged_in = Contract { last_login_at: Some(now), ..contract.clone() };
            Ok(Plan {
                held: Some(Held::going_on(contract, Codes::One(code))?),
                login: Some(&next),
                ..Plan::of(logged_in, Event::LoggedIn)
            })
        });
        let accepted = done.await?;
        if let Some(counted) = counted {
            self.origins.forgive_counted_at(counted, created_at);
        }
        let login = LoggedIn { session: token, device: Some(device), code_wanted: false };
        Ok((login, accepted))
    }
}

/// How often a login that is right is taken off the count of its address.
const BETWEEN_FORGIVEN: Millis = Millis::from_secs(60);
