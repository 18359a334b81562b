//! A run's text as few characters that any address can carry: DEFLATE (RFC 1951) with a dictionary of what most runs contain,
//! in the alphabet of RFC 4648 section 5, behind one character for the version.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::{MOST_BYTES, Refused};

/// What a packed run begins with.
const VERSION: char = '1';

/// What both sides know before the first byte, so that a small run needs no more than what is its own. It belongs to the version:
/// whoever changes a byte of it takes another one.
const DICTIONARY: &[u8] = include_bytes!("dictionary-1.txt");

/// The most that deflate tries, and no header around it.
const LEVEL: i32 = 10;
const RAW: i32 = -15;

/// Packs a text.
pub fn pack(text: &str) -> String {
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, RAW, 0));
    let mut packed = Vec::new();
    // What the dictionary itself gives is left out: after it the stream stands at the beginning of a byte.
    let known = compress_to_output(&mut compressor, DICTIONARY, TDEFLFlush::Sync, |_| true);
    let status = compress_to_output(&mut compressor, text.as_bytes(), TDEFLFlush::Finish, |bytes| {
        packed.extend_from_slice(bytes);
        true
    });
    debug_assert_eq!((known.0, status.0), (TDEFLStatus::Okay, TDEFLStatus::Done));
    let mut characters = String::from(VERSION);
    URL_SAFE_NO_PAD.encode_string(&packed, &mut characters);
    characters
}

/// Unpacks a text.
///
/// # Errors
/// Why it cannot be unpacked.
pub fn unpack(characters: &str) -> Result<String, Refused> {
    let rest = match characters.strip_prefix(VERSION) {
        Some(rest) => rest,
        None if characters.starts_with(|first: char| first.is_ascii_digit()) => return Err(Refused::UnknownVersion),
        None => return Err(Refused::Damaged),
    };
    let packed = URL_SAFE_NO_PAD.decode(rest).map_err(|_| Refused::Damaged)?;
    let mut unpacked = DICTIONARY.to_vec();
    let (mut taken, mut filled) = (0, DICTIONARY.len());
    let mut decompressor = DecompressorOxide::new();
    loop {
        unpacked.resize((filled * 2).min(DICTIONARY.len() + MOST_BYTES), 0);
        let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) = decompress(&mut decompressor, &packed[taken..], &mut unpacked, filled, flags);
        (taken, filled) = (taken + read, filled + written);
        match status {
            TINFLStatus::Done => break,
            TINFLStatus::HasMoreOutput if filled < DICTIONARY.len() + MOST_BYTES => {}
            TINFLStatus::HasMoreOutput => return Err(Refused::TooMuch),
            _ => return Err(Refused::Damaged),
        }
    }
    unpacked.truncate(filled);
    let text = unpacked.split_off(DICTIONARY.len());
    String::from_utf8(text).map_err(|_| Refused::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dictionary_knows_takes_next_to_nothing() {
        let text = std::str::from_utf8(&DICTIONARY[200..1_000]).unwrap();
        let packed = pack(text);
        assert!(packed.len() < 40, "{}", packed.len());
        assert_eq!(unpack(&packed).unwrap(), text);
    }

    #[test]
    fn any_text_comes_back() {
        let long = "队列 queue 0123456789 ".repeat(20_000);
        for text in ["", "{}", "🐇", &long] {
            assert_eq!(unpack(&pack(text)).unwrap(), text);
        }
    }

    #[test]
    fn what_is_too_much_or_cut_is_refused() {
        let bomb = pack(&" ".repeat(MOST_BYTES + 1));
        assert!(bomb.len() < 8_000);
        assert!(matches!(unpack(&bomb), Err(Refused::TooMuch)));
        let whole = pack("{\"scenario\":{\"mq_scenario\":1,\"seed\":7}}");
        for length in 0..whole.len() {
            assert!(unpack(&whole[..length]).is_err(), "{length} of {}", whole.len());
        }
        assert!(matches!(unpack("2AAAA"), Err(Refused::UnknownVersion)));
        assert!(matches!(unpack("1 not base64 "), Err(Refused::Damaged)));
    }
}
