//! What is written about exchanges, bindings and what becomes of a message.

use crate::engine::Death;
use crate::scenario::{ExchangeKind, HeaderValue, HeadersMatch};

/// The sentences about exchanges, bindings and messages.
pub struct RoutingWords {
    // ---- settings ----
    /// The exchange without a name.
    pub default_exchange: &'static str,
    /// An exchange that is named but does not exist.
    pub missing: fn(&str) -> String,
    /// Unfolds the settings that few need.
    pub more_settings: &'static str,
    /// The name of a header: its number.
    pub header_name: fn(usize) -> String,
    /// The value of a header: its name.
    pub header_value: fn(&str) -> String,
    /// How values are written.
    pub header_hint: &'static str,
    /// What a value is.
    pub header_type: fn(&HeaderValue) -> &'static str,
    /// The name of a header that was just added.
    pub fresh_header: &'static str,
    /// Adds a header.
    pub add_header: &'static str,
    /// Removes a header: its name.
    pub remove_header: fn(&str) -> String,
    /// A second header of one name.
    pub header_stands_twice: &'static str,
    /// Why a binding to a fanout exchange has no settings.
    pub fanout_binding: &'static str,

    // ---- on the stage ----
    /// An exchange's type, in a word.
    pub exchange_kind: fn(ExchangeKind) -> &'static str,
    /// How many bindings an exchange has.
    pub bindings: fn(usize) -> String,
    /// An exchange that gets messages.
    pub routing: &'static str,
    /// How many messages an exchange could give to no queue.
    pub unroutable: fn(&str) -> String,
    /// How many messages went back to their producer.
    pub returned_count: fn(&str) -> String,
    /// How many messages an exchange was given.
    pub received_count: fn(&str) -> String,
    /// Before the headers of a binding: how many have to fit.
    pub headers_match: fn(HeadersMatch) -> &'static str,
    /// A binding, spoken: from where, to where, and with what.
    pub spoken_binding: fn(&str, &str, &str) -> String,
    /// On the line from a queue to where its dead letters go.
    pub dead_letters: &'static str,
    /// The same, spoken: where to.
    pub spoken_dead_letters: fn(&str) -> String,
    /// On the line from an exchange to its alternate exchange.
    pub alternate: &'static str,
    /// The same, spoken: where to.
    pub spoken_alternate: fn(&str) -> String,

    // ---- the broker's memory ----
    /// The broker's memory alarm is on.
    pub memory_alarm: &'static str,
    /// The button that raises it.
    pub raise_alarm: &'static str,
    /// The button that ends it.
    pub clear_alarm: &'static str,
    /// What it does.
    pub alarm_note: &'static str,
    /// A producer that the broker blocks.
    pub blocked: &'static str,
    /// How many messages wait in a producer.
    pub held_back_count: fn(&str) -> String,

    // ---- live figures ----
    /// Messages that reached an exchange.
    pub received: &'static str,
    /// Messages that it gave away.
    pub routed: &'static str,
    /// Messages that came back as unroutable.
    pub returned: &'static str,
    /// Publishes that were confirmed.
    pub confirmed: &'static str,
    /// Publishes that were refused.
    pub nacked: &'static str,
    /// Publishes that wait for their confirm.
    pub unconfirmed: &'static str,
    /// Messages that wait in the producer.
    pub held_back: &'static str,
    /// Handlers that failed.
    pub failed: &'static str,
    /// Messages that died in a queue and were published to its dead-letter exchange.
    pub dead_lettered: &'static str,
    /// How many messages died in a queue and went on as dead letters.
    pub dead_lettered_count: fn(&str) -> String,
    /// How the ledger counts them.
    pub dead_letters_counted: &'static str,
    /// Consumers that have subscribed.
    pub consumers: &'static str,
    /// The queue was deleted and waits for a consumer.
    pub queue_deleted: &'static str,

    // ---- messages ----
    /// Heading of the messages of a queue.
    pub messages: &'static str,
    /// Nothing waits in the queue.
    pub no_messages: &'static str,
    /// There are so many more than are listed.
    pub more_messages: fn(&str) -> String,
    /// The message that was looked at has gone.
    pub message_gone: fn(u64) -> String,
    /// A message's number, as a heading.
    pub message: fn(u64) -> String,
    /// Where a message has no routing key.
    pub no_key: &'static str,
    /// It was delivered before.
    pub redelivered: &'static str,
    /// How often it came back.
    pub came_back: fn(u32) -> String,
    /// Where it was published to.
    pub exchange: &'static str,
    /// Its routing key.
    pub routing_key: &'static str,
    /// Whether it is persistent.
    pub persistent: &'static str,
    /// Its priority.
    pub priority: &'static str,
    /// How long it may wait.
    pub ttl: &'static str,
    /// When it expires.
    pub expires_at: &'static str,
    /// How long its body is.
    pub size: &'static str,
    /// When it was published.
    pub published_at: &'static str,
    /// When its queue took it in.
    pub enqueued_at: &'static str,
    /// Its headers.
    pub headers: &'static str,
    /// Its deaths.
    pub deaths: &'static str,
    /// One of them: where, why, how often, and how it had been published.
    pub death: fn(&Death) -> String,
    /// It is so.
    pub yes: &'static str,
    /// It is not so.
    pub no: &'static str,

