//! A run as a link: the document at its start, everything that was done to it, and where it stands, in the part of an address
//! behind `#s=`. Opening it gives the same trace hash.

pub mod carry;
mod packing;
mod record;
pub mod snippets;

use crate::scenario::Problem;
use crate::session::Session;
use crate::timeline::Record;
use crate::words::Words;

pub use record::{MOST_EDITED, MOST_LOGGED};

/// Where in an address a run stands: behind this, up to the end or the next `&`.
pub const PARAMETER: &str = "s";

/// A run has at most so many characters, so that an address gets through whatever it is sent by.
pub const MOST_CHARACTERS: usize = 64 * 1024;

/// A run unpacked has at most so many bytes: a small link must not fill a browser's memory.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Why a link cannot be made or opened.
#[derive(Clone, Debug)]
pub enum Refused {
    /// It would have, or has, more characters than a link may have; so many.
    TooLong(usize),
    /// There is more in it than is opened at once.
    TooMuch,
    /// A version of the format that this program cannot read.
    UnknownVersion,
    /// Characters that no link has, or some are missing or changed.
    Damaged,
    /// It was unpacked, but what is in it is not right.
    Wrong(Vec<Problem>),
}

impl Refused {
    /// Why, as a sentence.
    pub fn describe(&self, words: &Words) -> String {
        (words.share.refused)(self)
    }
}

/// The run of a session, where it stands, as the value of [`PARAMETER`].
///
/// # Errors
/// It is too large for a link.
pub fn of(session: &Session) -> Result<String, Refused> {
    write(&session.run().record())
}

/// A run as the value of [`PARAMETER`].
///
/// # Errors
/// It is too large for a link.
pub fn write(record: &Record) -> Result<String, Refused> {
    // What could not be opened is not handed out.
    let text = record::write(record)?;
    let packed = packing::pack(&text);
    if packed.len() > MOST_CHARACTERS { Err(Refused::TooLong(packed.len())) } else { Ok(packed) }
}

/// The text that a value holds: JSON, for whoever wants to look inside.
///
/// # Errors
/// Why it cannot be unpacked.
pub fn unpack(value: &str) -> Result<String, Refused> {
    packing::unpack(value)
}

/// The value that holds a text, whatever it says.
pub fn pack(text: &str) -> String {
    packing::pack(text)
}

/// The run that such a value tells.
///
/// # Errors
/// Why it cannot be opened.
pub fn read(value: &str) -> Result<Record, Refused> {
    if value.len() > MOST_CHARACTERS {
        return Err(Refused::TooLong(value.len()));
    }
    record::read(&packing::unpack(value)?)
}

/// An address that opens a run there.
pub fn address(page: &str, value: &str) -> String {
    format!("{page}#{PARAMETER}={value}")
}

/// The run that an address tells behind `#`, as it stands there; `None` where it tells none. Whole addresses, `#s=…`, and the
/// value alone are taken.
pub fn find(address: &str) -> Option<&str> {
    let fragment = match address.split_once('#') {
        Some((_, fragment)) => fragment,
        None if address.contains([':', '/', '?', '=']) => return None,
        None => return Some(address.trim()).filter(|value| !value.is_empty()),
    };
    fragment.split('&').find_map(|part| part.strip_prefix(PARAMETER)?.strip_prefix('=')).map(str::trim)
}
