//! What is written about things that fail: clients, services and databases, faults, incidents, handlers as code.

use crate::engine::Trouble;
use crate::scenario::Fault;

/// The sentences about things that fail.
pub struct FailingWords {
    // ---- on instruments ----
    /// A node that stands still.
    pub stalled: &'static str,
    /// A node that is so many times as slow.
    pub slow: fn(&str) -> String,
    /// A node of whose work a share fails, in percent.
    pub errors: fn(&str) -> String,
    /// A service that gets new steps.
    pub redeploying: &'static str,
    /// A node that will be back, in so many seconds.
    pub back_in: fn(&str) -> String,
    /// A client that sends requests.
    pub asking: &'static str,
    /// A client that gets no answers.
    pub no_answer: &'static str,
    /// A consumer that takes batches and has none.
    pub next_batch: &'static str,
    /// A client most of whose requests fail.
    pub failing: &'static str,
    /// A service without a free slot.
    pub all_busy: &'static str,
    /// A database that is asked more than it can take.
    pub over_limit: &'static str,
    /// Under a client's response time.
    pub mean_response: &'static str,
    /// The unit of a client's rate.
    pub requests_per_s: &'static str,
    /// The unit of a database's load.
    pub calls_per_s: &'static str,
    /// The unit of a service's rate.
    pub handled_per_s: &'static str,
    /// The failed share of a client's requests, in percent.
    pub fail_share: fn(&str) -> String,
    /// How many failed.
    pub failed_count: fn(&str) -> String,
    /// How many were refused.
    pub refused_count: fn(&str) -> String,
    /// How many went well.
    pub succeeded_count: fn(&str) -> String,
    /// How many a service handled.
    pub handled_count: fn(&str) -> String,
    /// How many a database answered.
    pub answered_count: fn(&str) -> String,
    /// How many wait for a slot.
    pub waiting_count: fn(&str) -> String,
    /// How often it crashed.
    pub crash_count: fn(&str) -> String,
    /// What a database can take in a second.
    pub limit: fn(&str) -> String,
    // ---- spoken ----
    /// Requests per second.
    pub spoken_requests: fn(&str) -> String,
    /// Calls within the last second.
    pub spoken_calls: fn(&str) -> String,
    /// A mean response time.
    pub spoken_response: fn(&str) -> String,
    /// So many slots of so many are taken.
    pub spoken_busy: fn(&str, &str) -> String,
    /// A call edge.
    pub spoken_call_edge: fn(&str, &str) -> String,
    // ---- connections ----
    /// A connection that is broken.
    pub cut: &'static str,
    /// A connection whose traffic waits: how many.
    pub held: fn(&str) -> String,
    /// A connection that loses a share, in percent.
    pub loss: fn(&str) -> String,
    /// A connection on which a share arrives twice, in percent.
    pub duplicates: fn(&str) -> String,
    // ---- live figures ----
    /// Requests of a client.
    pub requests: &'static str,
    /// Requests that were answered well.
    pub succeeded: &'static str,
    /// Requests that failed.
    pub failed: &'static str,
    /// Requests without an answer yet.
    pub open: &'static str,
    /// Attempts after the first.
    pub retried: &'static str,
    /// The failed share of late.
    pub failed_lately: &'static str,
    /// From a request until its answer.
    pub response: &'static str,
    /// Requests that a service handled.
    pub handled: &'static str,
    /// Requests that were refused.
    pub refused: &'static str,
    /// Slots that are taken.
    pub slots_busy: &'static str,
    /// Requests that wait for a slot.
    pub waiting: &'static str,
    /// From a request's arrival until it was handled.
    pub handling: &'static str,
    /// Calls of the last second.
    pub load: &'static str,
    /// The most calls within a second.
    pub load_max: &'static str,
    /// Calls that reached a database.
    pub calls: &'static str,
    /// Calls that were answered well.
    pub answered: &'static str,
    /// How often it crashed.
    pub crashes: &'static str,
    /// From a call until its answer.
    pub answering: &'static str,
    /// Messages that an idempotent consumer left alone.
    pub deduplicated: &'static str,
    // ---- faults ----
    /// Heading of what can happen.
    pub faults: &'static str,
    /// A fault, or its end, as something to be done.
    pub fault: fn(&Fault) -> String,
    /// The number that a fault carries.
    pub fault_number: fn(&str) -> &'static str,
    // ---- incidents ----
    /// What is wrong, and why; the second is what a database can take in a second.
    pub trouble: fn(Trouble, Option<&str>) -> String,
    /// What an incident cost: so many requests, calls and messages that failed, and copies that were lost.
    pub cost: [fn(&str) -> String; 4],
    /// What is wrong, and why, as `trouble` has it; with since how many seconds of simulated time.
    pub since: fn(&str, &str) -> String,
    /// From when until when, in seconds.
    pub span: fn(&str, &str) -> String,
    /// From when on, in seconds.
    pub span_open: fn(&str) -> String,
    /// So many other things are wrong there.
    pub more_troubles: fn(usize) -> String,
    /// The event log.
    pub event_log: &'static str,
    /// The event log is empty.
    pub nothing_happened: &'static str,
    /// An incident that is not over.
    pub goes_on: &'static str,
    /// So many more are not listed.
    pub earlier_events: fn(usize) -> String,
    /// Where the broker is the place.
    pub broker: &'static str,
    /// How many messages wait for a consumer that does not take them.
    pub wait_for_it: fn(&str) -> String,
    // ---- handlers ----
    /// Heading of a handler.
    pub handler: &'static str,
    /// What can be done with it.
    pub handler_hint: &'static str,
    /// What a consumer's handler is given.
    pub message: &'static str,
    /// A step without a target.
    pub nowhere: &'static str,
    /// Before the buttons that add steps.
    pub add_step: &'static str,
    /// Adds such a step.
    pub add_work: &'static str,
    /// Adds such a step.
    pub add_call: &'static str,
    /// Adds such a step.
    pub add_publish: &'static str,
    /// Adds such a step.
    pub add_parallel: &'static str,
    /// Removes a step.
    pub remove_step: &'static str,
    /// Moves a step up.
    pub move_up: &'static str,
    /// Moves a step down.
    pub move_down: &'static str,
    /// There is nothing that a step could lead to.
    pub no_target: &'static str,
    /// Heading of the change of a service's steps.
    pub deployed: &'static str,
    /// While new steps are deployed: until when, in seconds.
    pub deploying_until: fn(&str) -> String,
    /// When new steps were deployed, in seconds.
    pub deployed_at: fn(&str) -> String,
    /// A line that is new, spoken.
    pub added: &'static str,
    /// A line that is gone, spoken.
    pub removed: &'static str,
    /// Takes the change out of sight.
    pub dismiss: &'static str,
    /// Gives a consumer a delay queue.
    pub add_delay_queue: &'static str,
    /// Why it needs one.
    pub needs_delay_queue: &'static str,
    // ---- chaos and the script ----
    /// Heading of chaos.
    pub chaos: &'static str,
    /// What chaos is.
    pub chaos_note: &'static str,
    /// The switch of chaos.
    pub chaos_on: &'static str,
    /// Heading of the script.
    pub script: &'static str,
    /// Nothing is on the script.
    pub script_empty: &'static str,
    /// When a fault of the script happens, in seconds.
    pub at_time: &'static str,
    /// How long it lasts, in seconds.
    pub for_time: &'static str,
    /// Where no time is typed.
    pub now: &'static str,
    /// Where no duration is typed.
    pub for_ever: &'static str,
    /// Adds a fault to the script: which.
    pub add_to_script: fn(&str) -> String,
    /// Takes a fault from the script.
    pub remove_from_script: &'static str,
    /// A fault of the script: when, where, what, and for how long.
    pub scripted: fn(&str, &str, &str, Option<&str>) -> String,
    /// An edit of the script: when, and how many nodes and connections come or change, and how much goes.
    pub scripted_edit: fn(&str, usize, usize, usize) -> String,
    // ---- the ledger ----
    /// How many were lost somewhere.
    pub lost_at: fn(&str, &str) -> String,
}