    // ---- the explained route ----
    /// Heading, and what unfolds it.
    pub explain: &'static str,
    /// What it is for.
    pub explain_note: &'static str,
    /// The bindings of an exchange.
    pub bindings_of: fn(&str) -> String,
    /// An exchange without bindings.
    pub no_bindings: &'static str,
    /// The binding takes the message.
    pub fits: &'static str,
    /// It does not.
    pub fits_not: &'static str,
    /// A fanout exchange asks nothing.
    pub asks_nothing: &'static str,
    /// A direct exchange compares: the key of the binding, and the message's.
    pub same_key: fn(&str, &str, bool) -> String,
    /// A word of the pattern that takes none.
    pub takes_none: &'static str,
    /// A word of the pattern that finds nothing it could take.
    pub finds_nothing: &'static str,
    /// An empty word.
    pub empty_word: &'static str,
    /// The pattern ends before the key does.
    pub words_left: &'static str,
    /// A header that is as wanted.
    pub header_fits: fn(&str) -> String,
    /// A header that is another one: wanted, found.
    pub header_differs: fn(&str, &str) -> String,
    /// A header that is missing.
    pub header_missing: &'static str,
    /// A header whose value does not matter.
    pub any_value: &'static str,
    /// A header that does not count.
    pub header_ignored: &'static str,
    /// An exchange from which nothing takes the message, and the one that gets it instead.
    pub goes_to_alternate: fn(&str, &str) -> String,
    /// An exchange from which nothing takes the message.
    pub nothing_takes: fn(&str) -> String,
    /// Before the queues that get it.
    pub gets_it: &'static str,
    /// No queue gets it.
    pub nobody_gets_it: &'static str,
}

fn some(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise.to_owned() } else { text.to_owned() }
}

