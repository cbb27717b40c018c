//! What the database keeps, on both: all of a change or none of it, and only in the place of what was
//! judged.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

#[path = "support/stored.rs"]
mod stored;
mod support;

use stored::{NOW, credential, id, import, key, on_both, seed};
use support::Database;
use warifu::{
    credential::{CredentialId, Generator, Label},
    otp::{Algorithm, Digits},
    time::{Millis, UnixMillis},
};
use warifu_bank::{
    seeds::KeyId,
    service::{Judged, ServiceError, Terms},
    store::{
        self, Activation, AnswerKey, ClientId, Credential, NewEnrolment, Recorded, SealedKeys,
        Store, StoreError, Written,
    },
};
use warifu_issuer::EnrolmentId;
use warifu_verifier::{Row, State};

#[test]
fn a_credential_comes_back_as_it_was() {
    on_both(async |bank| {
        let full = Row {
            confirmed: true,
            locked: false,
            suspended: true,
            revoked: true,
            spent: Some(u64::MAX - 16),
            sighted: (u64::MAX - 15..=u64::MAX).collect(),
            drift: -10,
            drift_confirmed_at: Some(i64::MIN),
            failures: 99,
            next_try_at: Some(i64::MAX),
        };
        let plain = credential("PLAIN001");
        let credential = Credential {
            id: id("FULL0001"),
            issuer: Some(Label::new("割符信用金庫").unwrap()),
            account: Some(Label::new("普通預金 0001").unwrap()),
            account_ref: Some(Label::new("c'17\"; --").unwrap()),
            generator: Generator::Hotp {
                algorithm: Algorithm::Sha512,
                digits: Digits::EIGHT,
                counter: u64::MAX,
            },
            keys: SealedKeys {
                key: KeyId(u32::MAX),
                code: vec![0, 1, 255],
                sign: Some(vec![]),
                device: Some(vec![7; 300]),
            },
            binding: Some(2),
            state: State::try_from(full).unwrap(),
            created_at: UnixMillis(-1),
            expires_at: Some(UnixMillis(i64::MAX)),
        };
        for credential in [plain, credential] {
            assert_eq!(bank.store().insert(&credential, None).await, Ok(Written::Yes));
            let read = bank.store().credential(&credential.id).await.unwrap().unwrap();
            assert_eq!(read.value, credential);
            assert_eq!(bank.store().insert(&credential, None).await, Err(StoreError::Exists));
        }
        assert!(bank.store().credential(&id("NONE0001")).await.unwrap().is_none());
    });
}

#[test]
fn a_state_is_stored_only_in_the_place_of_the_one_that_was_judged() {
    on_both(async |bank| {
        let id = bank.imported("LATE0001").await;
        let (faster, slower) = (bank.read(&id).await, bank.read(&id).await);
        let suspended = faster.value.state.suspend().unwrap();
        let revoked = slower.value.state.revoke();
        assert_eq!(bank.store().replace(&faster, &suspended, None).await, Ok(Written::Yes));
        assert_eq!(bank.store().replace(&slower, &revoked, None).await, Ok(Written::Overtaken));
        assert_eq!(bank.read(&id).await.value.state, suspended);
    });
}

#[test]
fn what_was_told_is_in_the_database() {
    on_both(async |bank| {
        let id = bank.imported("TOLD0001").await;
        let told = bank.service.confirm(&id, support::CODES[0], None, NOW).await.unwrap();
        assert!(told.is_accepted());
        // By a connection of its own, which sees what is committed and nothing else.
        let row = sqlx::query_scalar::<_, i64>("SELECT spent FROM credential WHERE id = $1");
        let spent = row.bind(id.as_str()).fetch_one(&bank.raw).await.unwrap();
        assert_eq!(spent, 0);
    });
}

#[test]
fn an_answer_that_cannot_be_kept_undoes_what_it_tells() {
    on_both(async |bank| {
        let id = bank.imported("KEPT0001").await;
        let raw = |sql: &'static str| sqlx::raw_sql(sql).execute(&bank.raw);
        raw("ALTER TABLE answer RENAME COLUMN expires_at TO gone").await.unwrap();
        let failed = bank.service.confirm(&id, support::CODES[0], Some(&key("k")), NOW).await;
        assert!(matches!(failed, Err(ServiceError::Store(StoreError::Refused { .. }))));
        let failed = bank.service.activate(None, Millis(1), Some(&key("a")), NOW).await;
        assert!(failed.is_err());
        let failed = bank.service.import(&import("KEPT0002"), Some(&key("i")), NOW).await;
        assert!(failed.is_err());
        raw("ALTER TABLE answer RENAME COLUMN gone TO expires_at").await.unwrap();

        assert_eq!(
            bank.service.find(&CredentialId::new("KEPT0002").unwrap(), NOW).await.err(),
            Some(ServiceError::NotFound)
        );
        let codes: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM activation")
            .fetch_one(&bank.raw)
            .await
            .unwrap();
        assert_eq!(codes, 0);
        // The code is not spent: the same request is carried out now.
        let told = bank.service.confirm(&id, support::CODES[0], Some(&key("k")), NOW).await;
        assert!(told.unwrap().is_accepted());
    });
}

