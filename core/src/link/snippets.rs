//! What is copied into other pages so that they show a run: one text for each kind of page.

use crate::base::escaped;

/// Where a run is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An address, for a message or a browser.
    Link,
    /// HTML: a frame.
    Frame,
    /// HTML: the element of `embed/mq-playground.js`.
    Element,
    /// Markdown: a link.
    Markdown,
    /// A slide of reveal.js.
    Reveal,
    /// A chapter of an mdBook: HTML in Markdown.
    MdBook,
    /// A cell of a Jupyter notebook, in Python.
    Jupyter,
    /// Moodle's editor, in its view of the source.
    Moodle,
}

impl Place {
    /// All, in the order in which they are offered.
    pub const ALL: [Place; 8] = [
        Place::Link,
        Place::Frame,
        Place::Element,
        Place::Markdown,
        Place::Reveal,
        Place::MdBook,
        Place::Jupyter,
        Place::Moodle,
    ];

    /// What it is called, in every language alike; none: it has a name in each.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Place::Link => None,
            Place::Frame => Some("HTML iframe"),
            Place::Element => Some("HTML <mq-playground>"),
            Place::Markdown => Some("Markdown"),
            Place::Reveal => Some("reveal.js"),
            Place::MdBook => Some("mdBook"),
            Place::Jupyter => Some("Jupyter"),
            Place::Moodle => Some("Moodle"),
        }
    }
}

/// A run that is put somewhere.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    /// The playground's own address.
    pub page: &'a str,
    /// What the address asks for besides, without the question mark: `lang=en&ui=player`.
    pub query: &'a str,
    /// The value of the link.
    pub value: &'a str,
    /// What the run is called.
    pub title: &'a str,
    /// How high a frame is, in CSS pixels.
    pub height: u32,
}

impl Shared<'_> {
    /// The address that opens it.
    pub fn address(&self) -> String {
        let Shared { page, query, value, .. } = self;
        if query.is_empty() { super::address(page, value) } else { super::address(&format!("{page}?{query}"), value) }
    }

    /// What is copied.
    pub fn snippet(&self, place: Place) -> String {
        let address = self.address();
        let (title, height) = (if self.title.is_empty() { "MQ Playground" } else { self.title }, self.height);
        let frame = || {
            format!(
                "<iframe src=\"{}\" title=\"{}\" width=\"100%\" height=\"{height}\" style=\"border:0\" loading=\"lazy\" \
                 allow=\"fullscreen; clipboard-write\"></iframe>",
                escaped(&address),
                escaped(title)
            )
        };
        match place {
            Place::Link => address,
            Place::Frame => frame() + "\n",
            Place::Element => {
                let folder = &self.page[..self.page.rfind('/').map_or(0, |slash| slash + 1)];
                let attributes: String = self
                    .query
                    .split('&')
                    .filter_map(|pair| pair.split_once('='))
                    .map(|(name, value)| format!(" {name}=\"{}\"", escaped(value)))
                    .collect();
                format!(
                    "<script src=\"{}embed/mq-playground.js\" async></script>\n<mq-playground link=\"{}\"{attributes} \
                     height=\"{height}\"></mq-playground>\n",
                    escaped(folder),
                    self.value
                )
            }
            Place::Markdown => {
                let mut text = String::new();
                for letter in title.chars() {
                    // What Markdown or HTML in it would take for more than text.
                    if "\\`*_[]<>&!".contains(letter) {
                        text.push('\\');
                    }
                    text.push(letter);
                }
                format!("[{text}](<{address}>)\n")
            }
            Place::Reveal => {
                format!(
                    "<section data-background-iframe=\"{}\" data-background-interactive></section>\n",
                    escaped(&address)
                )
            }
            // A paragraph of HTML is its own in Markdown.
            Place::MdBook => format!("\n{}\n\n", frame()),
            Place::Jupyter => {
                // A JSON string is a Python string, too.
                let address = serde_json::Value::from(address).to_string();
                format!("from IPython.display import IFrame\n\nIFrame({address}, width=\"100%\", height={height})\n")
            }
            Place::Moodle => format!("<p>{}</p>\n", frame()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: Shared<'static> = Shared {
        page: "https://example.org/mq/",
        query: "lang=en&ui=player",
        value: "1ab-_9",
        title: "A \"queue\" [x] <b>",
        height: 480,
    };

    #[test]
    fn every_snippet_has_the_address_and_no_markup_from_a_title() {
        for place in Place::ALL {
            let snippet = SHARED.snippet(place);
            assert!(snippet.contains("1ab-_9"), "{snippet}");
            assert!(!snippet.contains("<b>"), "{snippet}");
        }
        assert_eq!(SHARED.snippet(Place::Link), "https://example.org/mq/?lang=en&ui=player#s=1ab-_9");
        assert_eq!(
            SHARED.snippet(Place::Frame),
            "<iframe src=\"https://example.org/mq/?lang=en&amp;ui=player#s=1ab-_9\" title=\"A &quot;queue&quot; [x] &lt;b&gt;\" \
             width=\"100%\" height=\"480\" style=\"border:0\" loading=\"lazy\" allow=\"fullscreen; clipboard-write\"></iframe>\n"
        );
        assert_eq!(
            SHARED.snippet(Place::Element),
            "<script src=\"https://example.org/mq/embed/mq-playground.js\" async></script>\n<mq-playground link=\"1ab-_9\" \
             lang=\"en\" ui=\"player\" height=\"480\"></mq-playground>\n"
        );
        assert_eq!(
            SHARED.snippet(Place::Markdown),
            "[A \"queue\" \\[x\\] \\<b\\>](<https://example.org/mq/?lang=en&ui=player#s=1ab-_9>)\n"
        );
        assert_eq!(
            SHARED.snippet(Place::Jupyter),
            "from IPython.display import IFrame\n\nIFrame(\"https://example.org/mq/?lang=en&ui=player#s=1ab-_9\", width=\"100%\", \
             height=480)\n"
        );
    }
}
