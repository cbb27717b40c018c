use std::sync::Arc;

use warifu::{
    credential::{EntryId, RequestId},
    time::BootId,
    vault::SlotId,
};

use super::{
    COUNTED, NOW,
    foreign::{Failure, Reader, call, lift},
    life::Phone,
    lower, text,
};
use crate::{IdKind, WarifuError, token};

#[test]
fn an_id_is_its_bytes_in_lower_case_hexadecimal_both_ways() {
    let sixteen: [u8; 16] = std::array::from_fn(|at| u8::try_from(at * 17).unwrap());
    let long = "00112233445566778899aabbccddeeff";
    assert_eq!(lift::<String>(lower(EntryId(sixteen))), long);
    assert_eq!(lift::<String>(lower(RequestId(sixteen))), long);
    assert_eq!(lift::<String>(lower(BootId(sixteen))), long);
    assert_eq!(lift::<EntryId>(text(long)), EntryId(sixteen));
    assert_eq!(lift::<RequestId>(text(long)), RequestId(sixteen));
    assert_eq!(lift::<BootId>(text(long)), BootId(sixteen));
    let eight = [0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10];
    assert_eq!(lift::<String>(lower(SlotId(eight))), "fedcba9876543210");
    assert_eq!(lift::<SlotId>(text("fedcba9876543210")), SlotId(eight));
}

#[test]
fn a_malformed_id_is_an_error_that_says_of_what() {
    let phone = Phone::create();
    let id = phone.add(COUNTED).unwrap();
    let request = "0f".repeat(16);
    let malformed = |kind| Err(Failure::Typed(WarifuError::MalformedId { kind }));
    let bad = [
        String::new(),
        "0".repeat(31),
        "0".repeat(33),
        "0".repeat(34),
        "0".repeat(16) + &"g".repeat(16),
        "0F".repeat(16),
        "０".repeat(16),
        " ".repeat(32),
        "+f".repeat(16),
    ];
    for bad in &bad {
        assert_eq!(phone.remove(bad), malformed(IdKind::Entry), "{bad:?}");
        assert_eq!(phone.rename(bad, Some("Bank"), None), malformed(IdKind::Entry), "{bad:?}");
        assert_eq!(phone.advance(bad, &request).map(drop), malformed(IdKind::Entry), "{bad:?}");
        assert_eq!(phone.advance(&id, bad).map(drop), malformed(IdKind::Request), "{bad:?}");
        let remade = call(|status| {
            let (id, now) = (text(bad), lower(NOW));
            token::uniffi_warifu_ffi_fn_method_token_remake_slot(phone.handle(), id, now, status)
        });
        assert_eq!(remade.map(drop), malformed(IdKind::Slot), "{bad:?}");
    }
    assert_eq!(phone.advance(&id, &request), Ok("755 224".into()), "a bad call spent a counter");
}

/// A boot's ID comes within a record, and the error comes out of it all the same.
#[test]
fn a_malformed_boot_id_within_the_time_is_an_error_of_its_own() {
    let phone = Phone::create();
    let mut time = Reader::new(lower(NOW));
    let mut now = time.i64().to_be_bytes().to_vec();
    now.extend(time.u64().to_be_bytes());
    let boot = "not a boot";
    now.extend(i32::try_from(boot.len()).unwrap().to_be_bytes());
    now.extend(boot.as_bytes());
    let screen = call(|status| {
        let now = uniffi::RustBuffer::from_vec(now);
        token::uniffi_warifu_ffi_fn_method_token_screen(
            lower(Arc::clone(&phone.token)),
            now,
            status,
        )
    });
    let malformed = WarifuError::MalformedId { kind: IdKind::Boot };
    assert_eq!(screen.map(drop), Err(Failure::Typed(malformed)));
}
