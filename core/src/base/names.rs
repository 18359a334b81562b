//! Things found by their names, in a time that does not depend on how many there are.
//!
//! It can be asked, but not walked through: the order of a hash table must never reach a run.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// Things by name.
#[derive(Clone, Debug)]
pub struct Names<T>(HashMap<Rc<str>, T, BuildHasherDefault<Fnv>>);

impl<T> Default for Names<T> {
    fn default() -> Names<T> {
        Names(HashMap::default())
    }
}

impl<T> Names<T> {
    /// The thing of this name.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.get(name)
    }

    /// The thing of this name, made where there is none.
    pub fn get_or_insert_with(&mut self, name: &str, make: impl FnOnce() -> T) -> &mut T {
        self.0.entry(name.into()).or_insert_with(make)
    }

    /// Names a thing; another one of this name is forgotten.
    pub fn insert(&mut self, name: Rc<str>, thing: T) {
        self.0.insert(name, thing);
    }

    /// Forgets a name.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}

/// FNV-1a: short names are hashed in a few steps, and the same way everywhere.
#[derive(Clone, Copy, Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        let mut names = Names::default();
        names.insert("a".into(), 1);
        *names.get_or_insert_with("b", || 1) += 1;
        assert_eq!((names.get("a"), names.get("b"), names.get("c")), (Some(&1), Some(&2), None));
        names.remove("a");
        assert_eq!(names.get("a"), None);
    }
}
