//! An exchange of the drawing: what is counted at it. What it does is the broker's.

use crate::engine::NodeIndex;
use crate::engine::metrics::RateWindow;

/// An exchange's figures.
#[derive(Clone)]
pub(in crate::engine) struct ExchangeNode {
    pub(in crate::engine) node: NodeIndex,
    pub(in crate::engine) received: u64,
    pub(in crate::engine) routed: u64,
    pub(in crate::engine) returned: u64,
    pub(in crate::engine) receipts: RateWindow,
}

impl ExchangeNode {
    pub(in crate::engine) fn new(node: NodeIndex) -> ExchangeNode {
        ExchangeNode { node, received: 0, routed: 0, returned: 0, receipts: RateWindow::default() }
    }
}
