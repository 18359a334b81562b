//! What the settings of several parts have in common, and where they differ.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::scenario::field::{Field, Shape};

static ABSENT: Value = Value::Null;

/// The fields of the first list that all others have as well, alike.
pub fn common(lists: &[&'static [Field]]) -> Vec<&'static Field> {
    let Some((first, others)) = lists.split_first() else { return Vec::new() };
    let alike = |field: &&Field| {
        let has = |list: &&'static [Field]| {
            list.iter().any(|other| other.name == field.name && is_alike(&other.shape, &field.shape))
        };
        others.iter().all(has)
    };
    // What leads to other nodes is each node's own.
    let first = first.iter().filter(|field| field.name != "handler" && !matches!(field.shape, Shape::Target(_)));
    first.filter(alike).collect()
}

/// Whether two settings take the same values.
fn is_alike(one: &Shape, other: &Shape) -> bool {
    let fields = |one: &[Field], other: &[Field]| {
        one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.name == b.name && is_alike(&a.shape, &b.shape))
    };
    match (one, other) {
        (Shape::Same(one), other) => is_alike(one, other),
        (one, Shape::Same(other)) => is_alike(one, other),
        (Shape::Number(one), Shape::Number(other)) => {
            (one.min, one.max, one.whole, one.unit) == (other.min, other.max, other.whole, other.unit)
        }
        (Shape::Toggle { .. }, Shape::Toggle { .. }) | (Shape::Exchange, Shape::Exchange) => true,
        (Shape::Headers, Shape::Headers) => true,
        (Shape::Text { longest: one }, Shape::Text { longest: other }) => one == other,
        (Shape::Choices(one), Shape::Choices(other)) => {
            one.len() == other.len() && one.iter().zip(*other).all(|(a, b)| a.name == b.name)
        }
        (Shape::Variants(one), Shape::Variants(other)) => {
            one.len() == other.len()
                && one.iter().zip(*other).all(|(a, b)| a.name == b.name && is_alike(&a.shape, &b.shape))
        }
        (Shape::Record(one), Shape::Record(other)) | (Shape::Tuple(one), Shape::Tuple(other)) => fields(one, other),
        (Shape::List { item: one, .. }, Shape::List { item: other, .. }) => is_alike(one, other),
        (Shape::Optional(one), Shape::Optional(other)) => is_alike(one, other),
        _ => false,
    }
}

/// The paths at which values differ, the outermost each: within it there is nothing to compare.
pub fn paths(fields: &[&'static Field], values: &[Value]) -> BTreeSet<String> {
    let mut mixed = BTreeSet::new();
    let values: Vec<&Value> = values.iter().collect();
    for field in fields {
        let members: Vec<&Value> = values.iter().map(|value| value.get(field.name).unwrap_or(&ABSENT)).collect();
        compare(&field.shape, field.name, &members, &mut mixed);
    }
    mixed
}

fn compare(shape: &Shape, path: &str, values: &[&Value], mixed: &mut BTreeSet<String>) {
    let member =
        |name: &str| -> Vec<&Value> { values.iter().map(|value| value.get(name).unwrap_or(&ABSENT)).collect() };
    let same = match shape {
        Shape::Same(inner) => return compare(inner, path, values, mixed),
        Shape::Record(fields) => {
            for field in *fields {
                compare(&field.shape, &format!("{path}.{}", field.name), &member(field.name), mixed);
            }
            return;
        }
        Shape::Variants(variants) => {
            match variants.iter().find(|variant| values.iter().all(|value| value.get(variant.name).is_some())) {
                Some(variant) => {
                    return compare(&variant.shape, &format!("{path}.{}", variant.name), &member(variant.name), mixed);
                }
                None => values.windows(2).all(|pair| pair[0] == pair[1]),
            }
        }
        Shape::Optional(inner) if values.iter().all(|value| !value.is_null()) => {
            return compare(inner, path, values, mixed);
        }
        // What is not written down is as usual.
        Shape::Number(range) => {
            let number = |value: &Value| value.as_f64().unwrap_or(range.usual);
            values.windows(2).all(|pair| number(pair[0]) == number(pair[1]))
        }
        Shape::Optional(_) => values.windows(2).all(|pair| pair[0] == pair[1]),
        shape => {
            let usual = shape.usual();
            let held = |value: &&Value| if value.is_null() { usual.clone() } else { (*value).clone() };
            values.windows(2).all(|pair| held(&pair[0]) == held(&pair[1]))
        }
    };
    if !same {
        mixed.insert(path.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scenario::NodeKind;

    fn names(kinds: &[NodeKind]) -> Vec<&'static str> {
        let lists: Vec<&'static [Field]> = kinds.iter().map(|kind| kind.fields()).collect();
        common(&lists).into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn what_kinds_have_in_common_is_alike_in_all_of_them() {
        assert_eq!(names(&[NodeKind::Consumer, NodeKind::Service]), ["failure_rate"], "concurrency has other bounds");
        assert!(names(&[NodeKind::Exchange, NodeKind::Queue]).is_empty(), "their types are other words");
        let queue: Vec<&str> = NodeKind::Queue.fields().iter().map(|field| field.name).collect();
        assert_eq!(names(&[NodeKind::Queue, NodeKind::Queue]), queue);
    }

    #[test]
    fn the_outermost_difference_is_named() {
        let fields = common(&[NodeKind::Producer.fields()]);
        let of = |one: Value, other: Value| paths(&fields, &[one, other]).into_iter().collect::<Vec<_>>();
        let rate = |kind: &str, rate: f64| json!({"pattern": {kind: {"per_s": rate}}});
        assert!(of(rate("constant", 5.0), rate("constant", 5.0)).is_empty());
        assert_eq!(of(rate("constant", 5.0), rate("constant", 6.0)), ["pattern.constant.per_s"]);
        assert_eq!(of(rate("constant", 5.0), rate("poisson", 5.0)), ["pattern"]);
        assert_eq!(of(json!({"confirms": null}), json!({"confirms": {"retry": true}})), ["confirms"]);
    }
}
