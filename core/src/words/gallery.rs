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

    // ---- one's own ----
    /// The list of one's own.
    pub own: &'static str,
    /// It is empty.
    pub none_own: &'static str,
    /// A scenario without a title.
    pub untitled: &'static str,
    /// The title of a copy.
    pub copy_of: fn(&str) -> String,
    /// When one was changed last.
    pub changed: fn(&str) -> String,
    /// One is the one that is open.
    pub is_open: &'static str,
    /// One cannot be read.
    pub unreadable: &'static str,
    /// Begins an empty one.
    pub new: &'static str,
    /// Makes a second one like it.
    pub duplicate: fn(&str) -> String,
    /// Saves it as a file.
    pub export: fn(&str) -> String,
    /// Deletes it.
    pub delete: fn(&str) -> String,
    /// It is deleted.
    pub deleted: fn(&str) -> String,
    /// Brings it back.
    pub undo: &'static str,
    /// There is no room for another one.
    pub full: fn(usize) -> String,
    /// What was open last can no longer be read.
    pub bad_last: &'static str,
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
    own: "My scenarios",
    none_own: "Whatever you change is kept here, in this browser.",
    untitled: "Untitled",
    copy_of: |title| format!("{title} (copy)"),
    changed: |when| format!("Changed {when}"),
    is_open: "Open now",
    unreadable: "This version cannot read it. It can still be saved as a file.",
    new: "New",
    duplicate: |name| format!("Duplicate {name}"),
    export: |name| format!("Save {name} to a file"),
    delete: |name| format!("Delete {name}"),
    deleted: |name| format!("{name} has been deleted."),
    undo: "Undo",
    full: |most| format!("You have {most} scenarios, and no more are kept: delete some, or save this one to a file."),
    bad_last: "What you had last time cannot be read by this version, so the first scenario is shown. It is still in the list of your scenarios.",
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
    own: "我的场景",
    none_own: "你改动过的场景都保存在这里，只存在这个浏览器里。",
    untitled: "未命名",
    copy_of: |title| format!("{title}（副本）"),
    changed: |when| format!("修改于 {when}"),
    is_open: "当前打开",
    unreadable: "这个版本读不了它，但仍可保存为文件。",
    new: "新建",
    duplicate: |name| format!("复制“{name}”"),
    export: |name| format!("把“{name}”保存到文件"),
    delete: |name| format!("删除“{name}”"),
    deleted: |name| format!("已删除“{name}”。"),
    undo: "撤销",
    full: |most| format!("你的场景已有 {most} 个，无法再保存更多：请删除一些，或把当前场景保存到文件。"),
    bad_last: "这个版本读不了上次打开的场景，已换成初始场景。原来的内容仍在“我的场景”里。",
};
