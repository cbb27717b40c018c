use std::{
    fs::File,
    io::{self, IsTerminal as _},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    termios::{OptionalActions, Termios, tcgetattr, tcsetattr},
};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};

use super::{Key, Signal, keys::Keys};

/// How long after an ESC more bytes may still belong to it.
const ESCAPE_WAIT: Duration = Duration::from_millis(50);
/// How long a pasted text may be silent before it is taken for one that lost its end.
const PASTE_SILENCE: Duration = Duration::from_secs(1);
/// Nobody types two characters within this time.
const BURST: Duration = Duration::from_millis(20);

/// What a terminal is written to.
pub type Output = File;

/// The terminal that controls this process, to write to.
///
/// # Errors
/// What the system says, as where there is none.
pub fn output() -> io::Result<Output> {
    File::options().write(true).open("/dev/tty")
}

/// The terminal's keyboard, read byte by byte.
pub struct Terminal {
    device: File,
    keys: Keys,
    signals: Signals,
    alarm: Alarm,
    last_byte: Instant,
    /// When the last key was complete, and whether more bytes were there at once.
    last_key: Option<(Instant, bool)>,
    is_in_burst: bool,
}

impl Terminal {
    /// Opens the terminal that controls this process, whatever its standard streams are.
    ///
    /// # Errors
    /// What the system says, as where no terminal controls the process.
    pub fn open() -> io::Result<Self> {
        let device = File::options().read(true).write(true).open("/dev/tty")?;
        if !device.is_terminal() {
            return Err(io::ErrorKind::NotConnected.into());
        }
        Ok(Self {
            device,
            keys: Keys::default(),
            signals: Signals::watch()?,
            alarm: Alarm::new(),
            last_byte: Instant::now(),
            last_key: None,
            is_in_burst: false,
        })
    }

    /// Switches off echo, line editing and the keys that raise signals, until the answer is dropped.
    ///
    /// # Errors
    /// What the system says.
    pub fn raw(&self) -> io::Result<Raw> {
        let device = self.device.try_clone()?;
        let before = tcgetattr(&device)?;
        let mut raw = before.clone();
        raw.make_raw();
        // Output stays as it was: a line feed still begins a line.
        raw.output_modes = before.output_modes;
        tcsetattr(&device, OptionalActions::Now, &raw)?;
        self.signals.at_rest.store(false, Ordering::SeqCst);
        Ok(Raw { device, before, at_rest: Arc::clone(&self.signals.at_rest) })
    }

    /// Ends this process as the default action of the signal that asked for it does, or of SIGINT if
    /// a person did with Ctrl-C, so that its parent sees why.
    pub(crate) fn end_process(&self) {
        let by = self.signals.terminated_by.load(Ordering::SeqCst);
        let by = i32::try_from(by).ok().filter(|&number| number != 0).unwrap_or(SIGINT);
        let _ = signal_hook::low_level::emulate_default_handler(by);
    }

    /// Waits for a key or a signal, at most so long.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::UnexpectedEof`] when the terminal is gone.
    pub fn wait(&mut self, longest: Duration) -> io::Result<Option<Result<Key, Signal>>> {
        loop {
            if let Some(signal) = self.signals.take() {
                return Ok(Some(Err(signal)));
            }
            let silence = PASTE_SILENCE.saturating_sub(self.last_byte.elapsed());
            let timeout = if self.keys.is_undecided() {
                ESCAPE_WAIT
            } else if self.keys.is_pasting() {
                longest.min(silence)
            } else {
                longest
            };
            let Some(byte) = self.next_byte(timeout)? else {
                if self.signals.are_waiting() {
                    continue;
                }
                if self.keys.is_pasting() {
                    let is_over = self.last_byte.elapsed() >= PASTE_SILENCE;
                    return Ok(if is_over { self.keys.give_up_paste().map(Ok) } else { None });
                }
                return Ok(self.keys.decide().map(Ok));
            };
            self.last_byte = Instant::now();
            if let Some(key) = self.keys.push(byte) {
                self.is_in_burst = self.sees_burst(&key)?;
                return Ok(Some(Ok(key)));
            }
        }
    }

    /// Whether the last key came together with others, as of a text that is pasted without marks.
    pub fn is_in_burst(&self) -> bool {
        self.is_in_burst
    }

    fn sees_burst(&mut self, key: &Key) -> io::Result<bool> {
        let (now, before) = (Instant::now(), self.last_key);
        let follows =
            before.is_some_and(|(at, more)| more || now.saturating_duration_since(at) < BURST);
        // A character alone waits a moment, so that the first of a text is known as well.
        let patience = match key {
            Key::Char(_) if !follows => BURST,
            _ => Duration::ZERO,
        };
        let more = self.has_byte(patience)?;
        self.last_key = Some((Instant::now(), more));
        Ok(follows || more)
    }

