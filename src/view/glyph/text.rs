//! How wide texts are, about: enough to shorten what would not fit, without a browser. The widest of the usual
//! system fonts is the measure.

/// The width of a character in parts of the letters' size.
fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '!' | '|' | '\'' | ' ' => 0.33,
        'f' | 'r' | 't' | '(' | ')' | '-' | '/' | '·' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.97,
        'A'..='Z' => 0.7,
        '0'..='9' => 0.64,
        // Latin, Greek, Cyrillic and what else is narrow.
        '\0'..='\u{10ff}' => 0.61,
        // Chinese, Japanese, Korean, full-width signs, pictures.
        _ => 1.02,
    }
}

/// The width of a text whose letters have this size.
pub(in crate::view) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// How much wider bold letters are.
pub(super) const BOLD: f64 = 1.1;

/// The size of bold letters, at the most `size`, at which a text has room.
pub(super) fn fitting_size(text: &str, size: f64, room: f64) -> f64 {
    (room / (width(text, 1.0) * BOLD)).min(size)
}

/// The text, shortened to a width.
pub(in crate::view) fn shortened(text: &str, size: f64, most: f64) -> String {
    if width(text, size) <= most {
        return text.to_owned();
    }
    let room = most - width("…", size);
    let mut used = 0.0;
    let mut short: String = text
        .chars()
        .take_while(|character| {
            used += advance(*character) * size;
            used <= room
        })
        .collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shortened_to_fit() {
        assert_eq!(shortened("Orders", 13.0, 100.0), "Orders");
        for text in ["A very long name for one queue", "一个名字非常非常长的消息队列"] {
            let short = shortened(text, 13.0, 90.0);
            assert!(short.ends_with('…') && width(&short, 13.0) <= 90.0, "{short}");
        }
    }
}
