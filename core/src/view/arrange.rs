//! Tidying up: all nodes laid out anew from left to right, as messages flow.
//!
//! Layers by longest path, places within them by the middle of what is connected (Sugiyama's method), each group of
//! connected nodes by itself. Where nothing else decides, what stood higher stands higher afterwards.

use std::collections::BTreeMap;

use super::layout::{self, NODE_HEIGHT};
use crate::base::Point;
use crate::editor::tool::snapped;
use crate::scenario::{Id, Scenario};

/// Between two columns: room for what is written on edges.
const BETWEEN_COLUMNS: f64 = 120.0;
/// Between two instruments of a column: room for what is said below them.
const BETWEEN_ROWS: f64 = 56.0;
/// Between groups of nodes that nothing connects.
const BETWEEN_GROUPS: f64 = 72.0;
/// More nodes than this that nothing connects stand in rows.
const MOST_SINGLES: usize = 4;
/// How high the way is that a long edge has through a column.
const WAY: f64 = 24.0;
/// How often the columns are gone through, there and back.
const ROUNDS: usize = 12;

/// Something that takes a place in a column: an instrument, or the way of an edge that passes it.
struct Item {
    node: Option<usize>,
    layer: usize,
    height: f64,
    /// Its middle.
    y: f64,
    before: Vec<usize>,
    behind: Vec<usize>,
}

/// The new places of all nodes.
pub fn arranged(scenario: &Scenario) -> Vec<(Id, Point)> {
    let Some(content) = layout::content(scenario) else { return Vec::new() };
    let flows = flows(scenario);
    let groups = groups(scenario.nodes.len(), &flows);
    // Many that nothing connects stand in rows: a single column of them could not be read.
    let (singles, groups): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.len() == 1);
    let in_rows = singles.len() > MOST_SINGLES;
    let groups: Vec<Vec<usize>> = if in_rows { groups } else { in_order(groups, &singles) };
    let mut places = vec![Point::default(); scenario.nodes.len()];
    let mut top = content.origin.y;
    for group in groups {
        let height = arrange_group(scenario, &group, &flows, Point::new(content.origin.x, top), &mut places);
        top += height + BETWEEN_GROUPS;
    }
    if in_rows {
        let columns = (singles.len() as f64).sqrt().ceil() as usize;
        let widest = singles.iter().map(|group| layout::node_size(scenario.nodes[group[0]].kind()).0);
        let step = widest.fold(0.0, f64::max) + BETWEEN_COLUMNS / 2.0;
        for (number, group) in singles.iter().enumerate() {
            let (row, column) = ((number / columns) as f64, (number % columns) as f64);
            places[group[0]] = Point::new(content.origin.x + column * step, top + row * (NODE_HEIGHT + BETWEEN_ROWS));
        }
    }
    scenario.nodes.iter().zip(places).map(|(node, place)| (node.id.clone(), snapped(place))).collect()
}

/// All groups, in the order of their first nodes.
fn in_order(mut groups: Vec<Vec<usize>>, singles: &[Vec<usize>]) -> Vec<Vec<usize>> {
    groups.extend_from_slice(singles);
    groups.sort_by_key(|group| group[0]);
    groups
}

/// All ways of messages between nodes, none of them twice and none backwards: what closes a circle is left out.
fn flows(scenario: &Scenario) -> Vec<(usize, usize)> {
    let indices: BTreeMap<&Id, usize> =
        scenario.nodes.iter().enumerate().map(|(index, node)| (&node.id, index)).collect();
    let mut position = vec![0; scenario.nodes.len()];
    for (place, index) in layout::flow_order(scenario).into_iter().enumerate() {
        position[index] = place;
    }
    let links = layout::links(scenario);
    let ends = scenario.edges.iter().map(|edge| (&edge.from, &edge.to));
    let ends = ends.chain(links.iter().map(|link| (&link.from, &link.to)));
    let mut flows: Vec<(usize, usize)> = ends
        .filter_map(|(from, to)| Some((*indices.get(from)?, *indices.get(to)?)))
        .filter(|&(from, to)| position[from] < position[to])
        .collect();
    flows.sort_unstable();
    flows.dedup();
    flows
}

/// The indices of nodes that are connected, group by group; higher ones first.
fn groups(count: usize, flows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..count).collect();
    fn root(group: &mut [usize], mut node: usize) -> usize {
        while group[node] != node {
            group[node] = group[group[node]];
            node = group[node];
        }
        node
    }
    for &(from, to) in flows {
        let (from, to) = (root(&mut group, from), root(&mut group, to));
        group[from.max(to)] = from.min(to);
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for node in 0..count {
        groups.entry(root(&mut group, node)).or_default().push(node);
    }
    groups.into_values().collect()
}

