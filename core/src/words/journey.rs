//! What is said about the journey of a message.

/// These sentences.
pub struct JourneyWords {
    /// The heading, with the number of the message.
    pub heading: fn(u64) -> String,
    /// Follows it no more.
    pub stop: &'static str,
    /// Follows a message that is looked at.
    pub follow: &'static str,
    /// It is not published yet at this instant.
    pub to_come: &'static str,
    /// So many of its copies are still there, of so many.
    pub still_there: fn(usize, usize) -> String,
    /// All its copies are done with or gone: how long that took.
    pub over: fn(&str) -> String,
    /// A copy of it, by its number.
    pub copy: fn(u64) -> String,
    /// So many stops in the middle are not kept.
    pub left_out: fn(u64) -> String,
    /// The waterfall, in a sentence.
    pub waterfall: fn(&str) -> String,

    /// It sets off on an edge.
    pub published: fn(&str) -> String,
    /// A binding takes it on.
    pub routed: fn(&str) -> String,
    /// A queue takes it in.
    pub enqueued: fn(&str) -> String,
    /// It sets off to a consumer.
    pub delivered: fn(&str) -> String,
    /// It sets off to a consumer once more.
    pub redelivered: fn(&str) -> String,
    /// A consumer has carried out its effect.
    pub processed: fn(&str) -> String,
    /// A consumer's handler has failed.
    pub failed: fn(&str) -> String,
    /// It is done with.
    pub acked: fn(&str) -> String,
    /// A queue takes it back.
    pub requeued: fn(&str) -> String,
    /// It goes: where, and why.
    pub dropped: fn(&str, &str) -> String,
    /// It is back at its producer.
    pub returned: fn(&str) -> String,
    /// It is lost on an edge.
    pub lost: fn(&str) -> String,
    /// It arrives twice.
    pub duplicated: fn(&str) -> String,
    /// A consumer knew it already.
    pub deduplicated: fn(&str) -> String,

    /// It is on its way.
    pub travels: &'static str,
    /// It waits in a queue.
    pub waits: &'static str,
    /// A consumer has it.
    pub works: &'static str,
    /// Its ack is on its way.
    pub acking: &'static str,

    /// The heading of the search.
    pub find: &'static str,
    /// What can be found, and how else one comes to a message.
    pub find_hint: &'static str,
    /// The field for a number or a routing key.
    pub find_field: &'static str,
    /// Looks for what is written there.
    pub find_go: &'static str,
    /// Those that were lost.
    pub lost_ones: &'static str,
    /// Those that took longest.
    pub slowest: &'static str,
    /// Those that were delivered again twice.
    pub redelivered_twice: &'static str,
    /// It looks through the run: how far it has come.
    pub searching: fn(&str) -> String,
    /// Nothing was found.
    pub nothing_found: &'static str,
    /// A message that was found is still there.
    pub goes_on: &'static str,
}

pub(super) static ENGLISH: JourneyWords = JourneyWords {
    heading: |number| format!("Message {number}"),
    stop: "Stop following",
    follow: "Follow this message",
    to_come: "It is not published yet at this instant.",
    still_there: |alive, all| match all {
        1 => "Still there.".to_owned(),
        _ => format!("{alive} of its {all} copies still there."),
    },
    over: |lasted| format!("Over after {lasted}."),
    copy: |number| format!("copy {number}"),
    left_out: |count| format!("{count} stops in the middle are left out."),
    waterfall: |spans| format!("How long it was where: {spans}"),
    published: |edge| format!("published: {edge}"),
    routed: |edge| format!("routed: {edge}"),
    enqueued: |queue| format!("taken in by {queue}"),
    delivered: |edge| format!("delivered: {edge}"),
    redelivered: |edge| format!("delivered again: {edge}"),
    processed: |consumer| format!("processed by {consumer}"),
    failed: |consumer| format!("failed at {consumer}"),
    acked: |place| format!("acked at {place}"),
    requeued: |queue| format!("back in {queue}"),
    dropped: |place, reason| format!("dropped at {place}: {reason}"),
    returned: |producer| format!("returned to {producer}"),
    lost: |edge| format!("lost: {edge}"),
    duplicated: |edge| format!("twice: {edge}"),
    deduplicated: |consumer| format!("known to {consumer} already, left alone"),
    travels: "on the way",
    waits: "waits",
    works: "at the consumer",
    acking: "ack on the way",
    find: "Find a message",
    find_hint: "By number or routing key, or press a message on the stage.",
    find_field: "Number or routing key",
    find_go: "Find",
    lost_ones: "Lost",
    slowest: "Slowest",
    redelivered_twice: "Redelivered twice or more",
    searching: |percent| format!("Looking through the run: {percent}"),
    nothing_found: "No such message up to this instant.",
    goes_on: "goes on",
};

pub(super) static SIMPLIFIED_CHINESE: JourneyWords = JourneyWords {
    heading: |number| format!("消息 {number}"),
    stop: "不再跟踪",
    follow: "跟踪这条消息",
    to_come: "此刻它还没有发布。",
    still_there: |alive, all| match all {
        1 => "还在系统里。".to_owned(),
        _ => format!("{all} 个副本中还有 {alive} 个在系统里。"),
    },
    over: |lasted| format!("历时 {lasted}，已结束。"),
    copy: |number| format!("副本 {number}"),
    left_out: |count| format!("中间略去 {count} 步。"),
    waterfall: |spans| format!("各阶段耗时：{spans}"),
    published: |edge| format!("发布：{edge}"),
    routed: |edge| format!("路由：{edge}"),
    enqueued: |queue| format!("进入 {queue}"),
    delivered: |edge| format!("投递：{edge}"),
    redelivered: |edge| format!("重新投递：{edge}"),
    processed: |consumer| format!("{consumer} 处理完成"),
    failed: |consumer| format!("{consumer} 处理失败"),
    acked: |place| format!("{place} 已确认"),
    requeued: |queue| format!("退回 {queue}"),
    dropped: |place, reason| format!("在 {place} 被丢弃：{reason}"),
    returned: |producer| format!("退还给 {producer}"),
    lost: |edge| format!("丢失：{edge}"),
    duplicated: |edge| format!("重复到达：{edge}"),
    deduplicated: |consumer| format!("{consumer} 已处理过，忽略"),
    travels: "传输中",
    waits: "排队",
    works: "在消费者处",
    acking: "等待确认",
    find: "查找消息",
    find_hint: "输入编号或路由键，也可以直接点画布上的消息。",
    find_field: "编号或路由键",
    find_go: "查找",
    lost_ones: "丢失的",
    slowest: "最慢的",
    redelivered_twice: "重投两次以上",
    searching: |percent| format!("正在查找：{percent}"),
    nothing_found: "到此刻为止没有这样的消息。",
    goes_on: "未结束",
};
