//! Links, pictures and what else is taken along.

use crate::base::Language;
use crate::link::{MOST_CHARACTERS, Refused};
use crate::scenario::Problem;
use crate::words::Words;

/// These sentences.
pub struct ShareWords {
    /// Why a link cannot be made or opened.
    pub refused: fn(&Refused) -> String,
}

/// The first problem, in a language.
fn first(problems: &[Problem], language: Language) -> String {
    problems.first().map(|problem| problem.describe(Words::of(language))).unwrap_or_default()
}

pub(super) static ENGLISH: ShareWords = ShareWords {
    refused: |refused| match refused {
        Refused::TooLong(characters) => {
            format!(
                "A link has at most {MOST_CHARACTERS} characters, and this one {characters}: save the scenario as a file instead."
            )
        }
        Refused::TooMuch => "There is too much in this run for a link: save the scenario as a file instead.".to_owned(),
        Refused::UnknownVersion => "This link was made with a newer version of the playground.".to_owned(),
        Refused::Damaged => "This link is damaged: some of it is missing or has been changed.".to_owned(),
        Refused::Wrong(problems) => format!("This link cannot be opened: {}", first(problems, Language::English)),
    },
};

pub(super) static SIMPLIFIED_CHINESE: ShareWords = ShareWords {
    refused: |refused| match refused {
        Refused::TooLong(characters) => {
            format!("链接最多 {MOST_CHARACTERS} 个字符，这个有 {characters} 个：请改为保存场景文件。")
        }
        Refused::TooMuch => "这次运行的内容太多，放不进链接：请改为保存场景文件。".to_owned(),
        Refused::UnknownVersion => "这个链接来自更新版本的游乐场。".to_owned(),
        Refused::Damaged => "这个链接已损坏：有内容缺失或被改动。".to_owned(),
        Refused::Wrong(problems) => format!("无法打开这个链接：{}", first(problems, Language::SimplifiedChinese)),
    },
};
