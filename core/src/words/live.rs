//! A real broker, live.

use crate::live::{Fate, Outcome, Progress, Tracing, Trouble, Unlike, Unsent, Verdict};

/// These sentences.
pub struct LiveWords {
    /// The name of it all, as it is asked for.
    pub title: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The page shows a real broker.
    pub is_live: &'static str,
    /// What that means.
    pub is_live_about: &'static str,
    /// The address of STOMP.
    pub stomp_address: &'static str,
    /// The address of the management API.
    pub api_address: &'static str,
    /// The user.
    pub user: &'static str,
    /// The password.
    pub password: &'static str,
    /// The virtual host.
    pub host: &'static str,
    /// What becomes of the password.
    pub in_memory: &'static str,
    /// How a broker is set up for it, in front of the lines.
    pub set_up: &'static str,
    /// Connects.
    pub connect: &'static str,
    /// It is being connected.
    pub connecting: &'static str,
    /// Ends the connection, and goes back to the simulation.
    pub disconnect: &'static str,
    /// Not in a frame.
    pub not_embedded: &'static str,
    /// Not from a file.
    pub not_from_file: &'static str,
    /// Not an address.
    pub bad_address: fn(&str) -> String,
    /// A page from a secure place may not speak to an insecure one.
    pub needs_secure: &'static str,
    /// Why there is no connection; with the page's own origin.
    pub trouble: fn(&Trouble, &str) -> String,
    /// The connection has gone.
    pub lost: &'static str,
    /// Connects again.
    pub again: &'static str,
    /// The node of whoever publishes.
    pub publishers: &'static str,
    /// A consumer of the page's own.
    pub own_consumer: fn(u32) -> String,
    /// The node of other consumers.
    pub other_consumers: &'static str,
    /// The broker has nothing.
    pub nothing_there: &'static str,
    /// The heading of the ledger.
    pub ledger: &'static str,
    /// What it counts.
    pub ledger_about: &'static str,
    /// Its lines.
    pub sent: &'static str,
    /// Confirmed.
    pub confirmed: &'static str,
    /// Not yet confirmed.
    pub unconfirmed: &'static str,
    /// Never to be confirmed.
    pub unknown: &'static str,
    /// Delivered.
    pub delivered: &'static str,
    /// Delivered again.
    pub redelivered: &'static str,
    /// Acked.
    pub acked: &'static str,
    /// Requeued.
    pub requeued: &'static str,
    /// Rejected.
    pub rejected: &'static str,
    /// In consumers' hands.
    pub held: &'static str,
    /// Given back by a connection that went.
    pub given_back: &'static str,
    /// Nobody knows.
    pub uncertain: &'static str,
    /// Lost.
    pub lost_count: &'static str,
    /// The heading of publishing.
    pub publish: &'static str,
    /// Where to.
    pub target: &'static str,
    /// An exchange by its name.
    pub exchange_named: fn(&str) -> String,
    /// A queue by its name.
    pub queue_named: fn(&str) -> String,
    /// The key.
    pub routing_key: &'static str,
    /// The body.
    pub body: &'static str,
    /// How many.
    pub count: &'static str,
    /// Whether they outlive a restart.
    pub persistent: &'static str,
    /// So many were sent.
    pub published_count: fn(u64) -> String,
    /// Why something cannot be published or consumed.
    pub unsent: fn(&Unsent) -> String,
    /// A number is wrong; with the most it may be.
    pub bad_number: fn(&str, u64) -> String,
    /// The heading of consuming.
    pub consume: &'static str,
    /// The queue.
    pub queue: &'static str,
    /// The prefetch.
    pub prefetch: &'static str,
    /// Who acks.
    pub acks: &'static str,
    /// By hand.
    pub by_hand: &'static str,
    /// After some time.
    pub after: &'static str,
    /// That time.
    pub after_ms: &'static str,
    /// Begins.
    pub begin_consuming: &'static str,
    /// A consumer is on its way.
    pub subscribing: &'static str,
    /// It is there.
    pub subscribed: &'static str,
    /// Its connection is gone.
    pub gone: &'static str,
    /// Drops its connection.
    pub crash: &'static str,
    /// Brings it back.
    pub restart: &'static str,
    /// Takes it away.
    pub dismiss: &'static str,
    /// Acks everything.
    pub ack_all: &'static str,
    /// What can be said of a message.
    pub verdict: fn(Verdict) -> &'static str,
    /// What that means.
    pub verdict_means: fn(Verdict) -> &'static str,
    /// Nothing is chosen any more.
    pub chosen_gone: &'static str,
    /// Headers, as they are typed.
    pub headers: &'static str,
    /// Headers that cannot be read.
    pub bad_headers: &'static str,
    /// The stage cannot be changed.
    pub only_shown: &'static str,
    /// What became of a message.
    pub outcome: fn(Outcome) -> &'static str,
    /// A message was told of and not yet heard of.
    pub told: &'static str,
    /// More messages than are shown.
    pub more: fn(usize) -> String,
    /// Figures of a consumer: in its hands, acked, delivered again.
    pub consumer_figures: fn(&str, &str, &str) -> String,
    /// The heading of bringing the sketch.
    pub deploy: &'static str,
    /// What that does.
    pub deploy_about: &'static str,
    /// There is nothing to bring.
    pub deploy_nothing: &'static str,
    /// Everything is there.
    pub deploy_done: &'static str,
    /// Creates so many.
    pub create: fn(usize) -> String,
    /// What would become of a part.
    pub fate: fn(Fate) -> &'static str,
    /// How far a step is.
    pub progress: fn(&Progress, bool) -> String,
    /// A binding.
    pub binding: fn(&str, &str, &str) -> String,
    /// Takes away so many.
    pub take_away: fn(usize) -> String,
    /// What that leaves.
    pub take_away_about: &'static str,
    /// What of the sketch does not come along follows.
    pub left_behind: &'static str,
    /// The heading of the twin.
    pub twin: &'static str,
    /// What it is.
    pub twin_about: &'static str,
    /// Begins.
    pub twin_begin: &'static str,
    /// Ends.
    pub twin_end: &'static str,
    /// What stands in the way follows.
    pub twin_cannot: &'static str,
    /// Why, or what is left out.
    pub unlike: fn(&Unlike) -> String,
    /// The simulation.
    pub simulated: &'static str,
    /// The broker.
    pub real: &'static str,
    /// All queues together.
    pub all_queues: &'static str,
    /// The chart, spoken: of what, after how many seconds, the figures of both.
    pub twin_chart: fn(&str, u64, u64, u64) -> String,
    /// What the chart shows.
    pub twin_depth: &'static str,
    /// Published.
    pub published: &'static str,
    /// The switch of tracing.
    pub trace: &'static str,
    /// What it costs.
    pub trace_about: &'static str,
    /// Whether it is on.
    pub tracing: fn(&Tracing) -> &'static str,
    /// The heading of events.
    pub events: &'static str,
    /// There are none.
    pub no_events: &'static str,
    /// A message was published: where to, with which key, which queues got it.
    pub traced_published: fn(&str, &str, &[String]) -> String,
    /// A queue delivered a message.
    pub traced_delivered: fn(&str, bool) -> String,
    /// It had died: where, why, how often.
    pub died: fn(&str, &str, u64) -> String,
    /// A consumer's connection went: given back, uncertain, lost.
    pub dropped: fn(&str, usize, usize, usize) -> String,
    /// A message was delivered again.
    pub delivered_again: fn(&str, &str) -> String,
    /// The broker refused something.
    pub refused: fn(&str) -> String,
    /// The default exchange.
    pub default_exchange: &'static str,
    /// The heading of what is selected.
    pub selected: &'static str,
    /// Figures of a queue: ready, unacked, consumers.
    pub queue_figures: fn(u64, u64, u64) -> String,
    /// Figures of an exchange: per second.
    pub exchange_figures: fn(&str) -> String,
    /// The panel.
    pub panel: &'static str,
}

