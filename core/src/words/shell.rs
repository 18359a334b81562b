//! What is written around the stage: bars, panels, notices, help.

use super::FieldWords;
use crate::engine::DropReason;
use crate::scenario::{EdgeKind, NodeKind};

/// The sentences of the bars and panels.
pub struct ShellWords {
    /// The page's name.
    pub title: &'static str,

    // ---- the header ----
    /// The landmark of the header's buttons.
    pub document: &'static str,
    /// Reads a scenario from a file.
    pub open: &'static str,
    /// Writes the scenario to a file.
    pub save: &'static str,
    /// Takes the last step back.
    pub undo: &'static str,
    /// Makes it again.
    pub redo: &'static str,
    /// Switches to the language that is named in itself.
    pub switch_language: fn(&str) -> String,
    /// The theme follows the system; pressing changes it.
    pub theme_system: &'static str,
    /// The theme is light; pressing changes it.
    pub theme_light: &'static str,
    /// The theme is dark; pressing changes it.
    pub theme_dark: &'static str,
    /// Opens the help.
    pub help: &'static str,
    /// Closes a dialog, a sheet or a notice.
    pub close: &'static str,
    /// A file could not be read: its name.
    pub unreadable_file: fn(&str) -> String,
    /// A file has problems, and what is shown stays: its name.
    pub refused_file: fn(&str) -> String,
    /// So many problems more.
    pub more_problems: fn(usize) -> String,

    // ---- the palette ----
    /// The palette's heading.
    pub palette: &'static str,
    /// How it is used.
    pub palette_hint: &'static str,
    /// The name of a kind of node.
    pub kind: fn(NodeKind) -> &'static str,
    /// What it does, in one line.
    pub kind_tip: fn(NodeKind) -> &'static str,

    // ---- the stage's surroundings ----
    /// The landmark of the stage.
    pub stage: &'static str,
    /// The line that invites.
    pub invitation: &'static str,
    /// What pressing it does.
    pub invitation_shows: &'static str,
    /// Takes the line away.
    pub dismiss_invitation: &'static str,

