use base32ct::{Base32UpperUnpadded, Encoding as _};
use subtle::ConstantTimeEq as _;
use warifu::{
    secret::{Random, RandomFailed, Secret},
    time::{Millis, UnixMillis},
};
use zeroize::Zeroizing;

use super::{Bank, BankError};
use crate::store::Session;

/// What a browser keeps of its session: 32 random bytes. It prints masked.
///
/// One that no session was begun with is a visitor's: forms of somebody who has shown nothing yet are
/// bound to it too.
#[derive(Debug)]
pub struct SessionToken(Secret);

impl SessionToken {
    /// Draws one.
    ///
    /// # Errors
    /// [`RandomFailed`] if there is no randomness.
    pub fn draw(random: &dyn Random) -> Result<Self, RandomFailed> {
        Ok(Self(Secret::random(LEN, random)?))
    }

    /// Reads what [`Self::text`] gave; none if it cannot be that.
    pub fn parse(text: &str) -> Option<Self> {
        let mut token = Zeroizing::new(vec![0; LEN]);
        let decoded = Base32UpperUnpadded::decode(text, &mut token).ok()?.len();
        (decoded == LEN).then(|| Self(Secret::from_zeroizing(token)))
    }

    /// As it stands in a cookie: 52 letters and digits.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(Base32UpperUnpadded::encode_string(self.0.expose()))
    }
}

impl Bank {
    /// A token that nobody has seen before: for a visitor, and for each session, so that what a browser had
    /// before it has shown anything is of no use afterwards.
    ///
    /// # Errors
    /// [`BankError::Random`].
    pub fn draw_token(&self) -> Result<SessionToken, BankError> {
        Ok(SessionToken::draw(&*self.random)?)
    }

    /// The session of this token; none if there is none, or it was idle for [`IDLE`] or is [`LONGEST`] old.
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn session(
        &self,
        token: &SessionToken,
        now: UnixMillis,
    ) -> Result<Option<Session>, BankError> {
        let digest = self.session_digest(token);
        let Some(session) = self.store.session(&digest).await? else { return Ok(None) };
        let is_over = now >= session.last_seen_at.saturating_add(IDLE)
            || now >= session.created_at.saturating_add(LONGEST);
        if is_over {
            self.store.remove_session(&digest).await?;
            return Ok(None);
        }
        // Not each request writes.
        if now >= session.last_seen_at.saturating_add(SEEN_EACH) {
            self.store.see_session(&digest, now).await?;
        }
        Ok(Some(session))
    }

    /// Ends the session of this token (ログアウト).
    ///
    /// # Errors
    /// [`BankError::Store`].
    pub async fn end_session(&self, token: &SessionToken) -> Result<(), BankError> {
        Ok(self.store.remove_session(&self.session_digest(token)).await?)
    }

    /// What a form carries so that no other site can send it (CSRF): made of the token and a key that the
    /// database does not have.
    pub fn form_token(&self, token: &SessionToken) -> String {
        let made = (self.digests)("form token 1", &[token.0.expose()]);
        Base32UpperUnpadded::encode_string(&made)
    }

    /// Whether a form carries what [`Self::form_token`] gave.
    pub fn is_form_token(&self, token: &SessionToken, carried: &str) -> bool {
        bool::from(self.form_token(token).as_bytes().ct_eq(carried.as_bytes()))
    }

    pub(super) fn session_digest(&self, token: &SessionToken) -> [u8; 32] {
        (self.digests)("session 1", &[token.0.expose()])
    }
}

/// How long a session lives when nothing is asked. NIST SP 800-63B-4 has 15 minutes at its highest level.
pub const IDLE: Millis = Millis::from_secs(10 * 60);
/// How long it lives at the most.
pub const LONGEST: Millis = Millis::from_secs(8 * 3600);
const SEEN_EACH: Millis = Millis::from_secs(60);
const LEN: usize = 32;

#[cfg(test)]
mod tests {
    use warifu::secret::SystemRandom;

    use super::*;

    #[test]
    fn a_token_is_read_as_it_is_written_and_prints_masked() {
        let token = SessionToken::draw(&SystemRandom::new()).unwrap();
        let text = token.text();
        assert_eq!(SessionToken::parse(&text).unwrap().0.expose(), token.0.expose());
        assert!(!format!("{token:?}").contains(text.as_str()));
        for bad in ["", "A", &text[1..], &format!("{}A", text.as_str()), &text.to_lowercase()] {
            assert!(SessionToken::parse(bad).is_none(), "{bad}");
        }
    }
}
