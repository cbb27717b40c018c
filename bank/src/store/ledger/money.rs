use std::fmt;

use warifu::credential::Label;

/// An amount in whole yen, 1 to 999,999,999,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Yen(i64);

impl Yen {
    /// The most that is booked at once.
    pub const MAX: Self = Self(999_999_999_999);

    /// An amount; none if it is not in range.
    pub const fn new(yen: i64) -> Option<Self> {
        if yen >= 1 && yen <= Self::MAX.0 { Some(Self(yen)) } else { None }
    }

    /// The number.
    pub const fn value(self) -> i64 {
        self.0
    }
}

/// Exactly `N` decimal digits: the number of a bank, a branch or an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number<const N: usize>(Box<str>);

impl<const N: usize> Number<N> {
    /// Reads ASCII digits; none if there are others, or not as many.
    pub fn new(text: &str) -> Option<Self> {
        let well_formed = text.len() == N && text.bytes().all(|byte| byte.is_ascii_digit());
        well_formed.then(|| Self(text.into()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// 普通.
    Ordinary,
    /// 当座.
    Current,
}

/// An account of this bank.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(Box<str>);

impl AccountId {
    /// The account of this branch, kind and number.
    pub fn of(branch: &Number<3>, kind: AccountKind, number: &Number<7>) -> Self {
        Self(format!("{}-{}-{}", branch.as_str(), kind.number(), number.as_str()).into())
    }

    /// The bank's own, from which customers' money comes when it is paid in.
    pub fn cash() -> Self {
        Self("cash".into())
    }

    /// The bank's own, by which other banks are paid.
    pub fn settlement() -> Self {
        Self("settlement".into())
    }

    /// What stands in the database.
    pub(super) fn stored(text: String) -> Self {
        Self(text.into())
    }

    /// As it stands in the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who is paid.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Payee {
    /// The bank's number (金融機関コード).
    pub bank: Number<4>,
    /// The branch's number (店番号).
    pub branch: Number<3>,
    /// The account's kind (預金種目).
    pub kind: AccountKind,
    /// The account's number (口座番号).
    pub number: Number<7>,
    /// The holder's name, as it was typed.
    pub name: Label,
}

impl AccountKind {
    pub(super) const fn number(self) -> i64 {
        match self {
            Self::Ordinary => 1,
            Self::Current => 2,
        }
    }

    pub(super) const fn of(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Ordinary),
            2 => Some(Self::Current),
            _ => None,
        }
    }
}

impl fmt::Display for Yen {
    /// With a comma after each three digits: `1,000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (at, digit) in digits.chars().enumerate() {
            let left = digits.len().saturating_sub(at);
            if at > 0 && left % 3 == 0 {
                f.write_str(",")?;
            }
            fmt::Write::write_char(f, digit)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_in_range_and_reads_well() {
        assert_eq!([0, -1, 1_000_000_000_000].map(Yen::new), [None; 3]);
        for (yen, text) in [(1, "1"), (999, "999"), (1000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(Yen::new(yen).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_number_has_exactly_its_digits() {
        assert!(Number::<3>::new("001").is_some());
        for bad in ["", "01", "0001", "00a", "００１"] {
            assert!(Number::<3>::new(bad).is_none(), "{bad}");
        }
    }
}
