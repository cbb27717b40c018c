use std::fmt;

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident,)+) => {
        /// An element or an attribute that the profile has, by its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Part {
            $($(#[$doc])* $part,)+
        }

        impl Part {
            pub(super) fn of_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($part) => Some(Self::$part),)+
                    _ => None,
                }
            }
        }

        /// The name as it stands in the document.
        impl fmt::Display for Part {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$part => stringify!($part),)+
                })
            }
        }
    };
}

parts! {
    /// The whole document.
    KeyContainer,
    /// Attribute of the container: the version of PSKC.
    Version,
    /// A key, and what it is in.
    KeyPackage,
    /// What the key is in.
    DeviceInfo,
    /// Who made it.
    Manufacturer,
    /// The credential ID.
    SerialNo,
    /// A key.
    Key,
    /// Attribute of a key: the credential ID, with a suffix by purpose.
    Id,
    /// Attribute of a key: how it is used.
    Algorithm,
    /// The bank.
    Issuer,
    /// The account.
    FriendlyName,
    /// How codes are made.
    AlgorithmParameters,
    /// The hash under the HMAC.
    Suite,
    /// What codes look like.
    ResponseFormat,
    /// Attribute of the format: the number of digits.
    Length,
    /// Attribute of the format: decimal.
    Encoding,
    /// The key's values.
    Data,
    /// The key itself.
    Secret,
    /// T0, in seconds.
    Time,
    /// The period, in seconds.
    TimeInterval,
    /// The next counter.
    Counter,
    /// A value in the clear.
    PlainValue,
    /// What the key may be used for.
    Policy,
    /// For what.
    KeyUsage,
    /// warifu's own: what the issuer demands.
    CredentialPolicy,
    /// Attribute of the demands: which unlock.
    Unlock,
    /// Attribute of the demands: whether the credential may leave the device.
    Export,
    /// Attribute of the demands: what a code made from the time needs.
    Clock,
}