pub(super) static ENGLISH: FailingWords = FailingWords {
    stalled: "stalled",
    slow: |factor| format!("slow ×{factor}"),
    errors: |percent| format!("errors {percent} %"),
    redeploying: "redeploying",
    back_in: |seconds| format!("back in {seconds} s"),
    asking: "asking",
    no_answer: "no answers",
    next_batch: "awaits batch",
    failing: "failing",
    all_busy: "all busy",
    over_limit: "overload",
    mean_response: "mean response",
    requests_per_s: "req/s",
    calls_per_s: "calls/s",
    handled_per_s: "req/s",
    fail_share: |percent| format!("{percent} % fail"),
    failed_count: |number| format!("{number} failed"),
    refused_count: |number| format!("{number} refused"),
    succeeded_count: |number| format!("{number} succeeded"),
    handled_count: |number| format!("{number} handled"),
    answered_count: |number| format!("{number} answered"),
    waiting_count: |number| format!("{number} waiting"),
    crash_count: |number| if number == "1" { "crashed once".to_owned() } else { format!("crashed {number}×") },
    limit: |number| format!("limit {number}"),
    spoken_requests: |number| format!("{number} requests per second"),
    spoken_calls: |number| format!("{number} calls within the last second"),
    spoken_response: |time| format!("mean response {time}"),
    spoken_busy: |busy, slots| format!("{busy} of {slots} slots busy"),
    spoken_call_edge: |from, to| format!("{from} calls {to}"),
    cut: "cut",
    held: |number| format!("held, {number} waiting"),
    loss: |percent| format!("loss {percent} %"),
    duplicates: |percent| format!("twice {percent} %"),
    requests: "Requests",
    succeeded: "Succeeded",
    failed: "Failed",
    open: "Open",
    retried: "Retries",
    failed_lately: "Failed lately",
    response: "Response time",
    handled: "Handled",
    refused: "Refused",
    slots_busy: "Slots busy",
    waiting: "Waiting for a slot",
    handling: "Handling time",
    load: "Calls in the last second",
    load_max: "Most within a second",
    calls: "Calls",
    answered: "Answered",
    crashes: "Crashes",
    answering: "Answer time",
    deduplicated: "Deduplicated",
    faults: "Faults",
    fault: fault_english,
    fault_number: |name| match name {
        "factor" => "Times as slow",
        "latency_ms" => "Milliseconds longer",
        _ => "Share, 0 to 1",
    },
    trouble: trouble_english,
    cost: [
        |count| format!("{count} requests failed"),
        |count| format!("{count} calls failed"),
        |count| format!("{count} messages failed"),
        |count| format!("{count} messages lost"),
    ],
    since: |what, time| match what.split_once(": ") {
        Some((what, why)) => format!("{what} since {time} s: {why}"),
        None => format!("{what} since {time} s"),
    },
    span: |from, to| format!("{from} – {to} s"),
    span_open: |from| format!("{from} s – now"),
    more_troubles: |count| format!(" · {count} more"),
    event_log: "Events",
    nothing_happened: "Nothing has gone wrong yet.",
    goes_on: "open",
    earlier_events: |count| format!("{count} earlier ones are not listed."),
    broker: "Broker",
    wait_for_it: |count| format!("{count} messages wait, none is lost"),
    handler: "Handler",
    handler_hint: "Choose a line to change it. The drawing follows.",
    message: "message",
    nowhere: "(nowhere)",
    add_step: "Add a step",
    add_work: "work",
    add_call: "call",
    add_publish: "publish",
    add_parallel: "in parallel",
    remove_step: "Remove the step",
    move_up: "Move up",
    move_down: "Move down",
    no_target: "There is nothing yet that this step could lead to: add it to the stage first.",
    deployed: "Changed code",
    deploying_until: |time| format!("Redeploying: requests are refused until {time} s."),
    deployed_at: |time| format!("Deployed at {time} s."),
    added: "added: ",
    removed: "removed: ",
    dismiss: "Hide the change",
    add_delay_queue: "Add a delay queue",
    needs_delay_queue: "Without a delay queue, a message that fails is rejected at once.",
    chaos: "Chaos",
    chaos_note: "Faults at random places and times, drawn from the seed: the same seed, the same faults.",
    chaos_on: "Random faults",
    script: "Script",
    script_empty: "Nothing happens by itself. Add faults to the script where they happen: at a node or a connection.",
    at_time: "At, in seconds",
    for_time: "For, in seconds",
    now: "now",
    for_ever: "for good",
    add_to_script: |what| format!("Add to the script: {what}"),
    remove_from_script: "Remove from the script",
    scripted: |at, place, what, lasts| match lasts {
        Some(lasts) => format!("{at} s: {place}: {what}, for {lasts} s"),
        None => format!("{at} s: {place}: {what}"),
    },
    scripted_edit: |at, nodes, edges, gone| {
        let mut parts = Vec::new();
        if nodes > 0 {
            parts.push(format!("nodes added or changed: {nodes}"));
        }
        if edges > 0 {
            parts.push(format!("connections: {edges}"));
        }
        if gone > 0 {
            parts.push(format!("removed: {gone}"));
        }
        format!("{at} s: {}", parts.join(", "))
    },
    lost_at: |place, count| format!("{place}: {count}"),
};

