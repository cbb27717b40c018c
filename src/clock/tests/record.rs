use super::*;

/// A clock of each kind of belief.
fn clocks() -> Vec<Clock> {
    let now = device(100_000, 0);
    let after = |samples: &[Sample]| {
        let mut clock = Clock::new();
        for sample in samples {
            clock.take(sample, now).unwrap();
        }
        clock
    };
    let verifier = |ahead| sample(Source::Verifier, 100_000, ahead);
    let mut failed = after(&[verifier(0)]);
    failed.failed(Asked::Verifier, now);
    failed.failed(Asked::Host, device(100_001, 0));
    vec![
        Clock::new(),
        after(&[sample(host(63), 100_000, 3_600_000)]),
        after(&[sample(host(0), 100_000, 0)]),
        after(&[verifier(0)]),
        after(&[verifier(0), verifier(60_000)]),
        failed,
    ]
}

#[test]
fn every_state_comes_back_from_its_bytes() {
    for clock in clocks() {
        let bytes = clock.encode();
        assert_eq!(bytes.len(), ENCODED_LENGTH);
        assert_eq!(Clock::decode(&bytes), Ok(clock));
    }
}

#[test]
fn every_cut_and_every_longer_record_is_refused() {
    for clock in clocks() {
        let mut bytes = clock.encode();
        for length in 0..bytes.len() {
            assert_eq!(Clock::decode(&bytes[..length]), Err(DecodeError::Length));
        }
        for _ in 0..100 {
            bytes.push(0);
            assert_eq!(Clock::decode(&bytes), Err(DecodeError::Length));
        }
    }
}

#[test]
fn no_two_records_are_one_state() {
    for clock in clocks() {
        let bytes = clock.encode();
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[place] ^= 1 << bit;
                if let Ok(decoded) = Clock::decode(&other) {
                    assert_ne!(decoded, clock, "byte {place}");
                    assert_eq!(decoded.encode(), other, "byte {place}");
                }
            }
        }
    }
}

#[test]
fn what_no_clock_writes_is_refused() {
    let split = &clocks()[4];
    let with = |place: usize, value: u8| {
        let mut bytes = split.encode();
        bytes[place] = value;
        Clock::decode(&bytes)
    };
    assert_eq!(with(0, 2), Err(DecodeError::Version { version: 2 }));
    assert_eq!(with(1, 2), Err(DecodeError::Value));
    assert_eq!(with(10, 5), Err(DecodeError::Value));
    // No boot, and yet fields of one.
    assert_eq!(with(10, 0), Err(DecodeError::Value));
    // The first interval's upper end far below its lower.
    assert_eq!(with(43, 0x80), Err(DecodeError::Value));
    // More failures than are counted; when the last was, where there was none.
    assert_eq!(with(84, 12), Err(DecodeError::Value));
    assert_eq!(with(92, 1), Err(DecodeError::Value));
}

#[test]
fn the_bytes_are_those_of_the_document() {
    let bytes = clocks()[3].encode();
    let signed = |at: usize| i64::from_be_bytes(bytes[at..at + 8].try_into().unwrap());
    assert_eq!((bytes[0], bytes[1], bytes[10]), (1, 1, 3));
    assert_eq!(bytes[11..27], [1; 16]);
    assert_eq!(signed(27), 100_000);
    // θ in units of 100 ns: 25 ms of half a round trip below and above, the millisecond that the
    // uptime was cut by, the one of the stamp, and 51 ms of age.
    assert_eq!(signed(35), (STARTED - 25 - 1) * 10_000 - 51);
    assert_eq!(signed(43), (STARTED + 25 + 1) * 10_000 + 51);
    // A second before the earliest of what was proven.
    assert_eq!(signed(2), STARTED + 100_000 - 26 - 1 - 1000);
    assert!(bytes[51..].iter().all(|&byte| byte == 0));
}
