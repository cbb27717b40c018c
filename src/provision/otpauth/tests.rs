use super::*;
use crate::{
    credential::{Generator, Label},
    otp::{Algorithm, Digits, totp::Steps},
    secret::Secret,
};

const SECRET: &str = "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn totp(label: &str, parameters: &str) -> Result<NewCredential, Error> {
    parse(format!("otpauth://totp/{label}?{SECRET}{parameters}").as_bytes())
}

fn hotp(parameters: &str) -> Result<NewCredential, Error> {
    parse(format!("otpauth://hotp/alice?{SECRET}{parameters}").as_bytes())
}

fn names(label: &str, parameters: &str) -> Result<(String, String), Error> {
    let shown = |label: Option<Label>| label.map_or(String::new(), |label| label.to_string());
    totp(label, parameters).map(|new| (shown(new.names.issuer), shown(new.names.account)))
}

fn pair(issuer: &str, account: &str) -> Result<(String, String), Error> {
    Ok((issuer.to_owned(), account.to_owned()))
}

#[test]
fn the_least_uri_gets_every_default() {
    let new = totp("alice", "").unwrap();
    assert_eq!(new.keys.code.secret(), &Secret::copy_of(b"12345678901234567890"));
    assert!(new.keys.sign.is_none() && new.keys.device.is_none());
    let (algorithm, digits) = (Algorithm::Sha1, Digits::SIX);
    assert_eq!(new.generator, Generator::Totp { algorithm, digits, steps: Steps::default() });
    assert_eq!((new.origin, new.policy), (Origin::Otpauth, Policy::default()));
    assert_eq!((new.names.issuer, new.names.credential_id), (None, None));
}

#[test]
fn scheme_type_and_algorithm_are_read_in_any_case_and_white_space_around_is_dropped() {
    let uri = format!(" \tOTPAuth://ToTP/a?{SECRET}&algorithm=sHa512\r\n");
    let new = parse(uri.as_bytes()).unwrap();
    assert!(matches!(new.generator, Generator::Totp { algorithm: Algorithm::Sha512, .. }));
}

#[test]
fn anything_but_an_otpauth_uri_is_told_apart_at_once() {
    let others: [&[u8]; 6] = [
        b"",
        b"otpauth:/",
        b"https://example.com/#top",
        b"otpauth-migration://offline?data=CgA",
        b"\xff\xfe\x00",
        &[b'x'; 100_000],
    ];
    for other in others {
        assert_eq!(parse(other).unwrap_err(), Error::NotOtpauth);
    }
    for kind in ["xotp", "", "totp:443", "%74otp"] {
        let uri = format!("otpauth://{kind}/a?{SECRET}");
        assert_eq!(parse(uri.as_bytes()).unwrap_err(), Error::UnknownType, "{kind}");
    }
    assert_eq!(parse(b"otpauth://totp?secret=A").unwrap_err(), Error::Malformed);
}

#[test]
fn a_label_is_split_at_its_first_colon_raw_or_encoded() {
    assert_eq!(names("Bank:alice", ""), pair("Bank", "alice"));
    assert_eq!(names("Bank%3a%20alice", ""), pair("Bank", "alice"));
    assert_eq!(names("Bank:a:b", ""), pair("Bank", "a:b"));
    assert_eq!(names(":alice", ""), pair("", "alice"));
    assert_eq!(names("a/b+c", ""), pair("", "a/b+c"));
}

#[test]
fn one_of_issuer_and_account_is_enough_and_none_is_not() {
    assert_eq!(names("", "&issuer=Bank"), pair("Bank", ""));
    assert_eq!(names("Bank:", ""), pair("Bank", ""));
    assert_eq!(names("Bank:%20", "&issuer="), pair("Bank", ""));
    for label in ["", ":", "%20", "%E3%80%80"] {
        assert_eq!(names(label, "&issuer=+"), Err(Error::Nameless), "{label}");
    }
}