pub(super) static ENGLISH: LiveWords = LiveWords {
    title: "Connect to a real broker…",
    about: "See a running RabbitMQ with its queues and their depths, publish and consume by hand, drop a consumer's connection, \
            and bring this sketch to it.",
    is_live: "Live",
    is_live_about: "This is a real broker, not a simulation: what is published and acked here is published and acked there.",
    stomp_address: "STOMP over WebSocket",
    api_address: "Management API",
    user: "User",
    password: "Password",
    host: "Virtual host",
    in_memory: "User and password stay in this page's memory until it is disconnected. They are never stored, and never part of links or files.",
    set_up: "The broker needs two plugins, and must name this page:",
    connect: "Connect",
    connecting: "Connecting…",
    disconnect: "Disconnect",
    not_embedded: "A real broker can only be connected to from the whole page, not from a frame.",
    not_from_file: "A real broker can only be connected to from a page that was served (http: or https:), not from a file: the broker's configuration cannot name one.",
    bad_address: |address| format!("“{address}” is no address that can be used here"),
    needs_secure: "This page comes over https: browsers let it speak only to wss: and https: addresses, or to this computer itself.",
    trouble: |trouble, origin| {
        match trouble {
        Trouble::ApiSilent => format!(
            "The management API does not answer this page. Is the broker running, is the address right, and does its configuration have management.cors.allow_origins.1 = {origin}?"
        ),
        Trouble::Login => "The broker does not know this user with this password. (guest is let in only from the broker's own computer.)".to_owned(),
        Trouble::NotAllowed(said) => format!("This user may not do that: {said}. The tag “management” is needed, and a permission for the virtual host."),
        Trouble::NoSuchHost => "There is no virtual host of this name.".to_owned(),
        Trouble::NotAnApi => "Something answers there, but it is no management API of RabbitMQ.".to_owned(),
        Trouble::ApiFails(status, said) => format!("The management API answers with {status}: {said}"),
        Trouble::StompSilent => "Nobody speaks STOMP over WebSocket at this address. Is the plugin rabbitmq_web_stomp enabled?".to_owned(),
        Trouble::StompRefused(said) => format!("The broker refuses the STOMP connection: {said}"),
        Trouble::Lost(None) => "The connection to the broker has gone.".to_owned(),
        Trouble::Lost(Some(said)) => format!("The broker has ended the connection: {said}"),
    }
    },
    lost: "Not connected",
    again: "Connect again",
    publishers: "publishers",
    own_consumer: |number| format!("my consumer {number}"),
    other_consumers: "other consumers",
    nothing_there: "There is nothing in this virtual host yet. Bring the sketch to it.",
    ledger: "What this page did there",
    ledger_about: "Counted by what the broker has said: receipts for publishes and acks.",
    sent: "sent",
    confirmed: "confirmed",
    unconfirmed: "not yet confirmed",
    unknown: "never confirmed",
    delivered: "delivered",
    redelivered: "of these redelivered",
    acked: "acked",
    requeued: "requeued",
    rejected: "rejected",
    held: "held, unacked",
    given_back: "given back by a dropped connection",
    uncertain: "uncertain: told, not heard of",
    lost_count: "lost, acked automatically",
    publish: "Publish",
    target: "To",
    exchange_named: |name| format!("exchange {name}"),
    queue_named: |name| format!("queue {name}"),
    routing_key: "Routing key",
    body: "Body",
    count: "How many",
    persistent: "Persistent",
    published_count: |count| match count {
        1 => "1 message sent".to_owned(),
        _ => format!("{count} messages sent"),
    },
    unsent: |unsent| match unsent {
        Unsent::NotConnected => "There is no connection to the broker.".to_owned(),
        Unsent::NotThere => "That is no longer at the broker, or clients may not publish to it.".to_owned(),
        Unsent::NotInStomp(name) => format!("STOMP cannot say the name “{name}”: %2F stands for a slash there."),
        Unsent::TooLong => "The body is too long: a megabyte is the most.".to_owned(),
        Unsent::TooMany => "There are too many consumers.".to_owned(),
    },
    bad_number: |name, most| format!("“{name}” must be a whole number from 1 to {most}"),
    consume: "Consume",
    queue: "Queue",
    prefetch: "Prefetch",
    acks: "Acks",
    by_hand: "by hand",
    after: "after a time",
    after_ms: "Time, ms",
    begin_consuming: "Start consuming",
    subscribing: "subscribing…",
    subscribed: "consuming",
    gone: "connection dropped",
    crash: "Drop its connection",
    restart: "Restart",
    dismiss: "Remove",
    ack_all: "Ack all",
    verdict: |verdict| match verdict {
        Verdict::Ack => "Ack",
        Verdict::Requeue => "Requeue",
        Verdict::Reject => "Reject",
    },
    verdict_means: |verdict| match verdict {
        Verdict::Ack => "It is done, and leaves the queue",
        Verdict::Requeue => "It goes back to the queue and is delivered again",
        Verdict::Reject => "It is dropped, or goes to the queue's dead-letter exchange",
    },
    chosen_gone: "(gone)",
    headers: "Headers, name=value",
    bad_headers: "Headers are written as name=value, several with commas between them.",
    only_shown: "The stage shows what is at the broker; nothing of that is changed here.",
    outcome: |outcome| match outcome {
        Outcome::Settled(Verdict::Ack) => "acked",
        Outcome::Settled(Verdict::Requeue) => "requeued",
        Outcome::Settled(Verdict::Reject) => "rejected",
        Outcome::GivenBack => "given back",
        Outcome::Uncertain => "uncertain",
        Outcome::Lost => "lost",
    },
    told: "waiting for the broker",
    more: |count| format!("and {count} more"),
    consumer_figures: |held, acked, redelivered| format!("{held} held · {acked} acked · {redelivered} redelivered"),
    deploy: "Bring the sketch there",
    deploy_about: "Only what is missing is created. What is there stays as it is, also where it is different.",
    deploy_nothing: "The sketch has no exchanges or queues.",
    deploy_done: "Everything in the sketch is at the broker.",
    create: |count| match count {
        1 => "Create this one".to_owned(),
        _ => format!("Create these {count}"),
    },
    fate: |fate| match fate {
        Fate::Create => "will be created",
        Fate::Same => "is there",
        Fate::Different => "another one is there; it stays",
        Fate::EndDiffers => "left out: one of its ends is different",
    },
    progress: |progress, creates| match progress {
        Progress::Waits => "…".to_owned(),
        Progress::Done if creates => "created".to_owned(),
        Progress::Done => "taken away".to_owned(),
        Progress::WasThere if creates => "was there".to_owned(),
        Progress::WasThere => "was gone".to_owned(),
        Progress::InUse => "stays: it is used, or not empty".to_owned(),
        Progress::Refused(said) if said.is_empty() => "no answer".to_owned(),
        Progress::Refused(said) => format!("refused: {said}"),
    },
    binding: |source, destination, key| match key {
        "" => format!("binding {source} → {destination}"),
        _ => format!("binding {source} → {destination} ({key})"),
    },
    take_away: |count| match count {
        1 => "Take away what was created (1)".to_owned(),
        _ => format!("Take away what was created ({count})"),
    },
    take_away_about: "Queues with messages or consumers stay.",
    left_behind: "Not at the broker:",
    twin: "Twin: simulation and broker",
    twin_about: "The same producers and consumers, at the same time, in the simulation and at the broker.",
    twin_begin: "Run both",
    twin_end: "Stop both",
    twin_cannot: "Both cannot be run:",
    unlike: |unlike| match unlike {
        Unlike::NotDeployed => "the sketch is not at the broker as it is drawn; bring it there first".to_owned(),
        Unlike::NoProducers => "the sketch has no producer".to_owned(),
        Unlike::NotEmpty(queue) => {
            format!("the queue “{queue}” is not empty at the broker; consume what is in it first")
        }
        Unlike::OthersConsume(queue) => format!("somebody consumes from “{queue}” already"),
        Unlike::NotBroker(name) => format!("“{name}” is no part of a broker"),
        Unlike::Handler(name) => format!("“{name}” does more than to work: it publishes or calls"),
        Unlike::Batches(name) => format!("“{name}” takes batches"),
        Unlike::Retries(name) => format!("“{name}” tries again by way of a delay queue"),
        Unlike::Exclusive(name) => format!("“{name}” wants its queue for itself, which STOMP cannot say"),
        Unlike::Header(name) => format!("“{name}” writes headers that are no texts; STOMP has no others"),
        Unlike::Script => "the script's faults are left out".to_owned(),
        Unlike::Network => "latency and loss on edges are left out: the network to the broker is a real one".to_owned(),
    },
    simulated: "simulation",
    real: "broker",
    all_queues: "all queues",
    twin_chart: |what, seconds, simulated, real| {
        format!("Backlog of {what} after {seconds} s: {simulated} in the simulation, {real} at the broker")
    },
    twin_depth: "Backlog: ready and unacked messages",
    published: "published",
    trace: "Show every message",
    trace_about: "Switches on the broker's tracing (“firehose”), which makes every message cost it more. It is switched off again when you say so, or disconnect.",
    tracing: |tracing| match tracing {
        Tracing::Off => "off",
        Tracing::Switching => "switching…",
        Tracing::On => "on",
    },
    events: "Events",
    no_events: "Nothing yet. Every message is listed here while all are shown.",
    traced_published: |exchange, key, queues| match queues {
        [] => format!("published to {exchange} with “{key}”: no queue got it"),
        _ => format!("published to {exchange} with “{key}” → {}", queues.join(", ")),
    },
    traced_delivered: |queue, redelivered| match redelivered {
        true => format!("{queue} delivered a message again (redelivered)"),
        false => format!("{queue} delivered a message"),
    },
    died: |queue, reason, count| format!("x-death: {queue}, {reason}, {count}×"),
    dropped: |consumer, given_back, uncertain, lost| {
        let mut parts = vec![format!(
            "{consumer}: the connection went; {given_back} unacked go back to the queue, if it is still there"
        )];
        if uncertain > 0 {
            parts.push(format!("of {uncertain} nobody knows whether the broker heard the ack"));
        }
        if lost > 0 {
            parts.push(format!("{lost} are lost"));
        }
        parts.join(", ")
    },
    delivered_again: |consumer, message| format!("{consumer}: message {message} was delivered again (redelivered)"),
    refused: |said| format!("The broker refuses: {said}"),
    default_exchange: "the default exchange",
    selected: "Selected",
    queue_figures: |ready, unacked, consumers| match consumers {
        1 => format!("{ready} ready · {unacked} unacked · 1 consumer"),
        _ => format!("{ready} ready · {unacked} unacked · {consumers} consumers"),
    },
    exchange_figures: |per_s| format!("{per_s} messages per second from clients"),
    panel: "The broker",
};

