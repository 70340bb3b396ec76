//! Orders by slices of time, for stores that do not say in which order they list: an offset into a list that changes
//! skips orders, so a slice is cut until what it holds is read in one go, and the next begins where it ended. Pure.

use jiff::{SignedDuration, Timestamp};

/// Milliseconds since 1970; both ends count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slice {
    from: i64,
    /// The last millisecond; nothing is asked for beyond it in this pull.
    end: i64,
    width: i64,
}

impl Slice {
    /// `None` when `page` is not one of ours.
    pub fn of(since: Timestamp, now: Timestamp, page: Option<&str>) -> Option<Self> {
        let Some(page) = page else {
            let (from, end) = (since.as_millisecond().min(now.as_millisecond()), now.as_millisecond());
            return Some(Self { from, end, width: end - from });
        };
        let mut parts = page.split(' ').map(str::parse::<i64>);
        let (from, end, width) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        (from <= end && width >= 0).then_some(Self { from, end, width })
    }

    pub fn from(self) -> Timestamp {
        Timestamp::from_millisecond(self.from).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// `None`: up to now.
    pub fn to(self) -> Option<Timestamp> {
        (!self.is_last()).then(|| Timestamp::from_millisecond(self.from + self.width).unwrap_or(Timestamp::MAX))
    }

    pub fn end(self) -> Timestamp {
        Timestamp::from_millisecond(self.end).unwrap_or(Timestamp::MAX)
    }

    fn is_last(self) -> bool {
        self.from + self.width >= self.end
    }

    /// A narrower one, in proportion to what it holds; `None` when it is one instant.
    pub fn cut(self, total: usize, most: usize) -> Option<Self> {
        let share = i64::try_from(most * 3 / 4).unwrap_or(1);
        let by_share = SignedDuration::from_millis(self.width).as_millis() * i128::from(share)
            / i128::from(i64::try_from(total).unwrap_or(i64::MAX).max(1));
        let width = i64::try_from(by_share).unwrap_or(0).min(self.width / 2);
        (self.width > 0).then_some(Self { width, ..self })
    }

    /// What is left after this one, which held `total`.
    pub fn next(self, total: usize, most: usize) -> Option<String> {
        let from = self.from + self.width + 1;
        let width = if total < most / 3 { self.width.saturating_mul(2).max(1000) } else { self.width };
        (!self.is_last()).then(|| format!("{from} {} {}", self.end, width.min(self.end - from).max(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_meet_without_a_gap() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        let whole = Slice::of(at(0), at(10_000), None).unwrap();
        assert_eq!((whole.to(), whole.next(3, 200)), (None, None));
        let narrow = whole.cut(600, 200).unwrap();
        assert_eq!(narrow.to(), Some(at(2500)));
        let next = Slice::of(at(0), at(99), narrow.next(190, 200).as_deref()).unwrap();
        assert_eq!((next.from(), next.to(), next.end()), (at(2501), Some(at(5001)), at(10_000)));
        assert_eq!(Slice::of(at(0), at(99), narrow.next(1, 200).as_deref()).unwrap().to(), Some(at(7501)));
        assert_eq!(Slice { width: 0, ..whole }.cut(600, 200), None);
        assert!(Slice::of(at(0), at(1), Some("1 2")).is_none() && Slice::of(at(0), at(1), Some("3 2 1")).is_none());
        assert_eq!(Slice::of(at(5), at(1), None).unwrap().from(), at(1), "a watermark in the future is none");
    }
}