#[test]
fn two_issuers_must_agree() {
    assert_eq!(names("My+Bank:a", "&issuer=My%2BBank"), pair("My+Bank", "a"));
    assert_eq!(names("My%20Bank%20:a", "&issuer=My+Bank"), pair("My Bank", "a"));
    assert_eq!(names("Evil:a", "&issuer=Bank"), Err(Error::IssuerMismatch));
    assert_eq!(names("bank:a", "&issuer=Bank"), Err(Error::IssuerMismatch));
}

#[test]
fn text_that_should_have_been_encoded_is_taken_as_it_stands() {
    assert_eq!(
        names("割符 銀行:契約者\"<1>", "&issuer=割符 銀行"),
        pair("割符 銀行", "契約者\"<1>")
    );
}

#[test]
fn what_cuts_or_breaks_a_uri_is_malformed() {
    for label in ["a#b", "a\nb", "a\0b", "a\x7fb", "a%", "a%zz", "a%4"] {
        assert_eq!(names(label, ""), Err(Error::Malformed), "{label:?}");
    }
    for parameter in ["&image=a#b", "&image=%zz", "&%z=1"] {
        assert_eq!(names("a", parameter), Err(Error::Malformed), "{parameter}");
    }
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    assert_eq!(names("%ff%fe", ""), Err(Error::NotUtf8));
    assert_eq!(names("a", "&issuer=%E5%89"), Err(Error::NotUtf8));
    assert_eq!(names("a", "&credential_id=%ff%ff%ff%ff"), Err(Error::NotUtf8));
    assert_eq!(parse(b"otpauth://totp/\xff?secret=A").unwrap_err(), Error::NotUtf8);
}

#[test]
fn names_that_deceive_or_flood_are_refused() {
    let (forbidden, long) = (InvalidLabel::ForbiddenCharacter, "a".repeat(129));
    assert_eq!(names("a%00b", ""), Err(Error::Account { why: forbidden }));
    assert_eq!(names("a%0Ab:c", ""), Err(Error::Issuer { why: forbidden }));
    assert_eq!(names("a", "&issuer=%E2%80%AE"), Err(Error::Issuer { why: forbidden }));
    assert_eq!(names(&long, ""), Err(Error::Account { why: InvalidLabel::TooLong }));
}

#[test]
fn a_known_parameter_twice_is_an_error_and_an_unknown_one_is_ignored() {
    use Parameter::{Algorithm, CredentialId, Digits, Issuer, Period, Secret};
    for (parameters, parameter) in [
        ("&secret=QJOQT3YGVBNGDZEGQJOQT3YGVBNGDZEG", Secret),
        ("&%73ecret=", Secret),
        ("&issuer=&issuer=", Issuer),
        ("&algorithm=SHA1&algorithm=SHA1", Algorithm),
        ("&digits=6&digits=6", Digits),
        ("&period=30&period=30", Period),
        ("&credential_id=WRFU1&credential_id=WRFU1", CredentialId),
    ] {
        assert_eq!(names("a", parameters), Err(Error::Repeated { parameter }), "{parameters}");
    }
    assert!(names("a", "&image=1&image=2&&&SECRET=x&Digits=99&counter=x&counter&=&").is_ok());
    assert!(hotp("&counter=0&period=0&period=x").is_ok());
}

#[test]
fn what_must_be_there_is_missed() {
    let missing = |parameter| Error::Missing { parameter };
    for uri in [
        "otpauth://totp/a",
        "otpauth://totp/a?",
        "otpauth://totp/a?secret",
        "otpauth://totp/a?secret=",
    ] {
        assert_eq!(parse(uri.as_bytes()).unwrap_err(), missing(Parameter::Secret), "{uri}");
    }
    assert_eq!(hotp("").unwrap_err(), missing(Parameter::Counter));
}

