use std::time::Duration;

/// How long each of many took, within a span of time.
pub(crate) struct Figures {
    took: Vec<Duration>,
    span: Duration,
}

impl Figures {
    pub(crate) fn new(mut took: Vec<Duration>, span: Duration) -> Self {
        took.sort_unstable();
        Self { took, span }
    }

    /// A line of the table.
    pub(crate) fn line(&self, what: &str, at_once: usize) -> String {
        let [median, late, longest] = [0.5, 0.99, 1.0].map(|part| self.at(part));
        format!(
            "| {what} | {at_once} | {:.0} | {median:.1} ms | {late:.1} ms | {longest:.1} ms |",
            self.per_second()
        )
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.took.len() as f64 / self.span.as_secs_f64()
    }

    /// What this part of them took at the most, in milliseconds.
    fn at(&self, part: f64) -> f64 {
        let index =
            ((self.took.len() as f64 * part) as usize).min(self.took.len().saturating_sub(1));
        self.took.get(index).map_or(0.0, |took| took.as_secs_f64() * 1e3)
    }
}

/// Of what [`Figures::line`] gives the lines.
pub(crate) const HEAD: &str = "| | at once | per second | median | 99th percentile | longest |\n\
                               |---|---:|---:|---:|---:|---:|";
