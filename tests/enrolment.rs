//! Properties of enrolment's messages that hold for any input: what was written is read, whatever is
//! changed or cut is refused and changes nothing, and nothing that comes in breaks a reader.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/enrolment/link.rs"]
mod link;
#[path = "support/enrolment/messages.rs"]
mod messages;
#[path = "support/enrolment/package.rs"]
mod package;

use std::time::{Duration, Instant};

use proptest::{prelude::*, test_runner::FileFailurePersistence};
use warifu::{
    credential::{Label, Origin, Seed},
    provision::{
        enrol::{ActivationCode, BindingLevel, InvalidActivationCode, Link, Pending},
        pskc,
    },
    secret::{Secret, SystemRandom},
};

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_package_gives_back_what_was_written_into_it(
        parts in package::parts(), style in package::style(),
    ) {
        let document = parts.write(&style);
        let new = pskc::parse(document.as_bytes()).map_err(|error| {
            TestCaseError::fail(format!("{error}: {document}"))
        })?;
        let id = new.names.credential_id.as_ref().map(|id| id.as_str());
        prop_assert_eq!(id, Some(parts.credential_id.as_str()));
        let names = [&new.names.issuer, &new.names.account].map(|name| name.as_ref().map(Label::as_str));
        prop_assert_eq!(names, [Some(parts.issuer.as_str()), parts.account.as_deref()]);
        prop_assert_eq!(new.generator, parts.generator);
        prop_assert_eq!((new.policy, new.origin), (parts.policy, Origin::Enrolment));
        prop_assert!(*new.keys.code.secret() == Secret::copy_of(&parts.code_key));
        let bytes = |key: &Option<Seed>| key.as_ref().map(|key| key.secret().expose().to_vec());
        prop_assert_eq!(bytes(&new.keys.sign), parts.sign_key);
        prop_assert_eq!(bytes(&new.keys.device), Some(parts.device_key.to_vec()));
    }

    #[test]
    fn no_bytes_at_all_break_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        judge_package(&bytes)?;
        judge_link(&bytes)?;
        judge_link(&[b"https://a#", bytes.as_slice()].concat())?;
        prop_assert!(ActivationCode::parse(&bytes).is_err());
        judge_record(&bytes)?;
        judge_record(&[&[1, 1], bytes.as_slice()].concat())?;
    }

    #[test]
    fn no_change_to_a_valid_package_breaks_the_reader(
        parts in package::parts(), style in package::style(), edits in edits(),
    ) {
        judge_package(&edited(parts.write(&style).into_bytes(), &edits))?;
    }

    #[test]
    fn a_link_gives_back_what_was_written_into_it(parts in link::parts()) {
        let link = Link::parse(parts.write().as_bytes()).map_err(|error| {
            TestCaseError::fail(format!("{error}: {parts:?}"))
        })?;
        prop_assert_eq!(link.host(), parts.authority.to_ascii_lowercase());
        prop_assert_eq!(link.has_activation(), parts.code.is_some());
        let said = format!("{link:?}");
        prop_assert!(parts.code.is_none_or(|code| !said.contains(&link::digits(code))), "{}", said);
        let pending = Pending::begin(&link, BindingLevel::Hardware, &SystemRandom::new()).unwrap();
        let base = format!("https://{}{}", parts.authority.to_ascii_lowercase(), parts.path);
        prop_assert_eq!(pending.request_url(), format!("{}/enrol", base.trim_end_matches('/')));
        prop_assert_eq!(&pending.request()[1..9], &messages::sha256(&parts.key)[..8]);
        // Its length tells nothing.
        prop_assert_eq!(pending.request().len(), 153);
        prop_assert!(pending.is_for(&link));
    }

    #[test]
    fn no_change_to_a_valid_link_breaks_the_reader(parts in link::parts(), edits in edits()) {
        judge_link(&edited(parts.write().into_bytes(), &edits))?;
    }

    #[test]
    fn an_activation_code_is_read_however_it_is_typed(
        code in link::code(), style in prop::collection::vec((any::<bool>(), 0_usize..16), 16),
    ) {
        let between = ["", "", "", "", "", "", "", "", " ", "-", "\u{3000}", "ー", "－", "−", "\t", "‐"];
        let typed: String = link::digits(code).chars().zip(style).map(|(digit, (wide, at))| {
            let wide_digit = char::from_u32(u32::from(digit) + 0xfee0).unwrap();
            format!("{}{}", between[at], if wide { wide_digit } else { digit })
        }).collect();
        let right = ActivationCode::parse(link::digits(code).as_bytes()).unwrap();
        prop_assert!(ActivationCode::parse(typed.as_bytes()) == Ok(right), "{}", typed);
    }

    #[test]
    fn a_slip_of_the_finger_is_told(code in link::code(), at in 0_usize..16, other in 0_u8..10) {
        let refused = |digits: [u8; 16]| {
            ActivationCode::parse(link::digits(digits).as_bytes()).err()
        };
        let mut mistyped = code;
        mistyped[at] = other;
        let expected = (mistyped != code).then_some(InvalidActivationCode::Mistyped);
        prop_assert_eq!(refused(mistyped), expected);
        let mut swapped = code;
        swapped.swap(at, (at + 1) % 16);
        // Luhn cannot tell 09 from 90. The first and the last digit are no neighbours.
        let told = swapped != code && at < 15 && code[at].abs_diff(code[(at + 1) % 16]) != 9;
        prop_assert!(!told || refused(swapped) == Some(InvalidActivationCode::Mistyped));
    }
}

