//! The display list of messages under way: which dots stand where at this instant, and which edges show a flow.
//!
//! A message stands on its edge at `(now − departed) / drawn duration`, where the drawn duration is the longer of its
//! travel and [`DRAWN_FOR`] of wall time at the speed of the moment. Nothing else goes in: whatever instant a session
//! stands at, and whichever way it came there, the same list comes out.
//!
//! Too many dots say less than none. An edge with more than [`MOST_ON_EDGE`] of them shows some, chosen by the copies'
//! numbers, over a band that is the stronger the more messages are there; above [`FASTEST_WITH_DOTS`] simulated
//! seconds per second every edge shows its band only.

use crate::base::{Curve, Micros, Point};
use crate::engine::{EdgeIndex, NodeIndex};
use crate::scenario::EdgeKind;
use crate::session::Session;
use crate::timeline::{Transit, Way};

use super::layout;

/// How long a message without latency is seen to travel: microseconds of wall time.
pub const DRAWN_FOR: f64 = 400_000.0;

/// Above this speed, in simulated seconds per second, single messages are no longer drawn.
pub const FASTEST_WITH_DOTS: f64 = 20.0;

/// How many dots one edge shows before they are thinned.
pub const MOST_ON_EDGE: u32 = 400;

/// How many dots all edges show together before all are thinned.
pub const MOST_DOTS: u32 = 12_000;

/// Into how many cells of equal length a band is divided.
pub const CELLS: usize = 32;

/// Into how many straight pieces of equal length a curve is divided.
const PIECES: usize = 96;

/// A message under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Rightwards, in stage units.
    pub x: f32,
    /// Downwards.
    pub y: f32,
    /// What it is.
    pub look: Look,
    /// The number of the copy, or of the request.
    pub copy: u64,
}

/// What moves, as it is told apart on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A message.
    Message,
    /// A message that was delivered before.
    Redelivered,
    /// A request.
    Request,
    /// A good answer.
    Answer,
    /// An answer that says that something has failed.
    Failure,
    /// Around a message that is followed.
    Followed,
}

/// How many messages are about, on one cell of an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Density {
    /// All of them.
    pub all: f32,
    /// Those that were delivered before; of answers: those that say that something has failed.
    pub redelivered: f32,
}

/// The band of an edge that shows its flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    edge: u32,
    /// From the edge's beginning to its end.
    pub cells: [Density; CELLS],
}

impl Flow {
    /// How many messages are about, at `part` of the edge's length.
    pub fn at(&self, part: f32) -> Density {
        let place = (part * CELLS as f32 - 0.5).clamp(0.0, (CELLS - 1) as f32);
        let (before, share) = (place as usize, place.fract());
        let (a, b) = (self.cells[before], self.cells[(before + 1).min(CELLS - 1)]);
        Density {
            all: a.all + (b.all - a.all) * share,
            redelivered: a.redelivered + (b.redelivered - a.redelivered) * share,
        }
    }

    fn add(&mut self, part: f32, redelivered: bool) {
        // A message counts for the two cells between whose middles it stands, so that the band moves evenly.
        let place = (part * CELLS as f32 - 0.5).clamp(0.0, (CELLS - 1) as f32);
        let (before, share) = (place as usize, place.fract());
        for (cell, share) in [(before, 1.0 - share), ((before + 1).min(CELLS - 1), share)] {
            self.cells[cell].all += share;
            if redelivered {
                self.cells[cell].redelivered += share;
            }
        }
    }

    /// Messages older than the record are not known: where they would be, it is taken to be as elsewhere.
    fn extend(&mut self, known: f32) {
        let known_cells = known * CELLS as f32;
        let whole = known_cells as usize;
        if whole >= CELLS {
            return;
        }
        let sum = self.cells.iter().fold(Density::default(), |sum, cell| Density {
            all: sum.all + cell.all,
            redelivered: sum.redelivered + cell.redelivered,
        });
        let shares = 1.0 / known_cells.max(f32::EPSILON);
        let mean = Density { all: sum.all * shares, redelivered: sum.redelivered * shares };
        self.cells[whole..].fill(mean);
    }
}

/// How many dots are drawn one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// On one edge.
    pub edge: u32,
    /// On all edges.
    pub all: u32,
}

