use std::{
    io::{self, ErrorKind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::secret::RandomFailed;

use super::*;

/// A disk that fails never and forgets nothing.
#[derive(Clone, Default)]
pub(super) struct MemoryDisk(Arc<Mutex<Files>>);

#[derive(Default)]
struct Files {
    vault: Option<Vec<u8>>,
    temp: Vec<u8>,
}

impl MemoryDisk {
    pub(super) fn holding(bytes: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.put(bytes);
        disk
    }

    pub(super) fn put(&self, bytes: Vec<u8>) {
        self.0.lock().unwrap().vault = Some(bytes);
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().vault.clone().unwrap()
    }
}

impl Disk for MemoryDisk {
    fn lock(&self) -> io::Result<Box<dyn Lock>> {
        Ok(Box::new(Free))
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        self.0.lock().unwrap().vault.clone().ok_or(ErrorKind::NotFound.into())
    }

    fn remove_temp(&self) -> io::Result<()> {
        Ok(())
    }

    fn create_temp(&self) -> io::Result<Box<dyn Temp>> {
        self.0.lock().unwrap().temp.clear();
        Ok(Box::new(self.clone()))
    }

    fn rename_temp(&self) -> io::Result<()> {
        let mut files = self.0.lock().unwrap();
        files.vault = Some(std::mem::take(&mut files.temp));
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Temp for MemoryDisk {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().temp.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Free;

impl Lock for Free {}

/// Bytes that repeat from run to run, so that a failure does too.
pub(super) struct Counted(AtomicU64);

impl Counted {
    pub(super) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed << 32))
    }

    pub(super) fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes).unwrap();
        bytes
    }
}

impl Random for Counted {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomFailed> {
        for chunk in bytes.chunks_mut(32) {
            let block = sha256(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}