pub(super) static SIMPLIFIED_CHINESE: LiveWords = LiveWords {
    title: "连接真实的消息代理…",
    about: "查看正在运行的 RabbitMQ 的队列和积压，手动发布与消费，断开消费者的连接，并把当前草图部署过去。",
    is_live: "实况",
    is_live_about: "这是真实的消息代理，不是模拟：在这里发布和确认，就是在那里发布和确认。",
    stomp_address: "STOMP over WebSocket",
    api_address: "管理 API",
    user: "用户",
    password: "密码",
    host: "虚拟主机",
    in_memory: "用户和密码只留在本页面的内存里，断开即清除；不会被保存，也不会出现在链接或文件中。",
    set_up: "代理需要启用两个插件，并允许本页面访问：",
    connect: "连接",
    connecting: "正在连接…",
    disconnect: "断开连接",
    not_embedded: "只能从完整页面连接真实的代理，嵌入的框架里不行。",
    not_from_file: "只能从由服务器提供的页面（http: 或 https:）连接真实的代理，文件里的页面不行：代理的配置无法指明它。",
    bad_address: |address| format!("“{address}” 不是这里能用的地址"),
    needs_secure: "本页面通过 https 打开：浏览器只允许它访问 wss: 和 https: 地址，或本机。",
    trouble: |trouble, origin| match trouble {
        Trouble::ApiSilent => format!(
            "管理 API 没有回应本页面。代理在运行吗？地址对吗？配置里有 management.cors.allow_origins.1 = {origin} 吗？"
        ),
        Trouble::Login => "代理不接受这个用户和密码。（guest 只能从代理所在的机器登录。）".to_owned(),
        Trouble::NotAllowed(said) => format!("这个用户没有权限：{said}。需要标签 management 和对该虚拟主机的权限。"),
        Trouble::NoSuchHost => "没有这个名字的虚拟主机。".to_owned(),
        Trouble::NotAnApi => "那里有回应，但不是 RabbitMQ 的管理 API。".to_owned(),
        Trouble::ApiFails(status, said) => format!("管理 API 返回 {status}：{said}"),
        Trouble::StompSilent => "这个地址没有 STOMP over WebSocket。插件 rabbitmq_web_stomp 启用了吗？".to_owned(),
        Trouble::StompRefused(said) => format!("代理拒绝了 STOMP 连接：{said}"),
        Trouble::Lost(None) => "与代理的连接断了。".to_owned(),
        Trouble::Lost(Some(said)) => format!("代理结束了连接：{said}"),
    },
    lost: "未连接",
    again: "重新连接",
    publishers: "发布者",
    own_consumer: |number| format!("我的消费者 {number}"),
    other_consumers: "其他消费者",
    nothing_there: "这个虚拟主机里还什么都没有。把草图部署过去吧。",
    ledger: "本页面在那里做了什么",
    ledger_about: "以代理的答复为准：发布和确认都有回执。",
    sent: "已发送",
    confirmed: "已确认收到",
    unconfirmed: "尚未确认",
    unknown: "不会再确认",
    delivered: "已投递",
    redelivered: "其中重新投递",
    acked: "已确认（ack）",
    requeued: "已退回队列",
    rejected: "已拒绝",
    held: "持有，未确认",
    given_back: "连接断开时退回",
    uncertain: "不确定：已告知，未得回执",
    lost_count: "丢失（自动确认）",
    publish: "发布",
    target: "发往",
    exchange_named: |name| format!("交换机 {name}"),
    queue_named: |name| format!("队列 {name}"),
    routing_key: "路由键",
    body: "内容",
    count: "数量",
    persistent: "持久",
    published_count: |count| format!("已发送 {count} 条消息"),
    unsent: |unsent| match unsent {
        Unsent::NotConnected => "与代理没有连接。".to_owned(),
        Unsent::NotThere => "它已不在代理上，或者不允许客户端发布到它。".to_owned(),
        Unsent::NotInStomp(name) => format!("STOMP 无法表达名字 “{name}”：%2F 在那里代表斜杠。"),
        Unsent::TooLong => "内容太长：最多一兆字节。".to_owned(),
        Unsent::TooMany => "消费者太多。".to_owned(),
    },
    bad_number: |name, most| format!("“{name}” 必须是 1 到 {most} 的整数"),
    consume: "消费",
    queue: "队列",
    prefetch: "预取",
    acks: "确认",
    by_hand: "手动",
    after: "过一段时间",
    after_ms: "时间（ms）",
    begin_consuming: "开始消费",
    subscribing: "正在订阅…",
    subscribed: "正在消费",
    gone: "连接已断",
    crash: "断开它的连接",
    restart: "重启",
    dismiss: "移除",
    ack_all: "全部确认",
    verdict: |verdict| match verdict {
        Verdict::Ack => "确认",
        Verdict::Requeue => "退回",
        Verdict::Reject => "拒绝",
    },
    verdict_means: |verdict| match verdict {
        Verdict::Ack => "处理完毕，离开队列",
        Verdict::Requeue => "回到队列，会再次投递",
        Verdict::Reject => "被丢弃，或进入队列的死信交换机",
    },
    chosen_gone: "（已不在）",
    headers: "消息头，名=值",
    bad_headers: "消息头写作 名=值，多个之间用逗号隔开。",
    only_shown: "舞台显示代理上的内容；在这里不会改变它们。",
    outcome: |outcome| match outcome {
        Outcome::Settled(Verdict::Ack) => "已确认",
        Outcome::Settled(Verdict::Requeue) => "已退回",
        Outcome::Settled(Verdict::Reject) => "已拒绝",
        Outcome::GivenBack => "已退回队列",
        Outcome::Uncertain => "不确定",
        Outcome::Lost => "丢失",
    },
    told: "等待代理答复",
    more: |count| format!("还有 {count} 条"),
    consumer_figures: |held, acked, redelivered| format!("持有 {held} · 已确认 {acked} · 重新投递 {redelivered}"),
    deploy: "把草图部署过去",
    deploy_about: "只创建缺少的部分。已有的保持原样，即使与草图不同。",
    deploy_nothing: "草图里没有交换机和队列。",
    deploy_done: "草图里的一切都已在代理上。",
    create: |count| format!("创建这 {count} 项"),
    fate: |fate| match fate {
        Fate::Create => "将被创建",
        Fate::Same => "已存在",
        Fate::Different => "已有设置不同的同名项，保持不动",
        Fate::EndDiffers => "略过：一端与草图不同",
    },
    progress: |progress, creates| match progress {
        Progress::Waits => "…".to_owned(),
        Progress::Done if creates => "已创建".to_owned(),
        Progress::Done => "已移除".to_owned(),
        Progress::WasThere if creates => "原本就有".to_owned(),
        Progress::WasThere => "已经不在".to_owned(),
        Progress::InUse => "保留：正在使用，或不为空".to_owned(),
        Progress::Refused(said) if said.is_empty() => "没有回应".to_owned(),
        Progress::Refused(said) => format!("被拒绝：{said}"),
    },
    binding: |source, destination, key| match key {
        "" => format!("绑定 {source} → {destination}"),
        _ => format!("绑定 {source} → {destination}（{key}）"),
    },
    take_away: |count| format!("移除所创建的（{count}）"),
    take_away_about: "有消息或消费者的队列会保留。",
    left_behind: "不在代理上的：",
    twin: "孪生：模拟与代理",
    twin_about: "同样的生产者和消费者，同时在模拟里和代理上运行。",
    twin_begin: "同时运行",
    twin_end: "同时停止",
    twin_cannot: "无法同时运行：",
    unlike: |unlike| match unlike {
        Unlike::NotDeployed => "代理上没有与草图相同的内容；请先部署".to_owned(),
        Unlike::NoProducers => "草图里没有生产者".to_owned(),
        Unlike::NotEmpty(queue) => format!("代理上的队列 “{queue}” 不是空的；请先消费掉其中的消息"),
        Unlike::OthersConsume(queue) => format!("已经有人在消费 “{queue}”"),
        Unlike::NotBroker(name) => format!("“{name}” 不属于代理"),
        Unlike::Handler(name) => format!("“{name}” 不只是处理：它还会发布或调用"),
        Unlike::Batches(name) => format!("“{name}” 成批接收"),
        Unlike::Retries(name) => format!("“{name}” 通过延迟队列重试"),
        Unlike::Exclusive(name) => format!("“{name}” 要独占队列，STOMP 无法表达"),
        Unlike::Header(name) => format!("“{name}” 的消息头不是文本；STOMP 只有文本"),
        Unlike::Script => "脚本里的故障被略去".to_owned(),
        Unlike::Network => "边上的延迟和丢失被略去：到代理的网络是真实的".to_owned(),
    },
    simulated: "模拟",
    real: "代理",
    all_queues: "所有队列",
    twin_chart: |what, seconds, simulated, real| format!("{what}的积压，{seconds} 秒后：模拟 {simulated}，代理 {real}"),
    twin_depth: "积压：就绪和未确认的消息",
    published: "已发布",
    trace: "显示每条消息",
    trace_about: "打开代理的跟踪（firehose），每条消息都会让代理多花力气。你关掉它或断开连接时，它会被关闭。",
    tracing: |tracing| match tracing {
        Tracing::Off => "关",
        Tracing::Switching => "正在切换…",
        Tracing::On => "开",
    },
    events: "事件",
    no_events: "还没有。显示每条消息时，它们会列在这里。",
    traced_published: |exchange, key, queues| match queues {
        [] => format!("发布到 {exchange}，键 “{key}”：没有队列收到"),
        _ => format!("发布到 {exchange}，键 “{key}” → {}", queues.join("、")),
    },
    traced_delivered: |queue, redelivered| match redelivered {
        true => format!("{queue} 再次投递了一条消息（redelivered）"),
        false => format!("{queue} 投递了一条消息"),
    },
    died: |queue, reason, count| format!("x-death：{queue}，{reason}，{count} 次"),
    dropped: |consumer, given_back, uncertain, lost| {
        let mut parts = vec![format!("{consumer}：连接断了；{given_back} 条未确认的消息回到队列（如果它还在）")];
        if uncertain > 0 {
            parts.push(format!("{uncertain} 条的确认不知代理是否收到"));
        }
        if lost > 0 {
            parts.push(format!("{lost} 条丢失"));
        }
        parts.join("，")
    },
    delivered_again: |consumer, message| format!("{consumer}：消息 {message} 被重新投递（redelivered）"),
    refused: |said| format!("代理拒绝：{said}"),
    default_exchange: "默认交换机",
    selected: "选中",
    queue_figures: |ready, unacked, consumers| format!("就绪 {ready} · 未确认 {unacked} · 消费者 {consumers}"),
    exchange_figures: |per_s| format!("客户端每秒 {per_s} 条消息"),
    panel: "代理",
};
