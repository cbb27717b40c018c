use warifu::{
    secret::Secret,
    time::Millis,
    token::{Face, HttpAnswer, HttpErrand, HttpMethod},
    vault::{KeyAnswer, KeyErrand, KeyName, PinHardware, SlotId},
};

use super::{LINK, NOW, QUICK, life::Phone};
use crate::{NewSlot, PinSetting, UnlockWith};

#[test]
fn what_is_secret_prints_its_length_alone_wherever_it_is_held() {
    let secret = || Secret::copy_of(b"271828");
    let key = KeyName { vault: [0xab; 16], slot: SlotId([0xcd; 8]), number: 3 };
    let setting = PinSetting { kdf: QUICK, hardware: PinHardware::Mac, limit: 6 };
    for printed in [
        format!("{:?}", UnlockWith::Pin { pin: secret() }),
        format!("{:?}", NewSlot::Pin { pin: secret(), setting }),
        format!("{:?}", NewSlot::Passphrase { passphrase: secret(), kdf: QUICK }),
        format!("{:?}", KeyErrand::Wrap { key, plaintext: secret() }),
        format!("{:?}", KeyErrand::Mac { key, message: secret() }),
        format!("{:#?}", KeyAnswer::Bytes(secret())),
        format!("{:?}", request(secret())),
        format!("{:#?}", HttpAnswer::from((200, secret()))),
    ] {
        assert!(printed.contains("Secret(6 bytes)"), "{printed}");
        assert!(!printed.contains("271828"), "{printed}");
        assert!(!printed.contains("50, 55"), "the digits as bytes: {printed}");
    }
}

fn request(body: Secret) -> HttpErrand {
    HttpErrand {
        method: HttpMethod::Post,
        url: "https://bank.example/token/confirm".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        body,
        max_response: 42,
        timeout: Millis::from_secs(30),
    }
}

#[test]
fn a_screen_prints_no_code() {
    let phone = Phone::create();
    phone.add(LINK).unwrap();
    let screen = phone.token.screen(NOW).unwrap();
    let Face::Totp { code, .. } = &screen.cards[0].face else { panic!("{screen:?}") };
    assert_eq!(code.expose(), "279037");
    let printed = format!("{screen:#?}");
    assert!(printed.contains("••••••"), "{printed}");
    assert!(!printed.contains("279037") && !printed.contains("279 037"), "{printed}");
}