pub(super) static SIMPLIFIED_CHINESE: FailingWords = FailingWords {
    stalled: "卡住",
    slow: |factor| format!("变慢 ×{factor}"),
    errors: |percent| format!("出错 {percent}%"),
    redeploying: "重新部署中",
    back_in: |seconds| format!("{seconds} 秒后恢复"),
    asking: "请求中",
    no_answer: "没有应答",
    next_batch: "等下一批",
    failing: "大量失败",
    all_busy: "占满",
    over_limit: "过载",
    mean_response: "平均响应",
    requests_per_s: "请求/秒",
    calls_per_s: "次/秒",
    handled_per_s: "请求/秒",
    fail_share: |percent| format!("失败 {percent}%"),
    failed_count: |number| format!("失败 {number}"),
    refused_count: |number| format!("拒绝 {number}"),
    succeeded_count: |number| format!("成功 {number}"),
    handled_count: |number| format!("已处理 {number}"),
    answered_count: |number| format!("已应答 {number}"),
    waiting_count: |number| format!("排队 {number}"),
    crash_count: |number| format!("崩溃过 {number} 次"),
    limit: |number| format!("上限 {number}"),
    spoken_requests: |number| format!("每秒 {number} 个请求"),
    spoken_calls: |number| format!("最近一秒 {number} 次调用"),
    spoken_response: |time| format!("平均响应 {time}"),
    spoken_busy: |busy, slots| format!("{slots} 个位置占用 {busy} 个"),
    spoken_call_edge: |from, to| format!("“{from}”调用“{to}”"),
    cut: "已断开",
    held: |number| format!("已暂停，{number} 个等待"),
    loss: |percent| format!("丢失 {percent}%"),
    duplicates: |percent| format!("重复 {percent}%"),
    requests: "请求",
    succeeded: "成功",
    failed: "失败",
    open: "进行中",
    retried: "重试",
    failed_lately: "最近失败率",
    response: "响应时间",
    handled: "已处理",
    refused: "拒绝",
    slots_busy: "占用位置",
    waiting: "排队等待",
    handling: "处理时间",
    load: "最近一秒调用",
    load_max: "一秒内最多",
    calls: "调用",
    answered: "已应答",
    crashes: "崩溃次数",
    answering: "应答时间",
    deduplicated: "去重",
    faults: "故障",
    fault: fault_chinese,
    fault_number: |name| match name {
        "factor" => "慢几倍",
        "latency_ms" => "延长多少毫秒",
        _ => "比例，0 到 1",
    },
    trouble: trouble_chinese,
    cost: [
        |count| format!("{count} 个请求失败"),
        |count| format!("{count} 次调用失败"),
        |count| format!("{count} 条消息处理失败"),
        |count| format!("丢失 {count} 条消息"),
    ],
    since: |what, time| match what.split_once('：') {
        Some((what, why)) => format!("{what}（{time} 秒起）：{why}"),
        None => format!("{what}（{time} 秒起）"),
    },
    span: |from, to| format!("{from}–{to} 秒"),
    span_open: |from| format!("{from} 秒至今"),
    more_troubles: |count| format!(" · 另有 {count} 处"),
    event_log: "事件",
    nothing_happened: "还没有出过故障。",
    goes_on: "进行中",
    earlier_events: |count| format!("更早的 {count} 条未列出。"),
    broker: "Broker",
    wait_for_it: |count| format!("{count} 条消息在等待，没有丢失"),
    handler: "处理流程",
    handler_hint: "选中一行即可修改，连线会随之变化。",
    message: "message",
    nowhere: "（未指定）",
    add_step: "添加一步",
    add_work: "处理 work",
    add_call: "调用 call",
    add_publish: "发送 publish",
    add_parallel: "并行 in parallel",
    remove_step: "删除这一步",
    move_up: "上移",
    move_down: "下移",
    no_target: "还没有可以通向的节点：请先在画布上添加。",
    deployed: "代码改动",
    deploying_until: |time| format!("正在重新部署：{time} 秒之前拒绝请求。"),
    deployed_at: |time| format!("已于 {time} 秒部署。"),
    added: "新增：",
    removed: "删除：",
    dismiss: "收起改动",
    add_delay_queue: "添加延迟队列",
    needs_delay_queue: "没有延迟队列，失败的消息会立刻被拒绝。",
    chaos: "混沌",
    chaos_note: "在随机的地方和时刻发生故障，由随机种子决定：种子相同，故障相同。",
    chaos_on: "随机故障",
    script: "脚本",
    script_empty: "脚本是空的。可以在节点或连接的故障栏里添加。",
    at_time: "时刻（秒）",
    for_time: "持续（秒）",
    now: "现在",
    for_ever: "一直",
    add_to_script: |what| format!("加入脚本：{what}"),
    remove_from_script: "从脚本删除",
    scripted: |at, place, what, lasts| match lasts {
        Some(lasts) => format!("{at} 秒：“{place}”{what}，持续 {lasts} 秒"),
        None => format!("{at} 秒：“{place}”{what}"),
    },
    scripted_edit: |at, nodes, edges, gone| {
        let mut parts = Vec::new();
        if nodes > 0 {
            parts.push(format!("添加或修改 {nodes} 个节点"));
        }
        if edges > 0 {
            parts.push(format!("{edges} 条连接"));
        }
        if gone > 0 {
            parts.push(format!("删除 {gone} 项"));
        }
        format!("{at} 秒：{}", parts.join("，"))
    },
    lost_at: |place, count| format!("{place}：{count}"),
};

