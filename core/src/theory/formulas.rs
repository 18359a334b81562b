//! The formulas of queueing theory, as the textbooks have them (D. Gross, J. F. Shortle, J. M. Thompson and C. M. Harris,
//! *Fundamentals of Queueing Theory*). λ are arrivals per second, µ what one server gets done per second, c servers,
//! a = λ/µ the offered load in Erlangs, ρ = a/c the utilisation.

use serde::{Deserialize, Serialize};

/// A system in its steady state: means over all time, the beginning long past.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Steady {
    /// Wq: how long a message waits until its service begins, in milliseconds.
    pub wait_ms: f64,
    /// W = Wq + 1/µ: how long it is in the system, service included, in milliseconds.
    pub sojourn_ms: f64,
    /// Lq = λ·Wq: how many wait.
    pub waiting: f64,
    /// L = λ·W: how many are in the system (Little).
    pub inside: f64,
    /// The share of messages that have to wait at all, 0 to 1.
    pub waits: f64,
}

impl Steady {
    /// From the mean wait, all in seconds, by Little's law.
    fn new(arrival_per_s: f64, service_s: f64, wait_s: f64, waits: f64) -> Steady {
        let sojourn_s = wait_s + service_s;
        Steady {
            wait_ms: wait_s * 1e3,
            sojourn_ms: sojourn_s * 1e3,
            waiting: arrival_per_s * wait_s,
            inside: arrival_per_s * sojourn_s,
            waits,
        }
    }
}

/// Erlang B: the share of arrivals that find all servers taken where nobody waits, by the recursion
/// B(k) = a·B(k − 1) / (k + a·B(k − 1)), which neither overflows nor cancels.
pub fn erlang_b(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, server| {
        let carried = offered * blocked;
        carried / (f64::from(server) + carried)
    })
}

/// Erlang C: the share of arrivals that have to wait for one of `servers` servers, with `offered` Erlangs of load; 1 where
/// there is too much of it.
pub fn erlang_c(servers: u32, offered: f64) -> f64 {
    let servers_f64 = f64::from(servers);
    if offered >= servers_f64 {
        return 1.0;
    }
    let blocked = erlang_b(servers, offered);
    servers_f64 * blocked / (servers_f64 - offered * (1.0 - blocked))
}

/// M/M/c: Poisson arrivals, exponential service, `servers` servers and one queue: Wq = C/(cµ − λ) with Erlang C. M/M/1 is
/// the same with one server: W = 1/(µ − λ). `None` where there is no steady state.
pub fn m_m_c(arrival_per_s: f64, service_per_s: f64, servers: u32) -> Option<Steady> {
    let spare_per_s = f64::from(servers) * service_per_s - arrival_per_s;
    if !is_steady(arrival_per_s, service_per_s) || spare_per_s <= 0.0 {
        return None;
    }
    let waits = erlang_c(servers, arrival_per_s / service_per_s);
    Some(Steady::new(arrival_per_s, 1.0 / service_per_s, waits / spare_per_s, waits))
}

/// M/G/1: Poisson arrivals, one server, any service time, by its mean and variance in seconds: Wq = λ(σ² + 1/µ²)/(2(1 − ρ))
/// (Pollaczek–Khinchine). Without variance it is M/D/1. `None` where there is no steady state.
pub fn m_g_1(arrival_per_s: f64, service_s: f64, variance_s2: f64) -> Option<Steady> {
    let utilisation = arrival_per_s * service_s;
    if !is_steady(arrival_per_s, 1.0 / service_s) || utilisation >= 1.0 {
        return None;
    }
    let wait_s = arrival_per_s * (variance_s2 + service_s * service_s) / (2.0 * (1.0 - utilisation));
    Some(Steady::new(arrival_per_s, service_s, wait_s, utilisation))
}

fn is_steady(arrival_per_s: f64, service_per_s: f64) -> bool {
    arrival_per_s >= 0.0 && service_per_s > 0.0 && service_per_s.is_finite()
}

/// M/M/c: how long the wait of a part of all messages is at the most (0.95: of 95 %), in milliseconds. The wait is 0 with
/// probability 1 − C, and beyond that exponential: P(Wq > t) = C·e^(−(cµ − λ)t). `None` where there is no steady state.
pub fn wait_percentile_ms(arrival_per_s: f64, service_per_s: f64, servers: u32, part: f64) -> Option<f64> {
    let Steady { waits, .. } = m_m_c(arrival_per_s, service_per_s, servers)?;
    let spare_per_s = f64::from(servers) * service_per_s - arrival_per_s;
    let beyond = 1.0 - part;
    let none_waits = beyond >= waits;
    Some(if none_waits { 0.0 } else { libm::log(waits / beyond) / spare_per_s * 1e3 })
}

/// About how likely it is that `room` messages wait, where there is a wait at all: ρ^room in M/M/c, and with c², the squared
/// coefficient of variation of the service time, ρ^(2·room/(1 + c²)), as the wait is (1 + c²)/2 times as long (the
/// exponential tail of heavy traffic, Kingman).
pub fn overflow_probability(utilisation: f64, variation_squared: f64, room: f64) -> f64 {
    if utilisation >= 1.0 {
        return 1.0;
    }
    if utilisation <= 0.0 {
        return 0.0;
    }
    libm::exp(2.0 * libm::log(utilisation) / (1.0 + variation_squared) * room)
}

