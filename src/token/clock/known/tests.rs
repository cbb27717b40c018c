//! Lives of a device with several services, hosts and reboots: what one says is nothing to another, what
//! is sure is right, and nothing proven is gone back behind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use proptest::{collection, prelude::*, sample::select};

use super::*;
use crate::{
    clock::{Certainty, Exchange, Host, Sample, Source, Stamps},
    credential::WebAddress,
    otp::totp::Steps,
    time::{BootId, Millis, UnixMillis, Uptime},
};

const SERVICES: usize = 3;

/// What each service's clock shows beside the first one's, in ms: no two are taken for each other.
const AHEAD: [i64; SERVICES] = [0, 7_200_000, -300_000];

/// A leap second that may come counts twice.
const LEAP: i64 = 1_000;

#[derive(Debug, Clone, Copy)]
enum Act {
    /// The device sleeps or runs.
    Pass { millis: u32 },
    /// It starts anew.
    Reboot,
    /// Somebody, or the network, sets the wall clock so far off the first service's.
    SetWall { off: i64 },
    /// A service is asked, and its answer takes so long on each way.
    Ask { service: usize, there: u16, back: u16 },
    /// A host is asked, whose clock is so far off.
    AskHost { host: u8, off: i64 },
    /// The record is written and read, as another process does.
    Store,
}

fn act() -> impl Strategy<Value = Act> {
    let off = || {
        prop_oneof![
            -3_000_i64..3_000,
            -900_000_i64..900_000,
            select(vec![
                -31_536_000_000,
                3_600_000,
                86_400_000,
                315_360_000_000,
                -1_790_000_000_000
            ]),
        ]
    };
    prop_oneof![
        3 => (0_u32..100_000_000).prop_map(|millis| Act::Pass { millis }),
        1 => Just(Act::Reboot),
        1 => off().prop_map(|off| Act::SetWall { off }),
        3 => (0..SERVICES, 0_u16..3_000, 0_u16..3_000)
            .prop_map(|(service, there, back)| Act::Ask { service, there, back }),
        2 => (0_u8..3, off()).prop_map(|(host, off)| Act::AskHost { host, off }),
        1 => Just(Act::Store),
    ]
}

/// The device, the world around it, and what was proven in it.
struct Life {
    clocks: Clocks,
    now: DeviceTime,
    /// The first service's time, and how many ms of it the uptime gains or loses in 10⁶.
    utc: i64,
    drift: i64,
    heard_in_this_boot: [bool; SERVICES],
    proven: [i64; SERVICES],
}

impl Life {
    fn new(drift: i64) -> Self {
        let now = DeviceTime {
            wall: UnixMillis(1_790_000_000_000),
            uptime: Uptime(60_000),
            boot: BootId([1; 16]),
        };
        Self {
            clocks: Clocks::default(),
            now,
            utc: now.wall.0,
            drift,
            heard_in_this_boot: [false; SERVICES],
            proven: [i64::MIN; SERVICES],
        }
    }

