//! The small pattern language of `formats.tsv`: `#` digit, `@` letter, `*` either, sets, counts. Always the whole number.

#[derive(Clone, PartialEq, Eq, Debug)]
enum Class {
    Digit,
    Letter,
    Either,
    Literal(char),
    Set(Vec<(char, char)>),
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Part {
    class: Class,
    least: usize,
    most: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Pattern {
    parts: Vec<Part>,
}

impl Class {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Letter => c.is_ascii_uppercase(),
            Self::Either => c.is_ascii_digit() || c.is_ascii_uppercase(),
            Self::Literal(own) => *own == c,
            Self::Set(ranges) => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)),
        }
    }

    /// The character as it must be meant here: a letter that people take for a digit, where only a digit can stand.
    fn mended(&self, c: char) -> Option<char> {
        if self.takes(c) {
            return Some(c);
        }
        let digit = match c {
            'O' | 'Q' | 'D' => '0',
            'I' | 'L' => '1',
            'S' => '5',
            'B' => '8',
            'Z' => '2',
            _ => return None,
        };
        let must_be_a_digit = match self {
            Self::Digit => true,
            Self::Literal(own) => own.is_ascii_digit(),
            Self::Set(ranges) => ranges.iter().all(|(from, _)| from.is_ascii_digit()),
            Self::Letter | Self::Either => false,
        };
        (must_be_a_digit && self.takes(digit)).then_some(digit)
    }
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = vec![];
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            let class = match c {
                '#' => Class::Digit,
                '@' => Class::Letter,
                '*' => Class::Either,
                '[' => {
                    let (set, after) = rest.split_once(']')?;
                    rest = after;
                    Class::Set(ranges(set)?)
                }
                other => Class::Literal(other),
            };
            let (mut least, mut most) = (1, 1);
            if let Some(counted) = rest.strip_prefix('{') {
                let (count, after) = counted.split_once('}')?;
                rest = after;
                let (low, high) = count.split_once(',').unwrap_or((count, count));
                (least, most) = (low.parse().ok()?, high.parse().ok()?);
            }
            parts.push(Part { class, least, most });
        }
        Some(Self { parts })
    }

    pub(super) fn fits(&self, number: &[char]) -> bool {
        self.walk(0, number, 0, &mut |class, c| class.takes(c).then_some(c), &mut vec![])
    }

    /// The number with letters read as the digits that must stand there; `None` when it still does not fit.
    pub(super) fn mended(&self, number: &[char]) -> Option<String> {
        let mut out = vec![];
        self.walk(0, number, 0, &mut |class, c| class.mended(c), &mut out).then(|| out.into_iter().collect())
    }

    /// Takes as many as a part may have, then fewer; numbers are short and patterns have few open counts.
    fn walk(
        &self,
        part: usize,
        number: &[char],
        at: usize,
        take: &mut dyn FnMut(&Class, char) -> Option<char>,
        out: &mut Vec<char>,
    ) -> bool {
        let Some(own) = self.parts.get(part) else { return at == number.len() };
        let start = out.len();
        while out.len() - start < own.most
            && let Some(c) = number.get(at + out.len() - start)
            && let Some(taken) = take(&own.class, *c)
        {
            out.push(taken);
        }
        loop {
            let taken = out.len() - start;
            if taken < own.least {
                out.truncate(start);
                return false;
            }
            let keep = out.len();
            if self.walk(part + 1, number, at + taken, take, out) {
                return true;
            }
            out.truncate(keep);
            if out.len() == start {
                return false;
            }
            out.pop();
        }
    }
}

fn ranges(set: &str) -> Option<Vec<(char, char)>> {
    let mut found = vec![];
    let mut rest: Vec<char> = set.chars().collect();
    rest.reverse();
    while let Some(from) = rest.pop() {
        if rest.last() == Some(&'-') {
            rest.pop();
            found.push((from, rest.pop()?));
        } else {
            found.push((from, from));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, number: &str) -> bool {
        Pattern::parse(pattern).unwrap().fits(&number.chars().collect::<Vec<_>>())
    }

    #[test]
    fn the_whole_number_must_fit() {
        assert!(fits("3S@{3,5}#{6,10}", "3SOVAC7567398"));
        assert!(!fits("3S@{3,5}#{6,10}", "3SOVAC756739X"));
        assert!(fits("L[AIEHNX][1-3]#{7}", "LX17635036") && !fits("L[AIEHNX][1-3]#{7}", "LX97635036"));
        assert!(fits("@*{2,6}#", "A12345") && fits("@*{2,6}#", "A123") && !fits("@*{2,6}#", "A12"));
        assert!(!fits("#{10}", "123456789") && !fits("#{10}", "12345678901"));
        assert!(!fits("", "1") && fits("", ""));
    }

    #[test]
    fn letters_are_mended_only_where_a_digit_must_stand() {
        let mended = |p: &str, n: &str| Pattern::parse(p).unwrap().mended(&n.chars().collect::<Vec<_>>());
        assert_eq!(mended("YT#{4}", "YTO1S8").as_deref(), Some("YT0158"));
        assert_eq!(mended("@@#{2}", "OI1O").as_deref(), Some("OI10"));
        assert_eq!(mended("YT#{4}", "YTX123"), None);
        assert_eq!(mended("1LS7##", "ILS7OO").as_deref(), Some("1LS700"));
    }
}
