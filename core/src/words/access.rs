//! What serves everyone: what is spoken while time passes and when something is done, the outline, the map, and the
//! ways past the panels.

/// These sentences.
pub struct AccessWords {
    /// The ways past the panels, to be spoken; each says where it leads.
    pub skip: fn(&str) -> String,
    /// The outline view.
    pub outline: &'static str,
    /// Shows the outline.
    pub show_outline: &'static str,
    /// Hides the outline.
    pub hide_outline: &'static str,
    /// What the outline's keys do.
    pub outline_keys: &'static str,
    /// What can be done with the line that is chosen, to be spoken.
    pub outline_actions: fn(&str) -> String,
    /// Goes to the part on the stage.
    pub go_to_stage: &'static str,
    /// The list of nodes that can be connected.
    pub connect_with: &'static str,
    /// Connects.
    pub connect: &'static str,
    /// Removes.
    pub remove: &'static str,
    /// Crashes, in a word.
    pub crash: &'static str,
    /// Restarts, in a word.
    pub restart: &'static str,
    /// The overview map.
    pub map: &'static str,
    /// Shows the map.
    pub show_map: &'static str,
    /// Hides the map.
    pub hide_map: &'static str,
    /// The panels of a narrow page.
    pub panels: &'static str,

    /// What stands between the parts of a summary.
    pub between: &'static str,
    /// What ends it.
    pub stop: &'static str,
    /// A queue's depth: the queue, how many, which way it goes.
    pub depth: fn(&str, &str, &str) -> String,
    /// A queue that got empty.
    pub drained: fn(&str) -> String,
    /// So many more queues have changed.
    pub more_queues: fn(usize) -> String,
    /// Something died: what, and when, in seconds.
    pub crashed_at: fn(&str, &str) -> String,
    /// It is up again: what, and when.
    pub back_at: fn(&str, &str) -> String,
    /// Other trouble: where, what, and since when.
    pub trouble: fn(&str, &str) -> String,
    /// It is over: where, what.
    pub over: fn(&str, &str) -> String,
    /// So much more has happened.
    pub more_incidents: fn(usize) -> String,
    /// Messages that a crash or the network took, all in all.
    pub lost: fn(&str) -> String,
    /// Messages that were dropped for other reasons, all in all.
    pub dropped: fn(&str) -> String,
    /// Requests that failed, all in all.
    pub requests_failed: fn(&str) -> String,

    /// A node was added.
    pub added: fn(&str) -> String,
    /// Something was removed.
    pub removed: fn(&str) -> String,
    /// So many things were removed.
    pub removed_many: fn(usize) -> String,
    /// A node was crashed by hand.
    pub crashed: fn(&str) -> String,
    /// A node was restarted by hand.
    pub restarted: fn(&str) -> String,
    /// Another fault: what, and where.
    pub faulted: fn(&str, &str) -> String,
    /// The last step was taken back; what came or went by that, or nothing.
    pub undone: fn(&str) -> String,
    /// It was made again.
    pub redone: fn(&str) -> String,
    /// So many nodes and connections are back.
    pub back: fn(usize, usize) -> String,
    /// So many nodes and connections are gone.
    pub gone: fn(usize, usize) -> String,
    /// One thing is selected.
    pub selected: fn(&str) -> String,
    /// So many things are selected.
    pub selected_many: fn(usize) -> String,
    /// Nothing is selected.
    pub nothing_selected: &'static str,
    /// Time passes.
    pub playing: &'static str,
    /// Time stands, at so many seconds.
    pub paused: fn(&str) -> String,
    /// Time is back at zero.
    pub reset: &'static str,
}

/// `1 node`, `2 nodes`.
fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Nodes and connections, those that are none left out.
fn parts(nodes: usize, edges: usize) -> String {
    let nodes = (nodes > 0).then(|| counted(nodes, "node", "nodes"));
    let edges = (edges > 0).then(|| counted(edges, "connection", "connections"));
    nodes.into_iter().chain(edges).collect::<Vec<_>>().join(" and ")
}

fn parts_chinese(nodes: usize, edges: usize) -> String {
    let nodes = (nodes > 0).then(|| format!("{nodes} 个节点"));
    let edges = (edges > 0).then(|| format!("{edges} 条连接"));
    nodes.into_iter().chain(edges).collect::<Vec<_>>().join("、")
}

