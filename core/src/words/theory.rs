//! What is said about queueing theory: its models, what they predict, and why they do not apply.

/// These sentences. What names a node or an edge takes that name.
pub struct TheoryWords {
    /// Theory beside practice.
    pub title: &'static str,
    /// What is compared, and when the two agree.
    pub note: &'static str,
    /// The name where no formula applies but the rates are known.
    pub rates_only: &'static str,
    /// The name where not even the rates are known.
    pub unknown: &'static str,
    /// λ.
    pub arrival: &'static str,
    /// μ.
    pub service: &'static str,
    /// c.
    pub servers: &'static str,
    /// ρ.
    pub utilisation: &'static str,
    /// Heads of the table: what it is, what is predicted, what was measured, how far that is off.
    pub heads: [&'static str; 4],
    /// Wq, the median, 95 %, 99 %, W, L, ρ: the quantities in their order.
    pub quantities: [&'static str; 7],
    /// A quantity of another node than the one that is looked at.
    pub of_node: fn(&str, &str) -> String,
    /// What a formula is good for: M/M/1, M/M/c, M/D/1, M/G/1.
    pub holds: [&'static str; 4],
    /// What a formula has for its letters beside λ, μ and ρ, where it has others.
    pub erlang: &'static str,
    /// σ.
    pub deviation: &'static str,
    /// The backlog grows by so much per second.
    pub unstable_by: fn(&str) -> String,
    /// More arrives than is done with, but there is a limit.
    pub unstable: &'static str,
    /// How long the present backlog takes to be gone: how many, how long.
    pub drains: fn(&str, &str) -> String,
    /// Little's law as it was measured: L, λ, W, and λ·W.
    pub little: fn(&str, &str, &str, &str) -> String,
    /// Above the reasons.
    pub why_not: &'static str,
    /// Above what would make a formula apply.
    pub remedy: &'static str,

    /// Reasons why no formula applies, in the order of `theory::WhyNot`.
    pub faults: &'static str,
    pub edits: &'static str,
    pub nothing_arrives: &'static str,
    pub not_poisson: fn(&str) -> String,
    pub rate_changes: fn(&str) -> String,
    pub closed_loop: fn(&str) -> String,
    pub waits_for_confirms: fn(&str) -> String,
    pub takes_turns: fn(&str) -> String,
    pub comes_twice: fn(&str) -> String,
    pub fed_by_handler: fn(&str) -> String,
    pub dead_letters: fn(&str) -> String,
    pub further_keys: fn(&str) -> String,
    pub lossy: fn(&str) -> String,
    pub delivery_latency: fn(&str) -> String,
    pub time_to_live: &'static str,
    pub limited: &'static str,
    pub priorities: &'static str,
    pub one_consumer_only: &'static str,
    pub no_consumers: &'static str,
    pub shared_consumer: fn(&str) -> String,
    pub takes_batches: fn(&str) -> String,
    pub hoarding: fn(&str) -> String,
    pub service_time_unknown: fn(&str) -> String,
    pub no_service_time: fn(&str) -> String,
    pub failures: fn(&str) -> String,
    pub retries: fn(&str) -> String,
    pub different_servers: &'static str,
    pub several_servers: &'static str,

    /// What takes a reason away: a Poisson process.
    pub make_poisson: fn(&str) -> String,
    /// Confirms without a window.
    pub make_unconfirmed: fn(&str) -> String,
    /// No latency.
    pub make_immediate: fn(&str) -> String,
    /// No loss, no duplicates.
    pub make_reliable: fn(&str) -> String,
    /// Prefetch no larger than concurrency.
    pub make_fair: fn(&str) -> String,
    /// No batches.
    pub make_single: fn(&str) -> String,
    /// No failures.
    pub make_infallible: fn(&str) -> String,
    /// No time to live.
    pub make_lasting: &'static str,
    /// No limit, or a larger one.
    pub make_roomy: &'static str,
    /// No priorities.
    pub make_equal: &'static str,
    /// All alike.
    pub make_alike: &'static str,
    /// Exponential handling, or one slot.
    pub make_exponential: &'static str,
}

pub(super) static ENGLISH: TheoryWords = TheoryWords {
    title: "Theory",
    note: "What theory predicts in the long run, beside what was measured since the start. It takes some hundred messages until the two agree, and more the closer the utilisation is to 100 %.",
    rates_only: "Rates only",
    unknown: "No prediction",
    arrival: "Arrival rate λ",
    service: "Service rate of one server μ",
    servers: "Servers c",
    utilisation: "Utilisation ρ = λ / (cμ)",
    heads: ["Quantity", "Predicted", "Measured", "Off by"],
    quantities: [
        "Mean wait Wq",
        "Wait, p50",
        "Wait, p95",
        "Wait, p99",
        "Mean time in the system W",
        "Mean number in the system L",
        "Utilisation ρ",
    ],
    of_node: |quantity, node| format!("{quantity} ({node})"),
    holds: [
        "Holds for Poisson arrivals, one server whose service time is exponential, and ρ < 1.",
        "Holds for Poisson arrivals, equal servers with one queue whose service time is exponential, and ρ < 1.",
        "Holds for Poisson arrivals, one server that always takes the same time, and ρ < 1.",
        "Holds for Poisson arrivals, one server with any service time, and ρ < 1 (Pollaczek–Khinchine).",
    ],
    erlang: "C(c, λ/μ): the share of messages that have to wait (Erlang C)",
    deviation: "σ: the standard deviation of the service time",
    unstable_by: |per_s| format!("Unstable: the backlog grows by {per_s} messages/s."),
    unstable: "Unstable: more arrives than can be worked off, until a limit is reached.",
    drains: |backlog, time| format!("The present backlog of {backlog} takes {time} to drain."),
    little: |inside, arrival, sojourn, product| {
        format!("Little's law, measured: L = {inside}, λ·W = {arrival}/s × {sojourn} = {product}")
    },
    why_not: "No formula applies:",
    remedy: "A formula would apply with these changes:",
    faults: "Faults disturb the run, so it never becomes steady.",
    edits: "The script changes the system during the run.",
    nothing_arrives: "Nothing arrives.",
    not_poisson: |node| format!("{node} sends at a constant rate or in bursts, which is no Poisson process."),
    rate_changes: |node| format!("The rate of {node} changes or ends."),
    closed_loop: |node| format!("{node} waits for answers before it asks again, so the load depends on the response."),
    waits_for_confirms: |node| format!("{node} may have to wait for confirms, so the broker's pace comes back to it."),
    takes_turns: |node| format!("{node} asks several services in turn, so each gets every n-th request."),
    comes_twice: |node| format!("Messages of {node} come on two ways at once."),
    fed_by_handler: |node| format!("{node} sends on what it has handled, which is no Poisson process in general."),
    dead_letters: |node| format!("Dead letters of {node} may arrive, and nobody knows how many."),
    further_keys: |node| format!("Messages of {node} carry further routing keys in CC or BCC."),
    lossy: |edge| format!("Something is lost or doubled on {edge}."),
    delivery_latency: |edge| format!("A server waits while the delivery on {edge} is on its way."),
    time_to_live: "Messages may expire.",
    limited: "There is a limit that may be reached.",
    priorities: "Some messages overtake others.",
    one_consumer_only: "Only one of the consumers is served.",
    no_consumers: "Nobody takes anything out.",
    shared_consumer: |node| format!("{node} takes from other queues too."),
    takes_batches: |node| format!("{node} takes batches at intervals."),
    hoarding: |node| {
        format!(
            "{node} holds messages that another consumer could work on: its prefetch is larger than its concurrency."
        )
    },
    service_time_unknown: |node| format!("How long {node} takes depends on others, or it does several things at once."),
    no_service_time: |node| format!("{node} takes no time."),
    failures: |node| format!("{node} fails now and then."),
    retries: |node| format!("{node} tries again after a time-out."),
    different_servers: "The servers are not all alike.",
    several_servers: "There are several servers whose service time is not exponential: there is no closed formula.",
    make_poisson: |node| format!("{node}: Poisson arrivals"),
    make_unconfirmed: |node| format!("{node}: no confirms"),
    make_immediate: |edge| format!("{edge}: latency 0"),
    make_reliable: |edge| format!("{edge}: no loss, no duplicates"),
    make_fair: |node| format!("{node}: a prefetch of 1, or as many as it works on at once"),
    make_single: |node| format!("{node}: no batches"),
    make_infallible: |node| format!("{node}: failure rate 0"),
    make_lasting: "no time to live",
    make_roomy: "no limit, or a much larger one",
    make_equal: "no priorities",
    make_alike: "equal consumers",
    make_exponential: "an exponential service time, or a single server",
};

pub(super) static SIMPLIFIED_CHINESE: TheoryWords = TheoryWords {
    title: "理论对照",
    note: "左边是理论给出的长期值，右边是从运行开始到现在的实测值。要积累几百条消息两者才会接近；利用率越接近 100 %，需要的消息越多。",
    rates_only: "仅速率",
    unknown: "无法预测",
    arrival: "到达率 λ",
    service: "单个服务台的服务率 μ",
    servers: "服务台数 c",
    utilisation: "利用率 ρ = λ / (cμ)",
    heads: ["指标", "理论", "实测", "偏差"],
    quantities: [
        "平均排队时间 Wq",
        "排队时间 p50",
        "排队时间 p95",
        "排队时间 p99",
        "平均逗留时间 W",
        "平均队长 L",
        "利用率 ρ",
    ],
    of_node: |quantity, node| format!("{quantity}（{node}）"),
    holds: [
        "适用条件：泊松到达、单服务台、服务时间服从指数分布，且 ρ < 1。",
        "适用条件：泊松到达、共用一个队列的若干相同服务台、服务时间服从指数分布，且 ρ < 1。",
        "适用条件：泊松到达、单服务台、服务时间固定，且 ρ < 1。",
        "适用条件：泊松到达、单服务台、服务时间任意分布，且 ρ < 1（Pollaczek–Khinchine 公式）。",
    ],
    erlang: "C(c, λ/μ)：需要排队的消息所占比例（Erlang C）",
    deviation: "σ：服务时间的标准差",
    unstable_by: |per_s| format!("不稳定：积压每秒增加 {per_s} 条消息。"),
    unstable: "不稳定：到达快于处理，直到触及上限。",
    drains: |backlog, time| format!("当前积压 {backlog} 条，清空需要 {time}。"),
    little: |inside, arrival, sojourn, product| {
        format!("利特尔法则（实测）：L = {inside}，λ·W = {arrival}/s × {sojourn} = {product}")
    },
    why_not: "没有适用的公式：",
    remedy: "做如下改动后就有公式可用：",
    faults: "运行中有故障，系统达不到稳态。",
    edits: "脚本会在运行中改动系统。",
    nothing_arrives: "没有消息到达。",
    not_poisson: |node| format!("{node} 以固定速率或成批发送，不是泊松过程。"),
    rate_changes: |node| format!("{node} 的速率会变化或结束。"),
    closed_loop: |node| format!("{node} 收到响应后才发下一个请求，负载取决于响应时间。"),
    waits_for_confirms: |node| format!("{node} 可能要等发布确认，broker 的快慢会反过来影响它。"),
    takes_turns: |node| format!("{node} 轮流请求多个服务，每个服务只分到每第 n 个请求。"),
    comes_twice: |node| format!("{node} 的消息同时从两条路到达。"),
    fed_by_handler: |node| format!("{node} 处理完才继续发送，到达一般不是泊松过程。"),
    dead_letters: |node| format!("{node} 的死信可能到达这里，数量无法预知。"),
    further_keys: |node| format!("{node} 的消息在 CC 或 BCC 里带有更多路由键。"),
    lossy: |edge| format!("{edge} 上会丢失或重复消息。"),
    delivery_latency: |edge| format!("消息在 {edge} 上投递途中，服务台处于空等状态。"),
    time_to_live: "消息可能过期。",
    limited: "存在可能触及的上限。",
    priorities: "有的消息会插队。",
    one_consumer_only: "多个消费者中只有一个在消费。",
    no_consumers: "没有消费者。",
    shared_consumer: |node| format!("{node} 还消费其他队列。"),
    takes_batches: |node| format!("{node} 按间隔成批取消息。"),
    hoarding: |node| format!("{node} 囤着别的消费者本可以处理的消息：预取数大于并发数。"),
    service_time_unknown: |node| format!("{node} 的服务时间取决于它调用的其他节点，或者它同时做几件事。"),
    no_service_time: |node| format!("{node} 的处理不花时间。"),
    failures: |node| format!("{node} 会偶尔处理失败。"),
    retries: |node| format!("{node} 超时后会重试。"),
    different_servers: "各服务台不完全相同。",
    several_servers: "有多个服务台，而服务时间不服从指数分布：没有封闭公式。",
    make_poisson: |node| format!("{node}：改为泊松到达"),
    make_unconfirmed: |node| format!("{node}：关闭发布确认"),
    make_immediate: |edge| format!("{edge}：延迟设为 0"),
    make_reliable: |edge| format!("{edge}：不丢失、不重复"),
    make_fair: |node| format!("{node}：预取数设为 1，或不超过并发数"),
    make_single: |node| format!("{node}：不成批"),
    make_infallible: |node| format!("{node}：失败率设为 0"),
    make_lasting: "不设过期时间",
    make_roomy: "取消上限，或大幅调高",
    make_equal: "取消优先级",
    make_alike: "让各消费者相同",
    make_exponential: "服务时间改为指数分布，或只留一个服务台",
};
