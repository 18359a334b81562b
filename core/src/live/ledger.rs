//! What the page itself has done at a broker, counted by what the broker has said.

use super::consumer::{Outcome, Verdict};

/// See the module. `sent = confirmed + unconfirmed + unknown`, and
/// `delivered = acked + requeued + rejected + held + given_back + uncertain + lost`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Messages that were sent.
    pub sent: u64,
    /// Those of which the broker has said that it has them (a receipt, which is a publisher confirm).
    pub confirmed: u64,
    /// Those of which it has not said so yet.
    pub unconfirmed: u64,
    /// Those of which it will not say so any more: the connection went, or it refused them, for which there is no frame.
    pub unknown: u64,
    /// Deliveries to consumers of the page's own, redeliveries included.
    pub delivered: u64,
    /// Of those, deliveries of messages that had been delivered before.
    pub redelivered: u64,
    /// Acks that the broker has heard; messages that were acked automatically, once they are dealt with.
    pub acked: u64,
    /// Messages that went back to their queues because a consumer said so.
    pub requeued: u64,
    /// Messages that were rejected.
    pub rejected: u64,
    /// Messages in consumers' hands, also those whose fate was told and not yet heard.
    pub held: u64,
    /// Messages that were in the hands of consumers whose connections went: the broker delivers them again.
    pub given_back: u64,
    /// Messages whose fate was told just before the connection went: nobody knows whether that was heard.
    pub uncertain: u64,
    /// Messages that were acked automatically and went with a consumer.
    pub lost: u64,
}

impl Ledger {
    pub(super) fn count(&mut self, outcome: Outcome) {
        self.held -= 1;
        match outcome {
            Outcome::Settled(Verdict::Ack) => self.acked += 1,
            Outcome::Settled(Verdict::Requeue) => self.requeued += 1,
            Outcome::Settled(Verdict::Reject) => self.rejected += 1,
            Outcome::GivenBack => self.given_back += 1,
            Outcome::Uncertain => self.uncertain += 1,
            Outcome::Lost => self.lost += 1,
        }
    }

    /// Whether every message is in one place.
    pub fn adds_up(&self) -> bool {
        self.sent == self.confirmed + self.unconfirmed + self.unknown
            && self.delivered
                == self.acked + self.requeued + self.rejected + self.held + self.given_back + self.uncertain + self.lost
    }
}
