//! What a code proves, from two tables: `refusals.tsv` beside this file holds what the gateway says, each supplier's own
//! table what its calls say. Every other code leaves a write unknown. Pure.

/// The calls that the tables tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    Create,
    Pay,
    Cancel,
    Asking,
    /// Getting and refreshing a token.
    Token,
}

impl Call {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Pay => "pay",
            Self::Cancel => "cancel",
            Self::Asking => "asking",
            Self::Token => "token",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    Refused,
    /// A limiter turned it away; it may go again after a pause.
    Throttled,
    /// A new access token is needed: refresh once, replay once.
    Token,
    /// The key, secret, account or consent does not work.
    Key,
    /// Not in the tables: a write is unknown after it.
    Nothing,
}

pub struct Refusals {
    rows: Vec<(&'static str, &'static str, Means)>,
}

impl Refusals {
    /// The gateway's table with a supplier's own before it.
    pub fn with(own: &'static str) -> Self {
        let row = |line: &'static str| {
            let mut cells = line.split('\t');
            let (call, code, means) = (cells.next()?, cells.next()?, cells.next()?);
            let means = match means {
                "refused" => Means::Refused,
                "throttled" => Means::Throttled,
                "token" => Means::Token,
                "key" => Means::Key,
                _ => return None,
            };
            Some((call, code, means))
        };
        let lines = own.lines().chain(include_str!("refusals.tsv").lines());
        Self { rows: lines.filter(|l| !l.starts_with('#')).filter_map(row).collect() }
    }

    /// Codes are compared without regard to case: both `InvalidAppkey` and `InvalidAppKey` have been seen.
    pub fn means(&self, call: Call, code: &str) -> Means {
        let fits = |row: &&(&str, &str, Means)| {
            row.1.eq_ignore_ascii_case(code) && (row.0 == "any" || row.0 == call.name())
        };
        self.rows.iter().find(fits).map_or(Means::Nothing, |row| row.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_something_only_where_a_table_says_so() {
        let table = Refusals::with("# own\ncreate\t4028\trefused\tvendor\n");
        assert_eq!(table.means(Call::Create, "4028"), Means::Refused);
        assert_eq!(table.means(Call::Pay, "4028"), Means::Nothing);
        assert_eq!(table.means(Call::Pay, "invalidappkey"), Means::Key);
        assert_eq!(table.means(Call::Create, "ServiceUnavailable"), Means::Nothing);
        let rows = include_str!("refusals.tsv").lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(Refusals::with("").rows.len(), rows, "every row has a meaning");
    }
}
