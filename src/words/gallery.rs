//! The scenarios: one's own, those that come with the page, and what is said of them.

/// These sentences.
pub struct GalleryWords {
    /// The list of them all.
    pub title: &'static str,
    /// The button that opens it.
    pub open: &'static str,
    /// Above where is searched.
    pub search: &'static str,
    /// How many are shown.
    pub shown: fn(usize) -> String,
    /// None is.
    pub none_found: &'static str,
    /// The list is on its way.
    pub fetching: &'static str,
    /// The list did not arrive.
    pub no_index: &'static str,
    /// Tries again.
    pub again: &'static str,
    /// A scenario did not arrive.
    pub not_fetched: fn(&str) -> String,
    /// None that comes with the page has this name.
    pub unknown: fn(&str) -> String,
}

pub(super) static ENGLISH: GalleryWords = GalleryWords {
    title: "Scenarios",
    open: "Scenarios",
    search: "Search scenarios",
    shown: |count| if count == 1 { "1 scenario".to_owned() } else { format!("{count} scenarios") },
    none_found: "No scenario fits.",
    fetching: "Fetching the scenarios …",
    no_index: "The scenarios that come with the page could not be fetched. Is the network there?",
    again: "Try again",
    not_fetched: |name| {
        format!("The scenario {name} could not be fetched, so what was open stays open. Is the network there?")
    },
    unknown: |name| format!("The page has no scenario with the name {name}, so what was open stays open."),
};

pub(super) static SIMPLIFIED_CHINESE: GalleryWords = GalleryWords {
    title: "场景",
    open: "场景",
    search: "搜索场景",
    shown: |count| format!("{count} 个场景"),
    none_found: "没有符合的场景。",
    fetching: "正在加载场景……",
    no_index: "自带的场景没有加载下来，请检查网络。",
    again: "重试",
    not_fetched: |name| format!("场景 {name} 没有加载下来，仍显示原来的场景。请检查网络。"),
    unknown: |name| format!("没有名为 {name} 的场景，仍显示原来的场景。"),
};
