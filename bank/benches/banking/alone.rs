//! What the load is held against: the two things that it cannot do without, each by itself.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use warifu_bank::{
    bank::Password,
    store::{Attempts, Store, Written},
};

use crate::{clock_now, figures::Figures, http::Fallible};

/// Works on login passwords on so many threads, with the service's parameters.
pub(crate) fn passwords(threads: usize, span: Duration) -> Fallible<Figures> {
    let work = move || -> Result<Vec<Duration>, String> {
        let params = (Password::MEMORY_KIB, Password::PASSES, Password::LANES);
        let params = Params::new(params.0, params.1, params.2, Some(32));
        let params = params.map_err(|error| error.to_string())?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (end, mut took, mut key) = (Instant::now() + span, Vec::new(), [0; 32]);
        loop {
            let began = Instant::now();
            // As the service does: memory that nobody has used, for each.
            let mut blocks = vec![Block::default(); argon2.params().block_count()];
            let made = argon2.hash_password_into_with_memory(
                b"a login password",
                b"sixteen bytes of",
                &mut key,
                &mut blocks,
            );
            made.map_err(|error| error.to_string())?;
            if Instant::now() > end {
                return Ok(took);
            }
            took.push(began.elapsed());
        }
    };
    let threads: Vec<_> = (0..threads).map(|_| thread::spawn(work)).collect();
    let mut all = Vec::new();
    for thread in threads {
        all.extend(thread.join().map_err(|_| "a thread has panicked")??);
    }
    Ok(Figures::new(all, span))
}

/// Commits of one small row each, over connections as the service has them.
pub(crate) async fn commits(
    store: &Arc<Store>,
    at_once: usize,
    span: Duration,
) -> Fallible<Figures> {
    let end = Instant::now() + span;
    let client = |number: usize, store: Arc<Store>| async move {
        let mut took = Vec::new();
        for round in 0_u64.. {
            let (began, now) = (Instant::now(), clock_now());
            let counted = Attempts { failures: 1, next_try_at: now, last_at: now };
            let subject = format!("load {at_once} {number} {round}");
            if store.replace_attempts(&subject, None, &counted).await? != Written::Yes {
                return Err("a row was not written".into());
            }
            if Instant::now() > end {
                break;
            }
            took.push(began.elapsed());
        }
        Fallible::Ok(took)
    };
    let clients: Vec<_> =
        (0..at_once).map(|number| tokio::spawn(client(number, Arc::clone(store)))).collect();
    let mut all = Vec::new();
    for client in clients {
        all.extend(client.await??);
    }
    Ok(Figures::new(all, span))
}
