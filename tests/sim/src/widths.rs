//! How wide intervals were: counted by classes, so that quantiles of any number of them can be told.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// Widths in milliseconds. A class is exact up to a second, and no wider than 1/512 of what it holds
/// beyond.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Widths {
    classes: Vec<u64>,
    total: u64,
}

impl Widths {
    pub(crate) fn note(&mut self, width: u64) {
        let class = class(width);
        if self.classes.len() <= class {
            self.classes.resize(class + 1, 0);
        }
        self.classes[class] += 1;
        self.total += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if self.classes.len() < other.classes.len() {
            self.classes.resize(other.classes.len(), 0);
        }
        for (sum, more) in self.classes.iter_mut().zip(&other.classes) {
            *sum += more;
        }
        self.total += other.total;
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The least width that so many of a hundred do not exceed, at the upper end of its class.
    pub(crate) fn percentile(&self, percent: u64) -> Option<u64> {
        let wanted = (self.total * percent).div_ceil(100).max(1);
        let mut below = 0;
        self.classes.iter().enumerate().find_map(|(class, count)| {
            below += count;
            (below >= wanted).then(|| last_of(class))
        })
    }
}

impl Serialize for Widths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = serializer.serialize_struct("Widths", 3)?;
        all.serialize_field("readings", &self.total)?;
        all.serialize_field("median_ms", &self.percentile(50))?;
        all.serialize_field("p95_ms", &self.percentile(95))?;
        all.end()
    }
}

fn class(width: u64) -> usize {
    let octave = width.checked_ilog2().unwrap_or(0).saturating_sub(FINENESS);
    ((u64::from(octave) << FINENESS) + (width >> octave)) as usize
}

fn last_of(class: usize) -> u64 {
    let octave = (class as u64 >> FINENESS).saturating_sub(1);
    let first = (class as u64 - (octave << FINENESS)) << octave;
    first + (1 << octave) - 1
}

const FINENESS: u32 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_begins_where_the_one_before_ends() {
        let mut end = None;
        for class_ in 0..12_000 {
            let first = end.map_or(0, |end| end + 1);
            assert_eq!(class(first), class_);
            assert_eq!(class(last_of(class_)), class_);
            assert!((last_of(class_) - first) * 512 <= first);
            end = Some(last_of(class_));
        }
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_widths() {
        let mut widths = Widths::default();
        assert_eq!(widths.percentile(50), None);
        for width in 1..=100 {
            widths.note(width);
        }
        assert_eq!((widths.percentile(50), widths.percentile(95)), (Some(50), Some(95)));
        widths.note(1_000_000);
        let most = widths.percentile(100).unwrap();
        assert!((1_000_000..=1_001_953).contains(&most), "{most}");
    }
}
