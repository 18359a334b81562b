//! Links, pictures and what else is taken along.

use crate::base::Language;
use crate::link::{MOST_CHARACTERS, Refused};
use crate::scenario::Problem;
use crate::words::Words;

/// These sentences.
pub struct ShareWords {
    /// The dialog, and the button that opens it.
    pub title: &'static str,
    /// What a link holds.
    pub about: &'static str,
    /// The choice of where it is put.
    pub place: &'static str,
    /// A plain link.
    pub link: &'static str,
    /// The choice of how much of the page is shown there.
    pub shows: &'static str,
    /// All of it, a player, the stage alone.
    pub ui: [&'static str; 3],
    /// Whether time passes from the first moment on.
    pub plays: &'static str,
    /// The text to be copied.
    pub text: &'static str,
    /// Copies it.
    pub copy: &'static str,
    /// It is copied.
    pub copied: &'static str,
    /// It is only selected.
    pub by_hand: &'static str,
    /// The moment that is linked, and how long the address is.
    pub characters: fn(&str, usize) -> String,
    /// A picture was saved.
    pub saved: &'static str,
    /// A link was opened: it stands still at a moment.
    pub opened: fn(&str) -> String,
    /// What is open after a link could not be opened.
    pub stays: &'static str,
    /// A picture, by its name, carries no run.
    pub no_run: fn(&str) -> String,
    /// The address is too long for a QR code.
    pub no_code: &'static str,
    /// Pictures.
    pub pictures: &'static str,
    /// What is in them.
    pub pictures_about: &'static str,
    /// Saves one made of shapes.
    pub svg: &'static str,
    /// Saves one made of points.
    pub png: &'static str,
    /// The same of the charts.
    pub charts_svg: &'static str,
    pub charts_png: &'static str,
    /// Saves an animation.
    pub gif: &'static str,
    /// How long it is.
    pub film: &'static str,
    /// The last seconds.
    pub last: fn(u64) -> String,
    /// Prints.
    pub print: &'static str,
    /// The browser cannot paint it.
    pub not_painted: &'static str,
    /// The run has become another one than the link told.
    pub differs: &'static str,
    /// An instant (seconds), a seed and a trace hash, on paper.
    pub moment: fn(f64, u64, &str) -> String,
    /// Why a link cannot be made or opened.
    pub refused: fn(&Refused) -> String,
}

/// The first problem, in a language.
fn first(problems: &[Problem], language: Language) -> String {
    problems.first().map(|problem| problem.describe(Words::of(language))).unwrap_or_default()
}

pub(super) static ENGLISH: ShareWords = ShareWords {
    title: "Share",
    about: "What you copy holds the whole run: the scenario, its seed, everything that was done to it, and this very moment. Nothing is \
            sent anywhere.",
    place: "Use in",
    link: "A link",
    shows: "What is shown",
    ui: ["Everything", "Stage and playback", "The stage alone"],
    plays: "Plays at once",
    text: "To be copied",
    copy: "Copy",
    copied: "Copied.",
    by_hand: "Selected: press Ctrl+C or ⌘C to copy.",
    characters: |moment, count| format!("Opens at {moment} · {count} characters"),
    saved: "Saved.",
    opened: |moment| format!("As it was shared: paused at {moment}. Press play to go on."),
    stays: "What you see is not from the link.",
    no_run: |name| {
        format!(
            "“{name}” carries no run, so what was open stays open. Of pictures, the SVG and PNG files saved here do."
        )
    },
    no_code: "No QR code: above 2,048 characters no telephone reads it.",
    pictures: "Pictures",
    pictures_about: "SVG and PNG carry the run inside: drop one onto this page, or open it, and it goes on from there.",
    svg: "Stage as SVG",
    png: "Stage as PNG",
    charts_svg: "Charts as SVG",
    charts_png: "Charts as PNG",
    gif: "Animation as GIF",
    film: "How long the animation is",
    last: |seconds| format!("the last {seconds} s"),
    print: "Print …",
    not_painted: "The browser cannot paint this picture.",
    differs: "This link was made with another version of the playground: the run has come to something else here.",
    moment: |seconds, seed, hash| format!("At {seconds} s, seed {seed}, trace hash {hash}"),
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
    title: "分享",
    about: "链接包含完整的运行过程：场景、随机种子、每一步操作和当前时刻。不会上传任何内容。",
    place: "用途",
    link: "链接",
    shows: "显示内容",
    ui: ["全部界面", "画布和播放控制", "只有画布"],
    plays: "打开就播放",
    text: "要复制的内容",
    copy: "复制",
    copied: "已复制。",
    by_hand: "已选中：请按 Ctrl+C 或 ⌘C 复制。",
    characters: |moment, count| format!("打开时停在 {moment} · 共 {count} 个字符"),
    saved: "已保存。",
    opened: |moment| format!("这是分享的那一刻：停在 {moment}，点播放继续。"),
    stays: "现在看到的不是链接里的内容。",
    no_run: |name| format!("“{name}”里没有运行数据，原来的内容不变。只有在这里保存的 SVG 和 PNG 图片带有运行数据。"),
    no_code: "没有二维码：超过 2,048 个字符，手机扫不出来。",
    pictures: "图片",
    pictures_about: "SVG 和 PNG 图片内含运行数据：拖到本页面（或用“打开”选择），就能从那一刻继续。",
    svg: "画布 SVG",
    png: "画布 PNG",
    charts_svg: "图表 SVG",
    charts_png: "图表 PNG",
    gif: "动画 GIF",
    film: "动画时长",
    last: |seconds| format!("最近 {seconds} 秒"),
    print: "打印…",
    not_painted: "浏览器画不出这张图。",
    differs: "这个链接来自另一个版本的游乐场：在这里运行出了不同的结果。",
    moment: |seconds, seed, hash| format!("时刻 {seconds} 秒，随机种子 {seed}，轨迹哈希 {hash}"),
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
