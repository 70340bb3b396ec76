//! Tax ids that customs ask for: their form and, where they have one, their check digits.

use super::lexicon::rows;
use super::text::digits;

/// What the customs of a country ask for, and how the number is made.
pub(super) struct TaxId {
    pub name: &'static str,
    form: &'static str,
}

pub(super) fn of(country: &str) -> Option<TaxId> {
    rows(include_str!("tables/tax-ids.tsv")).find_map(|row| match row.as_slice() {
        [code, name, form, ..] if *code == country => Some(TaxId { name, form }),
        _ => None,
    })
}

impl TaxId {
    pub fn valid(&self, text: &str) -> bool {
        let number = digits(text);
        match self.form {
            "cpf_cnpj" => cpf(&number) || cnpj(&number),
            "rut" => rut(text),
            "pccc" => pccc(text),
            "cuit" => cuit(&number) || (7..=8).contains(&number.len()),
            "tckn" => tckn(&number),
            "rfc" => (12..=13).contains(&text.chars().filter(|c| c.is_alphanumeric()).count()),
            form => match form.split(' ').skip(1).map(|n| n.parse::<usize>()).collect::<Vec<_>>()[..] {
                [Ok(least), Ok(most)] => (least..=most).contains(&number.len()),
                _ => true,
            },
        }
    }
}

fn values(number: &str) -> Vec<u32> {
    number.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn all_alike(values: &[u32]) -> bool {
    values.windows(2).all(|w| w[0] == w[1])
}

/// Digits times falling weights, modulo 11: 0 for a remainder below two, else 11 less the remainder.
fn brazil_digit(values: &[u32], weights: impl Iterator<Item = u32>) -> u32 {
    let rest = values.iter().zip(weights).map(|(v, w)| v * w).sum::<u32>() % 11;
    if rest < 2 { 0 } else { 11 - rest }
}

fn cpf(number: &str) -> bool {
    let v = values(number);
    v.len() == 11
        && !all_alike(&v)
        && v[9] == brazil_digit(&v[..9], (2..=10).rev())
        && v[10] == brazil_digit(&v[..10], (2..=11).rev())
}

fn cnpj(number: &str) -> bool {
    let v = values(number);
    let weights = |from: u32| (2..=from).rev().chain((2..=9).rev());
    v.len() == 14
        && !all_alike(&v)
        && v[12] == brazil_digit(&v[..12], weights(5))
        && v[13] == brazil_digit(&v[..13], weights(6))
}

/// Chile: weights 2 to 7 from the right, modulo 11, where 10 is K.
fn rut(text: &str) -> bool {
    let mut chars: Vec<char> =
        text.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    let Some(check) = chars.pop() else { return false };
    if !(7..=8).contains(&chars.len()) || !chars.iter().all(char::is_ascii_digit) {
        return false;
    }
    let sum: u32 = chars.iter().rev().filter_map(|c| c.to_digit(10)).zip((2..=7).cycle()).map(|(v, w)| v * w).sum();
    let want = match 11 - sum % 11 {
        11 => '0',
        10 => 'K',
        n => char::from_digit(n, 10).unwrap_or('?'),
    };
    check == want
}

fn pccc(text: &str) -> bool {
    let text = text.trim();
    text.len() == 13 && text.starts_with(['P', 'p']) && text[1..].bytes().all(|b| b.is_ascii_digit())
}

fn cuit(number: &str) -> bool {
    let v = values(number);
    if v.len() != 11 {
        return false;
    }
    let sum: u32 = v.iter().zip([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]).map(|(v, w)| v * w).sum();
    let check = match 11 - sum % 11 {
        11 => 0,
        10 => 9,
        n => n,
    };
    v[10] == check
}

/// Turkey: two check digits over eleven, the first never zero.
fn tckn(number: &str) -> bool {
    let v = values(number);
    if v.len() != 11 || v[0] == 0 {
        return false;
    }
    let odd: u32 = v[..9].iter().step_by(2).sum();
    let even: u32 = v[1..8].iter().step_by(2).sum();
    v[9] == (odd * 7 + 100 - even) % 10 && v[10] == v[..10].iter().sum::<u32>() % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        assert!(of("BR").unwrap().valid("529.982.247-25") && !of("BR").unwrap().valid("529.982.247-26"));
        assert!(!of("BR").unwrap().valid("111.111.111-11"));
        assert!(of("BR").unwrap().valid("11.222.333/0001-81"));
        assert!(of("CL").unwrap().valid("12.345.678-5") && !of("CL").unwrap().valid("12.345.678-6"));
        assert!(of("KR").unwrap().valid("P123456789012") && !of("KR").unwrap().valid("123456789012"));
        assert!(of("TR").unwrap().valid("10000000146") && !of("TR").unwrap().valid("10000000147"));
        assert!(of("US").is_none());
    }
}
