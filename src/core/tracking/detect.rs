//! Which carriers a number may be of, the likeliest first, with what is wrong about it.
//!
//! Points (tracking reference §1.4): what the shape alone says (`base` of the table), +30 a check digit that passes, −60 one
//! that fails, +20 the carrier's country is where the parcel comes from or goes to, +40 the supplier names the carrier.

use super::damage::{self, Damage};
use super::destination::{Destination, agrees};
use super::formats::{FORMATS, Format};
use super::{Check, Problem};

const CHECK_PASSES: i32 = 30;
const CHECK_FAILS: i32 = -60;
const ON_THE_WAY: i32 = 20;
const NAMED: i32 = 40;
/// A parcel is told to a store by itself only with so many points, so far before the next.
const SURE: i32 = 60;
const LEAD: i32 = 20;
/// A shape that nearly nobody else uses.
const OWN_SHAPE: i32 = 40;
/// All their numbers have a form in the table: what fits none is not theirs. Others have numbers that nobody published.
const FORMS_ALL_KNOWN: [&str; 3] = ["usps", "ups", "fedex"];

/// What else is known of the parcel; empty where it is not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// Country and postcode of the ship-to.
    pub to: &'a str,
    pub postcode: &'a str,
    /// Country it is sent from.
    pub from: &'a str,
    /// Ids of the carriers that the supplier's words can mean, the likeliest first.
    pub named: &'a [&'a str],
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// An id of the carriers' table.
    pub carrier: String,
    pub score: i32,
    pub check: Check,
    /// What this carrier tracks by: the number without the routing in front of it.
    pub number: String,
    pub destination: Option<Destination>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Detection {
    pub number: String,
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
    pub problems: Vec<Problem>,
    /// The number as it was before letters were read as the digits that must stand there.
    pub mended_from: Option<String>,
}

impl Detection {
    /// The carrier, where there is no reasonable doubt.
    pub fn certain(&self) -> Option<&Candidate> {
        let first = self.candidates.first()?;
        let next = self.candidates.get(1).map_or(i32::MIN / 2, |c| c.score);
        (first.score >= SURE && first.score - next >= LEAD).then_some(first)
    }
}

/// `number` as `normalise` leaves it.
pub fn detect(number: &str, context: &Context<'_>) -> Detection {
    let mut found = Detection { number: number.to_owned(), candidates: vec![], problems: vec![], mended_from: None };
    if number.is_empty() {
        found.problems.push(Problem::NoNumber);
    } else if let Some(damage) = damage::of_number(number) {
        let exponent = damage == Damage::Exponent;
        found.problems.push(if exponent { Problem::DamagedNumber } else { Problem::RoundedNumber });
    } else if is_placeholder(number) {
        found.problems.push(Problem::Placeholder);
    } else {
        look_up(&mut found, context);
        judge(&mut found, context);
    }
    found
}

fn look_up(found: &mut Detection, context: &Context<'_>) {
    let mut hits = hits(&found.number);
    let good = |hits: &[Hit]| {
        hits.iter().any(|h| h.check == Check::Pass || h.check == Check::None && h.format.base >= OWN_SHAPE)
    };
    if !good(&hits)
        && let Some(mended) = mended(&found.number)
    {
        found.mended_from = Some(std::mem::replace(&mut found.number, mended));
        hits = self::hits(&found.number);
    }
    // A row for some letters of one post says it better than the row for all posts.
    let special = |h: &Hit| h.format.id.starts_with("s10_") || h.format.id == "dhl_paket_s10";
    if hits.iter().any(special) {
        hits.retain(|h| h.format.id != "s10");
    }
    for hit in &hits {
        for (carrier, less) in hit.format.ranked(&hit.chars) {
            let mut score = hit.format.base - less;
            score += match hit.check {
                Check::Pass => CHECK_PASSES,
                Check::Fail => CHECK_FAILS,
                Check::None => 0,
            };
            let country = own_country(carrier).map_or_else(|| hit.format.country(&hit.chars), str::to_owned);
            if !country.is_empty() && (country == context.to || country == context.from) {
                score += ON_THE_WAY;
            }
            if context.named.contains(&carrier) {
                score += NAMED;
            }
            add(
                &mut found.candidates,
                Candidate {
                    carrier: carrier.to_owned(),
                    score,
                    check: hit.check,
                    number: hit.format.tracked(&hit.chars),
                    destination: hit.destination.clone(),
                },
            );
        }
    }
    found.candidates.sort_by_key(|c| std::cmp::Reverse(c.score));
}

/// One candidate a carrier: its best.
fn add(candidates: &mut Vec<Candidate>, new: Candidate) {
    match candidates.iter_mut().find(|c| c.carrier == new.carrier) {
        Some(old) if old.score < new.score => *old = new,
        Some(_) => {}
        None => candidates.push(new),
    }
}

fn judge(found: &mut Detection, context: &Context<'_>) {
    let named = found.candidates.iter().find(|c| context.named.contains(&c.carrier.as_str()));
    let failing = |c: Option<&Candidate>| c.is_some_and(|c| c.check == Check::Fail);
    if failing(found.candidates.first()) || failing(named) {
        found.problems.push(Problem::CheckDigit);
    } else if lost_zeros(found, context) {
        found.problems.push(Problem::LostZeros);
    } else if named.is_none() && !context.named.is_empty() {
        named_without_form(found, context);
    }
    if found.candidates.is_empty() && found.problems.is_empty() {
        found.problems.push(Problem::UnknownFormat);
    }
    let place = found.candidates.first().and_then(|c| c.destination.as_ref());
    if place.is_some_and(|p| agrees(p, context.to, context.postcode) == Some(false)) {
        found.problems.push(Problem::WrongDestination);
    }
}

