//! The forms in which a secret may lie in memory, as needles.
//!
//! The forms are made from the standards and by other code than the core's: FIPS 197 here, the
//! hashes by RustCrypto's bare compression functions. `residue.rs` holds both to known answers.

use warifu::otp::Algorithm;

use crate::memory::Needle;

/// A seed: its bytes, its texts, and what stands for it inside an HMAC.
pub(crate) fn of_seed(whose: &str, seed: &[u8], algorithm: Algorithm) -> Vec<Needle> {
    [of_bytes(whose, seed), of_hmac_key(whose, seed, algorithm)].concat()
}

/// A key of an HMAC: as it is taken, the two padded blocks, the hash's states after them.
pub(crate) fn of_hmac_key(whose: &str, key: &[u8], algorithm: Algorithm) -> Vec<Needle> {
    let key = hmac_key(key, algorithm);
    let mut needles = Needle::pieces(&format!("{whose}: key of the HMAC"), &key, 8, 1);
    for (pad, byte) in [("ipad", 0x36), ("opad", 0x5c)] {
        let block: Vec<u8> = key.iter().map(|key| key ^ byte).collect();
        // The pad behind the key is no secret.
        needles.extend(Needle::pieces(&format!("{whose}: {pad} block"), &block, 8, 1));
        let state = state_after(&block, byte, algorithm);
        needles.extend(of_state(&format!("{whose}: state after {pad}"), &state));
    }
    needles
}

/// All round keys of an AES-256 key, words in either byte order. The first two are the key itself.
pub(crate) fn of_round_keys(whose: &str, key: &[u8]) -> Vec<Needle> {
    let mut needles = Vec::new();
    for (round, words) in round_keys(key).chunks(4).enumerate() {
        for (order, bytes) in [
            ("", words.concat()),
            (", turned", words.iter().flat_map(|word| word.iter().rev().copied()).collect()),
        ] {
            let name = format!("{whose}: round key {round}{order}");
            needles.extend(Needle::pieces(&name, &bytes, 8, 1));
        }
    }
    needles
}

/// Any eight bytes in a row, and the same much in base32 and hexadecimal.
pub(crate) fn of_bytes(whose: &str, bytes: &[u8]) -> Vec<Needle> {
    let mut needles = Needle::pieces(&format!("{whose}: bytes"), bytes, 8, 1);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    // 13 letters of base32 and 16 of hexadecimal are 64 bits, or one more.
    for (form, text, letters) in [("base32", base32(bytes), 13), ("hexadecimal", hex, 16)] {
        for (case, text) in [("upper", text.to_uppercase()), ("lower", text.to_lowercase())] {
            needles.extend(of_text(&format!("{whose}: {form}, {case} case"), &text, letters));
        }
    }
    needles
}

/// Any so many letters in a row, in UTF-8, in UTF-16 and as Rust's `char`s lie in memory.
pub(crate) fn of_text(whose: &str, text: &str, letters: usize) -> Vec<Needle> {
    let chars: Vec<char> = text.chars().collect();
    let mut needles = Vec::new();
    for piece in chars.windows(letters) {
        let text: String = piece.iter().collect();
        needles.push(Needle::new(&format!("{whose}, text"), text.as_bytes()));
        for (form, wide) in [
            ("UTF-16 little-endian", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("UTF-16 big-endian", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
            ("UTF-32", piece.iter().flat_map(|c| u32::from(*c).to_ne_bytes()).collect::<Vec<_>>()),
        ] {
            needles.push(Needle::new(&format!("{whose}, {form}"), &wide));
        }
    }
    needles
}

/// A PIN of twelve digits, whole: as text, in full width, as numbers.
pub(crate) fn of_pin(whose: &str, pin: &str) -> Vec<Needle> {
    assert_eq!(pin.len(), 12, "a shorter PIN cannot be told from chance");
    let numbers: Vec<u8> = pin.bytes().map(|digit| digit - b'0').collect();
    let wide = |digit: &u8| char::from_u32(u32::from('０') + u32::from(*digit));
    let full_width: String = numbers.iter().filter_map(wide).collect();
    let mut needles = of_text(whose, pin, 12);
    needles.extend(of_text(&format!("{whose}, full width"), &full_width, 12));
    needles.push(Needle::new(&format!("{whose}, numbers"), &numbers));
    needles
}

/// RFC 4648 base32 without padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |five: &[u8]| {
        let number = five.iter().fold(0, |number, bit| number << 1 | bit) << (5 - five.len());
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(number)])
    };
    bits.chunks(5).map(letter).collect()
}

/// Words of a hash's state.
enum State {
    Sha1([u32; 5]),
    Sha256([u32; 8]),
    Sha512([u64; 8]),
}

/// Any two neighbouring words, in either byte order and either order of the two: so vector code
/// keeps them in its lanes.
fn of_state(name: &str, state: &State) -> Vec<Needle> {
    let turned = |word: &Vec<u8>| word.iter().rev().copied().collect::<Vec<u8>>();
    let big = state.words();
    let little: Vec<_> = big.iter().map(turned).collect();
    let pairs = big.windows(2).chain(little.windows(2));
    let both = pairs.flat_map(|pair| [pair.concat(), [&*pair[1], &*pair[0]].concat()]);
    both.map(|pair| Needle::new(name, &pair)).collect()
}