    // ---- the inspector ----
    /// The inspector's landmark, and the name of its sheet.
    pub inspector: &'static str,
    /// Heading of the settings.
    pub settings: &'static str,
    /// Heading of the live figures.
    pub figures: &'static str,
    /// The label of a node.
    pub label: &'static str,
    /// What a label is.
    pub label_explanation: &'static str,
    /// What an edge is called.
    pub edge_kind: fn(EdgeKind) -> &'static str,
    /// Makes a node fail.
    pub crash: &'static str,
    /// Makes the broker, and so all queues, fail.
    pub crash_broker: &'static str,
    /// Brings a node back.
    pub restart: &'static str,
    /// Brings the broker back.
    pub restart_broker: &'static str,
    /// The node is down.
    pub crashed: &'static str,
    /// Removes what is selected.
    pub delete: &'static str,
    /// So many things are selected.
    pub selected: fn(usize) -> String,
    /// Heading when nothing is selected.
    pub scenario: &'static str,
    /// The seed of the run.
    pub seed: &'static str,
    /// Heading of the broker's settings.
    pub broker: &'static str,
    /// How long the broker's restart takes.
    pub restart_ms: FieldWords,
    /// The broker's setting of how long storing takes.
    pub confirm_ms: FieldWords,
    /// Heading of the hints.
    pub hints: &'static str,
    /// What can be tried.
    pub hint_lines: &'static [&'static str],
    /// What was typed is not a number.
    pub not_a_number: &'static str,
    /// Adds an entry to a list.
    pub add_entry: &'static str,
    /// Removes an entry from a list: its number.
    pub remove_entry: fn(usize) -> String,
    /// How several numbers are written.
    pub numbers_hint: &'static str,
    /// The slider of a setting.
    pub slider: fn(&str) -> String,

    // ---- live figures ----
    /// Messages published per second lately.
    pub publishes_per_s: &'static str,
    /// Messages taken in per second lately.
    pub enqueues_per_s: &'static str,
    /// Deliveries per second lately.
    pub deliveries_per_s: &'static str,
    /// Handlers that ended, per second lately.
    pub processes_per_s: &'static str,
    /// Messages published.
    pub published: &'static str,
    /// Messages taken in.
    pub enqueued: &'static str,
    /// Messages delivered.
    pub delivered: &'static str,
    /// Messages delivered once more.
    pub redelivered: &'static str,
    /// Effects carried out.
    pub processed: &'static str,
    /// Ready and unacked.
    pub depth: &'static str,
    /// The largest depth so far.
    pub depth_max: &'static str,
    /// The depth on average.
    pub depth_mean: &'static str,
    /// The age of the message at the head.
    pub oldest: &'static str,
    /// From being taken in until being delivered.
    pub wait: &'static str,
    /// From being published until the handler's end.
    pub end_to_end: &'static str,
    /// Mean.
    pub mean: &'static str,
    /// The largest.
    pub max: &'static str,
    /// The busy part of the slots.
    pub utilisation: &'static str,
    pub utilisation_lately: &'static str,
    /// Slots that are taken.
    pub busy: &'static str,
    /// Messages in a consumer's hands that wait for a slot.
    pub waiting: &'static str,
    /// Where there is no figure yet.
    pub none_yet: &'static str,

    // ---- the transport bar ----
    /// The landmark of the transport bar.
    pub transport: &'static str,
    /// Back to time zero.
    pub reset: &'static str,
    /// Lets time pass.
    pub play: &'static str,
    /// Stops time.
    pub pause: &'static str,
    /// Carries out the next event.
    pub step: &'static str,
    /// The simulated time.
    pub clock: &'static str,
    /// Simulated seconds per second.
    pub speed: &'static str,
    /// Back to real time.
    pub speed_once: &'static str,
    /// The machine cannot keep up: the speed that is reached.
    pub slowed_to: fn(&str) -> String,
    /// The timeline.
    pub timeline: &'static str,
    /// A seek under way: where it goes to.
    pub seeking: fn(&str) -> String,
    /// What the trace hash is called.
    pub trace_hash: &'static str,
    /// What it is.
    pub trace_hash_explanation: &'static str,
    /// The run stopped because no more messages fit.
    pub full: &'static str,

    // ---- the ledger ----
    /// The ledger's name.
    pub ledger: &'static str,
    /// What it says.
    pub ledger_explanation: &'static str,
    /// Copies ever made.
    pub made: &'static str,
    /// Done with.
    pub acked: &'static str,
    /// Waiting.
    pub ready: &'static str,
    /// Delivered, not yet acked.
    pub unacked: &'static str,
    /// On the way.
    pub in_transit: &'static str,
    /// Why more of them are seen.
    pub in_transit_explanation: &'static str,
    /// Opens where every copy is.
    pub whereabouts: &'static str,
    /// With the consumers of a queue.
    pub with_consumers_of: fn(&str) -> String,
    /// On the way to a queue.
    pub to_queues: &'static str,
    /// Lost.
    pub dropped: &'static str,
    /// Why a message was dropped.
    pub drop_reason: fn(DropReason) -> &'static str,
    /// Nothing was dropped.
    pub nothing_dropped: &'static str,

    // ---- notices ----
    /// The landmark of the notices.
    pub notices: &'static str,
    /// A parameter of the address is invalid: its name, its value, and what is used instead.
    pub bad_parameter: fn(&str, &str, &str) -> String,
    /// The browser keeps nothing for the page.
    pub no_storage: &'static str,

    // ---- help ----
    /// What the page is, in a few sentences.
    pub about: &'static [&'static str],
}

