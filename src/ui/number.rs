//! How numbers are written on the page, and how sliders spread them.

use crate::base::Micros;
use crate::scenario::field::{NumberRange, Scale, Unit};
use crate::session::{FASTEST, SLOWEST};
use crate::words::Words;

/// A count, in groups of three digits: `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A measure with about three digits: `0.42`, `4.21`, `42.1`, `421`, `4,210`.
pub fn measure(number: f64) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    match number.abs() {
        size if size >= 99.95 => count(number.round().max(0.0) as u64),
        size if size >= 9.995 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

/// A span in milliseconds with a unit that suits it: `421 ms`, `4.21 s`, `7.0 min`.
pub fn span(ms: f64) -> String {
    if ms < 1_000.0 {
        format!("{}\u{202f}ms", measure(ms))
    } else if ms < 120_000.0 {
        format!("{}\u{202f}s", measure(ms / 1e3))
    } else {
        format!("{}\u{202f}min", measure(ms / 60e3))
    }
}

/// A part of a whole: `42.1 %`.
pub fn percent(part: f64) -> String {
    format!("{:.1}\u{202f}%", part * 100.0)
}

/// A simulated time as on a clock: `0:12.345`, `1:02:03.456`.
pub fn clock(time: Micros) -> String {
    let ms = time.0 / 1_000;
    let (seconds, ms) = (ms / 1_000, ms % 1_000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}.{ms:03}")
    } else {
        format!("{minutes}:{seconds:02}.{ms:03}")
    }
}

/// A speed: `1×`, `0.25×`, `63.4×`.
pub fn speed(speed: f64) -> String {
    format!("{}×", plain(round_to_digits(speed, 3)))
}

/// A number as a person types it: no exponent, no needless zeros.
pub fn plain(number: f64) -> String {
    // Rust writes the shortest digits that read back as the same number, and never an exponent.
    number.to_string()
}

/// A number with its unit.
pub fn with_unit(number: f64, unit: Unit, words: &Words) -> String {
    format!("{} {}", plain(number), (words.unit)(unit)).trim_end().to_owned()
}

/// A number in groups of three digits.
pub fn grouped(number: f64) -> String {
    if number.fract() == 0.0 && (0.0..1e15).contains(&number) { count(number as u64) } else { plain(number) }
}

/// A number in groups of three digits, with its unit.
pub fn with_grouped_unit(number: f64, unit: Unit, words: &Words) -> String {
    format!("{} {}", grouped(number), (words.unit)(unit)).trim_end().to_owned()
}

/// What a person has typed as a number: a comma may stand for the point, full-width digits for plain ones.
pub fn read(text: &str) -> Option<f64> {
    let plain: String = text
        .trim()
        .chars()
        .map(|letter| match letter {
            ',' | '，' | '。' | '．' => '.',
            '０'..='９' => char::from(b'0' + (letter as u32 - '０' as u32) as u8),
            other => other,
        })
        .collect();
    // Words such as "inf" and "nan" are numbers to Rust but not to people.
    let is_number =
        plain.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '+' | 'e' | 'E'));
    plain.parse().ok().filter(|number: &f64| is_number && number.is_finite())
}

fn round_to_digits(number: f64, digits: i32) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return number;
    }
    let power = 10f64.powi(digits - 1 - number.abs().log10().floor() as i32);
    (number * power).round() / power
}

/// The values at which a slider stops, least first: round numbers only, so that every step of an arrow key is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Stops(Vec<f64>);

impl Stops {
    /// The stops of a setting. The far end of a huge range is left to typing.
    pub fn of(range: &NumberRange) -> Stops {
        let usual = if range.usual > 0.0 { range.usual } else { 10.0 };
        let most = range.max.min(match range.scale {
            // Moments of a run: about its first minute.
            Scale::Linear if range.unit == Unit::Milliseconds => 60_000.0,
            Scale::Linear => usual * 100.0,
            Scale::Logarithmic => usual * 1_000.0,
        });
        if range.scale == Scale::Linear {
            let step = if range.whole { ((most - range.min) / 200.0).ceil() } else { (most - range.min) / 200.0 };
            let stops = (0..=200).map(|index| range.min + step * f64::from(index)).filter(|stop| *stop <= most);
            return Stops(stops.collect());
        }
        let least = if range.whole { range.min.max(1.0) } else { range.min.max(usual / 100.0) };
        let mut stops = Vec::new();
        if range.min <= 0.0 {
            stops.push(0.0);
        }
        let mut power = least.log10().floor() as i32;
        'decades: loop {
            for hundredths in 10..100 {
                // By way of text, so that a stop is exactly the number that it looks like.
                let stop = format!("{hundredths}e{}", power - 1).parse().unwrap_or(f64::MAX);
                if stop > most {
                    break 'decades;
                }
                if stop >= least && !(range.whole && stop.fract() != 0.0) {
                    stops.push(stop);
                }
            }
            power += 1;
        }
        Stops(stops)
    }

    /// The stops of the speed slider.
    pub fn of_speed() -> Stops {
        const STEPS: [f64; 10] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];
        let decades = [0.1, 1.0, 10.0, 100.0];
        let stops = decades.iter().flat_map(|decade| STEPS.map(|step| round_to_digits(step * decade, 3)));
        Stops(stops.filter(|stop| *stop >= SLOWEST).chain([FASTEST]).collect())
    }

    /// The number of the last stop.
    pub fn last(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// The value at a stop.
    pub fn value(&self, stop: usize) -> f64 {
        self.0.get(stop.min(self.last())).copied().unwrap_or_default()
    }

    /// The stop nearest to a value.
    pub fn nearest(&self, value: f64) -> usize {
        let above = self.0.partition_point(|stop| *stop < value).min(self.last());
        if above > 0 && value - self.value(above - 1) < self.value(above) - value { above - 1 } else { above }
    }
}
