//! What is said about lessons.

use crate::lessons::What;

/// These sentences.
pub struct LessonWords {
    /// The button that opens the list.
    pub open: &'static str,
    /// What the list is.
    pub note: &'static str,
    /// How long a lesson takes.
    pub minutes: fn(u32) -> String,
    /// A lesson in which something is wrong.
    pub incident: &'static str,
    /// It is finished.
    pub finished: &'static str,
    /// So many of so many steps are passed.
    pub passed_of: fn(usize, usize) -> String,
    /// The panel.
    pub panel: &'static str,
    /// Which step of how many.
    pub step_of: fn(usize, usize) -> String,
    /// The one before.
    pub back: &'static str,
    /// The next one.
    pub next: &'static str,
    /// Ends it at the last step.
    pub finish: &'static str,
    /// Leaves a step that is not done.
    pub skip: &'static str,
    /// Shows the hint.
    pub hint: &'static str,
    /// Does the solution.
    pub show_me: &'static str,
    /// It is being done.
    pub showing: &'static str,
    /// Stops that.
    pub stop_showing: &'static str,
    /// The step from its beginning.
    pub repeat: &'static str,
    /// Leaves the lesson.
    pub close: &'static str,
    /// The step's goal is reached.
    pub done: &'static str,
    /// Gives an answer.
    pub answer: &'static str,
    /// A guess.
    pub guess: &'static str,
    /// The label of a field for a number.
    pub your_answer: &'static str,
    /// The field holds no number.
    pub no_number: &'static str,
    /// The answer is right.
    pub right: &'static str,
    /// It is not.
    pub wrong: &'static str,
    /// A guess is noted.
    pub noted: &'static str,
    /// What the right one is.
    pub it_is: fn(&str) -> String,
    /// Heads what was learned.
    pub learned: &'static str,
    /// Heads what to try next.
    pub try_next: &'static str,
    /// Heads the list of other lessons.
    pub lessons_next: &'static str,
    /// What part of the questions was answered rightly at once.
    pub score: fn(u32) -> String,
    /// Plays with what is there, without the lesson.
    pub free: &'static str,
    /// The lesson was left, because something else was opened.
    pub left: fn(&str) -> String,
    /// Folds the panel.
    pub fold: &'static str,
    /// Unfolds it.
    pub unfold: &'static str,
    /// Shows it to a class.
    pub present: &'static str,
    /// Ends that.
    pub end_presentation: &'static str,
    /// Shows the answer.
    pub reveal: &'static str,
    /// What keys do there.
    pub clicker: &'static str,
    /// Prints the sheet.
    pub sheet: &'static str,
    /// Above the lines for a name on it.
    pub sheet_name: &'static str,
    /// Above lines for an answer.
    pub sheet_answer: &'static str,
    /// Above lines for what was seen.
    pub sheet_seen: &'static str,
    /// The list could not be fetched.
    pub not_fetched: &'static str,
    /// There is no lesson of this name.
    pub unknown: fn(&str) -> String,
    /// A lesson that was opened has problems.
    pub refused: fn(&str) -> String,
    /// A folder that was dropped holds no lesson.
    pub no_lesson: &'static str,
    /// What the address wants is no step.
    pub unknown_step: fn(&str) -> String,
    /// Makes a lesson of what is on the stage.
    pub make: &'static str,
    /// The dialog in which it is made.
    pub making: MakingWords,
    /// A problem with a lesson.
    pub problem: fn(&What) -> String,
    /// A moment on the timeline: a goal was reached.
    pub goal_reached: fn(&str) -> String,
}