#[test]
fn hostile_packages_cost_about_as_much_as_a_good_one_of_their_length() {
    let good = messages::first().package;
    let padding = pskc::MAX_LEN - good.len() - "<!---->".len();
    let yardstick = cost(format!("{good}<!--{}-->", "a".repeat(padding)).as_bytes());
    let head = "<KeyContainer xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\" Version=\"1.0\"";
    for part in [
        "<",
        "<a",
        "<KeyPackage>",
        "<KeyPackage/>",
        "&amp;",
        "&#65;",
        "&",
        " ",
        "割",
        "<!-- -->",
        "<!--",
        "<![CDATA[",
        "<?a?>",
        "]]>",
        "<KeyPackage xmlns:a=''>",
    ] {
        let head = format!("{head}>");
        let document = format!("{head}{}", part.repeat((pskc::MAX_LEN - head.len()) / part.len()));
        // Work that grew with the square of the length would be a thousand times as much.
        assert!(cost(document.as_bytes()) < yardstick * 50, "{part}");
    }
    for at in 0.. {
        // Attributes are all different, or the second would be the last that is read.
        let attributes: String = (0..at * 50).map(|name| format!(" xmlns:n{name}=''")).collect();
        let document = format!("{head}{attributes}>");
        if document.len() > pskc::MAX_LEN {
            break;
        }
        assert!(cost(document.as_bytes()) < yardstick * 50, "{at}");
    }
    let endless = vec![b'<'; 50_000_000];
    assert_eq!(pskc::parse(&endless).unwrap_err(), pskc::Error::TooLong);
    assert!(cost(&endless) < yardstick * 50);
}

/// The least time of several parses, so that a busy machine does not count.
fn cost(document: &[u8]) -> Duration {
    let parse = |_| {
        let started = Instant::now();
        let _ = pskc::parse(document);
        started.elapsed()
    };
    (0..9).map(parse).min().unwrap_or_default()
}

/// Where, what and how.
type Edit = (prop::sample::Index, u8, u8);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 1..8)
}

fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for (index, byte, edit) in edits {
        let at = index.index(bytes.len().max(1));
        match edit {
            0 => bytes.insert(at.min(bytes.len()), *byte),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            _ if at < bytes.len() => bytes[at] = *byte,
            _ => {}
        }
    }
    bytes
}

/// Parses, and holds whatever comes out to what the profile promises.
fn judge_package(document: &[u8]) -> Result<(), TestCaseError> {
    match pskc::parse(document) {
        Ok(new) => {
            prop_assert!(document.len() <= pskc::MAX_LEN);
            prop_assert!(new.names.issuer.is_some() && new.names.credential_id.is_some());
            prop_assert_eq!(new.keys.device.map(|key| key.secret().len()), Some(32));
            prop_assert!((Seed::MIN_LEN..=Seed::MAX_LEN).contains(&new.keys.code.secret().len()));
        }
        // Printing must not panic either.
        Err(error) => prop_assert!(!error.to_string().is_empty()),
    }
    Ok(())
}

fn judge_link(link: &[u8]) -> Result<(), TestCaseError> {
    match Link::parse(link) {
        Ok(parsed) => {
            prop_assert!(link.trim_ascii().len() <= Link::MAX_LEN);
            prop_assert!(!parsed.host().is_empty());
        }
        Err(error) => prop_assert!(!error.to_string().is_empty()),
    }
    Ok(())
}

/// What is read is written the same.
fn judge_record(record: &[u8]) -> Result<(), TestCaseError> {
    match Pending::decode(record) {
        Ok(pending) => prop_assert!(pending.encode().as_slice() == record),
        Err(error) => prop_assert!(!error.to_string().is_empty()),
    }
    Ok(())
}