impl Limits {
    /// What a person can still make something of.
    pub const SHOWN: Limits = Limits { edge: MOST_ON_EDGE, all: MOST_DOTS };
    /// Bands only.
    pub const FLOW: Limits = Limits { edge: 0, all: 0 };
    /// Every one.
    pub const NONE: Limits = Limits { edge: u32::MAX, all: u32::MAX };
}

/// A curve, measured: places at equal distances along it.
#[derive(Clone)]
pub struct Path {
    curve: Curve,
    latency: Micros,
    /// Whether requests or answers move on it, and not messages.
    calls: bool,
    length: f32,
    /// One more than pieces have ends, so that the last place has a next one too.
    places: [[f32; 2]; PIECES + 2],
}

impl Path {
    fn new(curve: Curve, latency: Micros, calls: bool) -> Path {
        const SAMPLES: usize = PIECES * 4;
        let sample = |index: usize| curve.at(index as f64 / SAMPLES as f64);
        let mut lengths = [0.0; SAMPLES + 1];
        let mut before = sample(0);
        for index in 1..=SAMPLES {
            let here = sample(index);
            lengths[index] = lengths[index - 1] + here.distance(before);
            before = here;
        }
        let length = lengths[SAMPLES];
        let mut places = [[0.0; 2]; PIECES + 2];
        let mut index = 0;
        for (number, place) in places.iter_mut().enumerate() {
            let wanted = length * number.min(PIECES) as f64 / PIECES as f64;
            while index < SAMPLES - 1 && lengths[index + 1] < wanted {
                index += 1;
            }
            let span = lengths[index + 1] - lengths[index];
            let share = if span > 0.0 { ((wanted - lengths[index]) / span).clamp(0.0, 1.0) } else { 0.0 };
            let point = curve.at((index as f64 + share) / SAMPLES as f64);
            *place = [point.x as f32, point.y as f32];
        }
        Path { curve, latency, calls, length: length as f32, places }
    }

    /// The place at `part` of the length.
    #[inline]
    pub fn at(&self, part: f32) -> [f32; 2] {
        let place = part.clamp(0.0, 1.0) * PIECES as f32;
        let index = (place as usize).min(PIECES);
        let share = place - index as f32;
        let ([a, b], [c, d]) = (self.places[index], self.places[index + 1]);
        [a + (c - a) * share, b + (d - b) * share]
    }

    /// Whether requests or answers move on it, and not messages.
    pub fn calls(&self) -> bool {
        self.calls
    }

    /// The length in stage units.
    pub fn length(&self) -> f32 {
        self.length
    }
}

/// A message that is under way at the instant.
#[derive(Clone, Copy)]
struct Moving {
    part: f32,
    edge: u32,
    copy: u64,
    look: Look,
}

/// How far a dropped message is seen to fall out of its node, in stage units.
const FALL: f64 = 56.0;

/// How far below its line answers travel, in stage units.
const BESIDE: f64 = 8.0;

/// The track of a way: edges and nodes of the run have four tracks for each index.
fn track_of(way: Way) -> usize {
    match way {
        Way::Edge(EdgeIndex(edge)) => 4 * edge as usize,
        Way::Away(NodeIndex(node)) => 4 * node as usize + 1,
        Way::DeadLetter(NodeIndex(node)) => 4 * node as usize + 2,
        Way::Back(EdgeIndex(edge)) => 4 * edge as usize + 3,
    }
}

/// A way of the run.
#[derive(Clone, Default)]
struct Track {
    path: Option<Box<Path>>,
    count: u32,
    /// How often the number of its dots is halved.
    halvings: u32,
    /// The place of its band among the flows, and one.
    flow: usize,
}

/// What is to be painted of a session's messages, at one instant. Made once and filled again for each frame: in the
/// steady state nothing is allocated. One list follows one session.
#[derive(Clone, Default)]
pub struct DisplayList {
    dots: Vec<Dot>,
    flows: Vec<Flow>,
    tracks: Vec<Track>,
    moving: Vec<Moving>,
    /// The revision of the document for which the paths are right.
    document: Option<u64>,
}

impl DisplayList {
    /// The dots; what set off last stands last.
    pub fn dots(&self) -> &[Dot] {
        &self.dots
    }

