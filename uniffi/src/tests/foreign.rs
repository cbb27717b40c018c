//! The other side: what a call came to, and a reader of the buffers that cross.

use std::mem::ManuallyDrop;

use uniffi::{Lift, RustBuffer, RustCallStatus, RustCallStatusCode};
use warifu::token::{Error, Ticket};

use crate::{UniFfiTag, WarifuError};

/// What a call did instead of returning.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Typed(WarifuError),
    /// It panicked. The other side does not show the message.
    Panic(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Typed(error.into())
    }
}

/// Makes a call as the other side does: with an empty status, which is looked at before the result.
pub(super) fn call<T>(function: impl FnOnce(&mut RustCallStatus) -> T) -> Result<T, Failure> {
    let mut status = RustCallStatus::default();
    let returned = function(&mut status);
    let buffer = ManuallyDrop::into_inner(status.error_buf);
    match status.code {
        RustCallStatusCode::Success => Ok(returned),
        RustCallStatusCode::Error => Err(Failure::Typed(lift(buffer))),
        RustCallStatusCode::UnexpectedError => Err(Failure::Panic(lift(buffer))),
        RustCallStatusCode::Cancelled => panic!("nothing here can be cancelled"),
    }
}

/// What the other side hands back as it came.
pub(super) fn lift<T: Lift<UniFfiTag>>(value: T::FfiType) -> T {
    T::try_lift(value).unwrap()
}

/// Reads a buffer in order, as uniffi writes it: big-endian, lengths and variants as 32 bits.
pub(super) struct Reader {
    bytes: Vec<u8>,
    at: usize,
}

impl Reader {
    pub(super) fn new(buffer: RustBuffer) -> Self {
        Self { bytes: buffer.destroy_into_vec(), at: 0 }
    }

    /// The whole buffer is one value.
    pub(super) fn whole<T>(buffer: RustBuffer, read: impl FnOnce(&mut Self) -> T) -> T {
        let mut reader = Self::new(buffer);
        let value = read(&mut reader);
        assert_eq!(reader.at, reader.bytes.len(), "something is left over");
        value
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        let taken = self.bytes[self.at..self.at + N].try_into().unwrap();
        self.at += N;
        taken
    }

    pub(super) fn i32(&mut self) -> i32 {
        i32::from_be_bytes(self.take())
    }

    pub(super) fn u8(&mut self) -> u8 {
        self.take::<1>()[0]
    }

    pub(super) fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.take())
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.take())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }

    pub(super) fn i64(&mut self) -> i64 {
        i64::from_be_bytes(self.take())
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let len = usize::try_from(self.i32()).unwrap();
        let bytes = self.bytes[self.at..self.at + len].to_vec();
        self.at += len;
        bytes
    }

    pub(super) fn text(&mut self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    pub(super) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        match self.u8() {
            0 => None,
            1 => Some(read(self)),
            other => panic!("{other} is no option"),
        }
    }

    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let len = self.i32();
        (0..len).map(|_| read(self)).collect()
    }
}

/// A step as the other side sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Ask(Ticket, Errand),
    Wait(u64),
    Done(Outcome),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errand {
    Create { key: String, usage: i32, gate: i32 },
    Find { key: String },
    Wrap { key: String, plaintext: Vec<u8> },
    Unwrap { key: String, wrapped: Vec<u8> },
    Mac { key: String, message: Vec<u8> },
    Delete { key: String },
    ReadAnchor { vault: String },
    RaiseAnchor { vault: String, generation: u64 },
    Http(Request),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: i32,
    pub(super) url: String,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
    pub(super) max_response: u32,
    pub(super) timeout: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// How many damaged slots, how many records unread, whether a PIN's count stays.
    Unlocked(usize, u32, bool),
    Slot(String),
    Removed,
    Anchored,
}

impl Step {
    pub(super) fn of(buffer: RustBuffer) -> Self {
        Reader::whole(buffer, |reader| match reader.i32() {
            1 => {
                let (token, flow, number) = (reader.u64(), reader.u64(), reader.u64());
                Self::Ask(Ticket { token, flow, number }, Errand::read(reader))
            }
            2 => Self::Wait(reader.u64()),
            3 => Self::Done(Outcome::read(reader)),
            other => panic!("{other} is no step"),
        })
    }
}

impl Errand {
    fn read(reader: &mut Reader) -> Self {
        match reader.i32() {
            1 => Self::of_the_key_store(reader),
            2 => Self::Http(Request {
                method: reader.i32(),
                url: reader.text(),
                content_type: reader.text(),
                body: reader.bytes(),
                max_response: reader.u32(),
                timeout: reader.u64(),
            }),
            other => panic!("{other} is no errand"),
        }
    }