pub(super) static ENGLISH: RoutingWords = RoutingWords {
    default_exchange: "Default exchange",
    missing: |id| format!("{id} (missing)"),
    more_settings: "More settings",
    header_name: |number| format!("Name of header {number}"),
    header_value: |name| format!("Value of {name}"),
    header_hint: "5 and 2.5 are numbers, true and false are yes and no; anything else, and what stands in quotes, is text. Empty: any value.",
    header_type: |value| match value {
        HeaderValue::Void(()) => "any",
        HeaderValue::Boolean(_) => "yes/no",
        HeaderValue::Integer(_) | HeaderValue::Double(_) => "number",
        HeaderValue::Text(_) => "text",
        HeaderValue::List(_) => "list",
        HeaderValue::Table(_) => "table",
    },
    fresh_header: "header",
    add_header: "Add a header",
    remove_header: |name| format!("Remove header {name}"),
    header_stands_twice: "There is a header of this name already.",
    fanout_binding: "So there is nothing to set here.",
    exchange_kind: |kind| match kind {
        ExchangeKind::Direct => "direct",
        ExchangeKind::Fanout => "fanout",
        ExchangeKind::Topic => "topic",
        ExchangeKind::Headers => "headers",
    },
    bindings: |count| match count {
        0 => "no binding".to_owned(),
        1 => "1 binding".to_owned(),
        _ => format!("{count} bindings"),
    },
    routing: "routing",
    unroutable: |number| format!("{number} unroutable"),
    returned_count: |number| format!("{number} returned"),
    received_count: |number| format!("{number} received"),
    headers_match: |x_match| match x_match {
        HeadersMatch::All => "all of",
        HeadersMatch::Any => "any of",
        HeadersMatch::AllWithX => "all (x- too) of",
        HeadersMatch::AnyWithX => "any (x- too) of",
    },
    spoken_binding: |from, to, key| {
        if key.is_empty() {
            format!("Binding from {from} to {to}")
        } else {
            format!("Binding from {from} to {to}: {key}")
        }
    },
    dead_letters: "dead letters",
    spoken_dead_letters: |to| format!("dead letters go to {to}"),
    alternate: "alternate",
    spoken_alternate: |to| format!("what fits nowhere goes to {to}"),
    memory_alarm: "memory alarm",
    raise_alarm: "Memory alarm",
    clear_alarm: "End the memory alarm",
    alarm_note: "While it is short of memory, the broker blocks all who publish; consumers go on.",
    blocked: "blocked",
    held_back_count: |number| format!("{number} held back"),
    received: "Received",
    routed: "Given on",
    returned: "Returned",
    confirmed: "Confirmed",
    nacked: "Refused",
    unconfirmed: "Unconfirmed",
    held_back: "Held back",
    failed: "Failed",
    dead_lettered_count: |count| format!("{count} dead-lettered"),
    dead_letters_counted: "A message that dies in a queue is dropped by its reason, also where its dead letter goes on as a new copy.",
    dead_lettered: "Dead-lettered",
    consumers: "Consumers",
    queue_deleted: "This queue was deleted. It is declared again when a consumer subscribes.",
    messages: "Messages",
    no_messages: "Nothing waits here.",
    more_messages: |number| format!("and {number} more"),
    message_gone: |number| format!("Message {number} has left the queue."),
    message: |number| format!("Message {number}"),
    no_key: "no key",
    redelivered: "redelivered",
    came_back: |times| if times == 1 { "came back once".to_owned() } else { format!("came back {times} times") },
    exchange: "Exchange",
    routing_key: "Routing key",
    persistent: "Persistent",
    priority: "Priority",
    ttl: "Lives for",
    expires_at: "Expires at",
    size: "Size",
    published_at: "Published at",
    enqueued_at: "Here since",
    headers: "Headers",
    deaths: "Deaths, the latest first",
    death: |death| {
        let times = if death.count == 1 { "once".to_owned() } else { format!("{} times", death.count) };
        let exchange = some(&death.exchange, "the default exchange");
        let keys: Vec<String> = death.routing_keys.iter().map(|key| some(key, "no key")).collect();
        let why = match death.reason.as_str() {
            "maxlen" => "dropped from the full queue",
            "delivery_limit" => "returned too often to queue",
            "expired" => "expired in queue",
            "rejected" => "rejected in queue",
            other => other,
        };
        format!("{why} {}, {times}, published to {exchange} with {}", death.queue, keys.join(", "))
    },
    yes: "yes",
    no: "no",
    explain: "Explain a route",
    explain_note: "Where would a message with this key go, and why?",
    bindings_of: |name| format!("Bindings of {name}"),
    no_bindings: "It has no bindings.",
    fits: "takes it",
    fits_not: "does not take it",
    asks_nothing: "A fanout exchange asks nothing.",
    same_key: |wanted, key, same| {
        let (wanted, key) = (some(wanted, "(empty)"), some(key, "(empty)"));
        if same { format!("{wanted} is its key, too.") } else { format!("{wanted} is not {key}.") }
    },
    takes_none: "no word",
    finds_nothing: "finds nothing",
    empty_word: "no key",
    words_left: "The pattern ends here, and the key has more words.",
    header_fits: |value| format!("is {value}"),
    header_differs: |wanted, found| format!("should be {wanted}, is {found}"),
    header_missing: "is missing",
    any_value: "is there",
    header_ignored: "does not count: its name begins with x-",
    goes_to_alternate: |from, to| format!("Nothing takes it from {from}: it goes to the alternate exchange {to}."),
    nothing_takes: |from| format!("Nothing takes it from {from}."),
    gets_it: "Queues that get it",
    nobody_gets_it: "No queue gets it: it is dropped, or returned if it is mandatory.",
};

