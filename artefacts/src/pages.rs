//! A page for each lesson and language, for those who get a link: what the lesson teaches, a picture, and the way into the
//! playground. Sites that show links find title, description and picture in it, and an oEmbed answer beside it.

use lesson_text::{Block, Inline, LessonText};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::json;

use crate::lesson::Lesson;
use crate::picture;

/// How large the frame is that an oEmbed answer asks for, in pixels.
const FRAME: (u32, u32) = (960, 600);

const STYLE: &str = include_str!("pages/page.css");

/// Where the site is, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address(Option<String>);

impl Address {
    /// Reads the site's public address.
    ///
    /// # Errors
    /// It is not one that a page can be at.
    pub fn read(text: &str) -> Result<Address, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let fits = |sign: char| sign.is_ascii_graphic() && !"\"'<>\\^`{|}?#".contains(sign);
        match rest {
            Some(rest) if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(fits) => {
                Ok(Address(Some(text.trim_end_matches('/').to_owned())))
            }
            _ => Err(format!("{text:?} is no address of a site: it is like https://example.org/mq, without ? and #")),
        }
    }

    /// Whether it is known.
    pub fn known(&self) -> bool {
        self.0.is_some()
    }

    /// The address of something of the site, `path` beginning at its page; `from` is how one comes from the asking page to the
    /// site's page where the site's address is not known: `../../`.
    fn of(&self, path: &str, from: &str) -> String {
        match &self.0 {
            Some(site) => format!("{site}/{path}"),
            None => format!("{from}{path}"),
        }
    }
}

/// What a page says in its language.
struct Words {
    site: &'static str,
    open: &'static str,
    minutes: fn(u64) -> String,
    learned: &'static str,
    steps: &'static str,
    picture: fn(&str) -> String,
    other: &'static str,
    locale: &'static str,
}

const ENGLISH: Words = Words {
    site: "MQ Playground",
    open: "Open this lesson in the playground",
    minutes: |minutes| format!("About {minutes} minutes, in your browser; nothing is installed."),
    learned: "What you will know",
    steps: "The steps",
    picture: |title| format!("The stage of the lesson “{title}”"),
    other: "English",
    locale: "en_US",
};

const CHINESE: Words = Words {
    site: "消息队列游乐场",
    open: "在游乐场里打开这一课",
    minutes: |minutes| format!("大约 {minutes} 分钟，在浏览器里就能学，不用安装。"),
    learned: "学完你会知道",
    steps: "步骤",
    picture: |title| format!("“{title}”一课的舞台"),
    other: "中文",
    locale: "zh_CN",
};

fn words(language: &str) -> &'static Words {
    if language.starts_with("zh") { &CHINESE } else { &ENGLISH }
}

/// Where a lesson's page is, from the site's page.
pub fn page_path(id: &str, language: &str) -> String {
    format!("lesson/{id}/{language}.html")
}

/// Where its oEmbed answer is.
pub fn oembed_path(id: &str, language: &str) -> String {
    format!("lesson/{id}/{language}.oembed.json")
}

/// Where its picture is.
pub fn picture_path(id: &str, language: &str) -> String {
    format!("lesson/{id}/{language}.png")
}

