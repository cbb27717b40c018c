//! The table as data: what a step may say, and nothing else.

use std::{collections::BTreeSet, fs, path::Path};

use serde::Deserialize;
use serde_json::{Value, json};
use warifu::vault;

use super::words::{Answer, End, Errand, Fate, Hardware, Kind, Refusal, Unlock, Verdict, Way};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    format: u32,
    pub(crate) kdf: KdfParams,
    pub(crate) ops: Vec<String>,
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(deny_unknown_fields)]
pub(crate) struct KdfParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) steps: Vec<Value>,
}

/// One step: an op with what it is to give, or the error that it is to end in.
pub(crate) struct Step {
    pub(crate) op: Op,
    pub(crate) expect: Option<Value>,
    pub(crate) error: Option<Value>,
    /// As it is written, for messages.
    pub(crate) text: String,
}

/// What can be done; `docs/scenarios.md` says of each what it is.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Op {
    // The device.
    Clock {
        wall_ms: Option<i64>,
        uptime_ms: Option<u64>,
        boot: Option<u8>,
        advance_ms: Option<u64>,
    },
    // A token's life.
    Create {
        token: Option<String>,
        passphrase: String,
        hosts: Option<Vec<String>>,
    },
    CreateOnDevice {
        token: Option<String>,
        hosts: Option<Vec<String>>,
    },
    Open {
        token: Option<String>,
        hosts: Option<Vec<String>>,
    },
    Close {
        token: Option<String>,
    },
    Lock {
        token: Option<String>,
    },
    IsUnlocked {
        token: Option<String>,
    },
    Unlock {
        token: Option<String>,
        by: Way,
        pin: Option<String>,
        passphrase: Option<String>,
    },
    Screen {
        token: Option<String>,
        only: Option<Vec<String>>,
    },
    Refresh {
        token: Option<String>,
    },
    Anchor {
        token: Option<String>,
    },
    Marker {
        token: Option<String>,
    },
    ReadMarker {
        text: String,
    },
    // Its credentials.
    Preview {
        uri: Option<String>,
        uri_hex: Option<String>,
        filled_to: Option<usize>,
    },
    Add {
        token: Option<String>,
        r#as: Option<String>,
        uri: Option<String>,
        uri_hex: Option<String>,
        filled_to: Option<usize>,
    },
    Rename {
        token: Option<String>,
        entry: String,
        issuer: Option<String>,
        account: Option<String>,
    },
    Remove {
        token: Option<String>,
        entry: String,
    },
    Entries {
        token: Option<String>,
    },
    Advance {
        token: Option<String>,
        entry: String,
        request: String,
    },
    // Enrolment.
    Service {
        wall_ms: Option<i64>,
        code: Option<String>,
        unlock: Option<Unlock>,
        verdict: Option<Verdict>,
        synced: Option<bool>,
        ages: Option<bool>,
    },
    Network {
        next: Option<Fate>,
        status: Option<u16>,
        nth: Option<u32>,
    },
    SyncTime {
        token: Option<String>,
    },
    PreviewEnrolment {
        link: Option<String>,
    },
    Enrol {
        token: Option<String>,
        link: Option<String>,
        activation: Option<String>,
        r#as: Option<String>,
    },
    ResumeEnrolment {
        token: Option<String>,
        r#as: Option<String>,
    },
    PendingEnrolment {
        token: Option<String>,
    },
    DiscardEnrolment {
        token: Option<String>,
    },
    // Its slots.
    Slots {
        token: Option<String>,
    },
    LockedSlots {
        token: Option<String>,
    },
    SetSlot {
        token: Option<String>,
        slot: Kind,
        pin: Option<String>,
        passphrase: Option<String>,
        hardware: Option<Hardware>,
        limit: Option<u8>,
    },
    RemakeSlot {
        token: Option<String>,
        slot: Kind,
    },
    RemoveSlot {
        token: Option<String>,
        slot: Kind,
    },
    ChangePassphrase {
        token: Option<String>,
        current: String,
        new: String,
    },
    // Its file.
    KeepFile {
        r#as: String,
    },
    PutFile {
        kept: String,
    },
    CompareFile {
        kept: String,
    },
    DamageFile {
        from: End,
        offset: usize,
        xor: u8,
    },
    CutFile {
        keep: usize,
    },
    WriteFile {
        hex: String,
    },
    RemoveFile {},
    HoldLock {},
    ReleaseLock {},
    // The key store, and the person in front of it.
    KeyStore {},
    RefuseNext {
        refusal: Refusal,
    },
    ThrowNext {},
    EmptyNext {},
    HoldNext {
        errand: Errand,
        nth: Option<u32>,
    },
    Release {},
    LoseKeys {
        slot: Option<Kind>,
    },
    AnswerPrompts {
        with: Answer,
    },
    ChangeBiometrics {},
    // Several at once.
    Start {
        task: String,
        step: Value,
    },
    Task {
        task: String,
    },
    Cancel {
        task: String,
    },
    Finish {
        task: String,
    },
    Repeat {
        count: u32,
        steps: Vec<Value>,
    },
    AtOnce {
        count: u32,
        steps: Vec<Value>,
    },
}

impl Table {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios.json");
        let table: Self = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        assert_eq!(table.format, 1);
        table
    }
}

impl KdfParams {
    pub(crate) fn of_core(self) -> vault::KdfParams {
        vault::KdfParams::new(self.memory_kib, self.passes, self.lanes).unwrap()
    }
}

impl Scenario {
    /// One that is not in the table.
    pub(crate) fn of(steps: &[&str]) -> Self {
        let steps = steps.iter().map(|step| serde_json::from_str(step).unwrap()).collect();
        Self { name: "made up".to_owned(), steps }
    }
}

impl Step {
    pub(crate) fn parse(written: &Value) -> Self {
        let text = written.to_string();
        let mut fields = written.as_object().unwrap_or_else(|| panic!("no step: {text}")).clone();
        let (expect, error) = (fields.remove("expect"), fields.remove("error"));
        assert!(expect.is_none() || error.is_none(), "a result and an error: {text}");
        let op = serde_json::from_value(Value::Object(fields));
        let op = op.unwrap_or_else(|why| panic!("{text}: {why}"));
        Self { op, expect, error, text }
    }
}

impl Op {
    /// Every op there is, as the table writes it.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let unknown = serde_json::from_value::<Self>(json!({ "op": "" })).err().unwrap();
        // serde names them in its error; so no list here can miss one.
        let text = Box::leak(unknown.to_string().into_boxed_str());
        text.split('`').skip(1).step_by(2).filter(|name| !name.is_empty())
    }
}

/// The ops of a step and of those within it.
pub(crate) fn ops_of(step: &Value, ops: &mut BTreeSet<String>) {
    ops.extend(step["op"].as_str().map(str::to_owned));
    let nested = step["steps"].as_array().into_iter().flatten();
    nested.chain(step.get("step")).for_each(|step| ops_of(step, ops));
}

/// The step with `{n}` written out: the number's last three decimal digits as letters, A for 0.
pub(crate) fn numbered(step: &Value, n: u32) -> Value {
    let letter = |by: u32| char::from(b'A' + u8::try_from(n / by % 10).unwrap());
    let letters: String = [100, 10, 1].map(letter).iter().collect();
    serde_json::from_str(&step.to_string().replace("{n}", &letters)).unwrap()
}
