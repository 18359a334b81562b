//! Frames of STOMP 1.2, as RabbitMQ's `rabbitmq_web_stomp` speaks it over a WebSocket (stomp.github.io, "STOMP Protocol Specification,
//! Version 1.2"; RabbitMQ, "STOMP Plugin").

/// A frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// What it is: `SEND`, `MESSAGE` and so on.
    pub command: String,
    /// Its headers, in their order; of several with one name the first counts.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: String,
}

/// Something arrived that is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// More than this without the end of a frame is none, in bytes.
const LONGEST: usize = 16 << 20;

impl Frame {
    /// A frame without headers and body.
    pub fn new(command: &str) -> Frame {
        Frame { command: command.to_owned(), ..Frame::default() }
    }

    /// The frame with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Frame {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The frame as it is sent. What has a body says how long it is, so that the body may hold anything.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.command);
        for (name, value) in &self.headers {
            escape(name, &mut text);
            text.push(':');
            escape(value, &mut text);
            text.push('\n');
        }
        if !self.body.is_empty() {
            text.push_str(&format!("content-length:{}\n", self.body.len()));
        }
        text.push('\n');
        text.push_str(&self.body);
        text.push('\0');
        text
    }
}

fn escape(text: &str, escaped: &mut String) {
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\\\"),
            ':' => escaped.push_str("\\c"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            other => escaped.push(other),
        }
    }
}

fn unescaped(text: &str) -> Result<String, Malformed> {
    let mut letters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some('\\') => '\\',
                Some('c') => ':',
                Some('n') => '\n',
                Some('r') => '\r',
                // Other escapes are errors (STOMP 1.2, "Value Encoding").
                _ => return Err(Malformed),
            },
            other => other,
        });
    }
    Ok(plain)
}

/// Makes frames of what arrives, in whatever pieces.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    pending: String,
}

impl Reader {
    /// The frames that are complete with this piece.
    ///
    /// # Errors
    /// Where something is no frame. What follows cannot be read then.
    pub fn read(&mut self, piece: &str) -> Result<Vec<Frame>, Malformed> {
        self.pending.push_str(piece);
        let mut frames = Vec::new();
        let mut read = 0;
        while let Some((frame, length)) = first(&self.pending[read..])? {
            frames.extend(frame);
            read += length;
        }
        self.pending.drain(..read);
        if self.pending.len() > LONGEST { Err(Malformed) } else { Ok(frames) }
    }
}

/// The first frame of a text, and how many bytes it takes; line ends between frames are nothing, or a heartbeat.
fn first(text: &str) -> Result<Option<(Option<Frame>, usize)>, Malformed> {
    let start = text.len() - text.trim_start_matches(['\n', '\r']).len();
    if start > 0 {
        return Ok(Some((None, start)));
    }
    let Some((head, head_length)) = head(text) else { return Ok(None) };
    let mut lines = head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut frame = Frame::new(lines.next().unwrap_or_default());
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(Malformed)?;
        frame.headers.push((unescaped(name)?, unescaped(value)?));
    }
    let rest = &text[head_length..];
    let length = match frame.header("content-length") {
        Some(length) => length.trim().parse::<usize>().ok().filter(|length| *length <= LONGEST).ok_or(Malformed)?,
        None => match rest.find('\0') {
            Some(end) => end,
            None => return Ok(None),
        },
    };
    if rest.len() <= length {
        return Ok(None);
    }
    let body = rest.get(..length).ok_or(Malformed)?;
    if rest.as_bytes()[length] != 0 {
        return Err(Malformed);
    }
    frame.body = body.to_owned();
    Ok(Some((Some(frame), head_length + length + 1)))
}

/// The lines before the empty one, and where the body begins.
fn head(text: &str) -> Option<(&str, usize)> {
    let plain = text.find("\n\n").map(|end| (end, 2));
    let returned = text.find("\n\r\n").map(|end| (end, 3));
    let (end, length) = [plain, returned].into_iter().flatten().min()?;
    Some((&text[..end], end + length))
}

/// A name as a part of a destination: RabbitMQ takes `%2F` for a slash there, and everything else as it is (`rabbit_routing_util`).
pub fn part(name: &str) -> String {
    name.replace('/', "%2F")
}

/// Whether a name can be said in a destination: of one that has `%2F` itself, a slash would be made.
pub fn can_say(name: &str) -> bool {
    !name.contains("%2F")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_of_rabbitmq_is_read() {
        let text = "MESSAGE\nsubscription:s1\ndestination:/exchange/x/a.b%2Fc\nredelivered:false\nconnection:127.0.0.1\\c50490\ncontent-length:5\n\nhello\0\n";
        let mut reader = Reader::default();
        let frames = reader.read(text).unwrap();
        assert_eq!(frames.len(), 1);
        assert_eq!(frames[0].header("connection"), Some("127.0.0.1:50490"));
        assert_eq!(frames[0].body, "hello");
        assert_eq!(reader.read("\n\n").unwrap(), []);
        assert_eq!(reader.read("RECEIPT\r\nreceipt-id:7\r\n\r\n\0").unwrap()[0].header("receipt-id"), Some("7"));
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for text in ["X\nno colon\n\n\0", "X\na:\\t\n\n\0", "X\ncontent-length:1\n\nab\0", "X\ncontent-length:-1\n\n\0"]
        {
            assert_eq!(Reader::default().read(text), Err(Malformed), "{text:?}");
        }
        // A body that ends within a letter.
        assert_eq!(Reader::default().read("X\ncontent-length:1\n\nä\0"), Err(Malformed));
    }

    proptest! {
        #[test]
        fn frames_are_read_as_they_were_written(
            frames in proptest::collection::vec(
                ("[A-Z]{1,9}", proptest::collection::vec(("[a-z\\\\:\n\r 订]{1,8}", "\\PC{0,9}[\n\r:\\\\]{0,2}"), 0..4), ".{0,20}\0?.{0,5}"),
                0..5,
            ),
            cuts in proptest::collection::vec(0..40usize, 0..20),
        ) {
            let frames: Vec<Frame> = frames
                .into_iter()
                .map(|(command, headers, body)| Frame { command, headers, body })
                .collect();
            let text: String = frames.iter().map(Frame::text).collect();
            let letters: Vec<char> = text.chars().collect();
            let (mut reader, mut read, mut at) = (Reader::default(), Vec::new(), 0);
            for cut in cuts.into_iter().chain([letters.len()]) {
                let end = (at + cut).min(letters.len());
                let piece: String = letters[at..end].iter().collect();
                read.extend(reader.read(&piece).unwrap());
                at = end;
            }
            for frame in &mut read {
                frame.headers.retain(|(name, _)| name != "content-length");
            }
            prop_assert_eq!(read, frames);
        }

        #[test]
        fn nothing_that_arrives_is_fatal(pieces in proptest::collection::vec("[A-Z:\\\\\n\r\0a-c0-9-]{0,30}", 0..6)) {
            let mut reader = Reader::default();
            for piece in pieces {
                let _ = reader.read(&piece);
            }
        }
    }
}