/// What is said where a lesson is made.
pub struct MakingWords {
    /// What happens here.
    pub note: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it is about.
    pub about: &'static str,
    /// A step.
    pub step: fn(usize) -> String,
    /// Its heading.
    pub heading: &'static str,
    /// What is to be done.
    pub body: &'static str,
    /// What is looked at.
    pub show: &'static str,
    /// The present selection is taken.
    pub take_selection: &'static str,
    /// Choices, one in a line; the right one begins with a star.
    pub choices: &'static str,
    /// When it is done.
    pub goal: &'static str,
    /// Not by a figure.
    pub no_goal: &'static str,
    /// At least.
    pub at_least: &'static str,
    /// At most.
    pub at_most: &'static str,
    /// A hint.
    pub hint: &'static str,
    /// What is said when it is done.
    pub done: &'static str,
    /// What was learned.
    pub learned: &'static str,
    /// Adds a step.
    pub add: &'static str,
    /// Removes it.
    pub remove: &'static str,
    /// Records what is done as the solution.
    pub record: &'static str,
    /// Ends that.
    pub end_recording: &'static str,
    /// So many things were recorded.
    pub recorded: fn(usize) -> String,
    /// Tries it out.
    pub try_out: &'static str,
    /// Saves the file.
    pub save: &'static str,
}

pub(super) static ENGLISH: LessonWords = LessonWords {
    open: "Lessons",
    note: "Short lessons to do rather than read: guess, run, see, break.",
    minutes: |minutes| format!("{minutes} min"),
    incident: "Incident",
    finished: "Finished",
    passed_of: |passed, all| format!("{passed} of {all} steps"),
    panel: "Lesson",
    step_of: |step, all| format!("Step {step} of {all}"),
    back: "Back",
    next: "Next",
    finish: "Finish",
    skip: "Skip",
    hint: "Hint",
    show_me: "Show me",
    showing: "Watch: the solution is being done",
    stop_showing: "Stop",
    repeat: "Repeat this step",
    close: "Leave the lesson",
    done: "Done",
    answer: "Answer",
    guess: "That is my guess",
    your_answer: "Your answer",
    no_number: "Write a number.",
    right: "Right.",
    wrong: "Not quite. Think again, or look at the hint.",
    noted: "Noted. Now let us see.",
    it_is: |answer| format!("It is {answer}."),
    learned: "What you have learned",
    try_next: "Try next",
    lessons_next: "Go on with",
    score: |score| format!("{score} % of the questions right the first time"),
    free: "Play freely",
    left: |title| format!("You have left the lesson “{title}”. Where you were is kept."),
    fold: "Fold the lesson",
    unfold: "Unfold the lesson",
    present: "Present",
    end_presentation: "End the presentation",
    reveal: "Show the answer",
    clicker: "Page Down, Space or → goes on, Page Up or ← back, A shows the answer, Esc ends it.",
    sheet: "Print a sheet",
    sheet_name: "Name",
    sheet_answer: "Answer",
    sheet_seen: "What I saw",
    not_fetched: "The lesson could not be fetched. Is the network there?",
    unknown: |name| format!("The page has no lesson with the name {name}, so what was open stays open."),
    refused: |name| format!("{name} is no lesson that can be opened, so what was open stays open:"),
    no_lesson: "There is no lesson.json in this folder.",
    unknown_step: |step| format!("The lesson has no step {step}, so it begins at its beginning."),
    make: "Make a lesson of this",
    making: MakingWords {
        note: "What stands on the stage now is what the lesson begins with. Words may be Markdown; {{nodes.queue.ready}} shows a figure.",
        title: "Title",
        about: "What it is about",
        step: |number| format!("Step {number}"),
        heading: "Heading",
        body: "What to do or think about",
        show: "What to look at",
        take_selection: "Take what is selected",
        choices: "Choices, one in a line; * before the right one",
        goal: "Done when",
        no_goal: "the learner presses Next",
        at_least: "is at least",
        at_most: "is at most",
        hint: "Hint",
        done: "What to say then",
        learned: "What was learned",
        add: "Add a step",
        remove: "Remove this step",
        record: "Record the solution",
        end_recording: "Stop recording",
        recorded: |count| {
            if count == 1 { "1 thing is recorded".to_owned() } else { format!("{count} things are recorded") }
        },
        try_out: "Try it out",
        save: "Save as a file",
    },
    problem: english_problem,
    goal_reached: |step| format!("Goal reached: {step}"),
};

