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
    routing: &super::routing::SIMPLIFIED_CHINESE,
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
        routing_key: field("路由键", "交换机据此决定消息的去向。"),
        routing_keys: field("路由键", "每条消息按权重取其中一个；交换机据此路由。"),
        weight: field("权重", "与其他键相比，被取到的频率。"),
        message_headers: field("消息头", "随消息一起走的键值；headers 交换机据此路由。"),
        message_priority: field("优先级", "在启用优先级的队列里，数值大的先走。"),
        message_ttl_ms: field("存活时间", "消息在队列里最多等多久；到达队首时已超时就会过期。"),
        size_bytes: field("大小", "消息体有多长。"),
        mandatory: field("必须送达队列", "没有队列接收的消息会退回生产者，而不是悄悄丢掉。"),
        confirms: field("发布确认", "Broker 逐条告诉生产者：消息收下了，还是拒绝了。"),
        max_unconfirmed: field("最多未确认", "最多有多少条消息在等确认；再多就在生产者处等待。0 表示不限。"),
        retry: field("重新发布", "被拒绝的，或连接断开时还未确认的消息，会再发一次。"),
        retry_ms: field("重试间隔", "被拒绝的消息过多久再发。"),
        exchange_type: field("类型", "交换机怎样把消息和绑定相比较。"),
        direct: field("Direct（直连）", "路由键必须与绑定键相同。"),
        fanout: field("Fanout（广播）", "每个绑定都收到每条消息。"),
        topic: field("Topic（主题）", "绑定键是模式：* 代表一个词，# 代表任意多个词。"),
        headers_type: field("Headers（消息头）", "比较消息头和绑定里的值。"),
        alternate_exchange: field("备用交换机", "没有绑定接收的消息交给这个交换机。"),
        binding_key: field("绑定键", "要相同的键（direct），或由词组成的模式，如 order.*.paid（topic）。"),
        x_match: field("匹配方式", "下面的消息头要符合多少个；用于 headers 交换机。"),
        match_all: field("全部", "全部都要符合；以 x- 开头的不算。"),
        match_any: field("任一", "符合一个即可；以 x- 开头的不算。"),
        match_all_with_x: field("全部，含 x-", "全部都要符合，以 x- 开头的也算。"),
        match_any_with_x: field("任一，含 x-", "符合一个即可，以 x- 开头的也算。"),
        binding_headers: field("消息头", "headers 交换机要找的内容；空值表示只要有这个头即可。"),
        queue_type: field("类型", "队列怎样保存消息。"),
        classic: field("经典队列", "存放在 Broker 的一个节点上：快；退回的消息回到原来的位置。"),
        quorum: field("仲裁队列", "多副本、总在磁盘上；记录每条消息投递了几次。"),
        ttl_ms: field("消息存活时间", "消息在这里最多等多久，超时就过期。"),
        expires_ms: field("闲置期限", "这么久没有消费者，队列就被删除。"),
        max_length_bytes: field("最大字节数", "队列最多存放多少字节的等待消息。"),
        reject_publish_dlx: field("拒绝并转为死信", "新消息进不来，副本交给死信交换机。"),
        dead_letter_exchange: field("死信交换机", "被拒绝、过期或被挤掉的消息去哪里；没有设置就没了。"),
        dead_letter_routing_key: field("死信路由键", "死信使用的路由键；用默认交换机时填队列的 id。"),
        max_priority: field("最高优先级", "优先级高的消息先走；不设置则不看优先级。"),
        single_active_consumer: field("单一活跃消费者", "只给一个消费者投递；它走了由下一个接替。"),
        delivery_limit: field("最多退回次数", "消息最多能退回仲裁队列几次；再多一次就成为死信。"),
        auto_delete: field("自动删除", "最后一个消费者离开时队列随之删除。"),
        exclusive_queue: field("排他队列", "队列属于第一个订阅的消费者，并随它一起消失。"),
        consumer_priority: field("优先级", "有空位时，优先级高的消费者先得到消息。"),
        exclusive_consumer: field("独占", "同一队列不许其他消费者订阅。"),
        failure_rate: field("失败率", "处理失败的消息所占比例，0 到 1。"),
        on_failure: field("失败之后", "处理失败的消息怎么办。"),
        requeue: field("退回队列", "回到队列再次投递，并带上重复投递标记。"),
        reject: field("拒绝", "成为死信；没有死信交换机就丢弃。"),
    },
    unit: |unit| match unit {
        Unit::None => "",
        Unit::Messages => "条",
        Unit::Bytes => "字节",
        Unit::MessagesPerSecond => "条/秒",
        Unit::Milliseconds => "毫秒",
    },
    problem,
};

fn kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Producer => "生产者",
        NodeKind::Exchange => "交换机",
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
        Reason::TooLong { most } => format!("最多 {most} 字节；名字不能为空"),
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
            Refusal::ProducerToConsumer => "生产者把消息发到交换机或队列，消费者从队列取。请在两者之间放一个队列",
            Refusal::IntoProducer => "没有东西会流进生产者：它是消息的起点",
            Refusal::FromConsumer => "消费者是消息的终点：请从队列连到消费者",
            Refusal::QueueToExchange => "队列不会把消息发回交换机；过期或被拒绝的消息去哪里，请设置队列的死信交换机",
            Refusal::ExchangeToConsumer => "消费者从队列取消息：请在交换机和消费者之间放一个队列",
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
