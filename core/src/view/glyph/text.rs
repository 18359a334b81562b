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

/// The text in lines of a width: broken at spaces, before Chinese characters, and in words that are longer than a line.
pub(in crate::view) fn wrapped(text: &str, size: f64, most: f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut used) = (String::new(), 0.0);
        // Where the line may end, and how wide what comes behind it is.
        let mut last_break: Option<usize> = None;
        for letter in paragraph.chars() {
            if letter == ' ' || letter > '\u{2e7f}' {
                last_break = Some(line.len());
            }
            let wide = advance(letter) * size;
            if used + wide > most && !line.is_empty() && letter != ' ' {
                let rest = match last_break.filter(|place| *place > 0) {
                    Some(place) => line.split_off(place),
                    None => String::new(),
                };
                lines.push(line.trim_end().to_owned());
                line = rest.trim_start().to_owned();
                used = width(&line, size);
                last_break = None;
            }
            line.push(letter);
            used += wide;
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
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

    #[test]
    fn long_texts_are_broken_into_lines_that_fit() {
        let text = "The service times out after 200 ms, and its caller tries again at once\nincomprehensibilities";
        let lines = wrapped(text, 10.0, 120.0);
        assert!(lines.len() > 4 && lines.iter().all(|line| width(line, 10.0) <= 125.0), "{lines:?}");
        assert_eq!(lines.join(" ").replace("bil ities", "bilities").split_whitespace().count(), 15, "{lines:?}");
        let lines = wrapped("消费者崩溃了，未确认的消息重新入队", 10.0, 60.0);
        assert_eq!(lines.concat(), "消费者崩溃了，未确认的消息重新入队");
        assert!(lines.len() == 4, "{lines:?}");
        assert_eq!(wrapped("", 10.0, 50.0), [""]);
    }
}