    fn pass(&mut self, millis: i64) {
        self.utc += millis;
        let counted = millis + millis * self.drift / 1_000_000;
        self.now.uptime = self.now.uptime.saturating_add(Millis(counted.unsigned_abs()));
        self.now.wall.0 += counted;
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Pass { millis } => self.pass(millis.into()),
            Act::Reboot => {
                self.pass(30_000);
                self.now.uptime = Uptime(20_000);
                self.now.boot.0[0] = self.now.boot.0[0].wrapping_add(1);
                self.heard_in_this_boot = [false; SERVICES];
            }
            Act::SetWall { off } => self.now.wall.0 = self.utc + off,
            Act::Ask { service, there, back } => {
                let place = service;
                let (sent, stamps) = self.exchange(there, back, AHEAD[place]);
                self.take(Some(&self::service(place)), Source::Verifier, sent, stamps);
                self.heard_in_this_boot[place] = true;
            }
            Act::AskHost { host, off } => {
                let (sent, stamps) = self.exchange(40, 40, off);
                let cut = |millis: UnixMillis| UnixMillis(millis.0 - millis.0.rem_euclid(1_000));
                let stamps = Stamps::one(cut(stamps.received), Millis(2_000));
                self.take(None, Source::Host(Host::new(host).unwrap()), sent, stamps);
            }
            Act::Store => {
                let services: Vec<_> = (0..SERVICES).map(service).collect();
                self.clocks.settle(services.iter(), self.now);
                self.clocks = Clocks::decode(&self.clocks.encode()).unwrap();
            }
        }
    }

    fn exchange(&mut self, there: u16, back: u16, ahead: i64) -> (Uptime, Stamps) {
        let sent = self.now.uptime;
        self.pass(there.into());
        let stamps = Stamps::one(UnixMillis(self.utc + ahead), Millis(1));
        self.pass(back.into());
        (sent, stamps)
    }

    fn take(
        &mut self,
        service: Option<&TokenService>,
        source: Source,
        sent: Uptime,
        stamps: Stamps,
    ) {
        let exchange = Exchange { sent, received: self.now.uptime, boot: self.now.boot };
        let sample = Sample { source, exchange, stamps };
        // One that took too long says nothing.
        let _ = self.clocks.with(service, |clock| clock.take(&sample, self.now));
    }

    fn read(&self, place: usize) -> Result<Estimate, Implausible> {
        self.clocks.read(Some(&service(place)), self.now)
    }

    fn check(&mut self, place: usize, is_noted: bool) -> Result<(), TestCaseError> {
        let true_time = self.utc + AHEAD[place];
        let Ok(estimate) = self.read(place) else {
            prop_assert!(!self.heard_in_this_boot[place], "what was heard is not forgotten");
            return Ok(());
        };
        let certainty = estimate.at(Steps::default()).certainty;
        if certainty == Certainty::Sure {
            prop_assert!(self.heard_in_this_boot[place], "sure by another's word: {estimate:?}");
        }
        if estimate.basis == Basis::Verifier && !estimate.contradicted {
            prop_assert!(self.heard_in_this_boot[place]);
            let (earliest, latest) = (estimate.earliest.0, estimate.latest.0);
            prop_assert!((earliest..=latest).contains(&true_time), "{true_time} {estimate:?}");
            if is_noted {
                self.proven[place] = self.proven[place].max(earliest - LEAP);
            }
        }
        prop_assert!(
            estimate.point.0 >= self.proven[place],
            "behind what was proven, {}: {estimate:?}",
            self.proven[place]
        );
        Ok(())
    }
}

fn service(place: usize) -> TokenService {
    // Two of them at one address, with a key each.
    let base =
        ["https://bank.example/token", "https://bank.example/token", "https://other.example"];
    let base = WebAddress::parse(base[place]).unwrap();
    TokenService { base, key_id: [u8::try_from(place).unwrap() + 1; 8] }
}

proptest! {
    #[test]
    fn what_is_sure_is_right_and_nothing_proven_is_gone_back_behind(
        drift in -99_i64..=99,
        acts in collection::vec(act(), 1..60),
    ) {
        let mut life = Life::new(drift);
        for act in acts {
            life.act(act);
            for place in 0..SERVICES {
                // How late it is goes into the record with a sample, and whenever one is written.
                let is_noted = match act {
                    Act::Ask { service, .. } => service == place,
                    act => matches!(act, Act::Store),
                };
                life.check(place, is_noted)?;
            }
        }
    }

    #[test]
    fn what_one_service_says_is_nothing_to_another(
        drift in -99_i64..=99,
        acts in collection::vec(act(), 1..60),
        place in 0..SERVICES,
    ) {
        let (mut with, mut without) = (Life::new(drift), Life::new(drift));
        for act in acts {
            with.act(act);
            match act {
                // The time passes all the same.
                Act::Ask { service, there, back } if service != place => {
                    without.pass(there.into());
                    without.pass(back.into());
                }
                act => without.act(act),
            }
            prop_assert_eq!(with.now, without.now);
            prop_assert_eq!(with.read(place), without.read(place));
        }
    }
}
