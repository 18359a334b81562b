//! What does not come along on the way to a real broker and back.

use crate::interop::Remark;
use crate::interop::definitions::{Host, Unreadable};

/// These sentences.
pub struct InteropWords {
    /// A sentence about things by their names.
    pub about: fn(&[&str], &str) -> String,
    /// What does not come along.
    pub remark: fn(&Remark) -> String,
    /// The heading over what is asked about definitions before they are drawn.
    pub opening: &'static str,
    /// That a file with this name has several virtual hosts.
    pub several_hosts: fn(&str) -> String,
    /// A virtual host.
    pub host: &'static str,
    /// One of them, and how much it has.
    pub host_with: fn(&Host) -> String,
    /// The heading over files that say how fast messages came and went.
    pub rates: &'static str,
    /// What these files are, and what becomes of them.
    pub about_rates: &'static str,
    /// Adds such files.
    pub add_rates: &'static str,
    /// Takes such a file out again, by its name.
    pub remove: fn(&str) -> String,
    /// Draws what was chosen.
    pub draw: &'static str,
    /// Definitions were drawn, of a file with this name.
    pub drawn: fn(&str) -> String,
    /// The same, and what does not come along follows.
    pub drawn_but: fn(&str) -> String,
    /// A file for a real broker was saved; what does not come along follows.
    pub saved_but: &'static str,
    /// The heading over the forms in which a scenario goes to a real broker.
    pub title: &'static str,
    /// What they are.
    pub about_forms: &'static str,
    /// The forms, in their order.
    pub forms: [&'static str; 6],
    /// Why definitions cannot be read.
    pub unreadable: fn(&Unreadable) -> String,
    /// A producer that is suggested for an exchange or a queue.
    pub producer: fn(&str) -> String,
    /// A consumer that is suggested for a queue.
    pub consumer: fn(&str) -> String,
}

pub(super) static ENGLISH: InteropWords = InteropWords {
    about: |names, sentence| format!("“{}”: {sentence}", names.join("”, “")),
    remark: |remark| match remark {
        Remark::Stream => "a stream, which is not simulated; it and its bindings are left out".to_owned(),
        Remark::ExchangeType(kind) => {
            format!("an exchange of the type {kind}, which is not simulated; it and its bindings are left out")
        }
        Remark::Delayed => "shown as the type it routes by; its delay is not simulated".to_owned(),
        Remark::ExchangeTrait("transient") => {
            "does not outlive a restart at the broker; here exchanges always do".to_owned()
        }
        Remark::ExchangeTrait("auto_delete") => "goes with its last binding at the broker; here it stays".to_owned(),
        Remark::ExchangeTrait(_) => "is internal: at the broker no client may publish to it".to_owned(),
        Remark::Argument(key) => format!("the argument {key} is left out: it changes nothing that is simulated"),
        Remark::PolicyKey(key) => format!("the policy's {key} is left out: it changes nothing that is simulated"),
        Remark::Pattern(pattern) => format!("the policy's pattern {pattern:?} cannot be read, so it is not applied"),
        Remark::PolicyApplied(1) => "the policy is now part of the settings of one part".to_owned(),
        Remark::PolicyApplied(count) => format!("the policy is now part of the settings of {count} parts"),
        Remark::Section(section, count) => format!("{section} are left out ({count})"),
        Remark::BindingEnd => "a binding is left out: one of its ends is not there".to_owned(),
        Remark::BoundToItself => "it is bound to itself, which is left out".to_owned(),
        Remark::Lowered(key, most) => format!("{key} is higher than the playground goes; it is {most} here"),
        Remark::OtherHosts(hosts) => format!("other virtual hosts are left out: {}", hosts.join(", ")),
        Remark::Value(key) => format!("the argument {key} has a value that RabbitMQ would refuse; it is left out"),
        Remark::Reserved(name) => {
            format!("brokers keep names that begin with amq. for themselves; it is called {name:?} there")
        }
        Remark::SameName(name) => format!("another one has this name; it is called {name:?} there"),
        Remark::NotWithType(field) => {
            format!("the setting {field} is left out: definitions of such a queue cannot have it")
        }
        Remark::Rounded(field, number) => format!("{field} is rounded to {number}: brokers take whole milliseconds"),
        Remark::NotBroker(kind, count) => {
            format!("{count} × {kind}: no part of a broker, and of no client that is written")
        }
        Remark::Network => "latency, loss and duplicates of edges are the network's own; they are left out".to_owned(),
        Remark::Script => "faults and changes of the script are left out".to_owned(),
    },
    opening: "A broker's definitions",
    several_hosts: |name| format!("“{name}” has several virtual hosts, of which one is drawn."),
    host: "Virtual host",
    host_with: |host| {
        let number = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
        format!("{} – {}, {}", host.name, number(host.queues, "queue"), number(host.exchanges, "exchange"))
    },
    rates: "Measured rates",
    about_rates: "Files with what the management API answers to GET /api/queues and GET /api/exchanges: producers and consumers get \
                  the rates that the broker measured. Without them the usual ones are suggested.",
    add_rates: "Add rates …",
    remove: |name| format!("Remove {name}"),
    draw: "Draw",
    drawn: |name| format!("“{name}” is drawn; producers and consumers are suggestions."),
    drawn_but: |name| format!("“{name}” is drawn; producers and consumers are suggestions. What is different here:"),
    saved_but: "Saved. What does not come along:",
    title: "A real RabbitMQ",
    about_forms: "Exchanges, queues and bindings as a broker takes them, and programs that publish and consume as drawn. The way back: open \
                  a broker's definitions like any file.",
    forms: ["Definitions", "Docker Compose", "Terraform", "AsyncAPI", "rabbitmqadmin", "Programs"],
    unreadable: |unreadable| match unreadable {
        Unreadable::NotJson(message) => format!("not JSON: {message}"),
        Unreadable::NoDefinitions => {
            "no definitions of RabbitMQ: there is no list of exchanges, queues or bindings".to_owned()
        }
        Unreadable::NoRates => "no answer of the management API: there is no queue and no exchange".to_owned(),
        Unreadable::Part(place, message) => format!("{place}: {message}"),
        Unreadable::NoSuchHost(hosts) => format!("there is no such virtual host; there are: {}", hosts.join(", ")),
    },
    producer: |name| format!("To {name}"),
    consumer: |name| format!("Of {name}"),
};

pub(super) static SIMPLIFIED_CHINESE: InteropWords = InteropWords {
    about: |names, sentence| format!("“{}”：{sentence}", names.join("”、“")),
    remark: |remark| match remark {
        Remark::Stream => "是流（stream），这里不模拟；它和它的绑定都被略去".to_owned(),
        Remark::ExchangeType(kind) => format!("是 {kind} 类型的交换机，这里不模拟；它和它的绑定都被略去"),
        Remark::Delayed => "按它用来路由的类型显示；延迟不模拟".to_owned(),
        Remark::ExchangeTrait("transient") => "在代理上重启后会消失；这里的交换机总会保留".to_owned(),
        Remark::ExchangeTrait("auto_delete") => "在代理上会随最后一个绑定一起删除；这里会保留".to_owned(),
        Remark::ExchangeTrait(_) => "是内部交换机：在代理上客户端不能向它发布".to_owned(),
        Remark::Argument(key) => format!("参数 {key} 被略去：它不影响所模拟的内容"),
        Remark::PolicyKey(key) => format!("策略的 {key} 被略去：它不影响所模拟的内容"),
        Remark::Pattern(pattern) => format!("策略的模式 {pattern:?} 无法读取，因此没有应用"),
        Remark::PolicyApplied(count) => format!("策略已成为 {count} 个部件的设置"),
        Remark::Section(section, count) => format!("略去了 {section}（{count} 项）"),
        Remark::BindingEnd => "略去一个绑定：它的一端不存在".to_owned(),
        Remark::BoundToItself => "它绑定到自身，已略去".to_owned(),
        Remark::Lowered(key, most) => format!("{key} 超过了游乐场的上限；这里是 {most}"),
        Remark::OtherHosts(hosts) => format!("略去了其他虚拟主机：{}", hosts.join("、")),
        Remark::Value(key) => format!("参数 {key} 的值会被 RabbitMQ 拒绝；已略去"),
        Remark::Reserved(name) => format!("以 amq. 开头的名称由代理保留；它在那里叫 {name:?}"),
        Remark::SameName(name) => format!("这个名称已被占用；它在那里叫 {name:?}"),
        Remark::NotWithType(field) => format!("设置 {field} 被略去：这样的队列的定义里不能有它"),
        Remark::Rounded(field, number) => format!("{field} 取整为 {number}：代理只接受整毫秒"),
        Remark::NotBroker(kind, count) => format!("{count} × {kind}：不属于代理，也不会写成客户端"),
        Remark::Network => "连线上的延迟、丢失和重复属于网络；已略去".to_owned(),
        Remark::Script => "脚本中的故障和改动已略去".to_owned(),
    },
    opening: "代理的定义",
    several_hosts: |name| format!("“{name}”里有多个虚拟主机，只画其中一个。"),
    host: "虚拟主机",
    host_with: |host| format!("{}：{} 个队列，{} 个交换机", host.name, host.queues, host.exchanges),
    rates: "测得的速率",
    about_rates: "管理 API 对 GET /api/queues 和 GET /api/exchanges 的回答，存成文件：生产者和消费者采用代理测得的速率。没有这些文件时，采用通常的速率。",
    add_rates: "添加速率…",
    remove: |name| format!("移除 {name}"),
    draw: "画出",
    drawn: |name| format!("已画出“{name}”；生产者和消费者是建议。"),
    drawn_but: |name| format!("已画出“{name}”；生产者和消费者是建议。这里有所不同的是："),
    saved_but: "已保存。没有一同带走的是：",
    title: "真实的 RabbitMQ",
    about_forms: "代理能接受的交换机、队列和绑定，以及按图发布和消费的程序。反过来：像打开文件一样打开代理的定义即可。",
    forms: ["定义", "Docker Compose", "Terraform", "AsyncAPI", "rabbitmqadmin", "程序"],
    unreadable: |unreadable| match unreadable {
        Unreadable::NotJson(message) => format!("不是 JSON：{message}"),
        Unreadable::NoDefinitions => "不是 RabbitMQ 的定义：没有交换机、队列或绑定的列表".to_owned(),
        Unreadable::NoRates => "不是管理 API 的回答：没有队列或交换机".to_owned(),
        Unreadable::Part(place, message) => format!("{place}：{message}"),
        Unreadable::NoSuchHost(hosts) => format!("没有这个虚拟主机；有：{}", hosts.join("、")),
    },
    producer: |name| format!("发往 {name}"),
    consumer: |name| format!("取自 {name}"),
};
