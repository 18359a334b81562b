//! Markdown as paragraphs. Reading never stops at a mistake: what can be shown is shown, and what cannot is told.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::text::{Block, Inline, LessonText, Part, StepText};
use crate::{Mistake, What};

/// The ids of the sections that are no steps.
const LEARNED: &str = "learned";
const NEXT: &str = "next";

impl LessonText {
    /// Reads a text; with it comes everything that is wrong with it.
    pub fn read(markdown: &str) -> (LessonText, Vec<Mistake>) {
        let mut options = Options::empty();
        options.insert(Options::ENABLE_HEADING_ATTRIBUTES);
        options.insert(Options::ENABLE_TABLES);
        let events: Vec<(Event, Range<usize>)> = Parser::new_ext(markdown, options).into_offset_iter().collect();
        let mut reader = Reader { markdown, events, next: 0, mistakes: Vec::new() };
        let text = reader.lesson();
        let mut mistakes = reader.mistakes;
        mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
        (text, mistakes)
    }
}

/// Which section paragraphs belong to.
enum Section {
    About,
    Step(String, Part),
    Learned,
    Next,
}

struct Reader<'a> {
    markdown: &'a str,
    events: Vec<(Event<'a>, Range<usize>)>,
    next: usize,
    mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    fn take(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        let event = self.events.get(self.next).cloned();
        self.next += 1;
        event
    }

    /// Line and column, from 1 on.
    fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.markdown[..offset];
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }

    fn mistake(&mut self, offset: usize, what: What) {
        let (line, column) = self.position(offset);
        self.mistakes.push(Mistake { line, column, what });
    }

    fn lesson(&mut self) -> LessonText {
        let mut text = LessonText::default();
        let mut titled = false;
        let mut section = Section::About;
        // What a section holds so far; it is put away where the next one begins.
        let mut blocks: Vec<Block> = Vec::new();
        let mut began = 0;
        while let Some((event, range)) = self.take() {
            let Event::Start(Tag::Heading { level, id, classes, .. }) = event else {
                self.next -= 1;
                blocks.extend(self.block());
                continue;
            };
            self.put_away(&mut text, &section, std::mem::take(&mut blocks), began);
            began = range.start;
            let heading = self.inlines(&|end| matches!(end, TagEnd::Heading(_)));
            match level {
                HeadingLevel::H1 if titled => self.mistake(range.start, What::SecondTitle),
                HeadingLevel::H1 => {
                    text.title = Inline::plain(&heading);
                    titled = true;
                    section = Section::About;
                }
                HeadingLevel::H2 => match id.as_deref() {
                    None => {
                        self.mistake(range.start, What::NoId);
                        section = Section::About;
                    }
                    Some(LEARNED) => section = Section::Learned,
                    Some(NEXT) => section = Section::Next,
                    Some(id) => {
                        let step = StepText { title: heading, at: self.position(range.start), ..StepText::default() };
                        if text.steps.insert(id.to_owned(), step).is_some() {
                            self.mistake(range.start, What::IdTwice(id.to_owned()));
                        }
                        section = Section::Step(id.to_owned(), Part::Body);
                    }
                },
                HeadingLevel::H3 => {
                    let Section::Step(step, _) = &section else {
                        self.mistake(range.start, What::PartOutside);
                        continue;
                    };
                    let part = match classes.first().map(|class| &**class) {
                        Some("choices") => Part::Choices,
                        Some("hint") => Part::Hint,
                        Some("solution") => Part::Solution,
                        Some("done") => Part::Done,
                        Some("when") => match &id {
                            Some(name) => Part::When(name.to_string()),
                            None => {
                                self.mistake(range.start, What::NoReaction);
                                continue;
                            }
                        },
                        _ => {
                            self.mistake(range.start, What::NoPart);
                            continue;
                        }
                    };
                    section = Section::Step(step.clone(), part);
                }
                _ => self.mistake(range.start, What::DeepHeading),
            }
        }
        self.put_away(&mut text, &section, blocks, began);
        if !titled {
            self.mistakes.push(Mistake { line: 1, column: 1, what: What::NoTitle });
        }
        text
    }

    fn put_away(&mut self, text: &mut LessonText, section: &Section, blocks: Vec<Block>, began: usize) {
        let (id, part) = match section {
            Section::About => return text.about.extend(blocks),
            Section::Learned => return text.learned.extend(blocks),
            Section::Next => return text.next.extend(blocks),
            Section::Step(id, part) => (id, part),
        };
        let Some(step) = text.steps.get_mut(id) else { return };
        let (place, name) = match part {
            Part::Body => return step.body.extend(blocks),
            Part::When(name) => {
                step.when.insert(name.clone(), blocks);
                return;
            }
            Part::Choices => {
                match <[Block; 1]>::try_from(blocks) {
                    Ok([Block::List(items) | Block::Numbered(items)]) => step.choices = items,
                    _ => self.mistake(began, What::NoChoices),
                }
                return;
            }
            Part::Hint => (&mut step.hint, "hint"),
            Part::Solution => (&mut step.solution, "solution"),
            Part::Done => (&mut step.done, "done"),
        };
        if place.is_empty() {
            *place = blocks;
        } else {
            self.mistake(began, What::PartTwice(name));
        }
    }

    /// The next block, if what comes next is one.
    fn block(&mut self) -> Option<Block> {
        let (event, range) = self.take()?;
        match event {
            Event::Start(Tag::Paragraph) => {
                let inlines = self.inlines(&|end| *end == TagEnd::Paragraph);
                (!inlines.is_empty()).then_some(Block::Paragraph(inlines))
            }
            Event::Start(Tag::List(first)) => {
                let mut items = Vec::new();
                while let Some((event, _)) = self.take() {
                    match event {
                        Event::Start(Tag::Item) => items.push(self.blocks(&|end| *end == TagEnd::Item)),
                        Event::End(TagEnd::List(_)) => break,
                        _ => {}
                    }
                }
                Some(if first.is_some() { Block::Numbered(items) } else { Block::List(items) })
            }
            Event::Start(Tag::BlockQuote(_)) => {
                Some(Block::Quote(self.blocks(&|end| matches!(end, TagEnd::BlockQuote(_)))))
            }
            Event::Start(Tag::CodeBlock(_)) => {
                let mut code = String::new();
                while let Some((event, _)) = self.take() {
                    match event {
                        Event::Text(text) => code.push_str(&text),
                        Event::End(TagEnd::CodeBlock) => break,
                        _ => {}
                    }
                }
                Some(Block::Code(code))
            }
            Event::Start(Tag::Table(_)) => Some(Block::Table(self.table())),
            Event::Start(Tag::HtmlBlock) => {
                self.mistake(range.start, What::Html);
                while !matches!(self.take(), None | Some((Event::End(TagEnd::HtmlBlock), _))) {}
                None
            }
            // An item of a dense list has its words without a paragraph around them.
            Event::Text(_)
            | Event::Code(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::InlineHtml(_)
            | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. }) => {
                self.next -= 1;
                let inlines = self.inlines(&|_| false);
                (!inlines.is_empty()).then_some(Block::Paragraph(inlines))
            }
            Event::Html(_) => {
                self.mistake(range.start, What::Html);
                None
            }
            Event::Start(Tag::Heading { .. }) => {
                self.mistake(range.start, What::DeepHeading);
                let inlines = self.inlines(&|end| matches!(end, TagEnd::Heading(_)));
                Some(Block::Paragraph(inlines))
            }
            _ => None,
        }
    }

    fn blocks(&mut self, is_end: &dyn Fn(&TagEnd) -> bool) -> Vec<Block> {
        let mut blocks = Vec::new();
        while let Some((event, _)) = self.events.get(self.next) {
            if matches!(event, Event::End(end) if is_end(end)) {
                self.next += 1;
                break;
            }
            blocks.extend(self.block());
        }
        blocks
    }

    fn table(&mut self) -> Vec<Vec<Vec<Inline>>> {
        let mut rows = Vec::new();
        while let Some((event, _)) = self.take() {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(Tag::TableCell) => {
                    let cell = self.inlines(&|end| *end == TagEnd::TableCell);
                    if let Some(row) = rows.last_mut() {
                        row.push(cell);
                    }
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        rows
    }

    /// Everything up to an end, which is taken too; or up to whatever does not belong into a paragraph.
    fn inlines(&mut self, is_end: &dyn Fn(&TagEnd) -> bool) -> Vec<Inline> {
        let mut inlines = Vec::new();
        while let Some((event, range)) = self.take() {
            match event {
                Event::Text(text) => self.text(&text, range.start, &mut inlines),
                Event::Code(code) => inlines.push(Inline::Code(code.into_string())),
                Event::SoftBreak => soft_break(self.markdown, &range, &mut inlines),
                Event::HardBreak => inlines.push(Inline::Break),
                Event::Start(Tag::Emphasis) => {
                    let inner = self.inlines(&|end| *end == TagEnd::Emphasis);
                    inlines.push(Inline::Emphasis(inner));
                }
                Event::Start(Tag::Strong) => {
                    let inner = self.inlines(&|end| *end == TagEnd::Strong);
                    inlines.push(Inline::Strong(inner));
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    let inner = self.inlines(&|end| *end == TagEnd::Link);
                    if let Some(node) = dest_url.strip_prefix('#') {
                        inlines.push(Inline::Node(node.to_owned(), inner));
                    } else if let Some(lesson) = dest_url.strip_prefix("lesson:") {
                        inlines.push(Inline::Lesson(lesson.to_owned(), inner));
                    } else if dest_url.starts_with("https://") {
                        inlines.push(Inline::Link(dest_url.into_string(), inner));
                    } else {
                        self.mistake(range.start, What::Link(dest_url.into_string()));
                        inlines.extend(inner);
                    }
                }
                Event::Start(Tag::Image { .. }) => {
                    self.mistake(range.start, What::Picture);
                    let inner = self.inlines(&|end| *end == TagEnd::Image);
                    inlines.extend(inner);
                }
                Event::InlineHtml(_) => self.mistake(range.start, What::Html),
                Event::End(end) if is_end(&end) => break,
                _ => {
                    self.next -= 1;
                    break;
                }
            }
        }
        inlines
    }

    /// Words, with the figures among them.
    fn text(&mut self, text: &str, offset: usize, inlines: &mut Vec<Inline>) {
        let mut rest = text;
        while let Some(begins) = rest.find("{{") {
            push_text(&rest[..begins], inlines);
            let inner = &rest[begins + 2..];
            let Some(ends) = inner.find("}}").filter(|ends| !inner[..*ends].trim().is_empty()) else {
                self.mistake(offset, What::Figure);
                push_text(&rest[begins..], inlines);
                return;
            };
            inlines.push(Inline::Figure(inner[..ends].trim().to_owned()));
            rest = &inner[ends + 2..];
        }
        push_text(rest, inlines);
    }
}

fn push_text(text: &str, inlines: &mut Vec<Inline>) {
    match inlines.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(words)) => words.push_str(text),
        _ => inlines.push(Inline::Text(text.to_owned())),
    }
}

