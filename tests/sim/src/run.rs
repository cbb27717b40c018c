//! Runs the mix on as many threads as wanted. The sums do not depend on how many there are.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    device,
    hostile::{self, Siege, Year},
    mix::Mix,
    random::Random,
    tally::Tally,
};

/// What was seen of the whole mix.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    /// In the mix's order.
    pub(crate) scenarios: Vec<Tally>,
    pub(crate) years: Vec<(Siege, Year)>,
}

/// How much to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// Within the limits; those outside come on top.
    pub(crate) device_days: u64,
    pub(crate) hostile_years: u64,
    pub(crate) threads: usize,
    pub(crate) shows_progress: bool,
}

pub(crate) fn run(mix: &Mix, extent: Extent) -> Seen {
    let jobs = jobs(mix, extent);
    let next = AtomicUsize::new(0);
    let done = AtomicU64::new(0);
    let is_over = AtomicBool::new(false);
    let sum = Mutex::new(Seen::nothing(mix));
    thread::scope(|scope| {
        let work = || {
            let mut own = Seen::nothing(mix);
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                own.add_job(mix, *job);
                done.fetch_add(job.count, Ordering::Relaxed);
            }
            if let Ok(mut sum) = sum.lock() {
                sum.add(&own);
            }
        };
        let workers: Vec<_> = (0..extent.threads).map(|_| scope.spawn(work)).collect();
        if extent.shows_progress {
            let (done, is_over) = (&done, &is_over);
            let all = jobs.iter().map(|job| job.count).sum();
            scope.spawn(move || show_progress(done, all, is_over));
        }
        let ends: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        assert!(ends.iter().all(Result::is_ok), "a simulated device ended the run");
    });
    sum.into_inner().expect("no worker died")
}

/// Some devices of one kind, from `first` on.
#[derive(Debug, Clone, Copy)]
struct Job {
    kind: Kind,
    first: u64,
    count: u64,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Scenario(usize),
    Siege(usize),
}

fn jobs(mix: &Mix, extent: Extent) -> Vec<Job> {
    let scenarios = mix.scenario.iter().enumerate().map(|(place, scenario)| {
        (Kind::Scenario(place), mix.devices(scenario, extent.device_days))
    });
    let sieges = (0..hostile::ALL.len()).map(|place| (Kind::Siege(place), extent.hostile_years));
    let mut jobs = Vec::new();
    for (kind, devices) in scenarios.chain(sieges) {
        let each = match kind {
            Kind::Scenario(_) => 20,
            Kind::Siege(_) => 1,
        };
        for first in (0..devices).step_by(each) {
            jobs.push(Job { kind, first, count: (devices - first).min(each as u64) });
        }
    }
    jobs
}

fn show_progress(done: &AtomicU64, all: u64, is_over: &AtomicBool) {
    let begin = Instant::now();
    let mut next = 10;
    while !is_over.load(Ordering::Relaxed) {
        thread::sleep(Duration::from_millis(100));
        if begin.elapsed().as_secs() >= next {
            let done = done.load(Ordering::Relaxed);
            eprintln!("sim: {done} of {all} devices in {next} s");
            next += 10;
        }
    }
}

impl Seen {
    fn nothing(mix: &Mix) -> Self {
        Self {
            scenarios: vec![Tally::default(); mix.scenario.len()],
            years: hostile::ALL.map(|siege| (siege, Year::default())).to_vec(),
        }
    }

    fn add_job(&mut self, mix: &Mix, job: Job) {
        for index in job.first..job.first + job.count {
            match job.kind {
                Kind::Scenario(place) => {
                    let scenario = &mix.scenario[place];
                    let random = Random::of(mix.seed, &scenario.name, index);
                    device::live(scenario, mix.typing, random, &mut self.scenarios[place]);
                }
                Kind::Siege(place) => {
                    let (siege, year) = &mut self.years[place];
                    let random = Random::of(mix.seed, siege.name(), index);
                    year.add(&hostile::year(*siege, random));
                }
            }
        }
    }

    fn add(&mut self, other: &Self) {
        for (sum, more) in self.scenarios.iter_mut().zip(&other.scenarios) {
            sum.add(more);
        }
        for ((_, sum), (_, more)) in self.years.iter_mut().zip(&other.years) {
            sum.add(more);
        }
    }

    /// All that was seen within the limits.
    pub(crate) fn inside(&self, mix: &Mix) -> Tally {
        let mut sum = Tally::default();
        for (scenario, tally) in mix.scenario.iter().zip(&self.scenarios) {
            if scenario.is_inside() {
                sum.add(tally);
            }
        }
        sum
    }
}