/// The page of a lesson in a language in which it is written; `has_picture`: there is one beside it.
pub fn page(lesson: &Lesson, language: &str, text: &LessonText, address: &Address, has_picture: bool) -> String {
    let words = words(language);
    let id = lesson.id.as_str();
    let title = crate::in_xml(&text.title);
    let about = crate::in_xml(&Block::plain(&text.about));
    let up = "../../";
    let here = address.of(&page_path(id, language), up);
    let open = format!("../../?lesson={id}&lang={language}");
    let picture = address.of(&picture_path(id, language), up);
    let oembed = address.of(&oembed_path(id, language), up);
    let (width, height) = picture::SIZE;
    let policy = format!(
        "default-src 'none'; style-src {}; img-src 'self'; base-uri 'none'; form-action 'none'",
        content_policy::source(STYLE)
    );
    let page = html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (title) " · " (words.site) }
                meta name="description" content=(about);
                meta name="color-scheme" content="light dark";
                @if address.known() { link rel="canonical" href=(here); }
                link rel="icon" type="image/svg+xml" href="../../icon.svg";
                link rel="alternate" type="application/json+oembed" href=(oembed) title=(title);
                @for other in lesson.texts.keys() {
                    link rel="alternate" hreflang=(other) href=(address.of(&page_path(id, other), up));
                }
                meta property="og:type" content="article";
                meta property="og:site_name" content=(words.site);
                meta property="og:title" content=(title);
                meta property="og:description" content=(about);
                meta property="og:url" content=(here);
                meta property="og:locale" content=(words.locale);
                meta name="twitter:card" content=(if has_picture { "summary_large_image" } else { "summary" });
                meta name="twitter:title" content=(title);
                meta name="twitter:description" content=(about);
                @if has_picture {
                    meta property="og:image" content=(picture);
                    meta property="og:image:type" content="image/png";
                    meta property="og:image:width" content=(width);
                    meta property="og:image:height" content=(height);
                    meta property="og:image:alt" content=((words.picture)(&title));
                    meta name="twitter:image" content=(picture);
                    meta name="twitter:image:alt" content=((words.picture)(&title));
                }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    a href=(format!("../../?lang={language}")) { (words.site) }
                    nav {
                        @for other in lesson.texts.keys().filter(|other| *other != language) {
                            @let name = self::words(other).other;
                            a href=(format!("{other}.html")) lang=(other) hreflang=(other) rel="alternate" { (name) }
                        }
                    }
                }
                main {
                    h1 { (title) }
                    (blocks(&text.about, language))
                    p { a.open href=(open) { (words.open) } }
                    @if lesson.minutes > 0 { p.note { ((words.minutes)(lesson.minutes)) } }
                    @if has_picture {
                        img src=(format!("{language}.png")) width=(width) height=(height) alt=((words.picture)(&title));
                    }
                    @if !text.learned.is_empty() {
                        h2 { (words.learned) }
                        (blocks(&text.learned, language))
                    }
                    h2 { (words.steps) }
                    ol {
                        @for step in lesson.steps.iter().filter_map(|step| text.steps.get(step)) {
                            li { (crate::in_xml(&Inline::plain(&step.title))) }
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

fn blocks(blocks: &[Block], language: &str) -> Markup {
    let lines = |row: &[Vec<Inline>]| html! { @for cell in row { td { (inlines(cell, language)) } } };
    html! {
        @for block in blocks {
            @match block {
                Block::Paragraph(words) => p { (inlines(words, language)) },
                Block::List(items) => ul { @for item in items { li { (self::blocks(item, language)) } } },
                Block::Numbered(items) => ol { @for item in items { li { (self::blocks(item, language)) } } },
                Block::Quote(inner) => blockquote { (self::blocks(inner, language)) },
                Block::Code(code) => pre { code { (crate::in_xml(code)) } },
                Block::Table(rows) => table { @for row in rows { tr { (lines(row)) } } },
            }
        }
    }
}

fn inlines(words: &[Inline], language: &str) -> Markup {
    html! {
        @for inline in words {
            @match inline {
                Inline::Text(text) => (crate::in_xml(text)),
                Inline::Code(code) => code { (crate::in_xml(code)) },
                Inline::Strong(inner) => strong { (inlines(inner, language)) },
                Inline::Emphasis(inner) => em { (inlines(inner, language)) },
                // There is no run here that would have a figure.
                Inline::Figure(_) => "…",
                Inline::Node(_, inner) => (inlines(inner, language)),
                Inline::Lesson(id, inner) => a href=(format!("../{id}/{language}.html")) { (inlines(inner, language)) },
                Inline::Link(to, inner) => {
                    @if to.starts_with("https://") {
                        a href=(to) rel="noreferrer" { (inlines(inner, language)) }
                    } @else {
                        (inlines(inner, language))
                    }
                },
                Inline::Break => br;,
            }
        }
    }
}

/// The oEmbed answer for a lesson's page: the playground with this lesson in a frame.
pub fn oembed(lesson: &Lesson, language: &str, text: &LessonText, address: &Address, has_picture: bool) -> String {
    let words = words(language);
    let (width, height) = FRAME;
    let id = lesson.id.as_str();
    let source = address.of(&format!("?lesson={id}&lang={language}"), "../../");
    let frame = html! {
        iframe src=(source) width=(width) height=(height) title=(crate::in_xml(&text.title)) loading="lazy"
            style="border:0" allowfullscreen {}
    };
    let mut answer = json!({
        "type": "rich",
        "version": "1.0",
        "title": text.title,
        "provider_name": words.site,
        "provider_url": address.of("", "../../"),
        "html": frame.into_string(),
        "width": width,
        "height": height,
    });
    if has_picture {
        answer["thumbnail_url"] = address.of(&picture_path(id, language), "../../").into();
        answer["thumbnail_width"] = picture::SIZE.0.into();
        answer["thumbnail_height"] = picture::SIZE.1.into();
    }
    answer.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::tests::{HOSTILE, hostile};

    fn made(address: &str) -> (String, serde_json::Value) {
        let lesson = hostile();
        let address = if address.is_empty() { Address::default() } else { Address::read(address).unwrap() };
        let text = &lesson.texts["en"];
        let oembed = serde_json::from_str(&oembed(&lesson, "en", text, &address, true)).unwrap();
        (page(&lesson, "en", text, &address, true), oembed)
    }

    #[test]
    fn hostile_words_stay_words() {
        let (page, oembed) = made("https://example.org/mq/");
        assert_eq!(content_policy::inline_scripts(&page).unwrap(), Vec::<String>::new());
        assert!(!page.contains("javascript:") && !page.contains("<!--") && !page.contains('\u{1}'), "{page}");
        assert_eq!(page.matches("</title>").count(), 1);
        let frame = oembed["html"].as_str().unwrap();
        assert!(!frame.contains("<script") && frame.matches('"').count() % 2 == 0, "{frame}");
        assert_eq!(oembed["title"], HOSTILE);
    }

    #[test]
    fn with_an_address_all_that_others_read_is_absolute() {
        let (page, oembed) = made("https://example.org/mq/");
        for wanted in [
            "<meta property=\"og:image\" content=\"https://example.org/mq/lesson/hostile/en.png\">",
            "<meta property=\"og:url\" content=\"https://example.org/mq/lesson/hostile/en.html\">",
            "href=\"https://example.org/mq/lesson/hostile/en.oembed.json\"",
            "hreflang=\"zh-CN\" href=\"https://example.org/mq/lesson/hostile/zh-CN.html\"",
            "href=\"../../?lesson=hostile&amp;lang=en\"",
        ] {
            assert!(page.contains(wanted), "{wanted} is not in {page}");
        }
        assert!(
            oembed["html"].as_str().unwrap().contains("src=\"https://example.org/mq/?lesson=hostile&amp;lang=en\"")
        );
        assert_eq!((&oembed["type"], &oembed["version"]), (&json!("rich"), &json!("1.0")));
    }

    #[test]
    fn without_an_address_everything_is_relative() {
        let (page, oembed) = made("");
        assert!(!page.contains("https://"), "{page}");
        assert_eq!(oembed["thumbnail_url"], "../../lesson/hostile/en.png");
    }

    #[test]
    fn the_style_is_the_one_that_the_policy_names() {
        let (page, _) = made("");
        let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert!(content_policy::policy(&page).unwrap().contains(&content_policy::source(style)));
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        for address in
            ["", "example.org", "https://", "https:///a", "ftp://a.b", "https://a b", "https://a\"b", "https://a/?b"]
        {
            assert!(Address::read(address).is_err(), "{address}");
        }
    }
}