/// A share in percent, as it is said.
fn percent(rate: f64) -> f64 {
    (rate * 1_000.0).round() / 10.0
}

fn fault_english(fault: &Fault) -> String {
    match fault {
        Fault::Crash { .. } => "Crash".to_owned(),
        Fault::Restart { .. } => "Restart".to_owned(),
        Fault::Stall { .. } => "Stall".to_owned(),
        Fault::Resume { .. } => "Resume".to_owned(),
        Fault::Slow { factor, .. } if *factor <= 1.0 => "As fast as ever".to_owned(),
        Fault::Slow { factor, .. } => format!("Slow ×{factor}"),
        Fault::ErrorRate { rate, .. } if *rate == 0.0 => "No more errors".to_owned(),
        Fault::ErrorRate { rate, .. } => format!("Errors {} %", percent(*rate)),
        Fault::PoisonMessage { .. } => "Poison message".to_owned(),
        Fault::MemoryAlarm { .. } => "Memory alarm".to_owned(),
        Fault::MemoryAlarmCleared { .. } => "End the memory alarm".to_owned(),
        Fault::DiskLoss { .. } => "Lose the disk".to_owned(),
        Fault::Cut { .. } => "Cut".to_owned(),
        Fault::Repair { .. } => "Repair".to_owned(),
        Fault::Hold { .. } => "Hold traffic".to_owned(),
        Fault::Release { .. } => "Release traffic".to_owned(),
        Fault::Latency { latency_ms, .. } if *latency_ms == 0.0 => "As quick as ever".to_owned(),
        Fault::Latency { latency_ms, .. } => format!("Latency +{latency_ms} ms"),
        Fault::Loss { rate, .. } if *rate == 0.0 => "No more loss".to_owned(),
        Fault::Loss { rate, .. } => format!("Loss {} %", percent(*rate)),
        Fault::Duplicate { rate, .. } if *rate == 0.0 => "No more duplicates".to_owned(),
        Fault::Duplicate { rate, .. } => format!("Duplicates {} %", percent(*rate)),
    }
}

