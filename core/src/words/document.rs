//! What is written about the document: notes, colours and groups, settings of several parts at once, figures over time, and
//! what an edit costs.

use super::FieldWords;
use crate::scenario::Color;

/// What went, or is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone<'a> {
    /// One node: what its kind is called, and its name.
    Node(&'a str, &'a str),
    /// Several nodes.
    Nodes(usize),
    /// One connection.
    Connection,
    /// Several connections.
    Connections(usize),
}

/// The sentences about the document.
pub struct DocumentWords {
    /// How large a note is written.
    pub note_size: FieldWords,
    /// As names of nodes.
    pub medium: FieldWords,
    /// As figures.
    pub small: FieldWords,
    /// As a heading.
    pub large: FieldWords,
    /// A note.
    pub note: &'static str,
    /// What a note is for.
    pub note_tip: &'static str,
    /// What a fresh note says.
    pub fresh_note: &'static str,
    /// What stands in the place of a note's text where it has none.
    pub empty_note: &'static str,
    /// The field for a note's text.
    pub note_text: &'static str,
    /// What is to be known of that field.
    pub note_text_hint: &'static str,
    /// A note, spoken.
    pub spoken_note: fn(&str) -> String,
    /// The choice of a colour.
    pub color: &'static str,
    /// What a colour is for.
    pub color_hint: &'static str,
    /// No colour.
    pub no_color: &'static str,
    /// A colour.
    pub color_name: fn(Color) -> &'static str,
    /// A node's group, spoken.
    pub spoken_group: fn(&str) -> String,
    /// The field for the title.
    pub title: &'static str,
    /// What the title is for.
    pub title_hint: &'static str,
    /// What the seed does, and from when on.
    pub seed_hint: &'static str,
    /// That the run has another seed.
    pub seed_of_run: fn(u64) -> String,
    /// The button that begins anew.
    pub begin_anew: &'static str,
    /// The range of a number: least, most, unit.
    pub range: fn(&str, &str) -> String,
    /// Several parts hold different values.
    pub mixed: &'static str,
    /// What happens where that is set.
    pub mixed_hint: &'static str,
    /// Settings that are too long to be set in several parts at once.
    pub set_alone: &'static str,
    /// The button that gives a setting its usual value again.
    pub reset: fn(&str) -> String,
    /// The settings of several parts.
    pub common_settings: &'static str,
    /// Several parts have no settings in common.
    pub nothing_in_common: &'static str,
    /// Crashes all that are selected.
    pub crash_all: &'static str,
    /// Restarts all that are selected.
    pub restart_all: &'static str,
    /// Figures over the last minute.
    pub last_minute: &'static str,
    /// A figure over the last minute: its name, now, least, most.
    pub spoken_line: fn(&str, &str, &str, &str) -> String,
    /// The least and the most of a figure.
    pub least_and_most: fn(&str, &str) -> String,
    /// Parts that are gone with so many messages: the number, and as it is written.
    pub gone: fn(Gone<'_>, u64, &str) -> String,
    /// Parts that are back without so many messages.
    pub back: fn(Gone<'_>, u64, &str) -> String,
}

/// A part at the beginning of a sentence, and whether there are several.
fn english_part(gone: Gone<'_>) -> (String, bool) {
    match gone {
        Gone::Node(kind, name) if kind == name => (name.to_owned(), false),
        Gone::Node(kind, name) => (format!("{kind} “{name}”"), false),
        Gone::Nodes(count) => (format!("{count} nodes"), true),
        Gone::Connection => ("The connection".to_owned(), false),
        Gone::Connections(count) => (format!("{count} connections"), true),
    }
}

fn english_messages(count: u64, written: &str) -> String {
    if count == 1 { "1 message".to_owned() } else { format!("{written} messages") }
}

fn chinese_part(gone: Gone<'_>) -> String {
    match gone {
        Gone::Node(kind, name) if kind == name => kind.to_owned(),
        Gone::Node(kind, name) => format!("{kind}“{name}”"),
        Gone::Nodes(count) => format!("{count} 个节点"),
        Gone::Connection => "这条连接".to_owned(),
        Gone::Connections(count) => format!("{count} 条连接"),
    }
}

pub(super) static ENGLISH: DocumentWords = DocumentWords {
    note_size: FieldWords { name: "Letters", explanation: "How large the note is written." },
    medium: FieldWords { name: "Medium", explanation: "As large as the names of nodes." },
    small: FieldWords { name: "Small", explanation: "For a remark beside something." },
    large: FieldWords { name: "Large", explanation: "For a heading over a group." },
    note: "Note",
    note_tip: "Says something on the stage",
    fresh_note: "New note",
    empty_note: "Empty note",
    note_text: "Text",
    note_text_hint: "Shown on the stage and saved with the scenario. Double-click a note to write in it there.",
    spoken_note: |text| format!("note: {text}"),
    color: "Colour",
    color_hint: "Nodes of one colour belong together; it changes nothing in the run.",
    no_color: "No colour",
    color_name: |color| match color {
        Color::Blue => "blue",
        Color::Teal => "teal",
        Color::Green => "green",
        Color::Orange => "orange",
        Color::Brown => "brown",
        Color::Pink => "pink",
        Color::Purple => "purple",
    },
    spoken_group: |color| format!("group {color}"),
    title: "Title",
    title_hint: "What the scenario is called, on this page and as a file.",
    seed_hint: "The same seed gives exactly the same run. A new one counts from the next beginning at time zero.",
    seed_of_run: |seed| format!("This run goes on with seed {seed}."),
    begin_anew: "Begin anew",
    range: |least, most| format!("{least} to {most}."),
    mixed: "mixed",
    mixed_hint: "They differ. What you set here, all of them get.",
    set_alone: "They differ. Select one of them to change this.",
    reset: |name| format!("Reset “{name}”"),
    common_settings: "Settings of all",
    nothing_in_common: "These have no settings in common.",
    crash_all: "Crash all",
    restart_all: "Restart all",
    last_minute: "The last minute",
    spoken_line: |name, now, least, most| format!("{name}: now {now}, in the last minute from {least} to {most}"),
    least_and_most: |least, most| format!("{least} – {most}"),
    gone: |gone, count, written| {
        let (part, several) = english_part(gone);
        let messages = english_messages(count, written);
        if several {
            format!("{part} are gone, and with them {messages}. Undo brings them back, empty.")
        } else {
            format!("{part} is gone, and with it {messages}. Undo brings it back, empty.")
        }
    },
    back: |gone, count, written| {
        let (part, several) = english_part(gone);
        let (are, messages) = (if count == 1 { "is" } else { "are" }, english_messages(count, written));
        if several {
            format!("{part} are back, empty: their {messages} {are} gone.")
        } else {
            format!("{part} is back, empty: its {messages} {are} gone.")
        }
    },
};

pub(super) static SIMPLIFIED_CHINESE: DocumentWords = DocumentWords {
    note_size: FieldWords { name: "字号", explanation: "便签上的字有多大。" },
    medium: FieldWords { name: "中", explanation: "和节点名称一样大。" },
    small: FieldWords { name: "小", explanation: "适合写旁注。" },
    large: FieldWords { name: "大", explanation: "适合作一组节点的标题。" },
    note: "便签",
    note_tip: "在画布上写说明",
    fresh_note: "新便签",
    empty_note: "空便签",
    note_text: "内容",
    note_text_hint: "显示在画布上，随场景一起保存。在画布上双击便签可直接编辑。",
    spoken_note: |text| format!("便签：{text}"),
    color: "颜色",
    color_hint: "用颜色给节点分组，不影响运行。",
    no_color: "无颜色",
    color_name: |color| match color {
        Color::Blue => "蓝色",
        Color::Teal => "青色",
        Color::Green => "绿色",
        Color::Orange => "橙色",
        Color::Brown => "棕色",
        Color::Pink => "粉色",
        Color::Purple => "紫色",
    },
    spoken_group: |color| format!("{color}分组"),
    title: "标题",
    title_hint: "场景的名称，用于页面和文件名。",
    seed_hint: "种子相同，运行过程就完全相同。新种子在下次从零开始运行时生效。",
    seed_of_run: |seed| format!("本次运行仍使用种子 {seed}。"),
    begin_anew: "从头运行",
    range: |least, most| format!("取值范围：{least} 到 {most}。"),
    mixed: "不一致",
    mixed_hint: "各项取值不同；在这里设置会应用到全部所选项。",
    set_alone: "各项取值不同；请单独选中其中一项再修改。",
    reset: |name| format!("将“{name}”恢复为默认值"),
    common_settings: "共同设置",
    nothing_in_common: "所选项没有共同的设置。",
    crash_all: "全部崩溃",
    restart_all: "全部重启",
    last_minute: "最近一分钟",
    spoken_line: |name, now, least, most| format!("{name}：当前 {now}，最近一分钟内 {least} 到 {most}"),
    least_and_most: |least, most| format!("{least} – {most}"),
    gone: |gone, _, written| {
        format!("{}已删除，其中的 {written} 条消息随之丢失。撤销可以恢复，但消息不会回来。", chinese_part(gone))
    },
    back: |gone, _, written| format!("{}已恢复，但是空的：原有的 {written} 条消息已丢失。", chinese_part(gone)),
};