/// Lays out one group with its corner at a place; how high it is.
fn arrange_group(
    scenario: &Scenario,
    group: &[usize],
    flows: &[(usize, usize)],
    corner: Point,
    places: &mut [Point],
) -> f64 {
    let mut items = items(scenario, group, flows);
    let layers = items.iter().map(|item| item.layer + 1).max().unwrap_or_default();
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); layers];
    for (index, item) in items.iter().enumerate() {
        columns[item.layer].push(index);
    }
    for round in 0..2 * ROUNDS {
        let forwards = round % 2 == 0;
        let order: Vec<usize> = if forwards { (0..layers).collect() } else { (0..layers).rev().collect() };
        for layer in order {
            settle(&mut items, &mut columns[layer], forwards);
        }
    }
    let highest = items.iter().map(|item| item.y - item.height / 2.0).fold(f64::INFINITY, f64::min);
    let lowest = items.iter().map(|item| item.y + item.height / 2.0).fold(f64::NEG_INFINITY, f64::max);
    let mut x = corner.x;
    for column in &columns {
        let size = |item: &Item| item.node.map(|node| layout::node_size(scenario.nodes[node].kind()).0);
        let width = column.iter().filter_map(|index| size(&items[*index])).fold(0.0, f64::max);
        for item in column.iter().map(|index| &items[*index]) {
            if let Some(node) = item.node {
                let own = layout::node_size(scenario.nodes[node].kind()).0;
                places[node] = Point::new(x + (width - own) / 2.0, corner.y + item.y - item.height / 2.0 - highest);
            }
        }
        x += width + BETWEEN_COLUMNS;
    }
    lowest - highest
}

