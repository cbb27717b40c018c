use ring::rand::SecureRandom;

/// A source of random bytes.
///
/// It comes in as an argument, so that a test can make it fail or repeat.
pub trait Random: Send + Sync {
    /// Fills `bytes` with unpredictable values.
    ///
    /// # Errors
    /// [`RandomFailed`] if the source has none to give; `bytes` must then not be used.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed>;
}

/// The source of randomness gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's source of randomness failed")]
pub struct RandomFailed;

/// The operating system's cryptographic source.
#[derive(Debug, Clone)]
pub struct SystemRandom(ring::rand::SystemRandom);

impl SystemRandom {
    /// The operating system's source.
    pub fn new() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Default for SystemRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        self.0.fill(bytes).map_err(|_| RandomFailed)
    }
}
