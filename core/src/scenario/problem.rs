//! What can be wrong with a document.

use super::connection::Refusal;
use super::field::NumberRange;
use super::{Id, NodeKind};
use crate::words::Words;

/// Something wrong at one place of a document.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The place, as a JSON pointer (RFC 6901) from the root of the document.
    pub pointer: String,
    /// What is wrong there.
    pub reason: Reason,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub enum Reason {
    /// The text is not JSON; in the parser's words, with its line and column.
    NotJson {
        /// The parser's words.
        message: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A wrong type, a missing or unknown field, an unknown word: in the types' words.
    Refused(String),
    /// A list where names with their values belong.
    NoObject,
    /// A version of the format that this program cannot read.
    UnknownVersion,
    /// A number outside of its range.
    OutOfRange(NumberRange),
    /// A list that is too short or too long.
    WrongLength {
        /// How many there must be.
        least: usize,
        /// How many there may be.
        most: usize,
    },
    /// A text of more bytes than there may be, or an empty name.
    TooLong {
        /// How many bytes it may have.
        most: usize,
    },
    /// The times of a list do not rise.
    NotInOrder,
    /// An upper bound below the lower one.
    EmptyRange,
    /// A kind of node that does not exist.
    UnknownKind(String),
    /// An id that stands twice.
    DuplicateId(Id),
    /// An id that is reserved, empty or too long.
    BadId(Id),
    /// An id that no node has.
    NoSuchNode(Id),
    /// There is no branch of the run with this number.
    NoSuchBranch(u32),
    /// No copy of this number was made yet.
    NoSuchMessage(u64),
    /// An id that no edge has.
    NoSuchEdge(Id),
    /// A setting that is not there.
    NoSuchSetting {
        /// Where it was looked for.
        path: String,
    },
    /// A connection that makes no sense.
    Connection(Refusal),
    /// An edge of another kind than its ends call for.
    WrongEdgeKind {
        /// The kind of the node where it begins.
        from: NodeKind,
        /// The kind of the node where it ends.
        to: NodeKind,
    },
    /// An edge where there is one already.
    DuplicateEdge(Id),
    /// A closed loop in a producer: nobody answers it.
    ClosedLoop,
    /// A consumer that takes from no queue.
    NoQueueFor(Id),
    /// A step leads to this node, but no edge does.
    NoEdgeFor(Id),
    /// A time of the script that has passed already.
    InThePast,
    /// A fault that cannot happen to what it names.
    FaultDoesNotFit {
        /// The fault's name.
        fault: &'static str,
        /// The node or edge.
        place: Id,
    },
    /// A name that another node has.
    NameTaken(String),
    /// A document with more nodes or edges than the playground holds.
    TooMany,
    /// What is not to be done now: a lesson or an embedding page does not want it.
    NotPermitted,
}

impl Problem {
    /// The problem as a sentence.
    pub fn describe(&self, words: &Words) -> String {
        (words.problem)(&self.reason)
    }
}

impl From<Reason> for Problem {
    fn from(reason: Reason) -> Problem {
        Problem { pointer: String::new(), reason }
    }
}