pub(super) static ENGLISH: ShellWords = ShellWords {
    title: "MQ Playground",
    document: "Scenario",
    open: "Open a file",
    save: "Save to a file",
    undo: "Undo",
    redo: "Redo",
    switch_language: |name| format!("Switch to {name}"),
    theme_system: "Theme: as the system. Switch to light",
    theme_light: "Theme: light. Switch to dark",
    theme_dark: "Theme: dark. Switch to the system's",
    help: "Help",
    close: "Close",
    unreadable_file: |name| format!("“{name}” could not be read."),
    refused_file: |name| format!("“{name}” was not opened; what you had is still here:"),
    more_problems: |count| format!("… and {count} more"),
    palette: "Add",
    palette_hint: "Drag onto the stage, or press.",
    kind: |kind| match kind {
        NodeKind::Producer => "Producer",
        NodeKind::Exchange => "Exchange",
        NodeKind::Queue => "Queue",
        NodeKind::Consumer => "Consumer",
        NodeKind::Client => "Client",
        NodeKind::Service => "Service",
        NodeKind::Database => "Database",
    },
    kind_tip: |kind| match kind {
        NodeKind::Producer => "Publishes messages",
        NodeKind::Exchange => "Routes them to queues",
        NodeKind::Queue => "Keeps them until acked",
        NodeKind::Consumer => "Takes them and works",
        NodeKind::Client => "Asks and waits",
        NodeKind::Service => "Handles requests",
        NodeKind::Database => "Answers, up to a limit",
    },
    stage: "Stage",
    invitation: "Crash a consumer and watch the backlog",
    invitation_shows: "Show me where",
    dismiss_invitation: "Hide this hint",
    inspector: "Details",
    settings: "Settings",
    figures: "Live figures",
    label: "Label",
    label_explanation: "What you call it. Without a label its id is shown.",
    edge_kind: |kind| match kind {
        EdgeKind::Publish => "Publish connection",
        EdgeKind::Bind => "Binding",
        EdgeKind::Subscribe => "Subscription",
        EdgeKind::Call => "Call",
    },
    crash: "Crash",
    crash_broker: "Crash the broker",
    restart: "Restart",
    restart_broker: "Restart the broker",
    crashed: "crashed",
    delete: "Delete",
    selected: |count| format!("{count} selected"),
    scenario: "Scenario",
    seed: "Seed",
    broker: "Broker",
    restart_ms: FieldWords {
        name: "Restart takes",
        explanation: "How long it takes after a restart until the queues serve again.",
    },
    confirm_ms: FieldWords {
        name: "Storing takes",
        explanation: "How long a durable queue takes to store a persistent message; its confirm comes only then.",
    },
    hints: "Try this",
    hint_lines: &[
        "Click a node to see its settings and figures.",
        "Change the producer's rate while it runs.",
        "Crash a consumer: its unacked messages go back and are delivered again.",
        "Drag from one node's handle to another's to connect them.",
    ],
    not_a_number: "Write a number here.",
    add_entry: "Add an entry",
    remove_entry: |number| format!("Remove entry {number}"),
    numbers_hint: "Numbers with commas between them.",
    slider: |name| format!("{name}, slider"),
    publishes_per_s: "Publishes",
    enqueues_per_s: "In",
    deliveries_per_s: "Out",
    processes_per_s: "Finishes",
    published: "Published",
    enqueued: "Taken in",
    delivered: "Delivered",
    redelivered: "Redelivered",
    processed: "Processed",
    depth: "Depth",
    depth_max: "Largest depth",
    depth_mean: "Mean depth",
    oldest: "Oldest waits",
    wait: "Wait",
    end_to_end: "End to end",
    mean: "mean",
    max: "max",
    utilisation: "Utilisation since the start",
    utilisation_lately: "Utilisation lately",
    busy: "Working on",
    waiting: "Held, waiting",
    none_yet: "–",
    transport: "Time",
    reset: "Back to the start",
    play: "Play",
    pause: "Pause",
    step: "Step one event",
    clock: "Simulated time",
    speed: "Speed",
    speed_once: "Back to 1×",
    slowed_to: |speed| format!("slowed to {speed}"),
    timeline: "Timeline",
    seeking: |time| format!("going to {time} …"),
    trace_hash: "Trace hash",
    trace_hash_explanation: "A fingerprint of everything that has happened in this run. The same scenario, seed and actions give the same one on any machine.",
    full: "The run has stopped: no more messages fit into memory. Go back to the start, or add consumers.",
    ledger: "Ledger",
    ledger_explanation: "Every message is always in exactly one place.",
    made: "made",
    acked: "acked",
    ready: "ready",
    unacked: "unacked",
    in_transit: "in transit",
    in_transit_explanation: "On their way between two nodes at this instant. Dots on short ways are drawn longer than they travel, so that they can be seen.",
    whereabouts: "where",
    with_consumers_of: |queue| format!("with the consumers of {queue}"),
    to_queues: "on the way to a queue",
    dropped: "dropped",
    drop_reason: |reason| match reason {
        DropReason::Rejected => "rejected",
        DropReason::Expired => "expired",
        DropReason::DeliveryLimit => "returned too often",
        DropReason::Unroutable => "no queue takes it",
        DropReason::Purged => "purged",
        DropReason::Maxlen => "queue full, oldest dropped",
        DropReason::PublishRejected => "queue full, refused",
        DropReason::LostInCrash => "lost in a crash",
        DropReason::LostInNetwork => "lost in the network",
        DropReason::QueueDeleted => "queue deleted",
        DropReason::NodeRemoved => "node removed",
        DropReason::EdgeRemoved => "connection removed",
    },
    nothing_dropped: "Nothing was dropped.",
    notices: "Notices",
    bad_parameter: |name, value, used| format!("The address says {name}={value}, which is not valid: using {used}."),
    no_storage: "This browser keeps nothing for this page: save to a file if you want to keep your work.",
    about: &[
        "A message queue that runs in this page: producers publish, queues keep, consumers take and acknowledge. Everything you see is computed by an exact engine; nothing is sent anywhere.",
        "Add and connect nodes, change any setting while it runs, crash what you like, and read from the ledger what became of every message.",
    ],
};