#[test]
fn a_key_names_one_request_of_one_client() {
    on_both(async |bank| {
        let id = bank.imported("NAME0001").await;
        let confirm = |key: AnswerKey| {
            let (bank, id) = (&bank, &id);
            async move { bank.service.confirm(id, support::CODES[0], Some(&key), NOW).await }
        };
        let first = confirm(key("k")).await.unwrap();
        assert!(first.is_accepted());
        assert_eq!(confirm(key("k")).await, Ok(first));
        let other_body = AnswerKey { request_digest: [1; 32], ..key("k") };
        assert_eq!(confirm(other_body).await, Err(ServiceError::KeyReused));
        let other_client = AnswerKey { client: ClientId(2), ..key("k") };
        assert_eq!(confirm(other_client).await, Ok(Judged::AlreadyConfirmed));
        // After its time the name may be used anew.
        let late = NOW.saturating_add(Terms::default().answers);
        assert_eq!(bank.service.tidy(late).await.unwrap().answers, 2);
        assert_eq!(confirm(key("k")).await, Ok(Judged::AlreadyConfirmed));
    });
}

#[test]
fn an_enrolment_is_recorded_whole_or_not_at_all() {
    on_both(async |bank| {
        let store = bank.store();
        let code_digest = [9; 32];
        let account = Label::new("c-17").unwrap();
        let activation = Activation {
            code_digest,
            account_ref: Some(account.clone()),
            created_at: NOW,
            expires_at: NOW.saturating_add(Millis(1000)),
        };
        assert_eq!(store.add_activation(&activation, None).await, Ok(Written::Yes));
        let waiting = Credential {
            expires_at: Some(NOW.saturating_add(Millis(5000))),
            ..credential("ENRL0001")
        };
        let enrolment = |number: u8, code: Option<[u8; 32]>, credential| NewEnrolment {
            id: EnrolmentId([number; 16]),
            request_digest: [number; 32],
            code_digest: code,
            credential,
            answer: b"sealed",
        };

        // A credential's ID that is taken leaves the activation code as it was.
        let taken = credential("ENRL0009");
        let _ = store.insert(&taken, None).await.unwrap();
        let new = enrolment(1, Some(code_digest), &taken);
        assert_eq!(store.record(&new, NOW).await, Ok(Recorded::IdTaken));

        let new = enrolment(1, Some(code_digest), &waiting);
        let late = NOW.saturating_add(Millis(1000));
        assert_eq!(store.record(&new, late).await, Ok(Recorded::NoSuchCode));
        assert_eq!(store.record(&new, NOW).await, Ok(Recorded::Yes));
        assert_eq!(store.record(&new, NOW).await, Ok(Recorded::Known));
        let stolen = credential("ENRL0002");
        let new = enrolment(2, Some(code_digest), &stolen);
        assert_eq!(store.record(&new, NOW).await, Ok(Recorded::NoSuchCode));
        assert!(store.credential(&stolen.id).await.unwrap().is_none());
        assert!(store.enrolment(EnrolmentId([2; 16])).await.unwrap().is_none());

        let issued = bank.read(&waiting.id).await;
        assert_eq!(issued.value.account_ref, Some(account));
        let kept = store.enrolment(EnrolmentId([1; 16])).await.unwrap().unwrap();
        assert_eq!(kept.answer.as_deref(), Some(b"sealed".as_slice()));
        assert_eq!((&kept.credential_id, &*kept.request_digest), (&waiting.id, [1; 32].as_slice()));

        // The same enrolment twice, without a code: the second is known by its ID alone.
        let open = Credential { expires_at: waiting.expires_at, ..credential("ENRL0003") };
        assert_eq!(store.record(&enrolment(3, None, &open), NOW).await, Ok(Recorded::Yes));
        let twin = credential("ENRL0004");
        assert_eq!(store.record(&enrolment(3, None, &twin), NOW).await, Ok(Recorded::Known));
        assert!(store.credential(&twin.id).await.unwrap().is_none());
        assert_eq!(store.open_unconfirmed().await, Ok(1));
    });
}