#[test]
fn numbers_are_plain_and_in_range() {
    let out = |parameter| Error::OutOfRange { parameter };
    for digits in
        ["5", "11", "99", "262", "", "x", "-6", "%2B6", "+6", "6.0", "٦", "18446744073709551622"]
    {
        assert_eq!(
            totp("a", &format!("&digits={digits}")).unwrap_err(),
            out(Parameter::Digits),
            "{digits}"
        );
    }
    for digits in 6..=10 {
        assert!(totp("a", &format!("&digits={digits}")).is_ok());
    }
    for period in ["0", "86401", "4294967326"] {
        assert_eq!(
            totp("a", &format!("&period={period}")).unwrap_err(),
            out(Parameter::Period),
            "{period}"
        );
    }
    for period in ["1", "86400", "0030"] {
        assert!(totp("a", &format!("&period={period}")).is_ok());
    }
    for counter in ["", "-1", "18446744073709551616"] {
        assert_eq!(
            hotp(&format!("&counter={counter}")).unwrap_err(),
            out(Parameter::Counter),
            "{counter}"
        );
    }
}

#[test]
fn a_counter_that_could_never_be_advanced_past_is_refused() {
    let refused = Error::OutOfRange { parameter: Parameter::Counter };
    assert_eq!(hotp("&counter=18446744073709551615").unwrap_err(), refused);
    let last = hotp("&counter=18446744073709551614").unwrap().generator;
    assert!(matches!(last, Generator::Hotp { counter, .. } if counter == u64::MAX - 1));
}

#[test]
fn an_unknown_algorithm_is_refused() {
    for algorithm in ["MD5", "", "SHA-1", "HmacSHA1", "SHA3-256"] {
        let refused = totp("a", &format!("&algorithm={algorithm}")).unwrap_err();
        assert_eq!(refused, Error::UnknownAlgorithm, "{algorithm}");
    }
}

#[test]
fn a_secret_may_be_padded_and_of_either_case_but_holds_no_spaces() {
    let with = |secret: &str| parse(format!("otpauth://totp/a?secret={secret}").as_bytes());
    for good in ["gezdgnbvgy3tqojqGEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQ====", "GEZDGNBVGY3TQOJQ%3D"]
    {
        assert!(with(good).is_ok(), "{good}");
    }
    for bad in [
        "GEZDGNBV GY3TQOJQ",
        "GEZDGNBV+GY3TQOJQ",
        "GEZDGNBV%20GY3TQOJQ",
        "GEZDGNBV=GY3TQOJQ",
        "GEZDGNBV-GY3TQOJQ",
        "GEZDGNBVGY3TQOJQ1",
        "GEZDGNBVGY3TQOJQA",
    ] {
        assert_eq!(with(bad).unwrap_err(), Error::NotBase32, "{bad}");
    }
    for short in ["====", "GEZDGNBV", "GEZDGNBVGY3TQOI"] {
        assert_eq!(with(short).unwrap_err(), Error::SeedTooShort, "{short}");
    }
    assert_eq!(with(&"A".repeat(2_000)).unwrap_err(), Error::SeedTooLong);
}

#[test]
fn a_credential_id_takes_what_people_type_and_refuses_the_rest() {
    let id = totp("a", "&credential_id=wrfu+1234-5678").unwrap().names.credential_id.unwrap();
    assert_eq!(id.as_str(), "WRFU12345678");
    for bad in ["", "abc", "WRFU_123"] {
        let refused = totp("a", &format!("&credential_id={bad}")).unwrap_err();
        assert_eq!(refused, Error::CredentialId, "{bad}");
    }
}

#[test]
fn length_and_number_of_parameters_are_bounded() {
    let padded = |len: usize| {
        let uri = format!("otpauth://totp/a?{SECRET}&x=");
        format!("{uri}{}", "x".repeat(len.saturating_sub(uri.len())))
    };
    assert!(parse(padded(MAX_LEN).as_bytes()).is_ok());
    assert_eq!(parse(padded(MAX_LEN + 1).as_bytes()).unwrap_err(), Error::TooLong);
    assert!(totp("a", &"&x".repeat(31)).is_ok());
    assert_eq!(totp("a", &"&x".repeat(32)).unwrap_err(), Error::TooManyParameters);
}

#[test]
fn an_error_names_the_parameter_as_it_stands_in_a_uri() {
    let missing = Error::Missing { parameter: Parameter::CredentialId };
    assert_eq!(missing.to_string(), "the parameter credential_id is missing");
}
