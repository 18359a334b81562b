//! What is written and spoken on the stage.

/// The sentences of the stage.
pub struct StageWords {
    /// A fresh producer's label.
    pub producer: &'static str,
    /// A fresh queue's label.
    pub queue: &'static str,
    /// A fresh consumer's label.
    pub consumer: &'static str,
}

pub(super) static ENGLISH: StageWords = StageWords { producer: "Producer", queue: "Queue", consumer: "Consumer" };

pub(super) static SIMPLIFIED_CHINESE: StageWords =
    StageWords { producer: "生产者", queue: "队列", consumer: "消费者" };