#[test]
fn a_confirmation_forgets_the_answer_and_the_end_of_the_wait() {
    on_both(async |bank| {
        let expires_at = NOW.saturating_add(Millis(5000));
        for (number, name) in [(1, "CONF0001"), (2, "CONF0002")] {
            let keys = bank.imported(&format!("{name}X")).await;
            let keys = bank.read(&keys).await.value;
            // Its keys are sealed for its own ID.
            let mut credential = Credential { expires_at: Some(expires_at), ..credential(name) };
            credential.keys = bank
                .service
                .seal(
                    &credential.id,
                    &warifu_bank::service::NewKeys { code: &seed(), sign: None, device: None },
                )
                .unwrap();
            credential.generator = keys.generator;
            let new = NewEnrolment {
                id: EnrolmentId([number; 16]),
                request_digest: [number; 32],
                code_digest: None,
                credential: &credential,
                answer: b"sealed",
            };
            assert_eq!(bank.store().record(&new, NOW).await, Ok(Recorded::Yes));
        }
        let confirmed = id("CONF0001");
        let in_time = UnixMillis(expires_at.0 - 1);
        let told = bank.service.confirm(&confirmed, support::CODES[0], None, in_time).await;
        assert!(told.unwrap().is_accepted());

        // Too late, whether what has expired is removed yet or not.
        let late = id("CONF0002");
        let told = bank.service.confirm(&late, support::CODES[0], None, expires_at).await;
        assert_eq!(told, Err(ServiceError::NotFound));
        assert_eq!(bank.service.tidy(in_time).await.unwrap().credentials, 0);
        assert_eq!(bank.service.tidy(expires_at).await.unwrap().credentials, 1);
        assert!(bank.store().credential(&late).await.unwrap().is_none());
        assert!(bank.store().enrolment(EnrolmentId([2; 16])).await.unwrap().is_none());

        assert_eq!(bank.read(&confirmed).await.value.expires_at, None);
        let kept = bank.store().enrolment(EnrolmentId([1; 16])).await.unwrap().unwrap();
        assert_eq!(kept.answer, None);
    });
}

#[test]
fn keys_sealed_anew_take_the_place_of_those_that_were_read_and_of_no_others() {
    on_both(async |bank| {
        let id = bank.imported("SEAL0001").await;
        let read = bank.store().sealed_under_others(KeyId(u32::MAX), None, 10).await.unwrap();
        let [old] = read.as_slice() else { panic!("{} rows", read.len()) };
        let anew = |byte| SealedKeys { key: KeyId(7), code: vec![byte], sign: None, device: None };
        // Under the same key, and by now other bytes.
        let mut stale = old.clone();
        stale.keys.code.push(0);
        let replaced = bank.store().replace_sealed(&[(stale, anew(1))]).await.unwrap();
        assert_eq!(replaced, 0);
        assert_eq!(bank.read(&id).await.value.keys, old.keys);
        let replaced = bank.store().replace_sealed(&[(old.clone(), anew(2))]).await.unwrap();
        assert_eq!(replaced, 1);
        assert_eq!(bank.read(&id).await.value.keys, anew(2));
    });
}

#[test]
fn a_row_that_nobody_wrote_is_corrupt_and_judges_nothing() {
    on_both(async |bank| {
        let id = bank.imported("CRPT0001").await;
        for change in [
            "UPDATE credential SET drift = 11",
            "UPDATE credential SET drift = 0, failures = 101",
            "UPDATE credential SET failures = 0, confirmed = 2",
            "UPDATE credential SET confirmed = 0, digits = 5",
            "UPDATE credential SET digits = 6, kind = 3",
            "UPDATE credential SET kind = 2, sighted = 'x'",
        ] {
            sqlx::raw_sql(change).execute(&bank.raw).await.unwrap();
            let told = bank.service.confirm(&id, support::CODES[0], None, NOW).await;
            let corrupt = matches!(told, Err(ServiceError::Store(StoreError::Corrupt { .. })));
            assert!(corrupt, "{change}: {told:?}");
        }
        let other = bank.imported("CRPT0002").await;
        let moved = "UPDATE credential SET sighted = '', code_key = \
                     (SELECT code_key FROM credential WHERE id = 'CRPT0001')";
        sqlx::raw_sql(moved).execute(&bank.raw).await.unwrap();
        let told = bank.service.confirm(&other, support::CODES[0], None, NOW).await;
        assert!(matches!(told, Err(ServiceError::Seed(_))), "{told:?}");
    });
}

#[test]
fn tables_of_a_version_to_come_are_left_alone() {
    on_both(async |bank| {
        let newer = "INSERT INTO _sqlx_migrations \
                     (version, description, success, checksum, execution_time) \
                     VALUES (9, 'to come', TRUE, '', 0)";
        sqlx::raw_sql(newer).execute(&bank.raw).await.unwrap();
        let database = store::Database::parse(bank.database.url()).unwrap();
        assert_eq!(Store::open(&database, 1).await.err(), Some(StoreError::OtherVersion));
    });
}

#[test]
fn a_file_that_others_may_read_is_not_opened() {
    use std::{fs, os::unix::fs::PermissionsExt as _};
    let database = Database::sqlite();
    let bank = database.start(&[]);
    for name in ["bank.db", "bank.db-wal", "bank.db-shm"] {
        let mode = fs::metadata(database.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    drop(bank);
    fs::set_permissions(database.path("bank.db"), fs::Permissions::from_mode(0o640)).unwrap();
    let out = database.command(&["credential", "show", "WRFU12345678"]).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(!out.status.success() && said.contains("permission denied"), "{said}");
}