fn english_problem(what: &What) -> String {
    match what {
        What::NotJson(message) => format!("is no JSON: {message}"),
        What::UnknownVersion => "this version of the format is not known: it must be 1".into(),
        What::UnknownLanguage(tag) => format!("there is no language \"{tag}\": en and zh-CN are known"),
        // It is said by the document's own words.
        What::Document(_) => String::new(),
        What::Text(what) => what.to_string(),
        What::BadId(id) => format!("\"{id}\" is no name: small letters, digits and - make one"),
        What::NoSteps => "a lesson has at least one step".into(),
        What::NoStage => "the first step puts up a stage".into(),
        What::StepTwice(id) => format!("there is a step \"{id}\" already"),
        What::NoScenario(name) => format!("the lesson has no scenario \"{name}\""),
        What::NoText => "there is no text: write en.md or zh-CN.md, or \"text\"".into(),
        What::NoSection(id) => format!("the text has no section \"## … {{#{id}}}\""),
        What::UnknownSection(id) => format!("the lesson has no step \"{id}\""),
        What::NoPart(part) => format!("this part is missing: {part}"),
        What::UnknownReaction(name) => {
            format!("\"{name}\" must stand in the lesson's \"when\" and in the text as \"### {{.when #{name}}}\"")
        }
        What::NoSuchChoice(right) => format!("the text has no choice {right}"),
        What::NoFigure(name) => format!("there is no figure, setting or answer \"{name}\" here"),
        What::ComparesNothing => "say with what it is compared: at_least, at_most, above, below or equals".into(),
        What::NoPartOfStage(id) => format!("there is no \"{id}\" on the stage"),
        What::HoldsBefore => "the goal holds before anything is done".into(),
        What::NotReached => "the goal does not hold after the solution".into(),
        What::HoldsWithout => "the goal holds when only time passes, without what the solution does".into(),
        What::NoSolution => "a step with a goal has a solution".into(),
        What::Refused(why) => format!("this was refused: {why}"),
    }
}

pub(super) static SIMPLIFIED_CHINESE: LessonWords = LessonWords {
    open: "课程",
    note: "动手做的小课：先猜，再运行，看结果，再把它弄坏。",
    minutes: |minutes| format!("{minutes} 分钟"),
    incident: "故障排查",
    finished: "已完成",
    passed_of: |passed, all| format!("已完成 {passed}/{all} 步"),
    panel: "课程",
    step_of: |step, all| format!("第 {step} 步，共 {all} 步"),
    back: "上一步",
    next: "下一步",
    finish: "结束课程",
    skip: "跳过",
    hint: "提示",
    show_me: "演示给我看",
    showing: "正在演示解法，请看",
    stop_showing: "停止",
    repeat: "重做这一步",
    close: "退出课程",
    done: "完成",
    answer: "回答",
    guess: "就猜这个",
    your_answer: "你的答案",
    no_number: "请填一个数字。",
    right: "答对了。",
    wrong: "不太对。再想想，或者看看提示。",
    noted: "记下了。来看看结果。",
    it_is: |answer| format!("正确答案是 {answer}。"),
    learned: "学到了什么",
    try_next: "接下来试试",
    lessons_next: "继续学习",
    score: |score| format!("{score}% 的问题一次答对"),
    free: "自由操作",
    left: |title| format!("已退出课程“{title}”，进度会保留。"),
    fold: "收起课程",
    unfold: "展开课程",
    present: "放映",
    end_presentation: "结束放映",
    reveal: "显示答案",
    clicker: "PageDown、空格或 → 前进，PageUp 或 ← 后退，A 显示答案，Esc 结束。",
    sheet: "打印练习页",
    sheet_name: "姓名",
    sheet_answer: "答案",
    sheet_seen: "我看到的现象",
    not_fetched: "课程没有加载下来，请检查网络。",
    unknown: |name| format!("没有名为 {name} 的课程，仍显示原来的内容。"),
    refused: |name| format!("{name} 不是能打开的课程，仍显示原来的内容："),
    no_lesson: "这个文件夹里没有 lesson.json。",
    unknown_step: |step| format!("课程里没有步骤 {step}，从头开始。"),
    make: "用它做一节课",
    making: MakingWords {
        note: "课程从画布现在的样子开始。文字可以用 Markdown，{{nodes.queue.ready}} 会显示实时数字。",
        title: "标题",
        about: "这节课讲什么",
        step: |number| format!("第 {number} 步"),
        heading: "小标题",
        body: "要做什么，或要想什么",
        show: "看哪里",
        take_selection: "用当前选中的",
        choices: "选项，一行一个，正确的前面加 *",
        goal: "完成条件",
        no_goal: "由学习者自己点“下一步”",
        at_least: "不小于",
        at_most: "不大于",
        hint: "提示",
        done: "完成后说什么",
        learned: "学到了什么",
        add: "添加一步",
        remove: "删除这一步",
        record: "录制解法",
        end_recording: "停止录制",
        recorded: |count| format!("已录下 {count} 个操作"),
        try_out: "试一试",
        save: "保存为文件",
    },
    problem: chinese_problem,
    goal_reached: |step| format!("目标达成：{step}"),
};

