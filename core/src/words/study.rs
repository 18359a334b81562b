//! What is said about studies: a scenario run many times.

/// These sentences.
pub struct StudyWords {
    /// The question that a study answers.
    pub title: &'static str,
    /// What is done.
    pub note: &'static str,
    /// What is measured.
    pub measured: &'static str,
    /// What is varied.
    pub varied: &'static str,
    /// Nothing is, but the seed.
    pub nothing_varied: &'static str,
    /// Both of a consumer's.
    pub both: &'static str,
    /// The first value.
    pub from: &'static str,
    /// The last one.
    pub to: &'static str,
    /// From one to the next.
    pub step: &'static str,
    /// How long each run is, in simulated seconds.
    pub seconds: &'static str,
    /// How much of it is left out.
    pub warm_up: &'static str,
    /// How often each value is run.
    pub replications: &'static str,
    /// Begins.
    pub start: &'static str,
    /// Gives up what is under way.
    pub cancel: &'static str,
    /// How many runs are done, of how many.
    pub progress: fn(usize, usize) -> String,
    /// It was given up after so many runs, of so many.
    pub stopped: fn(usize, usize) -> String,
    /// It is done: what was measured.
    pub done: fn(&str) -> String,
    /// Heads of the table.
    pub value: &'static str,
    /// See [`StudyWords::value`].
    pub runs: &'static str,
    /// See [`StudyWords::value`].
    pub mean: &'static str,
    /// See [`StudyWords::value`].
    pub interval: &'static str,
    /// See [`StudyWords::value`].
    pub min: &'static str,
    /// See [`StudyWords::value`].
    pub max: &'static str,
    /// See [`StudyWords::value`].
    pub theory: &'static str,
    /// A figure and how far its interval reaches.
    pub plus_minus: fn(&str, &str) -> String,
    /// Something, and what of it: a node and its figure, a figure and its values.
    pub of: fn(&str, &str) -> String,
    /// How many there were.
    pub count: &'static str,
    /// Under the picture.
    pub legend: &'static str,
    /// So many runs stopped because no more messages fit.
    pub full: fn(u32) -> String,
    /// Saves the table.
    pub save_table: &'static str,

    /// No time is left after the warm-up.
    pub no_time: &'static str,
    /// There are no replications.
    pub no_replications: &'static str,
    /// Nothing is measured.
    pub no_measure: &'static str,
    /// There is no such setting any more.
    pub no_setting: &'static str,
    /// The range has no values.
    pub no_values: &'static str,
    /// There are more runs than this.
    pub too_many: fn(usize) -> String,
    /// No value can be set there, and why.
    pub refused: fn(&str) -> String,
}

pub(super) static ENGLISH: StudyWords = StudyWords {
    title: "How would it be with …?",
    note: "Runs this scenario many times beside the page, each time with another seed, and says how far its figures can be relied on.",
    measured: "Measure",
    varied: "Vary",
    nothing_varied: "nothing but the seed",
    both: "Concurrency and prefetch together",
    from: "From",
    to: "to",
    step: "in steps of",
    seconds: "Simulated seconds per run",
    warm_up: "of these left out as warm-up",
    replications: "Runs of each value",
    start: "Start",
    cancel: "Cancel",
    progress: |done, all| format!("{done} of {all} runs"),
    stopped: |done, all| format!("Cancelled after {done} of {all} runs."),
    done: |measure| format!("The study of “{measure}” is done."),
    value: "Value",
    runs: "Runs",
    mean: "Mean",
    interval: "95 % interval",
    min: "Least",
    max: "Most",
    theory: "Theory",
    plus_minus: |mean, half| format!("{mean} ± {half}"),
    of: |whole, part| format!("{whole}: {part}"),
    count: "number",
    legend: "Mean with its 95 % confidence interval",
    full: |runs| format!("{runs} runs stopped because no more messages fit"),
    save_table: "Save table (CSV)",
    no_time: "No time is left after the warm-up.",
    no_replications: "Each value needs at least one run.",
    no_measure: "The scenario has no such figure any more: choose another one.",
    no_setting: "The scenario has no such setting any more: choose another one.",
    no_values: "These numbers give no values: “to” must not be less than “from”, and the step more than 0.",
    too_many: |most| format!("These are more than {most} runs: take fewer values or fewer runs of each."),
    refused: |why| format!("None of these values can be set: {why}"),
};

pub(super) static SIMPLIFIED_CHINESE: StudyWords = StudyWords {
    title: "换成……会怎样？",
    note: "在后台把当前场景反复运行多次，每次换一个随机种子，给出指标及其可信程度。",
    measured: "测量指标",
    varied: "改变",
    nothing_varied: "只换随机种子",
    both: "并发数与预取数一起改",
    from: "从",
    to: "到",
    step: "步长",
    seconds: "每次运行的模拟秒数",
    warm_up: "其中不计入统计的预热秒数",
    replications: "每个取值的运行次数",
    start: "开始",
    cancel: "取消",
    progress: |done, all| format!("已完成 {done} / {all} 次"),
    stopped: |done, all| format!("已取消，完成了 {done} / {all} 次。"),
    done: |measure| format!("“{measure}”的试验已完成。"),
    value: "取值",
    runs: "次数",
    mean: "均值",
    interval: "95 % 置信区间",
    min: "最小",
    max: "最大",
    theory: "理论",
    plus_minus: |mean, half| format!("{mean} ± {half}"),
    of: |whole, part| format!("{whole}：{part}"),
    count: "个数",
    legend: "均值及其 95 % 置信区间",
    full: |runs| format!("有 {runs} 次因消息装不下而中止"),
    save_table: "保存表格（CSV）",
    no_time: "去掉预热后没有剩余时间。",
    no_replications: "每个取值至少要运行一次。",
    no_measure: "场景里已经没有这个指标，请另选。",
    no_setting: "场景里已经没有这个设置，请另选。",
    no_values: "这些数字得不到取值：“到”不能小于“从”，步长要大于 0。",
    too_many: |most| format!("超过了 {most} 次：请减少取值或每个取值的运行次数。"),
    refused: |why| format!("这些取值都不能设置：{why}"),
};