    fn of_the_key_store(reader: &mut Reader) -> Self {
        match reader.i32() {
            1 => Self::Create { key: reader.text(), usage: reader.i32(), gate: reader.i32() },
            2 => Self::Find { key: reader.text() },
            3 => Self::Wrap { key: reader.text(), plaintext: reader.bytes() },
            4 => Self::Unwrap { key: reader.text(), wrapped: reader.bytes() },
            5 => Self::Mac { key: reader.text(), message: reader.bytes() },
            6 => Self::Delete { key: reader.text() },
            7 => Self::ReadAnchor { vault: reader.text() },
            8 => Self::RaiseAnchor { vault: reader.text(), generation: reader.u64() },
            other => panic!("{other} is no errand"),
        }
    }
}

impl Outcome {
    fn read(reader: &mut Reader) -> Self {
        match reader.i32() {
            1 => {
                let damaged = reader.list(|reader| {
                    (reader.text(), reader.i32(), reader.i32()) // of no test here
                });
                Self::Unlocked(damaged.len(), reader.u32(), reader.u8() == 1)
            }
            2 => Self::Slot(reader.text()),
            3 => Self::Removed,
            4 => Self::Anchored,
            other => panic!("{other} is no outcome"),
        }
    }
}

/// A screen as the other side sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Screen {
    pub(super) lock: i32,
    pub(super) clock: ClockView,
    pub(super) cards: Vec<Card>,
    pub(super) refresh_at: Option<u64>,
}

/// What is known of the time. Of no test here is what a notice says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClockView {
    pub(super) certainty: i32,
    pub(super) uncertainty: Option<u64>,
    pub(super) wall_ahead: Option<i64>,
    pub(super) notice: Option<i32>,
    pub(super) sync_at: Option<u64>,
}

impl ClockView {
    pub(super) const UNSYNCED: i32 = 4;

    /// Of a device that has heard nobody, and has nobody to ask.
    pub(super) const ALONE: Self = Self {
        certainty: Self::UNSYNCED,
        uncertainty: None,
        wall_ahead: None,
        notice: None,
        sync_at: None,
    };

    fn read(reader: &mut Reader) -> Self {
        Self {
            certainty: reader.i32(),
            uncertainty: reader.option(Reader::u64),
            wall_ahead: reader.option(Reader::i64),
            notice: reader.option(Reader::i32),
            sync_at: reader.option(Reader::u64),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) id: String,
    pub(super) names: [Option<String>; 3],
    pub(super) face: Face,
    pub(super) weak_bits: Option<u16>,
    pub(super) clear_after: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Face {
    Totp {
        code: String,
        next: String,
        valid_from: i64,
        valid_until: i64,
        remaining: u64,
        period: u64,
        seconds_left: u64,
        certainty: i32,
        /// Which, and its code.
        neighbour: Option<(i32, String)>,
    },
    NeedsSync,
    Hotp(u64),
    NotYet(i64),
}

impl Screen {
    pub(super) const LOCKED: i32 = 1;
    pub(super) const UNLOCKED: i32 = 2;

    pub(super) fn of(buffer: RustBuffer) -> Self {
        Reader::whole(buffer, |reader| Self {
            lock: reader.i32(),
            clock: ClockView::read(reader),
            cards: reader.list(Card::read),
            refresh_at: reader.option(Reader::u64),
        })
    }
}

impl Card {
    fn read(reader: &mut Reader) -> Self {
        Self {
            id: reader.text(),
            names: [(); 3].map(|()| reader.option(Reader::text)),
            face: Face::read(reader),
            weak_bits: reader.option(|reader| {
                assert_eq!(reader.i32(), 1, "there is one weakness");
                reader.u16()
            }),
            clear_after: reader.u64(),
        }
    }
}

impl Face {
    fn read(reader: &mut Reader) -> Self {
        match reader.i32() {
            1 => Self::Totp {
                code: reader.text(),
                next: reader.text(),
                valid_from: reader.i64(),
                valid_until: reader.i64(),
                remaining: reader.u64(),
                period: reader.u64(),
                seconds_left: reader.u64(),
                certainty: reader.i32(),
                neighbour: reader.option(|reader| (reader.i32(), reader.text())),
            },
            2 => Self::NeedsSync,
            3 => Self::Hotp(reader.u64()),
            4 => Self::NotYet(reader.i64()),
            other => panic!("{other} is no face"),
        }
    }
}