    /// The bands, each with its edge's path. They lie below the dots.
    pub fn flows(&self) -> impl Iterator<Item = (&Flow, &Path)> {
        self.flows.iter().filter_map(|flow| Some((flow, self.tracks[flow.edge as usize].path.as_deref()?)))
    }

    /// Whether there is nothing to paint.
    pub fn is_empty(&self) -> bool {
        self.dots.is_empty() && self.flows.is_empty()
    }

    /// Takes everything out.
    fn clear(&mut self) {
        self.dots.clear();
        self.flows.clear();
    }

    /// Fills the list with what a session shows now.
    pub fn show(&mut self, session: &Session) {
        let fast = session.playback().speed() > FASTEST_WITH_DOTS;
        self.show_within(session, if fast { Limits::FLOW } else { Limits::SHOWN });
    }

    /// The same for people who prefer that nothing flies about: each edge on which messages are under way is filled
    /// from end to end, the stronger the more there are.
    pub fn show_still(&mut self, session: &Session) {
        self.show_within(session, Limits::FLOW);
        for flow in &mut self.flows {
            let sum = flow.cells.iter().fold(Density::default(), |sum, cell| Density {
                all: sum.all + cell.all,
                redelivered: sum.redelivered + cell.redelivered,
            });
            let mean = Density { all: sum.all / CELLS as f32, redelivered: sum.redelivered / CELLS as f32 };
            flow.cells.fill(mean);
        }
    }

    fn show_within(&mut self, session: &Session, limits: Limits) {
        self.follow(session);
        let (now, speed) = (session.now(), session.playback().speed());
        let drawn_for = Micros((DRAWN_FOR * speed) as u64);
        // The ring holds what lies behind the last departure it has. Copies are counted from 1 on, and each is
        // published first: as long as copy 1 leads, nothing has gone.
        let mut transits = session.recorder().seen_at(now, Micros::LAST).peekable();
        let oldest = transits.peek().filter(|oldest| oldest.copy != 1);
        let known_since = oldest.map_or(Micros::ZERO, |oldest| oldest.departed_at);
        drop(transits);
        let seen = session.recorder().seen_at(now, drawn_for);
        self.fill(seen, now, drawn_for, known_since, limits);
        if let Some(journey) = session.run().journey() {
            self.mark(journey.copies());
        }
    }

    /// Marks the dots of these copies.
    fn mark(&mut self, copies: &[u64]) {
        for place in 0..self.dots.len() {
            let dot = self.dots[place];
            if matches!(dot.look, Look::Message | Look::Redelivered) && copies.contains(&dot.copy) {
                self.dots.push(Dot { look: Look::Followed, ..dot });
            }
        }
    }