    /// Whether a byte is there or comes within the time. It stays in the kernel.
    fn has_byte(&self, patience: Duration) -> io::Result<bool> {
        let timeout = Timespec::try_from(patience).unwrap_or_default();
        let mut waiting = [PollFd::from_borrowed_fd(self.device.as_fd(), PollFlags::IN)];
        match poll(&mut waiting, Some(&timeout)) {
            Ok(count) => Ok(count > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// One byte, or nothing within the time or before a signal. Bytes that wait stay in the kernel.
    fn next_byte(&self, timeout: Duration) -> io::Result<Option<u8>> {
        let timeout = Timespec::try_from(timeout).unwrap_or(Timespec { tv_sec: 1, tv_nsec: 0 });
        let (device, wake) = (self.device.as_fd(), self.signals.wake.as_fd());
        let alarm = self.alarm.set(timeout).unwrap_or(wake);
        let mut waiting =
            [device, wake, alarm].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        match poll(&mut waiting, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let [key, signal, _] = waiting;
        if !signal.revents().is_empty() {
            self.signals.drain();
            return Ok(None);
        }
        if key.revents().is_empty() { Ok(None) } else { read_byte(device) }
    }
}

/// Wakes also where the time went by while the machine slept: the wait of `poll` does not count
/// sleep, so a code that is over could stay on the screen for that much longer.
struct Alarm {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    timer: Option<std::os::fd::OwnedFd>,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
impl Alarm {
    fn new() -> Self {
        use rustix::time::{TimerfdClockId, TimerfdFlags, timerfd_create};
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        Self { timer: timerfd_create(TimerfdClockId::Boottime, flags).ok() }
    }

    fn set(&self, timeout: Timespec) -> Option<BorrowedFd<'_>> {
        use rustix::time::{Itimerspec, TimerfdTimerFlags, timerfd_settime};
        let timer = self.timer.as_ref()?;
        let once = Timespec { tv_sec: 0, tv_nsec: 0 };
        let at = Itimerspec { it_interval: once, it_value: timeout };
        timerfd_settime(timer, TimerfdTimerFlags::empty(), &at).ok()?;
        Some(timer.as_fd())
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
impl Alarm {
    fn new() -> Self {
        Self {}
    }

    fn set(&self, _: Timespec) -> Option<BorrowedFd<'_>> {
        None
    }
}

/// Reads one byte past every buffer; nothing if a signal came first.
pub(crate) fn read_byte(from: BorrowedFd<'_>) -> io::Result<Option<u8>> {
    let mut byte = zeroize::Zeroizing::new([0_u8; 1]);
    match rustix::io::read(from, &mut *byte) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(_) => Ok(byte.first().copied()),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The terminal in raw mode; when this is dropped it is as it was.
#[derive(Debug)]
pub struct Raw {
    device: File,
    before: Termios,
    at_rest: Arc<AtomicBool>,
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.at_rest.store(true, Ordering::SeqCst);
        // Nothing can be done about a terminal that is gone.
        let _ = tcsetattr(&self.device, OptionalActions::Now, &self.before);
    }
}

/// Signals as flags, and a pipe that wakes whoever waits. While the terminal is not raw they act as
/// if nobody watched.
struct Signals {
    at_rest: Arc<AtomicBool>,
    wake: UnixStream,
    terminate: Arc<AtomicBool>,
    /// Which one asked the program to end.
    terminated_by: Arc<AtomicUsize>,
    suspend: Arc<AtomicBool>,
    redraw: Arc<AtomicBool>,
}

impl Signals {
    fn watch() -> io::Result<Self> {
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        waker.set_nonblocking(true)?;
        let signals = Self {
            at_rest: Arc::new(AtomicBool::new(true)),
            wake,
            terminate: Arc::default(),
            terminated_by: Arc::default(),
            suspend: Arc::default(),
            redraw: Arc::default(),
        };
        let kinds: [(&[i32], Arc<AtomicBool>); 3] = [
            (&[SIGTERM, SIGHUP, SIGINT, SIGQUIT], signals.terminate.clone()),
            (&[SIGTSTP], signals.suspend.clone()),
            (&[SIGWINCH, SIGCONT], signals.redraw.clone()),
        ];
        for (numbers, flag) in kinds {
            for &number in numbers {
                let at_rest = Arc::clone(&signals.at_rest);
                signal_hook::flag::register_conditional_default(number, at_rest)?;
                signal_hook::flag::register(number, Arc::clone(&flag))?;
                signal_hook::low_level::pipe::register(number, waker.try_clone()?)?;
            }
        }
        for number in [SIGTERM, SIGHUP, SIGINT, SIGQUIT] {
            let value = usize::try_from(number).unwrap_or_default();
            signal_hook::flag::register_usize(number, Arc::clone(&signals.terminated_by), value)?;
        }
        Ok(signals)
    }

    fn take(&self) -> Option<Signal> {
        let taken = |flag: &AtomicBool| flag.swap(false, Ordering::SeqCst);
        if taken(&self.terminate) {
            Some(Signal::Terminate)
        } else if taken(&self.suspend) {
            Some(Signal::Suspend)
        } else if taken(&self.redraw) {
            Some(Signal::Redraw)
        } else {
            None
        }
    }

    fn are_waiting(&self) -> bool {
        [&self.terminate, &self.suspend, &self.redraw].iter().any(|f| f.load(Ordering::SeqCst))
    }

    fn drain(&self) {
        let mut bytes = [0; 64];
        while matches!(io::Read::read(&mut &self.wake, &mut bytes), Ok(1..)) {}
    }
}

/// Stops this process as the default action of SIGTSTP does; returns when it is continued.
pub(crate) fn suspend_process() {
    let _ = signal_hook::low_level::emulate_default_handler(SIGTSTP);
}

/// Ends this process as the default action of SIGTERM does, so that its parent sees why.
pub(crate) fn end_as_terminated() {
    let _ = signal_hook::low_level::emulate_default_handler(SIGTERM);
}

/// Standard input past the buffer that std keeps and never wipes.
pub(crate) fn stdin() -> impl io::Read {
    struct Stdin;
    impl io::Read for Stdin {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            Ok(rustix::io::read(rustix::stdio::stdin(), bytes)?)
        }
    }
    Stdin
}
