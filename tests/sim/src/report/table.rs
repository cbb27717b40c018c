//! A table as text, and how figures are written in it.

use std::fmt::{self, Display, Formatter};

use crate::widths::Widths;

/// The first column says what a row is of.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<Name: Into<String>>(columns: impl IntoIterator<Item = Name>) -> Self {
        let head = std::iter::once(String::new()).chain(columns.into_iter().map(Into::into));
        Self { rows: vec![head.collect()] }
    }

    pub(crate) fn row(&mut self, name: &str, figures: impl IntoIterator<Item = String>) {
        self.rows.push(std::iter::once(name.to_owned()).chain(figures).collect());
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = |column: usize| {
            let widths = self.rows.iter().filter_map(|row| row.get(column));
            widths.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        for row in &self.rows {
            for (column, cell) in row.iter().enumerate() {
                let width = width(column);
                if column == 0 {
                    write!(f, "{cell:<width$}")?;
                } else {
                    write!(f, "  {cell:>width$}")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// A quantile of widths, in seconds.
pub(crate) fn seconds(widths: &Widths, percent: u64) -> String {
    let width = widths.percentile(percent);
    width.map_or("-".to_owned(), |ms| format!("{}.{:03}", ms / 1000, ms % 1000))
}

pub(crate) fn percent(part: u64, whole: u64) -> String {
    if part == 0 {
        return "-".to_owned();
    }
    format!("{:.2} %", part as f64 * 100.0 / whole as f64)
}

/// A rate with two digits; `0` is none at all.
pub(crate) fn rate(part: u64, whole: u64) -> String {
    if part == 0 {
        return "0".to_owned();
    }
    format!("{:.1e}", part as f64 / whole as f64)
}

pub(crate) fn span(ms: i64) -> String {
    match ms / 1000 {
        0..36_000 => format!("{}.{:03} s", ms / 1000, ms % 1000),
        36_000..864_000 => format!("{} h", ms / 3_600_000),
        _ => format!("{} days", ms / 86_400_000),
    }
}
