//! Numbers as people read them.

use crate::base::Language;

/// A count: with commas, and above some millions rounded.
pub fn count(number: u64, language: Language) -> String {
    if number < 10_000_000 {
        return grouped(number);
    }
    let (unit, name) = match language {
        Language::English if number >= 1_000_000_000 => (1e9, "G"),
        Language::English => (1e6, "M"),
        Language::SimplifiedChinese if number >= 100_000_000 => (1e8, "亿"),
        Language::SimplifiedChinese => (1e4, "万"),
    };
    let rounded = number as f64 / unit;
    if rounded < 100.0 { format!("{rounded:.1}{name}") } else { format!("{}{name}", grouped(rounded as u64)) }
}

/// A rate per second: small ones with a decimal.
pub fn rate(per_s: f64, language: Language) -> String {
    let per_s = if per_s.is_finite() { per_s.max(0.0) } else { 0.0 };
    let tenths = (per_s * 10.0).round();
    if tenths >= 1000.0 || tenths % 10.0 == 0.0 {
        return count(per_s.round() as u64, language);
    }
    format!("{:.1}", tenths / 10.0)
}

/// A span of milliseconds with a unit that suits it and about three digits.
pub fn span(ms: f64) -> String {
    let (number, unit) = if ms < 1_000.0 { (ms, "ms") } else { (ms / 1_000.0, "s") };
    match number {
        number if number >= 99.95 || number.fract() == 0.0 => format!("{} {unit}", grouped(number.round() as u64)),
        number if number >= 9.995 => format!("{number:.1} {unit}"),
        _ => format!("{number:.2} {unit}"),
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        let english = |number| count(number, Language::English);
        assert_eq!(english(0), "0");
        assert_eq!(english(999), "999");
        assert_eq!(english(1_234_567), "1,234,567");
        assert_eq!(english(12_345_678), "12.3M");
        assert_eq!(count(12_345_678, Language::SimplifiedChinese), "1,234万");
        assert_eq!(rate(0.0, Language::English), "0");
        assert_eq!(rate(9.96, Language::English), "10");
        assert_eq!(rate(2.5, Language::English), "2.5");
        assert_eq!(rate(1234.5, Language::English), "1,235");
        assert_eq!(rate(f64::NAN, Language::English), "0");
    }
}
