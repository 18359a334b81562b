//! Student's t distribution, by the regularised incomplete beta function (NIST Digital Library of Mathematical Functions,
//! 8.17): P(|T| ≤ t) = 1 − I(ν/2, 1/2) at ν/(ν + t²).

/// The t within which Student's distribution with these degrees of freedom lies with this probability (0 to 1), on both
/// sides of 0 together: 12.706 for 0.95 and one degree. Infinite without any degree of freedom.
pub fn two_sided(probability: f64, degrees: u32) -> f64 {
    if degrees == 0 || probability >= 1.0 {
        return f64::INFINITY;
    }
    if probability <= 0.0 {
        return 0.0;
    }
    let within = |t: f64| within(t, f64::from(degrees)) >= probability;
    let mut high = 1.0;
    while !within(high) && high < 1e12 {
        high *= 2.0;
    }
    let mut low = 0.0;
    // Halving ends where no number lies between the two.
    loop {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if within(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
}

/// P(|T| ≤ t).
fn within(t: f64, degrees: f64) -> f64 {
    1.0 - incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t))
}

/// The regularised incomplete beta function.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The continued fraction converges fast on this side only (8.17.4 leads to the other).
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let logarithm = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x);
    libm::exp(logarithm) / a / continued_fraction(a, b, x)
}

/// The continued fraction 8.17.22, by Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for step in 1..10_000 {
        let m = f64::from(step / 2);
        let numerator = if step % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 + numerator * d;
        d = 1.0 / if d == 0.0 { TINY } else { d };
        c = 1.0 + numerator / c;
        c = if c == 0.0 { TINY } else { c };
        value *= c * d;
        if libm::fabs(c * d - 1.0) < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables of every statistics book, and R's `qt`.
    #[test]
    fn quantiles_as_in_the_tables() {
        for (probability, degrees, expected) in [
            (0.95, 1, 12.706_204_736),
            (0.95, 2, 4.302_652_730),
            (0.95, 4, 2.776_445_105),
            (0.95, 9, 2.262_157_163),
            (0.95, 19, 2.093_024_054),
            (0.95, 30, 2.042_272_456),
            (0.95, 120, 1.979_930_405),
            (0.95, 1_000_000, 1.959_966_4),
            (0.90, 9, 1.833_112_933),
            (0.99, 9, 3.249_835_542),
            (0.999, 5, 6.868_826_626),
            (0.5, 1, 1.0),
        ] {
            let t = two_sided(probability, degrees);
            assert!((t - expected).abs() < 2e-6 * expected, "{probability} with {degrees}: {t}, not {expected}");
        }
        assert_eq!(two_sided(0.95, 0), f64::INFINITY);
        assert_eq!(two_sided(0.0, 5), 0.0);
        assert_eq!(two_sided(1.0, 5), f64::INFINITY);
    }
}
