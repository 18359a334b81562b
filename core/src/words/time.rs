//! What is said about time: the timeline and its marks, branches, and charts.

/// These sentences.
pub struct TimeWords {
    /// What a new branch leaves out.
    pub fork_explained: &'static str,
    /// There is none there.
    pub no_mark: &'static str,
    /// A mark, with its time.
    pub mark_at: fn(&str, &str) -> String,
    /// What was done to what: the place, and the fault.
    pub fault_at: fn(&str, &str) -> String,
    /// A fault of the script is over.
    pub fault_ends: fn(&str) -> String,
    /// The first drop for a reason.
    pub first_drop: fn(&str) -> String,
    /// A backlog of so many turns.
    pub turn: fn(u64) -> String,
    /// Settings were changed.
    pub changed: &'static str,
    /// Parts were added.
    pub added: &'static str,
    /// Parts were removed.
    pub removed: &'static str,
    /// Parts were added and removed.
    pub rebuilt: &'static str,

    /// The branches of a run.
    pub branches: &'static str,
    /// One of them, by its number counted from 1.
    pub branch: fn(u32) -> String,
    /// What a branch is, in a sentence.
    pub branches_explained: &'static str,
    /// The one that runs.
    pub branch_here: &'static str,
    /// Goes over to it.
    pub branch_enter: &'static str,
    /// Shows its curves beside those of the present one.
    pub branch_compare: &'static str,
    /// A new branch has begun: its number, and the number of the one that was left.
    pub branched: fn(u32, u32) -> String,
    /// The lane that is as it was.
    pub first_lane: &'static str,
    /// The lane in which something is changed.
    pub second_lane: &'static str,
    /// Works on a lane from now on.
    pub lane_enter: &'static str,
    /// Only the lane that is worked on stays.
    pub lanes_end: &'static str,
    /// There are two lanes now, and what to do with them.
    pub lanes_began: &'static str,
    /// The table of differences: what it compares, and up to when.
    pub difference: fn(&str) -> String,
    /// Copies made.
    pub made: &'static str,
    /// Copies acked.
    pub acked: &'static str,
    /// Copies dropped.
    pub dropped: &'static str,
    /// The largest backlog.
    pub largest_backlog: &'static str,

    /// The charts.
    pub charts: &'static str,
    /// Shows them.
    pub show_charts: &'static str,
    /// Hides them.
    pub hide_charts: &'static str,
    /// What they are about when nothing is selected.
    pub everything: &'static str,
    /// There is nothing to be drawn yet.
    pub no_charts: &'static str,
    /// All of the time.
    pub whole_run: &'static str,
    /// The last minute, and what comes.
    pub last_minute: &'static str,
    /// The stretch of time that was chosen by dragging.
    pub chosen_stretch: &'static str,
    /// They stand still.
    pub freeze: &'static str,
    /// They go on.
    pub follow: &'static str,
    /// Saves the figures.
    pub save_table: &'static str,
    /// Saves the picture.
    pub save_picture: &'static str,
    /// What one does with the pointer.
    pub chart_hint: &'static str,
    /// The chart of what comes and what is done with.
    pub flow: &'static str,
    /// The chart of what waits.
    pub backlog: &'static str,
    /// The chart of percentiles.
    pub response: &'static str,
    /// The chart of busy slots.
    pub utilisation: &'static str,
    /// The chart of what was dropped, by reason.
    pub drops: &'static str,
    /// The curve of what comes.
    pub arrivals: &'static str,
    /// The curve of what is done with.
    pub consumption: &'static str,
    /// The curve of what has failed.
    pub failed: &'static str,
    /// The curve of what waits.
    pub waiting: &'static str,
    /// The curve of busy slots.
    pub busy: &'static str,
    /// The curve of the branch that is compared.
    pub other_branch: &'static str,
    /// What is spoken of a chart: its name, and its curves' latest values.
    pub spoken_chart: fn(&str, &str) -> String,
}

