//! What is written and spoken on the stage.

/// The sentences of the stage.
pub struct StageWords {
    /// A fresh producer's label, and what the kind is called.
    pub producer: &'static str,
    /// A fresh exchange's label, and what the kind is called.
    pub exchange: &'static str,
    /// A fresh queue's label, and what the kind is called.
    pub queue: &'static str,
    /// A fresh consumer's label, and what the kind is called.
    pub consumer: &'static str,
    /// A fresh client's label, and what the kind is called.
    pub client: &'static str,
    /// A fresh service's label, and what the kind is called.
    pub service: &'static str,
    /// A fresh database's label, and what the kind is called.
    pub database: &'static str,
    /// The stage itself, to be spoken.
    pub stage: &'static str,
    /// The unit of rates.
    pub per_second: &'static str,
    /// The unit of depths.
    pub messages: &'static str,
    /// A producer that publishes.
    pub publishing: &'static str,
    /// A node with nothing to do.
    pub idle: &'static str,
    /// A consumer that works.
    pub working: &'static str,
    /// A node that is down.
    pub crashed: &'static str,
    /// A queue whose broker is down.
    pub broker_down: &'static str,
    /// A queue that holds nothing.
    pub empty: &'static str,
    /// A queue that holds all it may.
    pub full: &'static str,
    /// A queue that gets longer.
    pub rising: &'static str,
    /// A queue that gets shorter.
    pub falling: &'static str,
    /// A queue that stays as it is.
    pub steady: &'static str,
    /// How many messages wait.
    pub ready: fn(&str) -> String,
    /// How many messages were delivered and not acked yet.
    pub unacked: fn(&str) -> String,
    /// How many messages a queue dropped, or a producer lost with an edge.
    pub dropped: fn(&str) -> String,
    /// How many messages were lost in a consumer's hands.
    pub lost: fn(&str) -> String,
    /// How many messages may wait at the most.
    pub room_for: fn(&str) -> String,
    /// The largest depth so far.
    pub highest: fn(&str) -> String,
    /// How many messages a producer published.
    pub published: fn(&str) -> String,
    /// How many messages a consumer was done with.
    pub processed: fn(&str) -> String,
    /// How busy a consumer is, in percent.
    pub busy_share: fn(&str) -> String,
    /// What stands between the parts of a spoken sentence.
    pub comma: &'static str,
    /// A kind and a label.
    pub kind_and_name: fn(&str, &str) -> String,
    /// That something is selected.
    pub selected: &'static str,
    /// A rate, spoken.
    pub spoken_rate: fn(&str) -> String,
    /// A depth, spoken.
    pub spoken_depth: fn(&str) -> String,
    /// How many consumers there are, and how many of them are crashed.
    pub spoken_consumers: fn(usize, usize) -> String,
    /// An edge from one node to another.
    pub spoken_edge: fn(&str, &str) -> String,
    /// The button that crashes a node.
    pub crash: fn(&str) -> String,
    /// The button that crashes the broker of a queue.
    pub crash_broker: &'static str,
    /// The button that restarts a node.
    pub restart: fn(&str) -> String,
    /// The button that restarts the broker of a queue.
    pub restart_broker: &'static str,
    /// The handle where connections begin.
    pub connect_from: fn(&str) -> String,
    /// The handle where connections arrive.
    pub connect_to: fn(&str) -> String,
    /// While a wire is drawn by keys: from which node, to which, and what the keys do.
    pub connecting: fn(&str, &str) -> String,
    /// While a wire is drawn by clicks: what to do now.
    pub choose_target: &'static str,
    /// Two nodes were connected.
    pub connected: fn(&str, &str) -> String,
    /// No node fits the one that was to be connected.
    pub nothing_fits: fn(&str) -> String,
    /// The empty stage's headline.
    pub empty_title: &'static str,
    /// What to do with an empty stage.
    pub empty_text: &'static str,
    /// Zooms in.
    pub zoom_in: &'static str,
    /// Zooms out.
    pub zoom_out: &'static str,
    /// Zooms to 100 %.
    pub zoom_to_one: &'static str,
    /// Shows everything.
    pub fit: &'static str,
    /// The controls of the camera, to be spoken.
    pub camera: &'static str,
}