/// The key as HMAC takes it: a key longer than a block is hashed first (RFC 2104, section 2).
fn hmac_key(seed: &[u8], algorithm: Algorithm) -> Vec<u8> {
    let (block, hash) = match algorithm {
        Algorithm::Sha1 => (64, &ring::digest::SHA1_FOR_LEGACY_USE_ONLY),
        Algorithm::Sha256 => (64, &ring::digest::SHA256),
        Algorithm::Sha512 => (128, &ring::digest::SHA512),
    };
    if seed.len() <= block {
        return seed.to_vec();
    }
    ring::digest::digest(hash, seed).as_ref().to_vec()
}

/// HMAC (RFC 2104) finished from the two states that are searched for; for a short message.
pub(crate) fn hmac(seed: &[u8], message: &[u8], algorithm: Algorithm) -> Vec<u8> {
    let key = hmac_key(seed, algorithm);
    let finished = |byte, message: &[u8]| {
        let block: Vec<u8> = key.iter().map(|key| key ^ byte).collect();
        let mut state = state_after(&block, byte, algorithm);
        state.finish(message);
        state.bytes()
    };
    finished(0x5c, &finished(0x36, message))
}

/// The hash's state once it has taken in the padded block, before any message.
fn state_after(block: &[u8], pad: u8, algorithm: Algorithm) -> State {
    let mut padded = [pad; 128];
    padded[..block.len()].copy_from_slice(block);
    let mut state = State::initial(algorithm);
    state.compress(&padded);
    state
}

impl State {
    fn initial(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha1 => {
                Self::Sha1([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0])
            }
            Algorithm::Sha256 => Self::Sha256(FRACTIONS_OF_ROOTS.map(|word| (word >> 32) as u32)),
            Algorithm::Sha512 => Self::Sha512(FRACTIONS_OF_ROOTS),
        }
    }

    /// Takes in one block: 64 bytes of it, or for SHA-512 all 128.
    fn compress(&mut self, block: &[u8; 128]) {
        let narrow: [u8; 64] = *block.first_chunk().unwrap();
        match self {
            Self::Sha1(words) => sha1::block_api::compress(words, &[narrow]),
            Self::Sha256(words) => sha2::block_api::compress256(words, &[narrow]),
            Self::Sha512(words) => sha2::block_api::compress512(words, &[*block]),
        }
    }

    /// Takes in the last block: a message that leaves room for the padding, after one full block.
    fn finish(&mut self, message: &[u8]) {
        let len = if matches!(self, Self::Sha512(_)) { 128 } else { 64 };
        let mut block = [0; 128];
        block[..message.len()].copy_from_slice(message);
        block[message.len()] = 0x80;
        let bits = ((len + message.len()) * 8) as u64;
        block[len - 8..len].copy_from_slice(&bits.to_be_bytes());
        self.compress(&block);
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Sha1(words) => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
            Self::Sha256(words) => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
            Self::Sha512(words) => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
        }
    }

    fn words(&self) -> Vec<Vec<u8>> {
        let len = if matches!(self, Self::Sha512(_)) { 8 } else { 4 };
        self.bytes().chunks(len).map(<[u8]>::to_vec).collect()
    }
}

/// FIPS 180-4, section 5.3.5; their upper halves are section 5.3.3.
const FRACTIONS_OF_ROOTS: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// The 60 words of AES-256's key schedule (FIPS 197, section 5.2).
pub(crate) fn round_keys(key: &[u8]) -> Vec<[u8; 4]> {
    let mut words: Vec<[u8; 4]> = key.chunks(4).map(|word| word.try_into().unwrap()).collect();
    let mut round = 1;
    for place in 8..60 {
        let mut word = words[place - 1];
        if place % 8 == 0 {
            word.rotate_left(1);
            word = word.map(substitute);
            word[0] ^= round;
            round = double(round);
        } else if place % 8 == 4 {
            word = word.map(substitute);
        }
        let before = words[place - 8];
        words.push(std::array::from_fn(|byte| before[byte] ^ word[byte]));
    }
    words
}

/// The S-box (FIPS 197, section 5.1.1): the inverse in GF(2⁸), then an affine map.
fn substitute(byte: u8) -> u8 {
    let inverse = (1..=u8::MAX).find(|other| multiply(byte, *other) == 1).unwrap_or(0);
    (0..5).fold(0x63, |sum, turn| sum ^ inverse.rotate_left(turn))
}

fn multiply(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    while b != 0 {
        product ^= if b & 1 == 1 { a } else { 0 };
        a = double(a);
        b >>= 1;
    }
    product
}

fn double(byte: u8) -> u8 {
    byte << 1 ^ if byte & 0x80 == 0 { 0 } else { 0x1b }
}
