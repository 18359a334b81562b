//! Things in numbered places. A place that becomes free is the next to be taken, so that the steady state allocates
//! nothing; and what goes is dropped where it is, without being moved.

use std::ops::{Index, IndexMut};

/// Things in numbered places.
#[derive(Clone, Debug)]
pub(super) struct Pool<T> {
    places: Vec<Place<T>>,
    /// The free place that is taken next; behind the last place where none is free.
    next: usize,
    length: usize,
}

#[derive(Clone, Debug)]
enum Place<T> {
    Taken(T),
    /// And which free place is taken after this one.
    Free(usize),
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool { places: Vec::new(), next: 0, length: 0 }
    }
}

impl<T> Pool<T> {
    /// How many things there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// How much memory the places take, in bytes, beside what the things in them own elsewhere. A second one that is
    /// cloned from this one takes no more places than there are.
    pub(super) fn size_bytes(&self) -> usize {
        self.places.len() * size_of::<Place<T>>()
    }

    #[inline]
    pub(super) fn get(&self, place: usize) -> Option<&T> {
        match self.places.get(place) {
            Some(Place::Taken(thing)) => Some(thing),
            _ => None,
        }
    }

    /// Takes a place; says which.
    #[inline(always)]
    pub(super) fn insert(&mut self, thing: T) -> usize {
        let place = self.next;
        self.length += 1;
        if let Some(taken) = self.places.get_mut(place) {
            let Place::Free(next) = *taken else { unreachable!("a free place is free") };
            self.next = next;
            *taken = Place::Taken(thing);
        } else {
            self.next = place + 1;
            self.places.push(Place::Taken(thing));
        }
        place
    }

    /// Drops what is at a place.
    #[inline(always)]
    pub(super) fn free(&mut self, place: usize) {
        self.places[place] = Place::Free(self.next);
        self.next = place;
        self.length -= 1;
    }

    /// Takes what is at a place out.
    pub(super) fn remove(&mut self, place: usize) -> T {
        let Place::Taken(thing) = std::mem::replace(&mut self.places[place], Place::Free(self.next)) else {
            panic!("nothing is at place {place}");
        };
        self.next = place;
        self.length -= 1;
        thing
    }

    /// All things, in the order of their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.places.iter().enumerate().filter_map(|(place, taken)| match taken {
            Place::Taken(thing) => Some((place, thing)),
            Place::Free(_) => None,
        })
    }

    /// All things, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut T)> {
        self.places.iter_mut().enumerate().filter_map(|(place, taken)| match taken {
            Place::Taken(thing) => Some((place, thing)),
            Place::Free(_) => None,
        })
    }
}

impl<T> Index<usize> for Pool<T> {
    type Output = T;

    #[inline]
    fn index(&self, place: usize) -> &T {
        match &self.places[place] {
            Place::Taken(thing) => thing,
            Place::Free(_) => nothing_there(place),
        }
    }
}

impl<T> IndexMut<usize> for Pool<T> {
    #[inline]
    fn index_mut(&mut self, place: usize) -> &mut T {
        match &mut self.places[place] {
            Place::Taken(thing) => thing,
            Place::Free(_) => nothing_there(place),
        }
    }
}

#[cold]
fn nothing_there(place: usize) -> ! {
    panic!("nothing is at place {place}")
}

// proptest is a native tool.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_agrees_with_a_map(deeds in proptest::collection::vec((0u8..4, any::<prop::sample::Index>()), 0..100)) {
            let (mut pool, mut map) = (Pool::default(), BTreeMap::new());
            let mut freed: Vec<usize> = Vec::new();
            for (number, (deed, at)) in deeds.into_iter().enumerate() {
                if deed < 2 || map.is_empty() {
                    let place = pool.insert(number);
                    // What was freed last is taken first.
                    prop_assert_eq!(place, freed.pop().unwrap_or(map.len()));
                    prop_assert_eq!(map.insert(place, number), None);
                } else {
                    let place = *at.get(&map.keys().copied().collect::<Vec<_>>());
                    let known = map.remove(&place).expect("it is there");
                    if deed == 2 {
                        prop_assert_eq!(pool.remove(place), known);
                    } else {
                        pool.free(place);
                    }
                    prop_assert_eq!(pool.get(place), None);
                    freed.push(place);
                }
                prop_assert_eq!(pool.len(), map.len());
                prop_assert!(pool.iter().eq(map.iter().map(|(place, number)| (*place, number))));
                prop_assert!(map.iter().all(|(place, number)| pool[*place] == *number));
            }
        }
    }
}