pub(super) static ENGLISH: TimeWords = TimeWords {
    fork_explained: "Go on from here without what was done later. The branch that has it is kept.",
    no_mark: "There is no such moment: nothing has failed, been changed or turned there.",
    mark_at: |time, text| format!("{time} {text}"),
    fault_at: |place, what| format!("{place}: {what}"),
    fault_ends: |what| format!("{what}: over"),
    first_drop: |reason| format!("First message dropped: {reason}"),
    turn: |most| format!("The backlog turns at {most}"),
    changed: "A setting was changed",
    added: "Something was added",
    removed: "Something was removed",
    rebuilt: "The system was rebuilt",
    branches: "Branches",
    branch: |number| format!("Branch {}", number + 1),
    branches_explained: "What you do in the past begins another branch. The one before is kept until another scenario is opened, and you can go back to it.",
    branch_here: "runs now",
    branch_enter: "Go there",
    branch_compare: "Compare",
    branched: |now, left| {
        format!("Branch {} begins here. Branch {} is kept: “Charts” leads back to it.", now + 1, left + 1)
    },
    first_lane: "A · as it was",
    second_lane: "B · with a change",
    lane_enter: "Work on this lane",
    lanes_end: "Keep only this lane",
    lanes_began: "Two lanes, one clock, the same arrivals. Change anything in B; to compare from the beginning, go back to it first. “Charts” shows both.",
    difference: |time| format!("Both at {time}"),
    made: "Made",
    acked: "Acked",
    dropped: "Dropped",
    largest_backlog: "Largest backlog",
    charts: "Charts",
    show_charts: "Show charts",
    hide_charts: "Hide charts",
    everything: "The whole system",
    no_charts: "Press play: charts need a few seconds of simulated time.",
    whole_run: "Whole run",
    last_minute: "Last minute",
    chosen_stretch: "Chosen stretch",
    freeze: "Freeze",
    follow: "Follow",
    save_table: "Save figures (CSV)",
    save_picture: "Save picture (SVG)",
    chart_hint: "Point to read, click to go there, drag to zoom in.",
    flow: "Arrivals and consumption",
    backlog: "Backlog",
    response: "How long it takes",
    utilisation: "Utilisation",
    drops: "Dropped and failed",
    arrivals: "arrivals",
    consumption: "consumption",
    failed: "failed",
    waiting: "backlog",
    busy: "busy",
    other_branch: "other branch",
    spoken_chart: |name, values| format!("{name}: {values}"),
};

pub(super) static SIMPLIFIED_CHINESE: TimeWords = TimeWords {
    fork_explained: "从这里继续，后面做过的操作都不算；带有那些操作的分支会保留。",
    no_mark: "那边没有关键时刻：没有故障、改动，积压也没有转折。",
    mark_at: |time, text| format!("{time} {text}"),
    fault_at: |place, what| format!("{place}：{what}"),
    fault_ends: |what| format!("{what}：结束"),
    first_drop: |reason| format!("首次丢弃消息：{reason}"),
    turn: |most| format!("积压到 {most} 后开始回落"),
    changed: "改了设置",
    added: "添加了节点或连线",
    removed: "删除了节点或连线",
    rebuilt: "改建了系统",
    branches: "分支",
    branch: |number| format!("分支 {}", number + 1),
    branches_explained: "回到过去再做任何操作，都会从那里开出一条新分支；在打开别的场景之前，原来的分支会保留，随时可以回去。",
    branch_here: "正在运行",
    branch_enter: "切换过去",
    branch_compare: "对比",
    branched: |now, left| format!("从这里开始是分支 {}。分支 {} 已保留，可在“图表”里切换回去。", now + 1, left + 1),
    first_lane: "A · 原样",
    second_lane: "B · 改动后",
    lane_enter: "改这一栏",
    lanes_end: "只留这一栏",
    lanes_began: "两栏共用一个时钟，到达的消息也相同。请在 B 里随意改动；想从头对比，就先把时间拖回起点。“图表”里能看到两栏的曲线。",
    difference: |time| format!("{time} 时两边的差别"),
    made: "产生",
    acked: "已确认",
    dropped: "已丢弃",
    largest_backlog: "最大积压",
    charts: "图表",
    show_charts: "显示图表",
    hide_charts: "收起图表",
    everything: "整个系统",
    no_charts: "请先播放：模拟运行几秒后才有图表。",
    whole_run: "全程",
    last_minute: "最近一分钟",
    chosen_stretch: "选中的时段",
    freeze: "定格",
    follow: "跟随",
    save_table: "保存数据（CSV）",
    save_picture: "保存图片（SVG）",
    chart_hint: "指向可读数，点击跳到该时刻，拖动可放大。",
    flow: "到达与消费",
    backlog: "积压",
    response: "耗时",
    utilisation: "利用率",
    drops: "丢弃与失败",
    arrivals: "到达",
    consumption: "消费",
    failed: "失败",
    waiting: "积压",
    busy: "忙碌",
    other_branch: "另一分支",
    spoken_chart: |name, values| format!("{name}：{values}"),
};