    /// The message whose dot is nearest to a place on the stage, and no farther than `reach`: requests are none.
    pub fn message_at(&self, place: Point, reach: f64) -> Option<u64> {
        let messages = self.dots.iter().filter(|dot| matches!(dot.look, Look::Message | Look::Redelivered));
        let distances = messages.map(|dot| (place.distance(Point::new(f64::from(dot.x), f64::from(dot.y))), dot.copy));
        let near = distances.filter(|(distance, _)| *distance <= reach);
        near.min_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, copy)| copy)
    }

    /// Brings the curves up to date with a session's document.
    pub fn follow(&mut self, session: &Session) {
        let revision = session.revisions().document;
        if self.document == Some(revision) {
            return;
        }
        self.document = Some(revision);
        let mut old = std::mem::take(&mut self.tracks);
        let mut lay = |way: Way, curve: Curve, latency: Micros, calls: bool| {
            let index = track_of(way);
            let kept = old.get_mut(index).and_then(|track| track.path.take());
            let path = match kept {
                Some(path) if path.curve == curve && path.latency == latency && path.calls == calls => path,
                _ => Box::new(Path::new(curve, latency, calls)),
            };
            if self.tracks.len() <= index {
                self.tracks.resize_with(index + 1, Track::default);
            }
            self.tracks[index].path = Some(path);
        };
        let (scenario, engine) = (session.scenario(), session.engine());
        for edge in &scenario.edges {
            if let (Some(index), Some(curve)) = (engine.edge_index(&edge.id), layout::edge_curve(scenario, edge)) {
                let (latency, calls) = (Micros::from_ms(edge.latency_ms), edge.kind == EdgeKind::Call);
                lay(Way::Edge(index), curve, latency, calls);
                if calls {
                    // Answers travel beside the line, so that they and the requests do not hide each other.
                    let [a, b, c, d] = curve.points.map(|point| point.moved(0.0, BESIDE));
                    lay(Way::Back(index), Curve { points: [d, c, b, a] }, latency, calls);
                }
            }
        }
        for node in &scenario.nodes {
            if let Some(index) = engine.node_index_of(&node.id) {
                lay(Way::Away(index), layout::fall(node, FALL), Micros::ZERO, false);
            }
        }
        for link in layout::links(scenario).into_iter().filter(|link| link.kind == layout::LinkKind::DeadLetters) {
            if let Some(index) = engine.node_index_of(&link.from) {
                lay(Way::DeadLetter(index), link.curve, Micros::ZERO, false);
            }
        }
    }

    /// Fills the list with these transits, of which all are under way at `now` when each is drawn for at least
    /// `drawn_for`. What set off before `known_since` is not among them.
    pub fn fill<'a>(
        &mut self,
        transits: impl Iterator<Item = &'a Transit>,
        now: Micros,
        drawn_for: Micros,
        known_since: Micros,
        limits: Limits,
    ) {
        self.clear();
        self.moving.clear();
        for track in &mut self.tracks {
            (track.count, track.halvings, track.flow) = (0, 0, 0);
        }
        let usual = 1.0 / drawn_for.0.max(1) as f32;
        for transit in transits {
            // An edge that was taken away meanwhile has no path any more.
            let index = track_of(transit.way);
            let Some(track) = self.tracks.get_mut(index) else { continue };
            let Some(path) = &track.path else { continue };
            let look = match transit.way {
                Way::Back(_) if transit.failed => Look::Failure,
                Way::Back(_) => Look::Answer,
                _ if path.calls => Look::Request,
                _ if transit.redelivered => Look::Redelivered,
                _ => Look::Message,
            };
            track.count += 1;
            let travel = transit.arrives_at.saturating_sub(transit.departed_at);
            let share = if travel > drawn_for { 1.0 / travel.0 as f32 } else { usual };
            self.moving.push(Moving {
                part: now.saturating_sub(transit.departed_at).0 as f32 * share,
                edge: index as u32,
                copy: transit.copy,
                look,
            });
        }
        self.thin(limits);
        let known_for = now.saturating_sub(known_since);
        let has_flows = self.start_flows();
        for moving in &self.moving {
            let track = &self.tracks[moving.edge as usize];
            if has_flows && track.flow > 0 {
                let marked = matches!(moving.look, Look::Redelivered | Look::Failure);
                self.flows[track.flow - 1].add(moving.part, marked);
            }
            if is_kept(moving.copy, track.halvings)
                && let Some(path) = &track.path
            {
                let [x, y] = path.at(moving.part);
                self.dots.push(Dot { x, y, look: moving.look, copy: moving.copy });
            }
        }
        if known_since > Micros::ZERO {
            for flow in &mut self.flows {
                let latency = self.tracks[flow.edge as usize].path.as_ref().map_or(Micros::ZERO, |path| path.latency);
                flow.extend(known_for.0 as f32 / latency.max(drawn_for).0.max(1) as f32);
            }
        }
    }

    /// Decides how often each edge's dots are halved so that the limits hold.
    fn thin(&mut self, limits: Limits) {
        if limits.all == 0 || limits.edge == 0 {
            self.tracks.iter_mut().for_each(|track| track.halvings = u64::BITS);
            return;
        }
        let mut total = 0;
        for track in &mut self.tracks {
            while track.count >> track.halvings > limits.edge {
                track.halvings += 1;
            }
            total += track.count >> track.halvings;
        }
        let mut more = 0;
        while total >> more > limits.all {
            more += 1;
        }
        self.tracks.iter_mut().for_each(|track| track.halvings += more);
    }

    /// Begins a band for each edge that does not show all of its dots.
    fn start_flows(&mut self) -> bool {
        for (index, track) in self.tracks.iter_mut().enumerate() {
            if track.halvings > 0 && track.count > 0 {
                self.flows.push(Flow { edge: index as u32, cells: [Density::default(); CELLS] });
                track.flow = self.flows.len();
            }
        }
        !self.flows.is_empty()
    }
}

