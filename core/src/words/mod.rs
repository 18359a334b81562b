//! Every sentence that a person reads, in every language of the page.
//!
//! A language is one value of [`Words`]: a missing sentence does not compile.

mod access;
mod document;
mod editing;
mod english;
mod failing;
mod gallery;
mod interop;
mod journey;
mod lessons;
mod live;
mod routing;
mod share;
mod shell;
mod simplified_chinese;
mod stage;
mod study;
mod theory;
mod time;

use crate::base::Language;
use crate::scenario::{Reason, field::Unit};

pub use access::AccessWords;
pub use document::{DocumentWords, Gone};
pub use editing::EditingWords;
pub use failing::FailingWords;
pub use gallery::GalleryWords;
pub use interop::InteropWords;
pub use journey::JourneyWords;
pub use lessons::{LessonWords, MakingWords};
pub use live::LiveWords;
pub use routing::RoutingWords;
pub use share::ShareWords;
pub use shell::ShellWords;
pub use stage::StageWords;
pub use study::StudyWords;
pub use theory::TheoryWords;
pub use time::TimeWords;

/// A setting's name, and one sentence that explains it.
pub struct FieldWords {
    /// Its name, as a label.
    pub name: &'static str,
    /// What it means, in one sentence.
    pub explanation: &'static str,
}

/// The names of all settings and of the choices they offer.
pub struct FieldNames {
    pub latency_ms: FieldWords,
    pub min: FieldWords,
    pub max: FieldWords,
    pub mean: FieldWords,
    pub sd: FieldWords,
    pub constant: FieldWords,
    pub exponential: FieldWords,
    pub uniform: FieldWords,
    pub normal: FieldWords,
    pub lognormal: FieldWords,
    pub empirical: FieldWords,
    pub work: FieldWords,
    pub work_ms: FieldWords,
    pub handler: FieldWords,
    pub pattern: FieldWords,
    pub poisson: FieldWords,
    pub burst: FieldWords,
    pub profile: FieldWords,
    pub once: FieldWords,
    pub per_s: FieldWords,
    pub burst_size: FieldWords,
    pub every_ms: FieldWords,
    pub count: FieldWords,
    pub at_ms: FieldWords,
    pub message: FieldWords,
    pub persistent: FieldWords,
    pub durable: FieldWords,
    pub max_length: FieldWords,
    pub overflow: FieldWords,
    pub drop_head: FieldWords,
    pub reject_publish: FieldWords,
    pub ack_mode: FieldWords,
    pub manual: FieldWords,
    pub auto: FieldWords,
    pub prefetch_count: FieldWords,
    pub concurrency: FieldWords,
    pub routing_key: FieldWords,
    pub routing_keys: FieldWords,
    pub weight: FieldWords,
    pub message_headers: FieldWords,
    pub message_priority: FieldWords,
    pub message_ttl_ms: FieldWords,
    pub size_bytes: FieldWords,
    pub mandatory: FieldWords,
    pub confirms: FieldWords,
    pub max_unconfirmed: FieldWords,
    pub retry: FieldWords,
    pub retry_ms: FieldWords,
    pub exchange_type: FieldWords,
    pub direct: FieldWords,
    pub fanout: FieldWords,
    pub topic: FieldWords,
    pub headers_type: FieldWords,
    pub alternate_exchange: FieldWords,
    pub binding_key: FieldWords,
    pub x_match: FieldWords,
    pub match_all: FieldWords,
    pub match_any: FieldWords,
    pub match_all_with_x: FieldWords,
    pub match_any_with_x: FieldWords,
    pub binding_headers: FieldWords,
    pub queue_type: FieldWords,
    pub classic: FieldWords,
    pub quorum: FieldWords,
    pub ttl_ms: FieldWords,
    pub expires_ms: FieldWords,
    pub max_length_bytes: FieldWords,
    pub reject_publish_dlx: FieldWords,
    pub dead_letter_exchange: FieldWords,
    pub dead_letter_routing_key: FieldWords,
    pub max_priority: FieldWords,
    pub single_active_consumer: FieldWords,
    pub delivery_limit: FieldWords,
    pub auto_delete: FieldWords,
    pub exclusive_queue: FieldWords,
    pub consumer_priority: FieldWords,
    pub exclusive_consumer: FieldWords,
    pub failure_rate: FieldWords,
    pub on_failure: FieldWords,
    pub requeue: FieldWords,
    pub reject: FieldWords,
    pub loss: FieldWords,
    pub duplicate: FieldWords,
    pub target: FieldWords,
    pub call: FieldWords,
    pub publish: FieldWords,
    pub publish_ms: FieldWords,
    pub confirm: FieldWords,
    pub parallel: FieldWords,
    pub timeout_ms: FieldWords,
    pub retries: FieldWords,
    pub backoff: FieldWords,
    pub first_ms: FieldWords,
    pub factor: FieldWords,
    pub most_ms: FieldWords,
    pub jitter: FieldWords,
    pub request_pattern: FieldWords,
    pub requests_per_s: FieldWords,
    pub request_count: FieldWords,
    pub request_once: FieldWords,
    pub closed_loop: FieldWords,
    pub users: FieldWords,
    pub think_ms: FieldWords,
    pub service_handler: FieldWords,
    pub service_concurrency: FieldWords,
    pub backlog_limit: FieldWords,
    pub service_failure_rate: FieldWords,
    pub node_restart_ms: FieldWords,
    pub redeploy_ms: FieldWords,
    pub answer_ms: FieldWords,
    pub capacity_per_s: FieldWords,
    pub overload: FieldWords,
    pub slow_down: FieldWords,
    pub overload_reject: FieldWords,
    pub overload_crash: FieldWords,
    pub retry_later: FieldWords,
    pub retry_settings: FieldWords,
    pub delay_queue: FieldWords,
    pub tries: FieldWords,
    pub idempotent: FieldWords,
    pub batch_size: FieldWords,
    pub interval_ms: FieldWords,
    pub faults_per_min: FieldWords,
    pub chaos_mean_ms: FieldWords,
}

