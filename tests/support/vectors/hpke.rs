//! `hpke`: RFC 9180's own vectors of the suite that enrolment uses, against the crate as we build it.

use hpke::{
    Deserializable as _, OpModeR, OpModeS, PskBundle, Serializable as _,
    aead::{AeadCtxR, AeadCtxS, ChaCha20Poly1305},
    inout::InOutBuf,
    kdf::HkdfSha256,
    kem::{Kem as KemTrait, X25519HkdfSha256 as Kem},
    rand_core::{TryCryptoRng, TryRng},
    setup_receiver, setup_sender_with_rng,
};
use serde::Deserialize;

use crate::{hexadecimal, same_bytes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(rename = "note")]
    _note: String,
    hpke: Vec<Case>,
}

impl File {
    pub(crate) fn check(&self) -> Vec<Result<(), String>> {
        self.hpke.iter().map(Case::check).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case, reason = "the RFC's names")]
struct Case {
    mode: u8,
    info: String,
    ikmE: String,
    pkEm: String,
    skEm: String,
    ikmR: String,
    pkRm: String,
    skRm: String,
    psk: String,
    psk_id: String,
    enc: String,
    #[serde(rename = "shared_secret")]
    _shared_secret: String,
    #[serde(rename = "key")]
    _key: String,
    #[serde(rename = "base_nonce")]
    _base_nonce: String,
    #[serde(rename = "exporter_secret")]
    _exporter_secret: String,
    encryptions: Vec<Encryption>,
    exports: Vec<Export>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Encryption {
    sequence: u64,
    pt: String,
    aad: String,
    ct: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case, reason = "the RFC's names")]
struct Export {
    exporter_context: String,
    L: usize,
    exported_value: String,
}

impl Case {
    fn check(&self) -> Result<(), String> {
        self.compare().map_err(|why| format!("mode {}: {why}", self.mode))
    }

    fn compare(&self) -> Result<(), String> {
        for (random, private, public) in
            [(&self.ikmE, &self.skEm, &self.pkEm), (&self.ikmR, &self.skRm, &self.pkRm)]
        {
            let (derived_private, derived_public) =
                <Kem as KemTrait>::derive_keypair(&hexadecimal(random)?);
            // The crate writes it clamped (RFC 7748, section 5), the RFC as it was derived.
            let mut clamped = hexadecimal(private)?;
            if let [first, .., last] = clamped.as_mut_slice() {
                *first &= 248;
                *last = *last & 127 | 64;
            }
            if derived_private.to_bytes()[..] != clamped[..] {
                return Err("the private key is another".into());
            }
            same_bytes("public key", &derived_public.to_bytes(), public)?;
        }
        let (psk, psk_id) = (hexadecimal(&self.psk)?, hexadecimal(&self.psk_id)?);
        let bundle = PskBundle::new(&psk, &psk_id).map_err(|error| error.to_string())?;
        let (sending, receiving) = match self.mode {
            0 => (OpModeS::Base, OpModeR::Base),
            1 => (OpModeS::Psk(bundle), OpModeR::Psk(bundle)),
            _ => return Err("an unknown mode".into()),
        };
        let (sender, receiver) = self.set_up(&sending, &receiving).map_err(|e| e.to_string())?;
        self.exchange(sender, receiver)
    }

    fn set_up(
        &self,
        sending: &OpModeS<'_, Kem>,
        receiving: &OpModeR<'_, Kem>,
    ) -> Result<(Sender, Receiver), String> {
        let public = <Kem as KemTrait>::PublicKey::from_bytes(&hexadecimal(&self.pkRm)?)
            .map_err(|error| error.to_string())?;
        let private = <Kem as KemTrait>::PrivateKey::from_bytes(&hexadecimal(&self.skRm)?)
            .map_err(|error| error.to_string())?;
        let info = hexadecimal(&self.info)?;
        let mut drawn = Drawn(hexadecimal(&self.ikmE)?);
        let (enc, sender) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
            sending, &public, &info, &mut drawn,
        )
        .map_err(|error| error.to_string())?;
        same_bytes("encapsulation", &enc.to_bytes(), &self.enc)?;
        let receiver =
            setup_receiver::<ChaCha20Poly1305, HkdfSha256, Kem>(receiving, &private, &enc, &info)
                .map_err(|error| error.to_string())?;
        Ok((sender, receiver))
    }

    /// The vectors leave out messages between those that they give.
    fn exchange(&self, mut sender: Sender, mut receiver: Receiver) -> Result<(), String> {
        let last = self.encryptions.iter().map(|one| one.sequence).max().unwrap_or(0);
        for sequence in 0..=last {
            let given = self.encryptions.iter().find(|one| one.sequence == sequence);
            let (pt, aad) = match given {
                Some(one) => (hexadecimal(&one.pt)?, hexadecimal(&one.aad)?),
                None => (vec![0], Vec::new()),
            };
            let mut text = pt.clone();
            let tag = sender
                .seal_inout_detached(InOutBuf::from(&mut text[..]), &aad)
                .map_err(|error| error.to_string())?;
            if let Some(one) = given {
                let sealed = [&text[..], &tag.to_bytes()].concat();
                same_bytes("ciphertext", &sealed, &one.ct)?;
            }
            receiver
                .open_inout_detached(InOutBuf::from(&mut text[..]), &aad, &tag)
                .map_err(|error| error.to_string())?;
            if text != pt {
                return Err(format!("message {sequence} opens to another text"));
            }
        }
        for export in &self.exports {
            let context = hexadecimal(&export.exporter_context)?;
            let mut values = [vec![0; export.L], vec![0; export.L]];
            let [sent, received] = &mut values;
            sender.export(&context, sent).map_err(|error| error.to_string())?;
            receiver.export(&context, received).map_err(|error| error.to_string())?;
            for value in &values {
                same_bytes("export", value, &export.exported_value)?;
            }
        }
        Ok(())
    }
}

type Sender = AeadCtxS<ChaCha20Poly1305, HkdfSha256, Kem>;
type Receiver = AeadCtxR<ChaCha20Poly1305, HkdfSha256, Kem>;

/// The vector's random bytes, and no others.
struct Drawn(Vec<u8>);

impl TryRng for Drawn {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unreachable!("key pairs are derived from bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        unreachable!("key pairs are derived from bytes")
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Self::Error> {
        to.copy_from_slice(&self.0);
        self.0.clear();
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}
