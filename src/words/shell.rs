//! What is written around the stage: bars, panels, notices, help.

/// The sentences of the bars and panels.
pub struct ShellWords {
    /// The page's name.
    pub title: &'static str,
}

pub(super) static ENGLISH: ShellWords = ShellWords { title: "MQ Playground" };

pub(super) static SIMPLIFIED_CHINESE: ShellWords = ShellWords { title: "消息队列游乐场" };