/// The nodes of a group with the columns in which they stand, and the ways of edges through the columns between.
fn items(scenario: &Scenario, group: &[usize], flows: &[(usize, usize)]) -> Vec<Item> {
    let place: BTreeMap<usize, usize> = group.iter().enumerate().map(|(place, node)| (*node, place)).collect();
    let flows: Vec<(usize, usize)> =
        flows.iter().filter_map(|(from, to)| Some((*place.get(from)?, *place.get(to)?))).collect();
    let mut layer = vec![0usize; group.len()];
    // As long as something moves: a way has as many nodes as there are at the most.
    for _ in 0..group.len() {
        let mut moved = false;
        for &(from, to) in &flows {
            if layer[to] <= layer[from] {
                layer[to] = layer[from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    // What nothing flows into stands right before what it feeds.
    for node in 0..group.len() {
        if flows.iter().all(|(_, to)| *to != node)
            && let Some(first) = flows.iter().filter(|(from, _)| *from == node).map(|(_, to)| layer[*to]).min()
        {
            layer[node] = first - 1;
        }
    }
    let mut items: Vec<Item> = group
        .iter()
        .zip(&layer)
        .map(|(node, layer)| Item {
            node: Some(*node),
            layer: *layer,
            height: NODE_HEIGHT + BETWEEN_ROWS,
            y: scenario.nodes[*node].at.y + NODE_HEIGHT / 2.0,
            before: Vec::new(),
            behind: Vec::new(),
        })
        .collect();
    for (from, to) in flows {
        let mut last = from;
        for between in layer[from] + 1..layer[to] {
            let part = (between - layer[from]) as f64 / (layer[to] - layer[from]) as f64;
            let y = items[from].y + (items[to].y - items[from].y) * part;
            items.push(Item { node: None, layer: between, height: WAY, y, before: Vec::new(), behind: Vec::new() });
            let way = items.len() - 1;
            connect(&mut items, last, way);
            last = way;
        }
        connect(&mut items, last, to);
    }
    items
}

fn connect(items: &mut [Item], from: usize, to: usize) {
    items[from].behind.push(to);
    items[to].before.push(from);
}

/// Moves what stands in a column as near as possible to the middle of what it is connected with on one side.
fn settle(items: &mut [Item], column: &mut [usize], forwards: bool) {
    let wanted: Vec<f64> = column
        .iter()
        .map(|index| {
            let item = &items[*index];
            let (near, far) = if forwards { (&item.before, &item.behind) } else { (&item.behind, &item.before) };
            let near = if near.is_empty() { far } else { near };
            if near.is_empty() {
                return item.y;
            }
            near.iter().map(|other| items[*other].y).sum::<f64>() / near.len() as f64
        })
        .collect();
    let mut order: Vec<usize> = (0..column.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]).then(items[column[*a]].y.total_cmp(&items[column[*b]].y)));
    // As near as possible to the wanted places and none over another: what is too close becomes one block around the
    // mean of its wishes.
    struct Block {
        first: usize,
        count: usize,
        sum: f64,
    }
    let mut offsets = Vec::with_capacity(order.len());
    let mut offset = 0.0;
    let mut blocks: Vec<Block> = Vec::new();
    for (place, which) in order.iter().enumerate() {
        let height = items[column[*which]].height;
        offset += if place == 0 { 0.0 } else { (items[column[order[place - 1]]].height + height) / 2.0 };
        offsets.push(offset);
        blocks.push(Block { first: place, count: 1, sum: wanted[*which] - offset });
        while let [.., upper, lower] = &mut blocks[..]
            && upper.sum / upper.count as f64 > lower.sum / lower.count as f64
        {
            upper.count += lower.count;
            upper.sum += lower.sum;
            blocks.pop();
        }
    }
    for block in &blocks {
        let mean = block.sum / block.count as f64;
        for place in block.first..block.first + block.count {
            items[column[order[place]]].y = mean + offsets[place];
        }
    }
    let sorted: Vec<usize> = order.iter().map(|which| column[*which]).collect();
    column.copy_from_slice(&sorted);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Rect;
    use crate::scenario::format;
    use serde_json::json;

    fn scenario(nodes: &[(&str, &str)], edges: &[(&str, &str, &str)]) -> Scenario {
        let nodes: Vec<_> = nodes
            .iter()
            .enumerate()
            .map(|(index, (id, kind))| json!({"id": id, "kind": kind, "at": [(index * 7 % 5) as f64 * 40.0, index as f64 * 30.0]}))
            .collect();
        let edges: Vec<_> = edges
            .iter()
            .map(|(kind, from, to)| json!({"id": format!("{from}>{to}"), "kind": kind, "from": from, "to": to}))
            .collect();
        format::from_value(json!({"mq_scenario": 1, "nodes": nodes, "edges": edges})).expect("a good scenario")
    }

    fn places(scenario: &mut Scenario) -> BTreeMap<String, Rect> {
        for (id, place) in arranged(scenario) {
            let node = scenario.nodes.iter_mut().find(|node| node.id == id).expect("is there");
            node.at = place;
        }
        scenario.nodes.iter().map(|node| (node.id.0.clone(), layout::node_rect(node))).collect()
    }

    #[test]
    fn messages_flow_to_the_right_and_nothing_lies_on_anything() {
        let mut scenario = scenario(
            &[
                ("c2", "consumer"),
                ("q1", "queue"),
                ("p", "producer"),
                ("x", "exchange"),
                ("q2", "queue"),
                ("c1", "consumer"),
                ("c3", "consumer"),
                ("lonely", "queue"),
            ],
            &[
                ("publish", "p", "x"),
                ("bind", "x", "q1"),
                ("bind", "x", "q2"),
                ("subscribe", "q1", "c1"),
                ("subscribe", "q2", "c2"),
                ("subscribe", "q2", "c3"),
                ("publish", "c1", "q2"),
            ],
        );
        let places = places(&mut scenario);
        for (from, to) in [("p", "x"), ("x", "q1"), ("q1", "c1"), ("c1", "q2"), ("q2", "c2"), ("q2", "c3")] {
            assert!(places[from].origin.x + places[from].width < places[to].origin.x, "{from} before {to}");
        }
        let rects: Vec<&Rect> = places.values().collect();
        for (index, rect) in rects.iter().enumerate() {
            assert!(rects[..index].iter().all(|other| !rect.meets(other)));
        }
    }

    #[test]
    fn a_row_stays_a_row_and_a_circle_ends() {
        let row = &[("p", "producer"), ("q", "queue"), ("c", "consumer")];
        let mut straight = scenario(row, &[("publish", "p", "q"), ("subscribe", "q", "c")]);
        let places = places(&mut straight);
        assert_eq!(places["p"].origin.y, places["q"].origin.y);
        assert_eq!(places["q"].origin.y, places["c"].origin.y);
        let mut circle = scenario(row, &[("publish", "p", "q"), ("subscribe", "q", "c"), ("publish", "c", "q")]);
        let first = arranged(&circle);
        for (node, (_, place)) in circle.nodes.iter_mut().zip(&first) {
            node.at = *place;
        }
        assert_eq!(arranged(&circle), first, "tidying up what is tidy changes nothing");
    }
}
