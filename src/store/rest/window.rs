//! Paging by time. An offset into a list that changes while it is read skips orders, so each page begins at the last
//! time of the page before, and those of that page that come again are left out. Pure.

use jiff::Timestamp;

use crate::store::api::Pulled;

/// What `Page::next` says: where the next page begins, how many to skip there, and which orders were had already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: Option<Timestamp>,
    /// Only where a whole page has one single time.
    pub skip: usize,
    had: Vec<String>,
}

impl Window {
    /// `None` when `page` is not one of ours.
    pub fn of(since: Option<Timestamp>, page: Option<&str>) -> Option<Self> {
        let Some(page) = page else { return Some(Self { from: since, skip: 0, had: vec![] }) };
        let mut parts = page.split(' ');
        let from = parts.next()?.parse().ok()?;
        let skip = parts.next()?.parse().ok()?;
        Some(Self { from: Some(from), skip, had: parts.map(str::to_owned).collect() })
    }

    /// Takes out what was had, and says where the next page begins. `came` counts those too that cannot be read; `full`
    /// says that the store may have more.
    pub fn turn(&self, mut orders: Vec<Pulled>, came: usize, full: bool) -> (Vec<Pulled>, Option<String>) {
        let last = orders.last().map(|o| o.changed_at);
        let key = |o: &Pulled| o.said.external_id.clone().unwrap_or_default();
        let at_last = |o: &&Pulled| Some(o.changed_at) == last;
        let had_next: Vec<String> = orders.iter().filter(at_last).map(key).filter(|k| !k.contains(' ')).collect();
        let moved = last != self.from;
        orders.retain(|o| Some(o.changed_at) != self.from || !self.had.contains(&key(o)));
        let next = last.filter(|_| full).map(|last| {
            let (skip, had) = if moved { (0, had_next) } else { (self.skip + came, vec![]) };
            let had: String = had.iter().map(|k| format!(" {k}")).collect();
            format!("{last} {skip}{had}")
        });
        (orders, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::incoming::Incoming;

    fn pulled(id: &str, second: i64) -> Pulled {
        let said = Incoming { external_id: Some(id.into()), ..Incoming::default() };
        Pulled { said, changed_at: Timestamp::from_second(second).unwrap() }
    }

    /// All ids, page by page, of a store with pages of two.
    fn all(store: &[(&str, i64)]) -> Vec<String> {
        let (mut page, mut found) = (None, vec![]);
        for _ in 0..20 {
            let window = Window::of(None, page.as_deref()).unwrap();
            let from = window.from.map_or(0, Timestamp::as_second);
            let list = store.iter().filter(|(_, s)| *s >= from).skip(window.skip).take(2);
            let list: Vec<_> = list.map(|(id, s)| pulled(id, *s)).collect();
            let full = list.len() == 2;
            let (orders, next) = window.turn(list, 2, full);
            found.extend(orders.into_iter().map(|o| o.said.external_id.unwrap()));
            match next {
                Some(next) => page = Some(next),
                None => return found,
            }
        }
        unreachable!("it never ends")
    }

    #[test]
    fn each_order_comes_once_whatever_their_times() {
        assert_eq!(all(&[("a", 1), ("b", 2), ("c", 3)]), ["a", "b", "c"]);
        assert_eq!(all(&[("a", 1), ("b", 2), ("c", 2), ("d", 3)]), ["a", "b", "c", "d"]);
        assert_eq!(all(&[("a", 2), ("b", 2), ("c", 2), ("d", 2), ("e", 2)]), ["a", "b", "c", "d", "e"]);
        assert_eq!(all(&[]), [""; 0]);
        assert!(Window::of(None, Some("what")).is_none());
    }
}
