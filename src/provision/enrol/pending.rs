use std::fmt;

use ring::digest::{self, SHA256};
use zeroize::Zeroizing;

use super::{
    BindingLevel, Confirmation, Link, MAX_ANSWER,
    seal::{self, AnswerKeys, KEY_LEN, TAG_LEN},
};
use crate::{
    credential::{CredentialId, NewCredential, TokenService, WebAddress},
    otp::Code,
    provision::pskc,
    secret::{Random, RandomFailed, Secret},
};

/// The length of a request, in bytes.
pub(super) const REQUEST_LEN: usize = 153;

const VERSION: u8 = 1;
const REQUEST_LAYOUT: u8 = 1;
const SERVICE_KEY_ID_LEN: usize = 8;
const PLAINTEXT_LEN: usize = 96;

/// An enrolment that has begun and is not confirmed: what the *pending* record of a vault holds.
///
/// Store it durably ([`Pending::encode`]) before the request is first sent, and again when its answer
/// was taken. Prints without its keys.
pub struct Pending {
    pub(super) base: WebAddress,
    pub(super) link_digest: [u8; 32],
    pub(super) id: [u8; 16],
    pub(super) private_key: Secret,
    pub(super) psk: Secret,
    /// The exact bytes that are sent, however often.
    pub(super) request: Box<[u8; REQUEST_LEN]>,
    /// The exact bytes that came.
    pub(super) answer: Option<Vec<u8>>,
}

/// How far an enrolment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The service may have had the request, and no answer was kept yet.
    Requested,
    /// The credential is there, and is not confirmed.
    Answered,
}

/// A credential that a service has issued, with the key by which it is confirmed.
#[derive(Debug)]
pub struct Issued(NewCredential);

impl Issued {
    /// The credential.
    pub fn credential(&self) -> &NewCredential {
        &self.0
    }

    /// The credential, to be added to a vault.
    pub fn into_credential(self) -> NewCredential {
        self.0
    }

    /// The issuer's ID for it.
    pub fn credential_id(&self) -> Option<&CredentialId> {
        self.0.names.credential_id.as_ref()
    }

    /// `pskc::parse` lets no document without one pass.
    pub(super) fn device_key(&self) -> Option<&Secret> {
        self.0.keys.device.as_ref().map(crate::credential::Seed::secret)
    }
}

impl Pending {
    /// Draws an enrolment ID and keys, and makes the request.
    ///
    /// # Errors
    /// [`BeginError`].
    pub fn begin(
        link: &Link,
        binding: BindingLevel,
        random: &dyn Random,
    ) -> Result<Self, BeginError> {
        // All of it first: a source that fails has then cost nothing.
        let mut id = [0; 16];
        random.fill(&mut id)?;
        let app = Secret::random(KEY_LEN, random)?;
        let ephemeral = Secret::random(KEY_LEN, random)?;

        let (private_key, public_key) = seal::key_pair(app.expose());
        let mut header = Vec::with_capacity(1 + SERVICE_KEY_ID_LEN);
        header.push(VERSION);
        let key_id = digest::digest(&SHA256, link.service_key());
        header.extend(key_id.as_ref().iter().take(SERVICE_KEY_ID_LEN));
        let mut plaintext = plaintext(&id, &public_key, binding, link);
        let sealed =
            seal::seal_request(link.service_key(), ephemeral.expose(), &header, &mut plaintext)
                .map_err(|_| BeginError::ServiceKey)?;

        let request = [&header, &sealed.enc[..], &plaintext, &sealed.tag].concat();
        let request = Box::<[u8; REQUEST_LEN]>::try_from(request.into_boxed_slice())
            .map_err(|_| BeginError::ServiceKey)?;
        Ok(Self {
            base: link.base().clone(),
            link_digest: link.digest(),
            id,
            private_key,
            psk: sealed.psk,
            request,
            answer: None,
        })
    }

