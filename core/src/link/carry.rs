//! Pictures that carry the run which they show, so that they can be opened again: an SVG in its metadata, a PNG in a text chunk.

use base64::Engine as _;

/// Who wrote the metadata of an SVG: the name of an element's space is an address that nobody fetches.
const SPACE: &str = "urn:mq-playground:run";

/// The keyword of the text chunk in a PNG (PNG specification, 11.3.3 "Textual information").
const KEYWORD: &[u8] = b"mq-playground-run";

/// What a PNG begins with (PNG specification, 5.2).
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// An SVG with a link's value in its metadata. The value has letters, digits, `-` and `_` alone.
pub fn into_svg(svg: &str, value: &str) -> String {
    let Some(start) = svg.find("<svg") else { return svg.to_owned() };
    let Some(end) = svg[start..].find('>') else { return svg.to_owned() };
    let (head, rest) = svg.split_at(start + end + 1);
    format!("{head}\n<metadata><run xmlns=\"{SPACE}\">{value}</run></metadata>{rest}")
}

/// The link's value that an SVG carries. Programs that edit pictures may name the element otherwise, but they keep its space.
pub fn from_svg(svg: &str) -> Option<&str> {
    let space = svg.find(SPACE)?;
    let rest = &svg[space..];
    let value = &rest[rest.find('>')? + 1..];
    let value = value[..value.find('<')?].trim();
    Some(value).filter(|value| !value.is_empty())
}

/// A PNG with a link's value in a text chunk; `None` where it is no PNG.
pub fn into_png(png: &[u8], value: &str) -> Option<Vec<u8>> {
    let end = chunks(png)?.find(|chunk| chunk.kind == b"IEND")?.start;
    let mut kind_and_content = b"tEXt".to_vec();
    kind_and_content.extend_from_slice(KEYWORD);
    kind_and_content.push(0);
    kind_and_content.extend_from_slice(value.as_bytes());
    let mut carrying = png[..end].to_vec();
    carrying.extend_from_slice(&u32::try_from(kind_and_content.len() - 4).ok()?.to_be_bytes());
    carrying.extend_from_slice(&kind_and_content);
    carrying.extend_from_slice(&crc32fast::hash(&kind_and_content).to_be_bytes());
    carrying.extend_from_slice(&png[end..]);
    Some(carrying)
}

/// The link's value that a PNG carries.
pub fn from_png(png: &[u8]) -> Option<String> {
    chunks(png)?.find_map(|chunk| {
        let content = chunk.content.strip_prefix(KEYWORD)?.strip_prefix(&[0])?;
        if chunk.kind == b"tEXt" { String::from_utf8(content.to_vec()).ok() } else { None }
    })
}

/// Whether bytes begin as a PNG does.
pub fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Bytes as an address that holds them.
pub fn data_address(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

struct Chunk<'a> {
    start: usize,
    kind: &'a [u8],
    content: &'a [u8],
}

/// The chunks of a PNG, as far as they are whole; `None` where it is none.
fn chunks(png: &[u8]) -> Option<impl Iterator<Item = Chunk<'_>>> {
    png.strip_prefix(SIGNATURE)?;
    let mut start = SIGNATURE.len();
    Some(std::iter::from_fn(move || {
        let length = u32::from_be_bytes(png.get(start..start + 4)?.try_into().ok()?) as usize;
        let end = start.checked_add(12)?.checked_add(length)?;
        let chunk = png.get(start..end)?;
        let found = Chunk { start, kind: &chunk[4..8], content: &chunk[8..8 + length] };
        start = end;
        Some(found)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One grey pixel.
    const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9bU\0\0\0\nIDATx\x9cch\0\0\0\x82\0\x81\xdd\x43j\xf4\0\0\0\0IEND\xaeB`\x82";

    #[test]
    fn an_svg_carries_its_run() {
        let svg = into_svg(
            "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\"><g/></svg>",
            "1ab-_9",
        );
        assert_eq!(from_svg(&svg), Some("1ab-_9"));
        let edited = svg.replace("<run xmlns=", "<ns0:run xmlns:ns0=").replace("</run>", "\n  </ns0:run>");
        assert_eq!(from_svg(&edited), Some("1ab-_9"));
        for none in ["", "<svg></svg>", "<svg>urn:mq-playground:run", "urn:mq-playground:run\"><"] {
            assert_eq!(from_svg(none), None);
        }
    }

    #[test]
    fn a_png_carries_its_run() {
        let carrying = into_png(PIXEL, "1ab-_9").unwrap();
        assert_eq!(from_png(&carrying).as_deref(), Some("1ab-_9"));
        // CRC of "IEND" as it stands in every PNG: ours are computed alike.
        assert_eq!(crc32fast::hash(b"IEND").to_be_bytes(), *b"\xaeB`\x82");
        assert_eq!(from_png(PIXEL), None);
        for length in 0..carrying.len() {
            // Cut anywhere it is no panic, and what is whole is read.
            from_png(&carrying[..length]);
        }
        let mut huge = SIGNATURE.to_vec();
        huge.extend_from_slice(b"\xff\xff\xff\xfftEXt");
        assert_eq!((from_png(&huge), into_png(&huge, "1"), into_png(b"GIF", "1")), (None, None, None));
    }
}