/// Carriers whose numbers nobody published are believed when the supplier names them.
fn named_without_form(found: &mut Detection, context: &Context<'_>) {
    if context.named.iter().all(|id| FORMS_ALL_KNOWN.contains(id)) {
        found.problems.push(Problem::CarrierDisagrees);
        return;
    }
    if !(8..=35).contains(&found.number.len()) {
        return;
    }
    for (place, carrier) in (0..).zip(context.named) {
        let number = found.number.clone();
        let score = NAMED - place;
        found.candidates.push(Candidate {
            carrier: (*carrier).to_owned(),
            score,
            check: Check::None,
            number,
            destination: None,
        });
    }
    found.candidates.sort_by_key(|c| std::cmp::Reverse(c.score));
}

/// Digits that fit with zeros in front: surely lost where nothing fits without them, or the named carrier has only the longer form.
fn lost_zeros(found: &Detection, context: &Context<'_>) -> bool {
    let number = &found.number;
    let of_named = |id: &str| context.named.contains(&id);
    if number.len() > 15
        || !number.bytes().all(|b| b.is_ascii_digit())
        || found.candidates.iter().any(|c| of_named(&c.carrier))
    {
        return false;
    }
    (1..=4).any(|zeros| {
        let padded: Vec<char> = "0".repeat(zeros).chars().chain(number.chars()).collect();
        FORMATS.iter().filter(|f| f.fits(&padded)).any(|f| {
            let check = f.check(&padded);
            let named = f.ranked(&padded).iter().any(|(id, _)| of_named(id));
            named && check != Check::Fail
                || context.named.is_empty() && found.candidates.is_empty() && check == Check::Pass
        })
    })
}

/// One character again and again, or a run upwards from 0 or 1: what people type to fill a field.
fn is_placeholder(number: &str) -> bool {
    let first = number.chars().next();
    let same = number.chars().all(|c| Some(c) == first);
    let run = |start: &str| start.len() >= number.len() && start.starts_with(number);
    number.len() >= 5
        && (same || run("12345678901234567890123456789012345") || run("01234567890123456789012345678901234"))
}

/// `dpd_uk`: an id of the table that ends in a country.
fn own_country(carrier: &str) -> Option<&'static str> {
    Some(match carrier.rsplit_once('_')?.1 {
        "uk" => "GB",
        "us" => "US",
        "de" => "DE",
        "nl" => "NL",
        "fr" => "FR",
        "it" => "IT",
        "au" => "AU",
        "cn" => "CN",
        "pl" => "PL",
        _ => return None,
    })
}

/// One format that a number fits, whole or behind its routing.
struct Hit {
    format: &'static Format,
    chars: Vec<char>,
    check: Check,
    destination: Option<Destination>,
}

fn hits(number: &str) -> Vec<Hit> {
    let chars: Vec<char> = number.chars().collect();
    let whole = FORMATS.iter().filter(|f| f.fits(&chars)).map(|format| Hit {
        format,
        check: format.check(&chars),
        destination: format.destination(&chars),
        chars: chars.clone(),
    });
    whole.chain(routed(number)).collect()
}

/// USPS puts `420` and the ZIP of the destination before the number; ZIP+4 only before 22 digits, or 20 of old.
fn routed(number: &str) -> Vec<Hit> {
    let mut found = vec![];
    let Some(rest) = number.strip_prefix("420").filter(|r| r.bytes().all(|b| b.is_ascii_digit())) else { return found };
    for zip in [5, 9] {
        let Some((postcode, inner)) = rest.split_at_checked(zip) else { continue };
        if zip == 9 && !matches!(inner.len(), 20 | 22) {
            continue;
        }
        let chars: Vec<char> = inner.chars().collect();
        for format in FORMATS.iter().filter(|f| is_routed(f.id) && f.fits(&chars)) {
            let destination = Destination { country: "US".to_owned(), postcode: postcode.to_owned(), domestic: true };
            found.push(Hit {
                format,
                check: format.check(&chars),
                chars: chars.clone(),
                destination: Some(destination),
            });
        }
    }
    found
}

fn is_routed(format: &str) -> bool {
    ["usps_impb", "usps_legacy", "osm", "ups_mi", "dhl_ecommerce_impb"].iter().any(|family| format.starts_with(family))
}

/// The number with O, I, S, B … read as digits, where one format needs digits there and then has no doubt left.
fn mended(number: &str) -> Option<String> {
    let chars: Vec<char> = number.chars().collect();
    FORMATS.iter().filter(|f| f.base >= OWN_SHAPE).find_map(|format| {
        let text = format.mended(&chars).filter(|t| t != number)?;
        let check = format.check(&text.chars().collect::<Vec<_>>());
        (check == Check::Pass || !format.is_checked()).then_some(text)
    })
}

/// Whether any carrier's check digit stands for it.
pub(super) fn any_passes(number: &str) -> bool {
    hits(number).iter().any(|h| h.check == Check::Pass)
}

/// Fits a shape that few others use, or passes a check digit.
pub(super) fn is_strong(number: &str) -> bool {
    hits(number).iter().any(|h| h.check == Check::Pass || h.check == Check::None && h.format.base >= OWN_SHAPE)
}

/// Points of the best format, before anything else is known.
pub(super) fn strength(number: &str) -> i32 {
    let points = |h: &Hit| {
        h.format.base
            + match h.check {
                Check::Pass => CHECK_PASSES,
                Check::Fail => CHECK_FAILS,
                Check::None => 0,
            }
    };
    hits(number).iter().map(points).max().unwrap_or(i32::MIN)
}

/// Fits any format.
pub(super) fn is_known(number: &str) -> bool {
    !hits(number).is_empty()
}
