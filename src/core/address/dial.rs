//! A phone in the two parts that some suppliers want: the calling code of a country and the number inside of it.
//! Nothing is made up: what does not read as one number of one country is `None`.

use super::rules;
use super::text::digits;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dial {
    /// Digits, without plus or zeros.
    pub calling_code: &'static str,
    /// Digits of the national number, without the trunk prefix that is dialled inside of the country.
    pub number: String,
}

/// ITU-T E.164: calling code and number together.
const MOST_DIGITS: usize = 15;
const LEAST_DIGITS: usize = 4;

impl Dial {
    /// `country` is the alpha-2 code of the address, for a phone without a calling code.
    pub fn of(phone: &str, country: &str) -> Option<Self> {
        let phone = phone.trim().replace("(0)", "");
        let plain = |(at, c): (usize, char)| c.is_ascii_digit() || " ()-./\u{a0}".contains(c) || at == 0 && c == '+';
        if !phone.char_indices().all(plain) {
            return None;
        }
        let all = digits(&phone);
        let abroad = if phone.starts_with('+') { Some(all.as_str()) } else { all.strip_prefix("00") };
        let dial = match abroad {
            Some(all) => international(all, country)?,
            None => national(&all, country)?,
        };
        let length = dial.number.len();
        (LEAST_DIGITS..=MOST_DIGITS - dial.calling_code.len()).contains(&length).then_some(dial)
    }
}

fn international(all: &str, country: &str) -> Option<Dial> {
    let own = rules::of(country).calling_code;
    let code = if !own.is_empty() && all.starts_with(own) { own } else { rules::calling_code_of(all)? };
    let rest = &all[code.len()..];
    // A zero behind the calling code is the trunk's, but where numbers keep theirs. Another trunk digit may be the number's own.
    let zero = rules::of(country).trunk == "0" || code != own && !rules::keeps_zero(code);
    let number = if zero { rest.strip_prefix('0').unwrap_or(rest) } else { rest };
    Some(Dial { calling_code: code, number: number.to_owned() })
}

fn national(all: &str, country: &str) -> Option<Dial> {
    let rules = rules::of(country);
    let (least, most) = rules.phone_digits;
    let code = Some(rules.calling_code).filter(|code| !code.is_empty())?;
    let trunk = match rules.trunk {
        "" => None,
        "0" => all.strip_prefix('0'),
        trunk => all.strip_prefix(trunk).filter(|rest| rest.len() >= least.max(LEAST_DIGITS)),
    };
    // 14155550100 and 491713920013 have their calling code, though no plus says so.
    let has_code = |rest: &&str| all.len() > most || rules.trunk == "0" && rest.len() >= least.max(8);
    let number = trunk.or_else(|| all.strip_prefix(code).filter(has_code)).unwrap_or(all);
    Some(Dial { calling_code: code, number: number.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calling_code_and_number() {
        for (country, phone, code, number) in [
            ("US", "+14155550100", "1", "4155550100"),
            ("US", "(415) 555-0100", "1", "4155550100"),
            ("US", "1-415-555-0100", "1", "4155550100"),
            ("US", "+49 171 3920013", "49", "1713920013"),
            ("GB", "07700 900383", "44", "7700900383"),
            ("GB", "+44 (0)7700 900383", "44", "7700900383"),
            ("GB", "0044 7700 900383", "44", "7700900383"),
            ("DE", "0171/3920013", "49", "1713920013"),
            ("DE", "491713920013", "49", "1713920013"),
            ("IT", "+39 06 12345678", "39", "0612345678"),
            ("US", "+39 06 12345678", "39", "0612345678"),
            ("IT", "06 12345678", "39", "0612345678"),
            ("RU", "8 912 345-67-89", "7", "9123456789"),
            ("RU", "+7 812 345-67-89", "7", "8123456789"),
            ("ES", "612 345 678", "34", "612345678"),
            ("FR", "06 12 34 56 78", "33", "612345678"),
            ("SA", "0512345678", "966", "512345678"),
        ] {
            assert_eq!(Dial::of(phone, country), Some(Dial { calling_code: code, number: number.into() }), "{phone}");
        }
    }

    #[test]
    fn what_is_no_one_number_is_not_taken_apart() {
        for (country, phone) in [
            ("US", ""),
            ("US", "none"),
            ("US", "415 555 0100 ext 4"),
            ("US", "12"),
            ("US", "+999 12345678"),
            ("ZZ", "5550100"),
        ] {
            assert_eq!(Dial::of(phone, country), None, "{phone}");
        }
        assert_eq!(Dial::of("4155550100 / 4155550101", "US"), None, "two numbers are too many digits");
    }
}