fn fault_chinese(fault: &Fault) -> String {
    match fault {
        Fault::Crash { .. } => "崩溃".to_owned(),
        Fault::Restart { .. } => "重启".to_owned(),
        Fault::Stall { .. } => "卡住".to_owned(),
        Fault::Resume { .. } => "恢复运行".to_owned(),
        Fault::Slow { factor, .. } if *factor <= 1.0 => "恢复原速".to_owned(),
        Fault::Slow { factor, .. } => format!("变慢 ×{factor}"),
        Fault::ErrorRate { rate, .. } if *rate == 0.0 => "不再出错".to_owned(),
        Fault::ErrorRate { rate, .. } => format!("出错 {}%", percent(*rate)),
        Fault::PoisonMessage { .. } => "毒消息".to_owned(),
        Fault::MemoryAlarm { .. } => "内存告警".to_owned(),
        Fault::MemoryAlarmCleared { .. } => "解除内存告警".to_owned(),
        Fault::DiskLoss { .. } => "丢失磁盘".to_owned(),
        Fault::Cut { .. } => "断开".to_owned(),
        Fault::Repair { .. } => "修复".to_owned(),
        Fault::Hold { .. } => "暂停传输".to_owned(),
        Fault::Release { .. } => "恢复传输".to_owned(),
        Fault::Latency { latency_ms, .. } if *latency_ms == 0.0 => "恢复原有延迟".to_owned(),
        Fault::Latency { latency_ms, .. } => format!("延迟 +{latency_ms} 毫秒"),
        Fault::Loss { rate, .. } if *rate == 0.0 => "不再丢失".to_owned(),
        Fault::Loss { rate, .. } => format!("丢失 {}%", percent(*rate)),
        Fault::Duplicate { rate, .. } if *rate == 0.0 => "不再重复".to_owned(),
        Fault::Duplicate { rate, .. } => format!("重复 {}%", percent(*rate)),
    }
}

