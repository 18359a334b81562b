//! A stream: a log that every consumer reads from an offset of its own, and that keeps what was read (RabbitMQ,
//! "Streams"; recordings `stream-*`). Nothing is ready or unacked in it; an ack only makes room for more.

use std::rc::Rc;

use super::content::Content;
use crate::scenario::HeaderValue;

/// The messages of a stream; their offsets are their places.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Stream {
    pub(in crate::engine) log: Vec<Rc<Content>>,
}

/// Where a consumer of a stream begins to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine) enum StreamOffset {
    /// With the oldest message.
    First,
    /// With the newest message that is there.
    Last,
    /// With the next message that is published.
    #[default]
    Next,
    /// With this offset.
    At(u64),
}

impl Stream {
    /// The message at an offset, as a delivery carries it.
    pub(super) fn read(&self, offset: u64) -> Option<Content> {
        let mut content = Content::clone(self.log.get(offset as usize)?);
        content.headers.insert(OFFSET_HEADER.to_owned(), HeaderValue::Integer(offset as i64));
        Some(content)
    }

    /// The offset of the first message for a consumer.
    pub(super) fn begin(&self, offset: StreamOffset) -> u64 {
        let length = self.log.len() as u64;
        match offset {
            StreamOffset::First => 0,
            StreamOffset::Last => length.saturating_sub(1),
            StreamOffset::Next => length,
            StreamOffset::At(offset) => offset,
        }
    }
}

/// The header in which a delivery of a stream carries its offset.
pub(in crate::engine) const OFFSET_HEADER: &str = "x-stream-offset";
