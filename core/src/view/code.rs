//! A handler as a few lines of code, so that it can be read at a glance; and what a change of it adds and takes away.
//!
//! The words of the code are the same in every language, as code is; what nodes are called is not.

use crate::scenario::{AckMode, Backoff, Call, Distribution, Id, NodeSettings, Publish, Step};

/// A line of a handler's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The code.
    pub text: String,
    /// How far it is indented.
    pub indent: usize,
    /// The step that it stands for, as a path within the handler (`2`, `3.parallel.0`); none for what stands around the
    /// steps.
    pub path: Option<String>,
    /// Whether it is new or gone, compared with another handler.
    pub change: LineChange,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineChange {
    /// It is as it was.
    #[default]
    Kept,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// The code of a node's handler; empty for nodes that have none. `name` says what a node is called.
pub fn lines(settings: &NodeSettings, name: &dyn Fn(&Id) -> String) -> Vec<Line> {
    let Some(handler) = settings.handler() else { return Vec::new() };
    let (head, tail) = match settings {
        NodeSettings::Consumer(consumer) => {
            ("on message:", if consumer.ack_mode == AckMode::Manual { "ack" } else { "done" })
        }
        _ => ("on request:", "reply"),
    };
    let around = |text: &str, indent| Line { text: text.to_owned(), indent, path: None, change: LineChange::Kept };
    let mut lines = vec![around(head, 0)];
    add(handler, "", 1, name, &mut lines);
    lines.push(around(tail, 1));
    lines
}

fn add(steps: &[Step], path: &str, indent: usize, name: &dyn Fn(&Id) -> String, lines: &mut Vec<Line>) {
    for (index, step) in steps.iter().enumerate() {
        let path = if path.is_empty() { index.to_string() } else { format!("{path}.{index}") };
        lines.push(Line { text: code(step, name), indent, path: Some(path.clone()), change: LineChange::Kept });
        if let Step::Parallel(steps) = step {
            add(steps, &format!("{path}.parallel"), indent + 1, name, lines);
        }
    }
}

fn code(step: &Step, name: &dyn Fn(&Id) -> String) -> String {
    match step {
        Step::Work { ms } => format!("work {}", duration(ms)),
        Step::Call(Call { target, timeout_ms, retries, backoff }) => {
            let mut code = format!("call {}", name(target));
            if let Some(timeout) = timeout_ms {
                code += &format!(", timeout {timeout} ms");
            }
            if *retries > 0 {
                code += &format!(", retry {retries}×");
                if backoff.first_ms > 0.0 {
                    code += &backing_off(backoff);
                }
            }
            code
        }
        Step::Publish(Publish { target, routing_key, ms, confirm }) => {
            let mut code = "publish ".to_owned();
            if !routing_key.is_empty() {
                code += &format!("“{routing_key}” ");
            }
            code += &format!("to {}", name(target));
            if *ms != Distribution::Constant(0.0) {
                code += &format!(", {}", duration(ms));
            }
            if *confirm {
                code += ", wait for confirm";
            }
            code
        }
        Step::Parallel(_) => "in parallel:".to_owned(),
    }
}

fn backing_off(backoff: &Backoff) -> String {
    let Backoff { first_ms, factor, jitter, .. } = backoff;
    let jitter = if *jitter > 0.0 { ", jitter" } else { "" };
    if *factor == 1.0 {
        format!(" every {first_ms} ms{jitter}")
    } else {
        format!(" after {first_ms} ms × {factor}{jitter}")
    }
}

fn duration(distribution: &Distribution) -> String {
    match distribution {
        Distribution::Constant(ms) => format!("{ms} ms"),
        Distribution::Exponential(mean) => format!("exponential {mean} ms"),
        Distribution::Uniform { min, max } => format!("{min}–{max} ms"),
        Distribution::Normal { mean, sd } => format!("{mean} ± {sd} ms"),
        Distribution::Lognormal { mean, sd } => format!("lognormal {mean} ± {sd} ms"),
        Distribution::Empirical(values) => format!("one of {} measured ms", values.len()),
    }
}

/// Both versions of a code as one: lines that are gone stand before those that came in their place.
pub fn changed(before: &[Line], after: &[Line]) -> Vec<Line> {
    let same = |one: &Line, other: &Line| one.text == other.text && one.indent == other.indent;
    // The longest common part of what follows each pair of places: handlers have at most a few dozen lines.
    let mut common = vec![vec![0u32; after.len() + 1]; before.len() + 1];
    for (row, old) in before.iter().enumerate().rev() {
        for (column, new) in after.iter().enumerate().rev() {
            common[row][column] = if same(old, new) {
                common[row + 1][column + 1] + 1
            } else {
                common[row + 1][column].max(common[row][column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut lines = Vec::new();
    while row < before.len() || column < after.len() {
        match (before.get(row), after.get(column)) {
            (Some(old), Some(new)) if same(old, new) => {
                lines.push(new.clone());
                row += 1;
                column += 1;
            }
            (Some(old), new) if new.is_none() || common[row + 1][column] >= common[row][column + 1] => {
                lines.push(Line { path: None, change: LineChange::Removed, ..old.clone() });
                row += 1;
            }
            (_, Some(new)) => {
                lines.push(Line { change: LineChange::Added, ..new.clone() });
                column += 1;
            }
            (_, None) => break,
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scenario::NodeKind;

    fn service(handler: serde_json::Value) -> NodeSettings {
        NodeSettings::from_value(NodeKind::Service, json!({ "handler": handler }), "").expect("good settings")
    }

    fn text(lines: &[Line]) -> String {
        let mark = |change| match change {
            LineChange::Kept => ' ',
            LineChange::Added => '+',
            LineChange::Removed => '-',
        };
        let line = |line: &Line| {
            let path = line.path.as_deref().map(|path| format!("  [{path}]")).unwrap_or_default();
            format!("{} {}{}{path}\n", mark(line.change), "    ".repeat(line.indent), line.text)
        };
        lines.iter().map(line).collect()
    }

    fn plain(id: &Id) -> String {
        id.0.clone()
    }

    #[test]
    fn a_handler_reads_like_code() {
        let settings = service(json!([
            {"work": {"ms": {"uniform": {"min": 5, "max": 10}}}},
            {"call": {"target": "inventory", "timeout_ms": 500, "retries": 2, "backoff": {"first_ms": 100}}},
            {"parallel": [{"call": {"target": "payment"}}, {"work": {"ms": 3}}]},
            {"publish": {"target": "exchange", "routing_key": "order.paid", "ms": 5, "confirm": true}},
        ]));
        let code = text(&lines(&settings, &plain));
        let expected = [
            "  on request:",
            "      work 5–10 ms  [0]",
            "      call inventory, timeout 500 ms, retry 2× after 100 ms × 2  [1]",
            "      in parallel:  [2]",
            "          call payment  [2.parallel.0]",
            "          work 3 ms  [2.parallel.1]",
            "      publish “order.paid” to exchange, 5 ms, wait for confirm  [3]",
            "      reply",
        ];
        assert_eq!(code.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_change_shows_what_is_new_and_what_is_gone() {
        let before = service(json!([{"call": {"target": "database"}}, {"call": {"target": "payment"}}]));
        let after =
            service(json!([{"call": {"target": "database"}}, {"call": {"target": "points"}}, {"work": {"ms": 1}}]));
        let code = text(&changed(&lines(&before, &plain), &lines(&after, &plain)));
        let expected = [
            "  on request:",
            "      call database  [0]",
            "-     call payment",
            "+     call points  [1]",
            "+     work 1 ms  [2]",
            "      reply",
        ];
        assert_eq!(code.lines().collect::<Vec<_>>(), expected);
    }
}