pub(super) static SIMPLIFIED_CHINESE: RoutingWords = RoutingWords {
    default_exchange: "默认交换机",
    missing: |id| format!("{id}（不存在）"),
    more_settings: "更多设置",
    header_name: |number| format!("第 {number} 个消息头的名称"),
    header_value: |name| format!("{name} 的值"),
    header_hint: "5、2.5 是数字，true、false 是真假值；其他内容以及加引号的都是文本。留空表示任意值。",
    header_type: |value| match value {
        HeaderValue::Void(()) => "任意",
        HeaderValue::Boolean(_) => "真假",
        HeaderValue::Integer(_) | HeaderValue::Double(_) => "数字",
        HeaderValue::Text(_) => "文本",
        HeaderValue::List(_) => "列表",
        HeaderValue::Table(_) => "表",
    },
    fresh_header: "header",
    add_header: "添加消息头",
    remove_header: |name| format!("删除消息头 {name}"),
    header_stands_twice: "已经有同名的消息头了。",
    fanout_binding: "所以这里没有可设置的内容。",
    exchange_kind: |kind| match kind {
        ExchangeKind::Direct => "direct",
        ExchangeKind::Fanout => "fanout",
        ExchangeKind::Topic => "topic",
        ExchangeKind::Headers => "headers",
    },
    bindings: |count| if count == 0 { "没有绑定".to_owned() } else { format!("{count} 个绑定") },
    routing: "路由中",
    unroutable: |number| format!("无法路由 {number}"),
    returned_count: |number| format!("退回 {number}"),
    received_count: |number| format!("已收到 {number}"),
    headers_match: |x_match| match x_match {
        HeadersMatch::All => "全部：",
        HeadersMatch::Any => "任一：",
        HeadersMatch::AllWithX => "全部（含 x-）：",
        HeadersMatch::AnyWithX => "任一（含 x-）：",
    },
    spoken_binding: |from, to, key| {
        let binding = format!("从“{from}”到“{to}”的绑定");
        if key.is_empty() { binding } else { format!("{binding}：{key}") }
    },
    dead_letters: "死信",
    spoken_dead_letters: |to| format!("死信去往“{to}”"),
    alternate: "备用",
    spoken_alternate: |to| format!("没有绑定接收的去往“{to}”"),
    memory_alarm: "内存告警",
    raise_alarm: "触发内存告警",
    clear_alarm: "解除内存告警",
    alarm_note: "Broker 内存不足时会阻塞所有发送者，消费者不受影响。",
    blocked: "被阻塞",
    held_back_count: |number| format!("待发 {number}"),
    received: "已收到",
    routed: "已转出",
    returned: "退回",
    confirmed: "已确认发布",
    nacked: "被拒绝发布",
    unconfirmed: "等待发布确认",
    held_back: "待发",
    failed: "处理失败",
    dead_lettered_count: |count| format!("{count} 条成为死信"),
    dead_letters_counted: "消息在队列里死亡时按原因计为丢弃，即使它作为死信以新副本继续。",
    dead_lettered: "已成死信",
    consumers: "消费者",
    queue_deleted: "这个队列已被删除；有消费者订阅时会重新声明。",
    messages: "消息",
    no_messages: "没有等待的消息。",
    more_messages: |number| format!("还有 {number} 条"),
    message_gone: |number| format!("消息 {number} 已经离开队列。"),
    message: |number| format!("消息 {number}"),
    no_key: "无路由键",
    redelivered: "重复投递",
    came_back: |times| format!("退回过 {times} 次"),
    exchange: "交换机",
    routing_key: "路由键",
    persistent: "持久化",
    priority: "优先级",
    ttl: "存活时间",
    expires_at: "过期时刻",
    size: "大小",
    published_at: "发布时刻",
    enqueued_at: "入队时刻",
    headers: "消息头",
    deaths: "成为死信的经过（最近的在前）",
    death: |death| {
        let exchange =
            if death.exchange.is_empty() { "默认交换机".to_owned() } else { format!("“{}”", death.exchange) };
        let keys: Vec<String> = death.routing_keys.iter().map(|key| some(key, "（空）")).collect();
        let why = match death.reason.as_str() {
            "maxlen" => "因队列已满被挤掉",
            "delivery_limit" => "因退回次数过多被丢出",
            "expired" => "过期",
            "rejected" => "被拒绝",
            other => other,
        };
        format!("在队列“{}”{why}，{} 次；当时发布到{exchange}，路由键 {}", death.queue, death.count, keys.join("、"))
    },
    yes: "是",
    no: "否",
    explain: "解释路由",
    explain_note: "带这个路由键的消息会去哪里？为什么？",
    bindings_of: |name| format!("“{name}”的绑定"),
    no_bindings: "它没有绑定。",
    fits: "接收",
    fits_not: "不接收",
    asks_nothing: "fanout 交换机不作比较。",
    same_key: |wanted, key, same| {
        let (wanted, key) = (some(wanted, "（空）"), some(key, "（空）"));
        if same { format!("与路由键相同：{wanted}。") } else { format!("{wanted} 与 {key} 不同。") }
    },
    takes_none: "零个词",
    finds_nothing: "找不到对应的词",
    empty_word: "无键",
    words_left: "模式到此结束，而路由键还有剩余的词。",
    header_fits: |value| format!("是 {value}"),
    header_differs: |wanted, found| format!("应为 {wanted}，实际是 {found}"),
    header_missing: "没有这个消息头",
    any_value: "有这个消息头",
    header_ignored: "以 x- 开头，不计入",
    goes_to_alternate: |from, to| format!("“{from}”没有绑定接收：转给备用交换机“{to}”。"),
    nothing_takes: |from| format!("“{from}”没有绑定接收。"),
    gets_it: "收到消息的队列",
    nobody_gets_it: "没有队列收到：消息会被丢弃；若要求必须送达，则退回生产者。",
};