/// All sentences in one language.
pub struct Words {
    /// The language.
    pub language: Language,
    /// The stage.
    pub stage: &'static StageWords,
    /// Exchanges, bindings, and what becomes of a message.
    pub routing: &'static RoutingWords,
    /// Clients, services and databases; faults, incidents and handlers.
    pub failing: &'static FailingWords,
    /// Actions by name, and editing.
    pub editing: &'static EditingWords,
    /// What serves everyone: what is spoken, the outline, the map.
    pub access: &'static AccessWords,
    /// About time.
    pub time: &'static TimeWords,
    /// What is said about the journey of a message.
    pub journey: &'static JourneyWords,
    /// Studies.
    pub study: &'static StudyWords,
    /// Queueing theory.
    pub theory: &'static TheoryWords,
    /// Lessons.
    pub lessons: &'static LessonWords,
    /// Links, pictures and what else is taken along.
    pub share: &'static ShareWords,
    /// Real brokers.
    pub interop: &'static InteropWords,
    /// A real broker, live.
    pub live: &'static LiveWords,
    /// Bars and panels.
    pub shell: &'static ShellWords,
    /// The document: notes, colours, figures over time, and what an edit costs.
    pub document: &'static DocumentWords,
    /// The scenarios: one's own and those that come with the page.
    pub gallery: &'static GalleryWords,
    /// Settings and choices.
    pub fields: FieldNames,
    /// The unit behind a number; empty where there is none.
    pub unit: fn(Unit) -> &'static str,
    /// A problem with a document or a command, as a sentence.
    pub problem: fn(&Reason) -> String,
}

impl Words {
    /// The sentences in a language.
    pub fn of(language: Language) -> &'static Words {
        match language {
            Language::English => &english::WORDS,
            Language::SimplifiedChinese => &simplified_chinese::WORDS,
        }
    }
}

/// `least to most`, written so that whole numbers have no point.
fn range(range: &crate::scenario::field::NumberRange, to: &str) -> String {
    format!("{}{to}{}", range.min, range.max)
}