/// Whether a copy is among those shown when all dots are halved so many times. What is shown after one halving more is
/// a part of what was shown before it, and numbers that follow each other are spread evenly (Fibonacci hashing).
#[inline]
fn is_kept(copy: u64, halvings: u32) -> bool {
    copy.wrapping_mul(0x9e37_79b9_7f4a_7c15).leading_zeros() >= halvings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Point;
    use crate::engine::EdgeIndex;
    use crate::scenario::format;
    use crate::session::Command;

    /// A producer and a queue at a constant rate, and a consumer that is delivered to over 30 ms.
    fn session(per_s: f64) -> Session {
        let text = format!(
            r#"{{"mq_scenario": 1, "seed": 3, "nodes": [
                {{"id": "p", "kind": "producer", "at": [0, 0], "settings": {{"pattern": {{"constant": {{"per_s": {per_s}}}}}}}}},
                {{"id": "q", "kind": "queue", "at": [400, 60]}},
                {{"id": "c", "kind": "consumer", "at": [800, 0]}}],
              "edges": [
                {{"id": "pq", "kind": "publish", "from": "p", "to": "q"}},
                {{"id": "qc", "kind": "subscribe", "from": "q", "to": "c", "latency_ms": 900}}]}}"#
        );
        Session::new(format::parse(&text).expect("a good scenario"))
    }

    fn settle(session: &mut Session) {
        while session.playback().seeking().is_some() {
            session.tick(0.0, &mut || false);
        }
    }

    fn seek(session: &mut Session, time: Micros) {
        session.dispatch(Command::Seek { time_us: time }).expect("any instant may be sought");
        settle(session);
    }

    fn shown(session: &Session) -> DisplayList {
        let mut list = DisplayList::default();
        list.show(session);
        list
    }

    fn assert_same(a: &DisplayList, b: &DisplayList) {
        assert_eq!(a.dots, b.dots);
        assert_eq!(a.flows, b.flows);
    }

    #[test]
    fn an_instant_looks_the_same_whichever_way_it_is_reached() {
        let mut session = session(50.0);
        let instant = Micros(2_345_678);
        seek(&mut session, instant);
        let first = shown(&session);
        assert!(first.dots.len() >= 30, "{}", first.dots.len());

        seek(&mut session, Micros(9_000_000));
        let mut reused = DisplayList::default();
        reused.show(&session);
        seek(&mut session, instant);
        assert_same(&first, &shown(&session));
        reused.show(&session);
        assert_same(&first, &reused);

        // In frames of odd lengths, as a page plays.
        session.dispatch(Command::Reset).expect("a run can begin again");
        session.dispatch(Command::Play { until_us: Some(instant) }).expect("a run can be played");
        while session.playback().playing() {
            session.tick(16_683.3, &mut || false);
            reused.show(&session);
        }
        assert_same(&first, &reused);
    }

    #[test]
    fn a_message_without_latency_is_seen_to_travel() {
        let mut session = session(1.0);
        seek(&mut session, Micros(100_000));
        let list = shown(&session);
        let on_first_edge = list.dots.iter().find(|dot| dot.x < 400.0).expect("a dot on the first edge");
        let path = list.tracks[0].path.as_ref().expect("the edge has a path");
        let [x, y] = path.at(0.25);
        assert!((on_first_edge.x - x).abs() < 0.01 && (on_first_edge.y - y).abs() < 0.01);
        seek(&mut session, Micros(400_000));
        assert!(!shown(&session).dots.iter().any(|dot| dot.x < 400.0));
    }

    #[test]
    fn dots_follow_a_moved_node() {
        let mut session = session(20.0);
        seek(&mut session, Micros(1_500_000));
        let mut list = DisplayList::default();
        list.show(&session);
        let before = list.dots.clone();
        session
            .dispatch(Command::Move { places: vec![("p".into(), Point::new(0.0, 300.0))] })
            .expect("a node can be moved");
        list.show(&session);
        assert_eq!(before.len(), list.dots.len());
        assert_ne!(before, list.dots);
        assert_same(&list, &shown(&session));
    }

    #[test]
    fn a_removed_edge_shows_nothing() {
        let mut session = session(20.0);
        seek(&mut session, Micros(1_500_000));
        let mut list = shown(&session);
        session.dispatch(Command::Remove { ids: vec!["pq".into()] }).expect("an edge can be removed");
        list.show(&session);
        assert!(list.dots.iter().all(|dot| dot.x > 500.0));
    }

    #[test]
    fn fast_time_shows_flow_instead_of_dots() {
        let mut session = session(50.0);
        seek(&mut session, Micros(30_000_000));
        session.dispatch(Command::SetSpeed { speed: 25.0 }).expect("any speed can be set");
        let list = shown(&session);
        assert!(list.dots.is_empty());
        assert_eq!(list.flows.len(), 2);
        // 50 per second over 10 s of simulated time.
        let sum: f32 = list.flows[0].cells.iter().map(|cell| cell.all).sum();
        assert!((sum - 500.0).abs() < 2.0, "{sum}");
    }

    #[test]
    fn a_full_edge_is_thinned_evenly() {
        let mut session = session(3_000.0);
        seek(&mut session, Micros(3_000_000));
        let list = shown(&session);
        let on_first_edge = list.dots.iter().filter(|dot| dot.x < 400.0).collect::<Vec<_>>();
        // 1,200 of them, halved twice.
        assert!((250..=350).contains(&on_first_edge.len()), "{}", on_first_edge.len());
        assert!(list.flows().count() >= 1);
        let widest = on_first_edge.windows(2).map(|pair| (pair[0].x - pair[1].x).abs()).fold(0.0, f32::max);
        assert!(widest < 4.0, "{widest}");
    }

    #[test]
    fn what_is_kept_after_more_halvings_was_kept_before() {
        for copy in 0..10_000u64 {
            for halvings in 0..12 {
                assert!(!is_kept(copy, halvings + 1) || is_kept(copy, halvings));
            }
        }
        let kept = (1..=8_000).filter(|copy| is_kept(*copy, 3)).count();
        assert!((990..=1010).contains(&kept), "{kept}");
    }

    #[test]
    fn the_total_is_limited() {
        let mut list = DisplayList::default();
        list.follow(&session(1.0));
        let transits: Vec<Transit> = (0..20_000u64)
            .map(|copy| Transit {
                way: Way::Edge(EdgeIndex((copy % 2) as u32)),
                copy,
                departed_at: Micros(copy),
                arrives_at: Micros(copy + 400_000),
                redelivered: copy % 5 == 0,
                failed: false,
            })
            .collect();
        let limits = Limits { edge: 100_000, all: 6_000 };
        list.fill(transits.iter(), Micros(20_000), Micros(400_000), Micros::ZERO, limits);
        assert!((4_500..=5_500).contains(&list.dots.len()), "{}", list.dots.len());
        assert_eq!(list.flows.len(), 2);
        list.fill(transits.iter(), Micros(20_000), Micros(400_000), Micros::ZERO, Limits::NONE);
        assert_eq!((list.dots.len(), list.flows.len()), (20_000, 0));
    }

    #[test]
    fn a_flow_goes_on_where_the_record_ends() {
        let mut session = session(20_000.0);
        session.dispatch(Command::Remove { ids: vec!["qc".into()] }).expect("an edge can be removed");
        session.dispatch(Command::SetSpeed { speed: 100.0 }).expect("any speed can be set");
        // 800,000 messages would be under way, of which the record keeps a small part.
        seek(&mut session, Micros(60_000_000));
        let list = shown(&session);
        let (first, last) = (list.flows[0].cells[0].all, list.flows[0].cells[CELLS - 1].all);
        assert!((first / 25_000.0 - 1.0).abs() < 0.5, "{first}");
        assert!((last / 25_000.0 - 1.0).abs() < 0.1, "{last}");
    }

    #[test]
    fn dots_move_evenly_along_a_curve() {
        let path = Path::new(Curve::between(Point::new(0.0, 0.0), Point::new(-200.0, 300.0)), Micros::ZERO, false);
        let step = path.length() / 1_000.0;
        for number in 0..1_000 {
            let ([a, b], [c, d]) = (path.at(number as f32 / 1_000.0), path.at((number + 1) as f32 / 1_000.0));
            let moved = ((c - a).powi(2) + (d - b).powi(2)).sqrt();
            assert!((moved / step - 1.0).abs() < 0.05, "{number}: {moved} against {step}");
        }
    }
}