pub(super) static ENGLISH: StageWords = StageWords {
    producer: "Producer",
    exchange: "Exchange",
    queue: "Queue",
    consumer: "Consumer",
    client: "Client",
    service: "Service",
    database: "Database",
    stage: "Stage",
    per_second: "msg/s",
    messages: "messages",
    publishing: "on",
    idle: "idle",
    working: "working",
    crashed: "crashed",
    broker_down: "broker down",
    empty: "empty",
    full: "full",
    rising: "rising",
    falling: "falling",
    steady: "steady",
    ready: |number| format!("{number} ready"),
    unacked: |number| format!("{number} unacked"),
    dropped: |number| format!("{number} dropped"),
    lost: |number| format!("{number} lost"),
    room_for: |number| format!("room for {number}"),
    highest: |number| format!("peak {number}"),
    published: |number| format!("{number} published"),
    processed: |number| format!("{number} processed"),
    busy_share: |percent| format!("{percent} % busy"),
    comma: ", ",
    kind_and_name: |kind, name| if kind == name { name.to_owned() } else { format!("{kind} {name}") },
    selected: "selected",
    spoken_rate: |number| format!("{number} messages per second"),
    spoken_depth: |number| format!("depth {number}"),
    spoken_consumers: |all, crashed| {
        let consumers = match all {
            0 => "no consumer".to_owned(),
            1 => "1 consumer".to_owned(),
            _ => format!("{all} consumers"),
        };
        if crashed > 0 { format!("{consumers}, {crashed} crashed") } else { consumers }
    },
    spoken_edge: |from, to| format!("Connection from {from} to {to}"),
    crash: |name| format!("Crash {name}"),
    crash_broker: "Crash the broker of all queues",
    restart: |name| format!("Restart {name}"),
    restart_broker: "Restart the broker of all queues",
    connect_from: |name| format!("Connect from {name}: drag, or click and then click the target"),
    connect_to: |name| format!("Connect to {name}: drag, or click and then click where it comes from"),
    connecting: |from, to| format!("Connect {from} with {to}? Enter connects, arrows choose, Escape cancels."),
    choose_target: "Press the node to connect; the empty stage or Escape cancels.",
    connected: |from, to| format!("{from} is connected to {to}."),
    nothing_fits: |name| format!("There is nothing that {name} could be connected with yet: add a node first."),
    empty_title: "Build your first pipeline",
    empty_text: "Drag a producer, a queue and a consumer onto the stage, then draw a line from handle to handle.",
    zoom_in: "Zoom in",
    zoom_out: "Zoom out",
    zoom_to_one: "Zoom to 100 %",
    fit: "Show everything",
    camera: "View",
};

pub(super) static SIMPLIFIED_CHINESE: StageWords = StageWords {
    producer: "生产者",
    exchange: "交换机",
    queue: "队列",
    consumer: "消费者",
    client: "客户端",
    service: "服务",
    database: "数据库",
    stage: "画布",
    per_second: "条/秒",
    messages: "条消息",
    publishing: "发送中",
    idle: "空闲",
    working: "处理中",
    crashed: "已崩溃",
    broker_down: "Broker 已停",
    empty: "空",
    full: "已满",
    rising: "积压上升",
    falling: "积压下降",
    steady: "平稳",
    ready: |number| format!("待投递 {number}"),
    unacked: |number| format!("未确认 {number}"),
    dropped: |number| format!("丢弃 {number}"),
    lost: |number| format!("丢失 {number}"),
    room_for: |number| format!("容量 {number}"),
    highest: |number| format!("峰值 {number}"),
    published: |number| format!("已发送 {number}"),
    processed: |number| format!("已处理 {number}"),
    busy_share: |percent| format!("忙碌 {percent}%"),
    comma: "，",
    kind_and_name: |kind, name| if kind == name { name.to_owned() } else { format!("{kind}“{name}”") },
    selected: "已选中",
    spoken_rate: |number| format!("每秒 {number} 条消息"),
    spoken_depth: |number| format!("积压 {number} 条"),
    spoken_consumers: |all, crashed| {
        let consumers = if all == 0 { "没有消费者".to_owned() } else { format!("{all} 个消费者") };
        if crashed > 0 { format!("{consumers}，其中 {crashed} 个已崩溃") } else { consumers }
    },
    spoken_edge: |from, to| format!("从“{from}”到“{to}”的连接"),
    crash: |name| format!("让“{name}”崩溃"),
    crash_broker: "让所有队列的 Broker 崩溃",
    restart: |name| format!("重启“{name}”"),
    restart_broker: "重启所有队列的 Broker",
    connect_from: |name| format!("从“{name}”连出：拖动，或先点这里再点目标"),
    connect_to: |name| format!("连到“{name}”：拖动，或先点这里再点来源"),
    connecting: |from, to| format!("把“{from}”和“{to}”连起来？回车连接，方向键选择，Esc 取消。"),
    choose_target: "请点要连接的节点，点空白处或按 Esc 取消。",
    connected: |from, to| format!("“{from}”已连到“{to}”。"),
    nothing_fits: |name| format!("目前没有能和“{name}”相连的节点：请先添加一个。"),
    empty_title: "搭建你的第一条消息链路",
    empty_text: "把生产者、队列和消费者拖到画布上，再从一个连接点拉线到另一个。",
    zoom_in: "放大",
    zoom_out: "缩小",
    zoom_to_one: "缩放到 100%",
    fit: "显示全部",
    camera: "视图",
};
