//! Simplified Chinese (简体中文).

use super::{FieldNames, FieldWords, Words, range};
use crate::base::Language;
use crate::scenario::{NodeKind, Reason, Refusal, field::Unit};

const fn field(name: &'static str, explanation: &'static str) -> FieldWords {
    FieldWords { name, explanation }
}

pub(super) static WORDS: Words = Words {
    language: Language::SimplifiedChinese,
    stage: &super::stage::SIMPLIFIED_CHINESE,
    shell: &super::shell::SIMPLIFIED_CHINESE,
    fields: FieldNames {
        latency_ms: field("延迟", "消息在这条连接上要走多久；ack 返回也要同样的时间。"),
        min: field("最小", "下限。"),
        max: field("最大", "上限。"),
        mean: field("均值", "平均值。"),
        sd: field("标准差", "数值通常偏离均值多远。"),
        constant: field("固定", "每次都一样。"),
        exponential: field("指数分布", "大多较短，偶尔很长；填写均值。"),
        uniform: field("均匀分布", "在上下限之间等可能地取值。"),
        normal: field("正态分布", "围绕均值波动，不会小于零。"),
        lognormal: field("对数正态分布", "围绕均值，慢的拖着一条长尾。"),
        empirical: field("实测值", "从这些数值里等可能地取一个。"),
        work: field("处理", "忙碌一段时间。"),
        work_ms: field("耗时", "处理一次要多久。"),
        handler: field("处理流程", "收到每条消息后依次执行的步骤。"),
        pattern: field("发送方式", "什么时候发送消息。"),
        poisson: field("泊松", "互相独立地到达，像许多用户在访问；填平均速率。"),
        burst: field("突发", "一次来一大批，隔一段时间再来。"),
        profile: field("分段速率", "速率在给定的时刻改变。"),
        once: field("一次性", "一次发出若干条，之后不再发。"),
        per_s: field("速率", "每秒多少条消息。"),
        burst_size: field("每批条数", "一批有多少条消息。"),
        every_ms: field("间隔", "两批之间隔多久。"),
        count: field("条数", "一共多少条消息。"),
        at_ms: field("从", "这个速率从什么时刻开始。"),
        message: field("消息", "每条消息的样子。"),
        persistent: field("持久化", "Broker 重启后，持久队列仍保留这条消息。"),
        durable: field("持久队列", "队列和其中的持久化消息在 Broker 重启后还在。"),
        max_length: field("最大长度", "队列最多存放多少条等待的消息。"),
        overflow: field("队列满时", "再来一条消息会怎样。"),
        drop_head: field("丢弃最旧的", "丢弃等待最久的那条消息。"),
        reject_publish: field("拒绝新消息", "新消息进不来。"),
        ack_mode: field("确认方式", "由谁来说一条消息处理完了。"),
        manual: field("手动确认", "消费者处理完再 ack：崩溃也不丢消息。"),
        auto: field("自动确认", "一发出就算完成：消费者崩溃时手里的消息就丢了。"),
        prefetch_count: field("预取数", "消费者手里最多有多少条未确认的消息；0 表示不限。"),
        concurrency: field("并发数", "同时处理多少条消息。"),
    },
    unit: |unit| match unit {
        Unit::None => "",
        Unit::Messages => "条",
        Unit::MessagesPerSecond => "条/秒",
        Unit::Milliseconds => "毫秒",
    },
    problem,
};

fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Producer => "生产者",
        NodeKind::Queue => "队列",
        NodeKind::Consumer => "消费者",
    }
}

fn problem(reason: &Reason) -> String {
    match reason {
        Reason::NotJson { message, .. } => format!("这不是 JSON：{message}"),
        Reason::Refused(message) => format!("格式不对：{message}"),
        Reason::NoObject => "应是带名字的对象，而不是列表".into(),
        Reason::UnknownVersion => "mq_scenario 是格式的版本号，必须是 1；其他数字说明文件来自别的版本".into(),
        Reason::OutOfRange(numbers) => {
            let whole = if numbers.whole { "整数，" } else { "" };
            format!("应为{whole}范围 {} {}", range(numbers, " 到 "), (WORDS.unit)(numbers.unit)).trim_end().into()
        }
        Reason::WrongLength { least, most } => format!("应有 {least} 到 {most} 项"),
        Reason::NotInOrder => "时间必须晚于前一项".into(),
        Reason::EmptyRange => "min 不能大于 max".into(),
        Reason::UnknownKind(name) => {
            let known: Vec<&str> = NodeKind::ALL.into_iter().map(NodeKind::name).collect();
            format!("没有叫“{name}”的节点种类；可用的有 {}", known.join("、"))
        }
        Reason::DuplicateId(id) => format!("id“{id}”出现了两次；每个节点和连接都要有自己的 id"),
        Reason::BadId(id) => format!("“{id}”不能用作 id：长度 1 到 128 个字符，且不能是保留字 broker"),
        Reason::NoSuchNode(id) => format!("没有节点“{id}”"),
        Reason::NoSuchEdge(id) => format!("没有连接“{id}”"),
        Reason::NoSuchSetting { path } => format!("这里没有设置项“{path}”"),
        Reason::Connection(refusal) => match refusal {
            Refusal::Itself => "节点不能连到自己",
            Refusal::ProducerToConsumer => "生产者把消息发到队列，消费者从队列取。请在两者之间放一个队列",
            Refusal::IntoProducer => "没有东西会流进生产者：它是消息的起点",
            Refusal::FromConsumer => "消费者是消息的终点：请从队列连到消费者",
            Refusal::QueueToQueue => "队列把消息交给消费者，不能交给另一个队列",
        }
        .into(),
        Reason::WrongEdgeKind { from, to } => {
            let fitting = crate::scenario::edge_kind_between(*from, *to).map_or("", |kind| kind.name());
            format!("从{}到{}的连接种类是 {fitting}", kind(*from), kind(*to))
        }
        Reason::DuplicateEdge(_) => "这两个节点已经连上了".into(),
        Reason::TooMany => "最多 5000 个节点和 5000 条连接".into(),
    }
}
