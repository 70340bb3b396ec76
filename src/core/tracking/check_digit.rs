//! The six check digit rules of carriers, on characters. Letters count where the rule says so; nothing panics on others.
//!
//! Source of the rules: CHECKSUM_ALGORITHMS of github.com/jkeen/tracking_number_data 2.0.0 (MIT); S10 is UPU's, the last
//! one is ISO 7064 mod 37, 36 as DPD uses it.

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Rule {
    /// Weights of even and odd places counted from 0, from the left or from the right.
    Mod10 {
        even: u32,
        odd: u32,
        from_right: bool,
    },
    /// The whole serial as a number, modulo 7.
    Mod7,
    S10,
    /// Sum of weighted digits, modulo 11, modulo 10.
    Weights(Vec<u32>),
    Luhn,
    Mod3736,
}

impl Rule {
    /// `mod10:3,1`, `mod10r:3,1`, `mod7`, `s10`, `weights:3173:11`, `luhn`, `mod3736`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (name, values) = text.split_once(':').unwrap_or((text, ""));
        match name {
            "mod10" | "mod10r" => {
                let (even, odd) = values.split_once(',')?;
                Some(Self::Mod10 { even: even.parse().ok()?, odd: odd.parse().ok()?, from_right: name == "mod10r" })
            }
            "mod7" => Some(Self::Mod7),
            "s10" => Some(Self::S10),
            "weights" => {
                Some(Self::Weights(values.strip_suffix(":11")?.chars().filter_map(|c| c.to_digit(10)).collect()))
            }
            "luhn" => Some(Self::Luhn),
            "mod3736" => Some(Self::Mod3736),
            _ => None,
        }
    }

    /// The check character of a serial of upper-case letters and digits; `None` where the rule cannot read the serial.
    pub(super) fn digit(&self, serial: &str) -> Option<char> {
        match self {
            Self::Mod10 { even, odd, from_right } => {
                let weighted = |(i, c): (usize, char)| Some(letter_or_digit(c)? * if i % 2 == 0 { even } else { odd });
                let sum: Option<u32> = if *from_right {
                    serial.chars().rev().enumerate().map(weighted).sum()
                } else {
                    serial.chars().enumerate().map(weighted).sum()
                };
                char::from_digit((10 - sum? % 10) % 10, 10)
            }
            Self::Mod7 => {
                let rest = digits(serial)?.iter().fold(0, |rest, d| (rest * 10 + d) % 7);
                char::from_digit(rest, 10)
            }
            Self::S10 => {
                let sum: u32 = digits(serial)?.iter().zip([8, 6, 4, 2, 3, 5, 9, 7]).map(|(d, w)| d * w).sum();
                char::from_digit(
                    match 11 - sum % 11 {
                        10 => 0,
                        11 => 5,
                        other => other,
                    },
                    10,
                )
            }
            Self::Weights(weights) => {
                let sum: u32 = digits(serial)?.iter().zip(weights).map(|(d, w)| d * w).sum();
                char::from_digit(sum % 11 % 10, 10)
            }
            Self::Luhn => {
                let sum: u32 = digits(serial)?
                    .iter()
                    .rev()
                    .enumerate()
                    .map(|(i, d)| if i % 2 == 0 { d * 2 / 10 + d * 2 % 10 } else { *d })
                    .sum();
                char::from_digit((10 - sum % 10) % 10, 10)
            }
            Self::Mod3736 => mod_37_36(serial),
        }
    }
}

fn digits(serial: &str) -> Option<Vec<u32>> {
    serial.chars().map(|c| c.to_digit(10)).collect()
}

/// UPS and FedEx: a letter is its ASCII code less three, modulo ten.
fn letter_or_digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        'A'..='Z' => Some((u32::from(c) - 3) % 10),
        _ => None,
    }
}

fn mod_37_36(serial: &str) -> Option<char> {
    let mut value = 36;
    for c in serial.chars() {
        value += c.to_digit(36)?;
        if value > 36 {
            value -= 36;
        }
        value *= 2;
        if value > 36 {
            value -= 37;
        }
    }
    let check = 37_u32.checked_sub(value)?;
    char::from_digit(if check == 36 { 0 } else { check }, 36).map(|c| c.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_serials_have_their_digit() {
        for (rule, serial, digit) in [
            ("s10", "47312482", '9'),
            ("mod10:1,2", "5R8939035756712", '7'),
            ("mod10r:3,1", "940011120250882552252", '6'),
            ("mod7", "331881002", '5'),
            ("weights:31731731731:11", "98657878885", '5'),
            ("luhn", "0720956276", '3'),
            ("mod3736", "09980000020033", 'F'),
            ("mod3736", "008182709980000020033350276", 'C'),
        ] {
            assert_eq!(Rule::parse(rule).unwrap().digit(serial), Some(digit), "{rule} {serial}");
        }
        assert_eq!(Rule::Luhn.digit("12A"), None);
        assert_eq!(Rule::Mod7.digit("é"), None);
        assert_eq!(Rule::parse("mod11"), None);
    }
}
