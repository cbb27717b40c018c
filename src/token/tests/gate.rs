//! A disk that waits in one of its calls until it is let go.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    time::Duration,
};

use super::disk::{Call, SimDisk};
use crate::vault::{Disk, Lock, Temp};

const PATIENCE: Duration = Duration::from_secs(20);

/// The disk's end.
#[derive(Clone)]
pub(super) struct GatedDisk {
    disk: SimDisk,
    at: Call,
    closed: Arc<AtomicBool>,
    arrived: Sender<()>,
    go: Arc<Mutex<Receiver<()>>>,
}

/// The test's end.
pub(super) struct Gate {
    closed: Arc<AtomicBool>,
    arrived: Receiver<()>,
    go: Sender<()>,
}

/// The gate stands open until it is closed.
pub(super) fn gated(disk: SimDisk, at: Call) -> (GatedDisk, Gate) {
    let (arrived_sender, arrived) = channel();
    let (go, go_receiver) = channel();
    let closed = Arc::new(AtomicBool::new(false));
    let go_receiver = Arc::new(Mutex::new(go_receiver));
    let gated =
        GatedDisk { disk, at, closed: closed.clone(), arrived: arrived_sender, go: go_receiver };
    (gated, Gate { closed, arrived, go })
}

impl Gate {
    /// The next call stops.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Waits until a call stands before the gate.
    pub(super) fn await_arrival(&self) {
        self.arrived.recv_timeout(PATIENCE).unwrap();
    }

    pub(super) fn let_go(&self) {
        self.go.send(()).unwrap();
    }
}

impl GatedDisk {
    fn pass(&self, call: Call) {
        if call == self.at && self.closed.swap(false, Ordering::SeqCst) {
            self.arrived.send(()).unwrap();
            self.go.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        }
    }
}

impl Disk for GatedDisk {
    fn lock(&self) -> io::Result<Box<dyn Lock>> {
        self.pass(Call::Lock);
        self.disk.lock()
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        self.pass(Call::Read);
        self.disk.read()
    }

    fn remove_temp(&self) -> io::Result<()> {
        self.pass(Call::RemoveTemp);
        self.disk.remove_temp()
    }

    fn create_temp(&self) -> io::Result<Box<dyn Temp>> {
        self.pass(Call::CreateTemp);
        let temp = self.disk.create_temp()?;
        Ok(Box::new(GatedTemp { temp, disk: self.clone() }))
    }

    fn rename_temp(&self) -> io::Result<()> {
        self.pass(Call::Rename);
        self.disk.rename_temp()
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.pass(Call::SyncFolder);
        self.disk.sync_folder()
    }
}

struct GatedTemp {
    temp: Box<dyn Temp>,
    disk: GatedDisk,
}

impl Temp for GatedTemp {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.disk.pass(Call::Write);
        self.temp.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.pass(Call::Sync);
        self.temp.sync()
    }
}