fn chinese_problem(what: &What) -> String {
    use lesson_text::What as Written;
    match what {
        What::NotJson(message) => format!("不是 JSON：{message}"),
        What::UnknownVersion => "不认识这个格式版本，应为 1".into(),
        What::UnknownLanguage(tag) => format!("没有语言“{tag}”，可用 en 和 zh-CN"),
        What::Document(_) => String::new(),
        What::Text(what) => match what {
            Written::NoTitle => "缺少标题，请以“# …”开头".into(),
            Written::SecondTitle => "标题“#”只能有一个，步骤用“##”".into(),
            Written::NoId => "步骤的小标题需要 id：“## … {#id}”".into(),
            Written::IdTwice(id) => format!("已经有“{id}”这一节了"),
            Written::NoPart => "请用类名说明这是什么：{.choices}、{.hint}、{.solution}、{.done} 或 {.when}".into(),
            Written::PartTwice(part) => format!("这一步已经有“{part}”了"),
            Written::NoReaction => "请给它起个名字：“### {.when #name}”".into(),
            Written::PartOutside => "这一部分要放在某个步骤“## …”下面".into(),
            Written::NoChoices => "选项只能是一个列表".into(),
            Written::Html => "不显示 HTML，请写 Markdown".into(),
            Written::Picture => "不显示图片，画布就是图".into(),
            Written::Link(to) => format!("“{to}”哪儿也不通：可用 https:// 地址、“#节点”和“lesson:课程”"),
            Written::Figure => "数字要写成 {{名字}}".into(),
            Written::DeepHeading => "标题最多三级".into(),
        },
        What::BadId(id) => format!("“{id}”不能作名字，只能用小写字母、数字和 -"),
        What::NoSteps => "课程至少要有一步".into(),
        What::NoStage => "第一步要说明画布上放什么".into(),
        What::StepTwice(id) => format!("已经有步骤“{id}”了"),
        What::NoScenario(name) => format!("课程里没有场景“{name}”"),
        What::NoText => "没有文字，请写 en.md 或 zh-CN.md，或写在“text”里".into(),
        What::NoSection(id) => format!("文字里没有“## … {{#{id}}}”这一节"),
        What::UnknownSection(id) => format!("课程里没有步骤“{id}”"),
        What::NoPart(part) => format!("缺少这一部分：{part}"),
        What::UnknownReaction(name) => {
            format!("“{name}”要同时写在课程的“when”里和文字的“### {{.when #{name}}}”里")
        }
        What::NoSuchChoice(right) => format!("文字里没有第 {right} 个选项"),
        What::NoFigure(name) => format!("这里没有数字、设置或答案“{name}”"),
        What::ComparesNothing => "请说明和什么比：at_least、at_most、above、below 或 equals".into(),
        What::NoPartOfStage(id) => format!("画布上没有“{id}”"),
        What::HoldsBefore => "还没动手，目标就已经达成".into(),
        What::NotReached => "做完解法，目标仍未达成".into(),
        What::HoldsWithout => "不做解法里的操作，只等时间过去，目标也会达成".into(),
        What::NoSolution => "有目标的步骤要有解法".into(),
        What::Refused(why) => format!("这个操作被拒绝：{why}"),
    }
}