/// A new line of the file is a space between words; between Chinese characters it is nothing.
fn soft_break(markdown: &str, range: &Range<usize>, inlines: &mut Vec<Inline>) {
    let before = markdown[..range.start].trim_end().chars().next_back();
    let after = markdown[range.end..].trim_start().chars().next();
    let is_wide = |letter: Option<char>| letter.is_some_and(|letter| letter >= '\u{2e80}');
    if !(is_wide(before) && is_wide(after)) {
        push_text(" ", inlines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inlines(markdown: &str) -> Vec<Inline> {
        let (text, mistakes) = LessonText::read(&format!("# T\n\n{markdown}"));
        assert_eq!(mistakes, []);
        match <[Block; 1]>::try_from(text.about) {
            Ok([Block::Paragraph(inlines)]) => inlines,
            other => panic!("{other:?}"),
        }
    }

    fn mistakes(markdown: &str) -> Vec<(usize, usize, What)> {
        let (_, mistakes) = LessonText::read(markdown);
        mistakes.into_iter().map(|mistake| (mistake.line, mistake.column, mistake.what)).collect()
    }

    #[test]
    fn sections_and_parts_of_steps() {
        let markdown = "# Title\n\nAbout *it*.\n\n## Guess {#guess}\n\nHow many?\n\n### {.choices}\n\n1. one\n2. two\n\n\
            ### Hint {.hint}\n\nThink.\n\n### {.when #full}\n\nIt is {{ nodes.q.ready }}.\n\n## {#learned}\n\n- a\n- b\n";
        let (text, mistakes) = LessonText::read(markdown);
        assert_eq!(mistakes, []);
        assert_eq!(text.title, "Title");
        let step = &text.steps["guess"];
        assert_eq!(Inline::plain(&step.title), "Guess");
        assert_eq!(step.choices.len(), 2);
        assert_eq!(Block::plain(&step.choices[1]), "two");
        assert_eq!(Block::plain(&step.hint), "Think.");
        let figure = Inline::Figure("nodes.q.ready".to_owned());
        let said = vec![Inline::Text("It is ".to_owned()), figure, Inline::Text(".".to_owned())];
        assert_eq!(step.when["full"], [Block::Paragraph(said)]);
        assert!(matches!(&text.learned[..], [Block::List(items)] if items.len() == 2));
        assert_eq!(step.at, (5, 1));
    }

    #[test]
    fn lines_of_chinese_are_joined_without_a_space() {
        assert_eq!(inlines("消息\n队列"), [Inline::Text("消息队列".to_owned())]);
        assert_eq!(inlines("a\nb"), [Inline::Text("a b".to_owned())]);
    }

    #[test]
    fn links_lead_to_parts_lessons_and_pages_and_nowhere_else() {
        let text = |words: &str| vec![Inline::Text(words.to_owned())];
        assert_eq!(inlines("[q](#queue)"), [Inline::Node("queue".to_owned(), text("q"))]);
        assert_eq!(inlines("[a](lesson:async)"), [Inline::Lesson("async".to_owned(), text("a"))]);
        assert_eq!(inlines("[w](https://example.org/)"), [Inline::Link("https://example.org/".to_owned(), text("w"))]);
        let bad = "javascript:alert(1)".to_owned();
        assert_eq!(mistakes("# T\n\nsee [x](javascript:alert(1))"), [(3, 5, What::Link(bad))]);
    }

    #[test]
    fn markup_from_outside_never_comes_through() {
        let markdown = "# T\n\n<script>alert(1)</script>\n\na <b>c</b> ![p](https://example.org/p.png)\n";
        let (text, mistakes) = LessonText::read(markdown);
        let whats: Vec<What> = mistakes.into_iter().map(|mistake| mistake.what).collect();
        assert_eq!(whats, [What::Html, What::Html, What::Html, What::Picture]);
        assert_eq!((text.about.len(), Block::plain(&text.about).as_str()), (1, "a c p"));
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        assert_eq!(mistakes("text"), [(1, 1, What::NoTitle)]);
        let markdown = "# T\n\n### {.hint}\n\n## S\n\n## A {#a}\n\n### Hm\n\n### {.when}\n\n### {.choices}\n\nno list\n\n\
            ## B {#a}\n\n{{ }}\n\n# U\n\n#### deep\n";
        assert_eq!(
            mistakes(markdown),
            [
                (3, 1, What::PartOutside),
                (5, 1, What::NoId),
                (9, 1, What::NoPart),
                (11, 1, What::NoReaction),
                (13, 1, What::NoChoices),
                (17, 1, What::IdTwice("a".to_owned())),
                (19, 1, What::Figure),
                (21, 1, What::SecondTitle),
                (23, 1, What::DeepHeading),
            ]
        );
    }
}
