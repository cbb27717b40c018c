//! What passes between the two processes: frames over a socket, without a copy left on the way.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
};

use zeroize::Zeroizing;

/// One end of the link. The socket is read and written without a buffer in between.
pub(crate) struct Link(UnixStream);

impl Link {
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self(socket)
    }

    /// The same link, to be owned by another.
    pub(crate) fn another(&self) -> Self {
        Self(self.0.try_clone().unwrap())
    }

    /// A frame: its kind, its length, its contents straight from where they lie.
    pub(crate) fn send(&self, kind: u8, contents: &[u8]) {
        let [a, b, c, d] = u32::try_from(contents.len()).unwrap().to_be_bytes();
        (&self.0).write_all(&[kind, a, b, c, d]).unwrap();
        (&self.0).write_all(contents).unwrap();
    }

    /// The next frame, read into a buffer that has its final size and wipes itself.
    pub(crate) fn receive(&self) -> (u8, Zeroizing<Vec<u8>>) {
        let [kind, len @ ..] = &mut [0; 5];
        (&self.0).read_exact(std::slice::from_mut(kind)).unwrap();
        (&self.0).read_exact(len).unwrap();
        let len = usize::try_from(u32::from_be_bytes(*len)).unwrap();
        let mut contents = Zeroizing::new(vec![0; len]);
        (&self.0).read_exact(&mut contents).unwrap();
        (*kind, contents)
    }

    /// Sends a frame and takes what comes back.
    pub(crate) fn ask(&self, kind: u8, contents: &[u8]) -> (u8, Zeroizing<Vec<u8>>) {
        self.send(kind, contents);
        self.receive()
    }
}

/// Asks for a URI, a PIN, a passphrase or random bytes; contents: which.
pub(crate) const GIVE: u8 = b'g';
/// The child stands still until this is answered; contents: where it stands.
pub(crate) const STANDSTILL: u8 = b'!';
/// A code that the child made; contents: its digits.
pub(crate) const CODE: u8 = b'c';
/// The stack on which the child lives begins here; contents: the address.
pub(crate) const STACK: u8 = b's';
/// How far down the parent reads it, in bytes.
pub(crate) const STACK_READ: usize = 512 * 1024;
/// The child has come to its end.
pub(crate) const END: u8 = b'.';

/// Errands to the key store; contents: the key's name, or nothing. Those with bytes send them in a
/// frame [`BYTES`] of their own, straight from where they lie.
pub(crate) const CREATE: u8 = b'C';
pub(crate) const FIND: u8 = b'F';
pub(crate) const WRAP: u8 = b'W';
pub(crate) const UNWRAP: u8 = b'U';
pub(crate) const MAC: u8 = b'M';
pub(crate) const DELETE: u8 = b'D';
pub(crate) const READ_ANCHOR: u8 = b'R';
pub(crate) const RAISE_ANCHOR: u8 = b'A';

/// A request to the bank; contents: the URL, and its body in a frame [`BYTES`].
pub(crate) const POST: u8 = b'P';

/// Answers of the parent; also the frame that carries an errand's bytes.
pub(crate) const BYTES: u8 = b'b';
pub(crate) const DONE: u8 = b'd';