/// How long a backlog takes to be gone, in seconds: backlog/(cµ − λ), `capacity_per_s` being cµ. `None`: it never is.
pub fn time_to_drain_s(backlog: f64, arrival_per_s: f64, capacity_per_s: f64) -> Option<f64> {
    let spare_per_s = capacity_per_s - arrival_per_s;
    if backlog <= 0.0 {
        return Some(0.0);
    }
    (spare_per_s > 0.0).then(|| backlog / spare_per_s)
}

/// How many servers it takes so that the mean wait of M/M/c is no longer than `wait_ms`; `None` where `most` are too few.
pub fn servers_for_wait(arrival_per_s: f64, service_per_s: f64, wait_ms: f64, most: u32) -> Option<u32> {
    (1..=most)
        .find(|servers| m_m_c(arrival_per_s, service_per_s, *servers).is_some_and(|steady| steady.wait_ms <= wait_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{value} instead of {expected}");
    }

    #[test]
    fn m_m_1_as_in_every_textbook() {
        // λ = 2, µ = 3: ρ = 2/3, L = 2, Lq = 4/3, W = 1 s, Wq = 2/3 s.
        let steady = m_m_c(2.0, 3.0, 1).unwrap();
        close(steady.inside, 2.0);
        close(steady.waiting, 4.0 / 3.0);
        close(steady.sojourn_ms, 1_000.0);
        close(steady.wait_ms, 2_000.0 / 3.0);
        close(steady.waits, 2.0 / 3.0);
        // P(Wq > t) = ρ·e^(−(µ − λ)t), so that half wait no longer than ln(4/3) s.
        close(wait_percentile_ms(2.0, 3.0, 1, 0.5).unwrap(), 287.682_072_451_780_9);
        assert_eq!(wait_percentile_ms(2.0, 3.0, 1, 0.3), Some(0.0));
        assert_eq!(m_m_c(3.0, 3.0, 1), None);
        assert_eq!(m_m_c(4.0, 3.0, 1), None);
    }

    #[test]
    fn erlang_s_tables() {
        // Two servers, one Erlang: 1/3 waits, and a fifth is blocked.
        close(erlang_b(2, 1.0), 0.2);
        close(erlang_c(2, 1.0), 1.0 / 3.0);
        close(erlang_c(1, 0.7), 0.7);
        // Three servers, 2.7 Erlangs, by the sum in the definition.
        let a: f64 = 2.7;
        let tail = a * a * a / 6.0 / (1.0 - a / 3.0);
        close(erlang_c(3, a), tail / (1.0 + a + a * a / 2.0 + tail));
        // Ten Erlangs: 12 servers leave 0.449 waiting.
        assert!((erlang_c(12, 10.0) - 0.449_4).abs() < 1e-3, "{}", erlang_c(12, 10.0));
        // No overflow with many servers.
        assert!((0.0..1.0).contains(&erlang_c(10_000, 9_900.0)));
        assert_eq!(erlang_c(3, 3.0), 1.0);
        // Two servers, λ = 3, µ = 2: ρ = 3/4, Lq = 27/14.
        close(m_m_c(3.0, 2.0, 2).unwrap().waiting, 27.0 / 14.0);
    }

    #[test]
    fn pollaczek_and_khinchine() {
        // Without variance the wait is half of that of M/M/1, and with the variance of the exponential the same.
        let exponential = m_m_c(0.9, 1.0, 1).unwrap();
        close(m_g_1(0.9, 1.0, 0.0).unwrap().wait_ms, exponential.wait_ms / 2.0);
        close(m_g_1(0.9, 1.0, 1.0).unwrap().wait_ms, exponential.wait_ms);
        close(m_g_1(0.9, 1.0, 0.0).unwrap().sojourn_ms, 5_500.0);
        assert_eq!(m_g_1(1.0, 1.0, 0.0), None);
        assert_eq!(m_g_1(0.5, 0.0, 0.0), None);
    }

    #[test]
    fn a_backlog_drains_by_what_is_left_over() {
        assert_eq!(time_to_drain_s(1_000.0, 50.0, 100.0), Some(20.0));
        assert_eq!(time_to_drain_s(1_000.0, 100.0, 100.0), None);
        assert_eq!(time_to_drain_s(1_000.0, 200.0, 100.0), None);
        assert_eq!(time_to_drain_s(0.0, 200.0, 100.0), Some(0.0));
    }

    #[test]
    fn a_limit_is_the_seldomer_reached_the_more_room_there_is() {
        close(overflow_probability(0.5, 1.0, 10.0), 0.5f64.powi(10));
        close(overflow_probability(0.5, 0.0, 10.0), 0.5f64.powi(20));
        assert_eq!((overflow_probability(0.0, 1.0, 1.0), overflow_probability(1.0, 1.0, 1e9)), (0.0, 1.0));
        assert_eq!(overflow_probability(0.5, 1.0, 0.0), 1.0);
    }

    #[test]
    fn how_many_servers_a_wait_takes() {
        // 27 per second at 10 per second each: 2.7 Erlangs need three servers at least.
        assert_eq!(servers_for_wait(27.0, 10.0, f64::INFINITY, 100), Some(3));
        let servers = servers_for_wait(27.0, 10.0, 10.0, 100).unwrap();
        assert!(m_m_c(27.0, 10.0, servers).unwrap().wait_ms <= 10.0);
        assert!(m_m_c(27.0, 10.0, servers - 1).unwrap().wait_ms > 10.0);
        assert_eq!(servers_for_wait(27.0, 10.0, 10.0, 2), None);
    }
}
