use std::fmt;

macro_rules! support_codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal,)+) => {
        /// The stable name of an error, as the customer reads it to the call centre: W-107.
        ///
        /// W-1: the vault. W-2: entries. W-3: the clock. W-4: what comes in. W-6: enrolment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SupportCode {
            $($(#[$doc])* $name,)+
        }

        impl SupportCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The number behind the `W-`.
            pub const fn number(self) -> u16 {
                match self {
                    $(Self::$name => $number,)+
                }
            }
        }
    };
}

support_codes! {
    /// The token is locked.
    W101 = 101,
    /// There is no vault.
    W102 = 102,
    /// There is a file already.
    W103 = 103,
    /// The file is not a vault.
    W104 = 104,
    /// A later warifu made the vault.
    W105 = 105,
    /// The vault is too large.
    W106 = 106,
    /// The vault is damaged.
    W107 = 107,
    /// The passphrase is wrong.
    W108 = 108,
    /// No slot takes a passphrase.
    W109 = 109,
    /// The new passphrase is too short.
    W110 = 110,
    /// The passphrase cannot be one.
    W111 = 111,
    /// The vault's key costs more than is accepted.
    W112 = 112,
    /// Too little memory.
    W113 = 113,
    /// Another process is writing.
    W114 = 114,
    /// The disk is full.
    W115 = 115,
    /// The disk may not be written or read.
    W116 = 116,
    /// The disk failed.
    W117 = 117,
    /// No randomness.
    W118 = 118,
    /// The vault was put back to an earlier state.
    W119 = 119,
    /// The vault was replaced by another.
    W120 = 120,
    /// The app used a flow out of order.
    W121 = 121,
    /// A marker that is none.
    W122 = 122,
    /// There is no such slot.
    W123 = 123,
    /// The last slot cannot be removed.
    W124 = 124,
    /// A PIN is 4 to 12 digits.
    W125 = 125,
    /// The new PIN is too simple.
    W126 = 126,
    /// The PIN is wrong.
    W127 = 127,
    /// The PIN was tried too often.
    W128 = 128,
    /// The enrolled fingers or face changed.
    W129 = 129,
    /// The slot's key is lost.
    W130 = 130,
    /// No slot opens the vault any more.
    W131 = 131,
    /// The vault belongs to another device.
    W132 = 132,
    /// The prompt was cancelled.
    W133 = 133,
    /// Biometrics are locked out.
    W134 = 134,
    /// No biometrics are enrolled.
    W135 = 135,
    /// The key store failed.
    W136 = 136,
    /// The vault changed meanwhile.
    W137 = 137,
    /// A PIN's limit on tries is out of range.
    W138 = 138,
    /// No passphrase was typed.
    W139 = 139,
    /// The folder is not there.
    W140 = 140,
    /// The credential is there already.
    W201 = 201,
    /// There is no such entry.
    W202 = 202,
    /// An entry must keep a name.
    W203 = 203,
    /// The entry makes its codes from the time.
    W204 = 204,
    /// Every counter is spent.
    W205 = 205,
    /// A name that cannot be shown.
    W206 = 206,
    /// The clock is set before 2020.
    W301 = 301,
    /// The clock is set after 2106.
    W302 = 302,
    /// The service's certificate is not valid at the device's time.
    W303 = 303,
    /// There is nobody to ask for the time.
    W304 = 304,
    /// Nobody who tells the time can be reached.
    W305 = 305,
    /// The answer tells no time that can be trusted.
    W306 = 306,
    /// The service does not tell the time now.
    W307 = 307,
    /// A host that was named is none, or too many were.
    W308 = 308,
    /// Not an `otpauth` URI.
    W401 = 401,
    /// The seed is too short to be safe.
    W402 = 402,
    /// The URI names two issuers.
    W403 = 403,
    /// The URI is malformed.
    W404 = 404,
    /// The enrolment link is none.
    W601 = 601,
    /// The activation code is mistyped.
    W602 = 602,
    /// No enrolment is pending.
    W603 = 603,
    /// Another enrolment is pending.
    W604 = 604,
    /// The pending enrolment cannot be read.
    W605 = 605,
    /// The service cannot be reached.
    W606 = 606,
    /// The service is not trusted.
    W607 = 607,
    /// The answer is not the service's.
    W608 = 608,
    /// The service and the token do not understand each other.
    W609 = 609,
    /// The activation code is not taken.
    W610 = 610,
    /// The service does not keep the enrolment.
    W611 = 611,
    /// The service is busy or broken.
    W612 = 612,
    /// A PIN, biometrics or a passphrase is demanded.
    W613 = 613,
    /// A slot without user verification must go.
    W614 = 614,
    /// The service refuses the code: the clock.
    W615 = 615,
    /// The service has ended the enrolment.
    W616 = 616,
    /// The service says to wait.
    W617 = 617,
    /// The credential is stopped.
    W618 = 618,
    /// No slot of the device alone is made.
    W619 = 619,
}

impl fmt::Display for SupportCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "W-{}", self.number())
    }
}