pub(super) static SIMPLIFIED_CHINESE: ShellWords = ShellWords {
    title: "消息队列游乐场",
    document: "场景",
    open: "打开文件",
    save: "保存到文件",
    undo: "撤销",
    redo: "重做",
    switch_language: |name| format!("切换到 {name}"),
    theme_system: "主题：跟随系统。切换为浅色",
    theme_light: "主题：浅色。切换为深色",
    theme_dark: "主题：深色。切换为跟随系统",
    help: "帮助",
    close: "关闭",
    unreadable_file: |name| format!("无法读取“{name}”。"),
    refused_file: |name| format!("“{name}”没有打开，原来的内容还在："),
    more_problems: |count| format!("……还有 {count} 处"),
    palette: "添加",
    palette_hint: "拖到画布上，或点击添加。",
    kind: |kind| match kind {
        NodeKind::Producer => "生产者",
        NodeKind::Exchange => "交换机",
        NodeKind::Queue => "队列",
        NodeKind::Consumer => "消费者",
        NodeKind::Client => "客户端",
        NodeKind::Service => "服务",
        NodeKind::Database => "数据库",
    },
    kind_tip: |kind| match kind {
        NodeKind::Producer => "发送消息",
        NodeKind::Exchange => "把消息路由到队列",
        NodeKind::Queue => "保存消息直到确认",
        NodeKind::Consumer => "取走消息并处理",
        NodeKind::Client => "发请求，等应答",
        NodeKind::Service => "处理请求",
        NodeKind::Database => "应答，有容量上限",
    },
    stage: "画布",
    invitation: "让一个消费者崩溃，看看积压怎么涨",
    invitation_shows: "在哪里？指给我看",
    dismiss_invitation: "不再显示这条提示",
    inspector: "详情",
    settings: "设置",
    figures: "实时数据",
    label: "名称",
    label_explanation: "显示的名称；留空则显示 id。",
    edge_kind: |kind| match kind {
        EdgeKind::Publish => "发布连接",
        EdgeKind::Bind => "绑定",
        EdgeKind::Subscribe => "订阅",
        EdgeKind::Call => "调用",
    },
    crash: "崩溃",
    crash_broker: "让 Broker 崩溃",
    restart: "重启",
    restart_broker: "重启 Broker",
    crashed: "已崩溃",
    delete: "删除",
    selected: |count| format!("已选中 {count} 项"),
    scenario: "场景",
    seed: "随机种子",
    broker: "Broker",
    restart_ms: FieldWords { name: "重启耗时", explanation: "重启之后，队列要过多久才恢复服务。" },
    hints: "试一试",
    hint_lines: &[
        "点击一个节点，查看它的设置和数据。",
        "运行时改一改生产者的速率。",
        "让一个消费者崩溃：它未确认的消息会回到队列，重新投递。",
        "从一个节点的端点拖到另一个节点，就能连上。",
    ],
    not_a_number: "请填一个数字。",
    add_entry: "添加一项",
    remove_entry: |number| format!("删除第 {number} 项"),
    numbers_hint: "多个数字用逗号隔开。",
    slider: |name| format!("{name}，滑块"),
    publishes_per_s: "发送速率",
    enqueues_per_s: "入队速率",
    deliveries_per_s: "出队速率",
    processes_per_s: "处理速率",
    published: "已发送",
    enqueued: "已入队",
    delivered: "已投递",
    redelivered: "重新投递",
    processed: "已处理",
    depth: "积压",
    depth_max: "最大积压",
    depth_mean: "平均积压",
    oldest: "队头已等待",
    wait: "排队时间",
    end_to_end: "端到端耗时",
    mean: "平均",
    max: "最大",
    utilisation: "利用率（全程）",
    utilisation_lately: "利用率（最近）",
    busy: "正在处理",
    waiting: "已预取，待处理",
    none_yet: "–",
    transport: "时间",
    reset: "回到起点",
    play: "播放",
    pause: "暂停",
    step: "单步执行一个事件",
    clock: "模拟时间",
    speed: "速度",
    speed_once: "恢复 1×",
    slowed_to: |speed| format!("实际只有 {speed}"),
    timeline: "时间轴",
    seeking: |time| format!("正在前往 {time} …"),
    trace_hash: "轨迹哈希",
    trace_hash_explanation: "本次运行中所有事件的指纹。场景、种子和操作相同，在任何机器上得到的都相同。",
    full: "运行已停止：内存里放不下更多消息了。请回到起点，或增加消费者。",
    ledger: "账本",
    ledger_explanation: "每条消息任何时刻都恰好在一个地方。",
    made: "产生",
    acked: "已确认",
    ready: "待投递",
    unacked: "未确认",
    in_transit: "传输中",
    in_transit_explanation: "此刻正在两个节点之间传输的消息。很短的路程画得比实际久一些，否则看不清。",
    whereabouts: "分布",
    with_consumers_of: |queue| format!("在 {queue} 的消费者处"),
    to_queues: "正在去往队列",
    dropped: "已丢弃",
    drop_reason: |reason| match reason {
        DropReason::Rejected => "被拒绝",
        DropReason::Expired => "已过期",
        DropReason::DeliveryLimit => "退回次数过多",
        DropReason::Unroutable => "没有队列接收",
        DropReason::Purged => "被清空",
        DropReason::Maxlen => "队列已满，丢弃最旧的",
        DropReason::PublishRejected => "队列已满，拒绝入队",
        DropReason::LostInCrash => "崩溃时丢失",
        DropReason::LostInNetwork => "在网络中丢失",
        DropReason::QueueDeleted => "队列被删除",
        DropReason::NodeRemoved => "节点被删除",
        DropReason::EdgeRemoved => "连接被删除",
    },
    confirm_ms: FieldWords {
        name: "存盘耗时", explanation: "持久队列存下一条持久化消息要多久；存好之后才发出确认。"
    },
    nothing_dropped: "没有丢弃任何消息。",
    notices: "通知",
    bad_parameter: |name, value, used| format!("地址里的 {name}={value} 无效，改用 {used}。"),
    no_storage: "这个浏览器不允许本页保存数据：要保留你的成果，请保存到文件。",
    about: &[
        "这是一个直接在网页里运行的消息队列：生产者发送，队列保存，消费者取走并确认。你看到的一切都由精确的引擎计算得出，不会向外发送任何数据。",
        "添加并连接节点，运行时随意修改设置，想让谁崩溃就让谁崩溃，再从账本里看清每条消息的下落。",
    ],
};