    /// The enrolment's ID, drawn when it began. It is no secret.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        if self.answer.is_some() { Stage::Answered } else { Stage::Requested }
    }

    /// Whether it came of this link: the same service, key and activation code.
    pub fn is_for(&self, link: &Link) -> bool {
        &self.base == link.base() && self.link_digest == link.digest()
    }

    /// Whether it is with this link's service and key, whatever its activation code.
    pub fn is_with(&self, link: &Link) -> bool {
        let key_id = digest::digest(&SHA256, link.service_key());
        let named = self.request.iter().skip(1).take(SERVICE_KEY_ID_LEN);
        &self.base == link.base() && named.eq(key_id.as_ref().iter().take(SERVICE_KEY_ID_LEN))
    }

    /// Host and port of the service.
    pub fn host(&self) -> &str {
        self.base.host()
    }

    /// Where the request goes, by POST.
    pub fn request_url(&self) -> String {
        format!("{}/enrol", self.base.as_str())
    }

    /// The request: the same bytes however often it is sent.
    pub fn request(&self) -> &[u8] {
        &self.request[..]
    }

    /// Reads an answer, and keeps it if it is one.
    ///
    /// # Errors
    /// [`AnswerError`], and then nothing is kept.
    pub fn take_answer(&mut self, answer: &[u8]) -> Result<Issued, AnswerError> {
        let issued = self.open(answer)?;
        self.answer = Some(answer.to_vec());
        Ok(issued)
    }

    /// What the answer that is kept has brought; nothing before there is one.
    ///
    /// # Errors
    /// [`AnswerError`] if a faulty writer has kept what is none.
    pub fn issued(&self) -> Result<Option<Issued>, AnswerError> {
        self.answer.as_ref().map(|answer| self.open(answer)).transpose()
    }

    /// The message that confirms the credential by one of its codes; `docs/enrolment.md`, "The
    /// confirmation", says by which.
    ///
    /// # Errors
    /// [`RandomFailed`].
    pub fn confirmation(
        &self,
        issued: &Issued,
        code: &Code,
        random: &dyn Random,
    ) -> Result<Confirmation, RandomFailed> {
        let url = format!("{}/confirm", self.base.as_str());
        Confirmation::new(url, &self.id, &self.request_digest(), issued, code, random)
    }

    fn open(&self, answer: &[u8]) -> Result<Issued, AnswerError> {
        if answer.len() > MAX_ANSWER {
            return Err(AnswerError::TooLong);
        }
        let (version, rest) = answer.split_first().ok_or(AnswerError::Malformed)?;
        if *version != VERSION {
            return Err(AnswerError::Malformed);
        }
        let (enc, rest) = rest.split_at_checked(KEY_LEN).ok_or(AnswerError::Malformed)?;
        let len = rest.len().checked_sub(TAG_LEN).ok_or(AnswerError::Malformed)?;
        let (ciphertext, tag) = rest.split_at_checked(len).ok_or(AnswerError::Malformed)?;
        let keys = AnswerKeys {
            private_key: &self.private_key,
            request_digest: &self.request_digest(),
            psk: &self.psk,
            enrolment_id: &self.id,
        };
        let mut package = Zeroizing::new(ciphertext.to_vec());
        seal::open_answer(&keys, enc, &[VERSION], &mut package, tag)
            .map_err(|_| AnswerError::NotForUs)?;
        let package = pskc::parse(&package)?;
        let mut key_id = [0; SERVICE_KEY_ID_LEN];
        key_id.iter_mut().zip(self.request.iter().skip(1)).for_each(|(to, from)| *to = *from);
        let service = TokenService { base: self.base.clone(), key_id };
        Ok(Issued(NewCredential { service: Some(service), ..package }))
    }

    fn request_digest(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest::digest(&SHA256, &self.request[..]).as_ref());
        bytes
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("host", &self.host())
            .field("stage", &self.stage())
            .finish_non_exhaustive()
    }
}

/// What a request holds, filled up so that its length tells nothing.
fn plaintext(
    id: &[u8; 16],
    public_key: &[u8; KEY_LEN],
    binding: BindingLevel,
    link: &Link,
) -> Zeroizing<Vec<u8>> {
    let code = link.activation().map_or(&[][..], super::ActivationCode::digits);
    let mut plaintext = Zeroizing::new(Vec::with_capacity(PLAINTEXT_LEN));
    plaintext.push(REQUEST_LAYOUT);
    plaintext.extend_from_slice(id);
    plaintext.extend_from_slice(public_key);
    plaintext.push(match binding {
        BindingLevel::None => 0,
        BindingLevel::OperatingSystem => 1,
        BindingLevel::Hardware => 2,
    });
    plaintext.push(u8::try_from(code.len()).unwrap_or(0));
    plaintext.extend_from_slice(code);
    plaintext.resize(PLAINTEXT_LEN, 0);
    plaintext
}

/// Why no enrolment began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BeginError {
    /// There is no randomness.
    #[error(transparent)]
    Random(#[from] RandomFailed),
    /// No secret can be agreed with the link's service key.
    #[error("the link's service key is none")]
    ServiceKey,
}

/// Why an answer was refused. It holds nothing of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// It is longer than [`MAX_ANSWER`].
    #[error("the answer is longer than 16,384 bytes")]
    TooLong,
    /// It is too short for an answer, or of another version.
    #[error("the answer is malformed")]
    Malformed,
    /// It does not open: somebody else made it, it is for another request, or it was changed.
    #[error("the answer does not open")]
    NotForUs,
    /// The service sent a package that this version does not take.
    #[error(transparent)]
    Package(#[from] pskc::Error),
}
