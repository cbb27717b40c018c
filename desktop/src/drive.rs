//! Goes with a flow of the core to its end.

use std::{thread, time::Duration};

use warifu::token::{self, Answer, Errand, Flow, Outcome, Step};

use crate::device_clock::DeviceClock;

/// Does the errands of a flow, and waits where it says to, until it is done.
///
/// # Errors
/// Whatever ends the flow.
pub fn drive(
    flow: &Flow,
    clock: &DeviceClock,
    mut answer: impl FnMut(Errand) -> Answer,
) -> Result<Outcome, token::Error> {
    let mut step = flow.step(clock.now())?;
    loop {
        step = match step {
            Step::Ask { ticket, errand } => flow.answer(ticket, answer(errand), clock.now())?,
            Step::Wait { until } => {
                let wait = until.since(clock.now().uptime);
                thread::sleep(Duration::from_millis(wait.0));
                flow.step(clock.now())?
            }
            Step::Done(outcome) => return Ok(outcome),
        };
    }
}
