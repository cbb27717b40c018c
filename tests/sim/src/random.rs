//! Randomness from a seed: SplitMix64 (Steele, Lea and Flood, 2014), the same on every machine.

/// What a simulated world draws from.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for each name and number.
    pub(crate) fn of(seed: u64, name: &str, index: u64) -> Self {
        // FNV-1a: a scenario's stream does not depend on which others the mix holds.
        let name = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut seeds = Self(seed ^ name);
        let mut stream = Self(seeds.next().wrapping_add(index.wrapping_mul(GAMMA)));
        Self(stream.next())
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 ≤ x < 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From `low` up to and without `high`; `low` if there is nothing between.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = i128::from(high) - i128::from(low);
        if span <= 0 {
            return low;
        }
        let drawn = (i128::from(self.next()) * span) >> 64;
        i64::try_from(i128::from(low) + drawn).expect("it lies between two i64")
    }

    /// From -`most` to `most`.
    pub(crate) fn around(&mut self, most: i64) -> i64 {
        self.between(-most, most + 1)
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.unit() < probability
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.between(0, from.len() as i64) as usize]
    }

    /// Until the next of what happens once in `mean`, at random.
    pub(crate) fn gap(&mut self, mean: i64) -> i64 {
        (-(1.0 - self.unit()).ln() * mean as f64) as i64
    }

    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        if sigma == 0.0 {
            return median;
        }
        // Box and Muller.
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.unit()).cos();
        median * (sigma * normal).exp()
    }
}

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64s() {
        // The first three of the reference implementation from the seed 1234567.
        let mut random = Random(1_234_567);
        let drawn = [random.next(), random.next(), random.next()];
        let known =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(drawn, known);
    }

    #[test]
    fn names_and_numbers_have_streams_of_their_own() {
        let mut firsts: Vec<u64> = ["a", "b"]
            .into_iter()
            .flat_map(|name| (0..100).map(move |index| Random::of(1, name, index).next()))
            .collect();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 200);
        assert_eq!(Random::of(1, "a", 7).next(), Random::of(1, "a", 7).next());
    }

    #[test]
    fn draws_have_the_shape_that_they_say() {
        let mut random = Random::of(3, "shape", 0);
        let mut typed: Vec<f64> = (0..20_001).map(|_| random.log_normal(8.0, 0.5)).collect();
        typed.sort_unstable_by(f64::total_cmp);
        assert!((typed[10_000] - 8.0).abs() < 0.15, "{}", typed[10_000]);
        let above = typed.iter().filter(|seconds| **seconds > 8.0 * 0.5_f64.exp()).count();
        assert!((2900..3450).contains(&above), "one in 6.3 lies above a sigma: {above}");
        let gaps: i64 = (0..20_000).map(|_| random.gap(1000)).sum();
        assert!((19_000_000..21_000_000).contains(&gaps), "{gaps}");
        let drawn: Vec<i64> = (0..1000).map(|_| random.around(1)).collect();
        assert!([-1, 0, 1].iter().all(|value| drawn.contains(value)));
        assert!(drawn.iter().all(|value| value.abs() <= 1));
    }
}
