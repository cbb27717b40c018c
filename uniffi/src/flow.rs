use warifu::{
    secret::scrubbed,
    time::{DeviceTime, Uptime},
    token::{self, Added, Answer, Errand, HttpAnswer, HttpErrand, Outcome, Step, Ticket},
    vault::{DamagedSlot, KeyAnswer, KeyErrand, SlotId, UnlockReport},
};

use crate::WarifuError;

/// Work that needs the platform's key store or the network, step by step.
///
/// Call `step`, do the errand that it asks for, hand the answer to `answer`, and so on until it is
/// done. A step may run Argon2 and write the disk: keep it off the main thread. A newer flow of the
/// same kind makes this one stale; letting it go abandons it.
#[derive(Debug, uniffi::Object)]
pub struct Flow(token::Flow);

impl From<token::Flow> for Flow {
    fn from(flow: token::Flow) -> Self {
        Self(flow)
    }
}

#[uniffi::export]
impl Flow {
    /// Goes on to the next errand, the next wait or the end.
    ///
    /// # Errors
    /// Whatever ends the work; a misuse while an errand is out.
    pub fn step(&self, now: DeviceTime) -> Result<Step, WarifuError> {
        Ok(self.0.step(now)?)
    }

    /// Hands in what the platform answered, and goes on.
    ///
    /// # Errors
    /// Whatever ends the work; a misuse for an answer that nobody waits for, and then nothing
    /// changed.
    pub fn answer(
        &self,
        ticket: Ticket,
        answer: Answer,
        now: DeviceTime,
    ) -> Result<Step, WarifuError> {
        Ok(self.0.answer(ticket, answer, now)?)
    }

    /// Ends the flow where it stands and wipes what it held. Ending it twice is fine.
    pub fn abandon(&self) {
        self.0.abandon();
    }
}

/// Overwrites what a call before left in the registers, by best effort. A step's errand is copied out
/// after the core has wiped up behind itself; a machine that spills registers as it likes calls this next.
#[uniffi::export]
pub fn overwrite_registers() {
    scrubbed(|| ());
}

/// Names one errand of one flow of one token. It is no secret; it goes back as it came.
#[uniffi::remote(Record)]
pub struct Ticket {
    /// Which token.
    pub token: u64,
    /// Which of the token's flows.
    pub flow: u64,
    /// Which of the flow's errands.
    pub number: u64,
}

/// Where a flow stands.
#[uniffi::remote(Enum)]
pub enum Step {
    /// Do this and answer it with the ticket.
    Ask {
        /// To be handed back with the answer.
        ticket: Ticket,
        /// What the platform is to do.
        errand: Errand,
    },
    /// Step again at this uptime, or later; a PIN's next try has to wait, or a second later
    /// the time tells more.
    Wait {
        /// When, in this boot.
        until: Uptime,
    },
    /// It is done.
    Done(Outcome),
}

/// What a flow needs of the world outside.
#[uniffi::remote(Enum)]
pub enum Errand {
    /// An operation of the platform's key store.
    Key(KeyErrand),
    /// A request over the network.
    Http(HttpErrand),
}

/// What the platform did of it. One of the other sort ends the flow.
#[uniffi::remote(Enum)]
pub enum Answer {
    /// What the key store answers.
    Key(KeyAnswer),
    /// What came of the request.
    Http(HttpAnswer),
}

/// What a flow came to.
#[uniffi::remote(Enum)]
pub enum Outcome {
    /// The vault is open.
    Unlocked(UnlockReport),
    /// A slot was made, or made anew.
    Slot(SlotId),
    /// A slot was removed, with its keys.
    Removed,
    /// The platform keeps the vault's generation.
    Anchored,
    /// A credential was enrolled and confirmed, and is an entry now.
    Enrolled(Added),
    /// A clock was heard; the screen says what is known now.
    Synced,
}

/// How many of something; no vault has as many as do not fit.
pub(crate) type Count = usize;

uniffi::custom_type!(
    /// How many of something.
    Count, u32, {
        remote,
        lower: |count| u32::try_from(count).unwrap_or(u32::MAX),
        try_lift: |count| Ok(usize::try_from(count)?),
    }
);

/// What opening a vault found besides its entries.
#[uniffi::remote(Record)]
pub struct UnlockReport {
    /// Slots that want to be made anew.
    pub damaged_slots: Vec<DamagedSlot>,
    /// Records of kinds that a later version made: kept, not shown.
    pub kept_unread: Count,
    /// The PIN was right, and the count of wrong tries could not be set back: set the PIN anew, or
    /// the slot may be destroyed by the next try.
    pub pin_count_stays: bool,
}