fn trouble_english(trouble: Trouble, capacity: Option<&str>) -> String {
    let fixed = match (trouble, capacity) {
        (Trouble::Overloaded, Some(capacity)) => {
            return format!("Down: more than {capacity} calls within a second");
        }
        (Trouble::OverCapacity, Some(capacity)) => {
            return format!("Overload: more than {capacity} calls within a second");
        }
        (Trouble::Crashed, _) => "Down",
        (Trouble::Overloaded, None) => "Down: too many calls",
        (Trouble::Stalled, _) => "Stalled: takes nothing, does nothing",
        (Trouble::Slow, _) => "Slow",
        (Trouble::Errors, _) => "Part of its work fails",
        (Trouble::Redeploying, _) => "Redeploying: refuses requests",
        (Trouble::DiskLost, _) => "Down: the disk is lost",
        (Trouble::MemoryAlarm, _) => "Memory alarm: publishers are blocked",
        (Trouble::Cut, _) => "Cut",
        (Trouble::Held, _) => "Traffic is held",
        (Trouble::Latency, _) => "Takes longer",
        (Trouble::Loss, _) => "Loses traffic",
        (Trouble::Duplicates, _) => "Delivers twice",
        (Trouble::Poison, _) => "A poison message goes round",
        (Trouble::TimedOut, _) => "Answers come too late",
        (Trouble::BacklogFull, _) => "Full: all slots taken, and as many wait as may",
        (Trouble::OverCapacity, None) => "Overload: more calls than it can take",
        (Trouble::Failing, _) => "Handlers fail",
        (Trouble::Dropping, _) => "Messages are dropped",
        (Trouble::NotConnected, _) => "A step leads nowhere",
    };
    fixed.to_owned()
}

fn trouble_chinese(trouble: Trouble, capacity: Option<&str>) -> String {
    let fixed = match (trouble, capacity) {
        (Trouble::Overloaded, Some(capacity)) => return format!("已停机：一秒内超过 {capacity} 次调用"),
        (Trouble::OverCapacity, Some(capacity)) => return format!("过载：一秒内超过 {capacity} 次调用"),
        (Trouble::Crashed, _) => "已停机",
        (Trouble::Overloaded, None) => "已停机：调用太多",
        (Trouble::Stalled, _) => "卡住：不接收，也不处理",
        (Trouble::Slow, _) => "变慢",
        (Trouble::Errors, _) => "部分处理出错",
        (Trouble::Redeploying, _) => "重新部署：拒绝请求",
        (Trouble::DiskLost, _) => "已停机：磁盘丢失",
        (Trouble::MemoryAlarm, _) => "内存告警：发送者被阻塞",
        (Trouble::Cut, _) => "已断开",
        (Trouble::Held, _) => "传输暂停",
        (Trouble::Latency, _) => "延迟变长",
        (Trouble::Loss, _) => "有丢失",
        (Trouble::Duplicates, _) => "有重复",
        (Trouble::Poison, _) => "有毒消息",
        (Trouble::TimedOut, _) => "应答超时",
        (Trouble::BacklogFull, _) => "已满：位置占满，排队也满了",
        (Trouble::OverCapacity, None) => "过载：调用超出容量",
        (Trouble::Failing, _) => "处理失败",
        (Trouble::Dropping, _) => "消息被丢弃",
        (Trouble::NotConnected, _) => "有一步没有连接",
    };
    fixed.to_owned()
}