pub(super) static ENGLISH: AccessWords = AccessWords {
    skip: |place| format!("Skip to: {place}"),
    outline: "Outline",
    show_outline: "Show the outline",
    hide_outline: "Hide the outline",
    outline_keys: "Arrow keys move, Enter goes to the stage, X crashes or restarts, Delete removes.",
    outline_actions: |name| format!("Actions for {name}"),
    go_to_stage: "Go to it on the stage",
    connect_with: "Connect with",
    connect: "Connect",
    remove: "Remove",
    crash: "Crash",
    restart: "Restart",
    map: "Map",
    show_map: "Show the map",
    hide_map: "Hide the map",
    panels: "Panels",

    between: "; ",
    stop: ".",
    depth: |name, depth, direction| format!("{name} {depth}, {direction}"),
    drained: |name| format!("{name} is empty again"),
    more_queues: |count| format!("{} more changed", counted(count, "queue", "queues")),
    crashed_at: |name, time| format!("{name} crashed at {time} s"),
    back_at: |name, time| format!("{name} is back since {time} s"),
    trouble: |name, what| format!("{name}: {what}"),
    over: |name, what| format!("{name}: over: {what}"),
    more_incidents: |count| format!("{count} more in the list of events"),
    lost: |count| format!("{count} messages lost in all"),
    dropped: |count| format!("{count} messages dropped in all"),
    requests_failed: |count| format!("{count} requests failed in all"),

    added: |name| format!("{name} added."),
    removed: |name| format!("{name} removed."),
    removed_many: |count| format!("{count} parts removed."),
    crashed: |name| format!("{name} crashed."),
    restarted: |name| format!("{name} restarted."),
    faulted: |name, what| format!("{name}: {what}."),
    undone: |what| if what.is_empty() { "Undone.".to_owned() } else { format!("Undone: {what}.") },
    redone: |what| if what.is_empty() { "Redone.".to_owned() } else { format!("Redone: {what}.") },
    back: |nodes, edges| format!("{} back", parts(nodes, edges)),
    gone: |nodes, edges| format!("{} gone", parts(nodes, edges)),
    selected: |name| format!("{name} selected."),
    selected_many: |count| format!("{count} selected."),
    nothing_selected: "Nothing selected.",
    playing: "Running.",
    paused: |time| format!("Paused at {time} s."),
    reset: "Back at the beginning.",
};

pub(super) static SIMPLIFIED_CHINESE: AccessWords = AccessWords {
    skip: |place| format!("跳到：{place}"),
    outline: "大纲",
    show_outline: "显示大纲",
    hide_outline: "隐藏大纲",
    outline_keys: "方向键移动，回车转到画布，X 崩溃或重启，Delete 删除。",
    outline_actions: |name| format!("“{name}”的操作"),
    go_to_stage: "转到画布上的位置",
    connect_with: "连接到",
    connect: "连接",
    remove: "删除",
    crash: "崩溃",
    restart: "重启",
    map: "缩略图",
    show_map: "显示缩略图",
    hide_map: "隐藏缩略图",
    panels: "面板",

    between: "；",
    stop: "。",
    depth: |name, depth, direction| format!("{name} {depth} 条，{direction}"),
    drained: |name| format!("{name} 已清空"),
    more_queues: |count| format!("另有 {count} 个队列有变化"),
    crashed_at: |name, time| format!("{name} 在 {time} 秒崩溃"),
    back_at: |name, time| format!("{name} 在 {time} 秒恢复"),
    trouble: |name, what| format!("{name}：{what}"),
    over: |name, what| format!("{name}：已恢复（{what}）"),
    more_incidents: |count| format!("事件列表里还有 {count} 条"),
    lost: |count| format!("累计丢失 {count} 条消息"),
    dropped: |count| format!("累计丢弃 {count} 条消息"),
    requests_failed: |count| format!("累计 {count} 个请求失败"),

    added: |name| format!("已添加{name}。"),
    removed: |name| format!("已删除{name}。"),
    removed_many: |count| format!("已删除 {count} 项。"),
    crashed: |name| format!("{name} 已崩溃。"),
    restarted: |name| format!("{name} 已重启。"),
    faulted: |name, what| format!("{name}：{what}。"),
    undone: |what| if what.is_empty() { "已撤销。".to_owned() } else { format!("已撤销：{what}。") },
    redone: |what| if what.is_empty() { "已重做。".to_owned() } else { format!("已重做：{what}。") },
    back: |nodes, edges| format!("恢复 {}", parts_chinese(nodes, edges)),
    gone: |nodes, edges| format!("移除 {}", parts_chinese(nodes, edges)),
    selected: |name| format!("已选中{name}。"),
    selected_many: |count| format!("已选中 {count} 项。"),
    nothing_selected: "未选中任何内容。",
    playing: "正在运行。",
    paused: |time| format!("已暂停在 {time} 秒。"),
    reset: "已回到起点。",
};
