//! Two processes on one vault and one key store during a PIN try.

use warifu::{
    provision::otpauth,
    token::{Error, Step},
    vault::{self, KeyErrand, PinHardware, UnlockWith},
};

use super::{
    begin,
    keystore::{
        client,
        phone::{Phone, RIGHT, WRONG},
    },
};

/// Another process opens the vault, adds, and locks, between any two errands of a try.
#[test]
fn a_write_by_another_process_during_a_pin_try_is_lost_by_neither() {
    let mut changed = 0;
    for at in 1..10 {
        let (mut phone, other) = Phone::with_pin(PinHardware::Mac, 6);
        let token = phone.open();
        let flow = begin(&phone, &token, WRONG);
        let (mut errands, mut step) = (0, phone.step(&flow));
        while let Ok(Step::Ask { ticket, errand }) = step {
            errands += 1;
            if errands == at {
                let uri = b"otpauth://totp/B:a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
                let new = otpauth::parse(uri).unwrap();
                client::undisturbed(|| other.entries().add(new)).unwrap();
            }
            let answer = phone.store.act(&errand);
            step = phone.answer(&flow, ticket, answer);
        }
        let spent = match step {
            Err(Error::Vault(vault::Error::Changed)) => 0,
            Err(Error::Vault(vault::Error::WrongPin { tries_left: 5, .. })) => 1,
            other => panic!("{other:?}"),
        };
        if errands < at {
            break;
        }
        changed += u8::from(spent == 0);
        let again = phone.try_pin(WRONG);
        let Err(Error::Vault(vault::Error::WrongPin { tries_left, .. })) = again else {
            panic!("{again:?}")
        };
        assert_eq!(tries_left, 5 - spent);
        assert!(phone.try_pin(RIGHT).is_ok());
        let reopened = phone.open();
        assert!(phone.unlock(&reopened, UnlockWith::Device).is_ok());
        assert_eq!(reopened.screen(phone.now).unwrap().cards.len(), 1);
    }
    assert!(changed > 0);
}

/// A second process makes a whole try while the first one's errand of this number is out. Whether
/// that errand deletes or creates a key by its number, and what was lost. Such an errand, done only
/// after the other's whole try, hits the key that the other has made: `docs/threat-model.md` assumes
/// one process ("What is assumed").
struct Meeting {
    by_number: bool,
    lost: Option<String>,
}

fn meet(at: usize) -> Option<Meeting> {
    let (mut phone, _) = Phone::with_pin(PinHardware::Mac, 6);
    let token = phone.open();
    let flow = begin(&phone, &token, WRONG);
    let (mut errands, mut wraps, mut judged, mut by_number) = (0, 0, 0, None);
    let mut step = phone.step(&flow);
    while let Ok(Step::Ask { ticket, errand }) = step {
        errands += 1;
        if errands == at {
            let deletes = matches!(errand, KeyErrand::Delete { .. }) && wraps == 0;
            by_number = Some(deletes || matches!(errand, KeyErrand::Create { .. }));
            assert!(matches!(phone.try_pin(WRONG), Err(Error::Vault(_))));
            judged += 1;
        }
        wraps += usize::from(matches!(errand, KeyErrand::Wrap { .. }));
        let answer = phone.store.act(&errand);
        step = phone.answer(&flow, ticket, answer);
    }
    judged += u8::from(matches!(step, Err(Error::Vault(vault::Error::WrongPin { .. }))));
    let lost = match phone.try_pin(WRONG) {
        Err(Error::Vault(vault::Error::WrongPin { tries_left, .. }))
            if tries_left <= 5 - judged =>
        {
            None
        }
        other => Some(format!("at {at}, {judged} judged: {step:?}, then {other:?}")),
    };
    Some(Meeting { by_number: by_number?, lost })
}

#[test]
fn two_processes_that_try_a_pin_at_once_lose_nothing() {
    let meetings: Vec<_> = (1..).map_while(meet).collect();
    assert_eq!(meetings.len(), 7);
    let safe = meetings.into_iter().filter(|meeting| !meeting.by_number);
    let lost: Vec<_> = safe.filter_map(|meeting| meeting.lost).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}
