//! The sheets that dsf knows: those built in, and a person's own files in the config folder. Checks what types cannot say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::content::Content;
use super::problem::SheetProblem;
use super::read_back::folded;
use super::rule::Rule;
use super::template::{Column, Facts, Sheet};

macro_rules! built_in {
    ($($name:literal)*) => {
        /// Name and text of each.
        pub const BUILT_IN: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../sheets/", $name, ".toml")))),*];
    };
}

built_in! {
    "generic"
    "wayfair"
    "costway"
    "autods"
    "dsers"
}

impl Sheet {
    /// The sheet that a config names: `li.toml` or `li` in the config folder, else the built-in one of that name.
    ///
    /// # Errors
    /// There is none, or the file is no template; the error names file, line and key.
    pub fn find(name: &str, folder: Option<&Path>) -> Result<Self, SheetProblem> {
        let bare = name.strip_suffix(".toml").unwrap_or(name);
        if let Some(path) = folder.map(|f| f.join(format!("{bare}.toml"))) {
            let file = path.display().to_string();
            match fs::read_to_string(&path) {
                Ok(text) => return Self::parse(bare, &text, &file),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(SheetProblem::NotReadable { file, why: e.to_string() }),
            }
        }
        Self::built_in(bare)
    }

    /// # Errors
    /// None has that name.
    pub fn built_in(name: &str) -> Result<Self, SheetProblem> {
        match BUILT_IN.iter().find(|(known, _)| *known == name) {
            Some((known, text)) => Self::parse(known, text, &format!("built-in {known}.toml")),
            None => Err(SheetProblem::Unknown {
                wanted: name.to_owned(),
                looked_at: format!("the config folder as {name}.toml"),
                nearest: BUILT_IN
                    .iter()
                    .map(|(known, _)| *known)
                    .min_by_key(|known| strsim::levenshtein(known, name))
                    .unwrap_or_default()
                    .to_owned(),
            }),
        }
    }

    /// # Errors
    /// The first line that cannot be meant.
    pub fn parse(name: &str, text: &str, file: &str) -> Result<Self, SheetProblem> {
        let at = |offset: usize, (message, hint): (String, Option<String>)| {
            let line = text[..offset.min(text.len())].matches('\n').count() + 1;
            SheetProblem::Wrong { file: file.to_owned(), line, message, hint }
        };
        let mut facts: Facts =
            toml::from_str(text).map_err(|error| at(error.span().map_or(0, |s| s.start), explain(error.message())))?;
        let written = std::mem::take(&mut facts.columns);
        let mut seen = Seen::default();
        for column in &written {
            seen.add(column.get_ref()).map_err(|why| at(column.span().start, (why, None)))?;
        }
        let columns = written.into_iter().map(toml::Spanned::into_inner).collect();
        let sheet = Self { name: name.to_owned(), facts, columns };
        let columns_at = text.find("columns").unwrap_or(0);
        complete(&sheet).map_err(|why| at(columns_at, (why, None)))?;
        Ok(sheet)
    }
}

/// What earlier columns have already.
#[derive(Default)]
struct Seen {
    headers: BTreeSet<String>,
    /// Contents, fields of the address, and either for one country.
    taken: BTreeSet<String>,
}

impl Seen {
    fn add(&mut self, column: &Column) -> Result<(), String> {
        if column.header.iter().any(|h| folded(h).is_empty()) || column.header.is_empty() {
            return Err("header is empty".to_owned());
        }
        let title = column.title();
        if column.holds.is_empty() == column.constant.is_none() {
            return Err(format!("column \"{title}\" needs holds or constant, one of the two"));
        }
        if column.holds.len() > 1 && !column.holds.iter().all(|c| c.is_remark()) {
            return Err(format!("column \"{title}\": only notes, remarks and gift messages share a column"));
        }
        for header in column.header.iter().map(|h| folded(h)).collect::<BTreeSet<_>>() {
            if !self.headers.insert(header.clone()) {
                return Err(format!("column \"{title}\": another column has the header \"{header}\" too"));
            }
        }
        for content in &column.holds {
            let what = match (content, content.address_field()) {
                (Content::FirstName | Content::LastName, _) | (_, None) => format!("{content:?}"),
                (_, Some(field)) => field.to_owned(),
            };
            let countries = if column.countries.is_empty() { vec![String::new()] } else { column.countries.clone() };
            for country in countries {
                if !self.taken.insert(format!("{what} {country}")) {
                    return Err(format!("column \"{title}\": another column carries the same"));
                }
            }
        }
        Ok(())
    }
}

/// Without these nobody can send a parcel, and no proof can be made.
fn complete(sheet: &Sheet) -> Result<(), String> {
    use Content as C;
    const NEEDED: [(&str, &[C]); 10] = [
        ("reference", &[C::Reference]),
        ("name, or first_name and last_name,", &[C::Name, C::LastName]),
        ("line1", &[C::Line1]),
        ("city", &[C::City]),
        ("region, region_code or region_name", &[C::Region, C::RegionCode, C::RegionName]),
        ("postcode", &[C::Postcode]),
        ("country_code or country_name", &[C::CountryCode, C::CountryName]),
        ("listing_id or listing_product", &[C::ListingId, C::ListingProduct]),
        ("quantity_packs", &[C::QuantityPacks]),
        ("resend or note, where a second sending is marked,", &[C::Resend, C::Note]),
    ];
    for (words, any) in NEEDED {
        if !any.iter().any(|content| sheet.carries(*content)) {
            return Err(format!("no column holds {words}"));
        }
    }
    if sheet.carries(C::FirstName) != sheet.carries(C::LastName)
        || (sheet.carries(C::Name) && sheet.carries(C::LastName))
    {
        return Err("the name stands whole in one column (name) or in two (first_name and last_name)".to_owned());
    }
    if sheet.carries(C::ListingId) && sheet.carries(C::ListingProduct)
        || sheet.carries(C::ListingVariant) && !sheet.carries(C::ListingProduct)
    {
        return Err("a listing stands whole (listing_id) or in two (listing_product and listing_variant)".to_owned());
    }
    let has = |rule| sheet.facts.rules.contains(&rule);
    if has(Rule::WrapLines) && (sheet.longest(C::Line1).is_none() || !sheet.carries(C::Line2)) {
        return Err("wrap_lines needs columns for line1, with longest, and for line2".to_owned());
    }
    if sheet.facts.phone_required && !sheet.carries(C::Phone) {
        return Err("phone_required needs a column that holds phone".to_owned());
    }
    Ok(())
}

/// The parser's words as ours, with the nearest key.
fn explain(message: &str) -> (String, Option<String>) {
    let message = message.trim();
    let (kind, rest) = match (message.strip_prefix("unknown field `"), message.strip_prefix("unknown variant `")) {
        (Some(rest), _) => ("a key of a sheet", rest),
        (_, Some(rest)) => ("a word of a sheet", rest),
        _ => return (message.lines().collect::<Vec<_>>().join(" "), None),
    };
    let mut names = rest.split('`').step_by(2);
    let unknown = names.next().unwrap_or_default();
    let nearest = names.min_by_key(|name| strsim::levenshtein(unknown, name));
    (format!("\"{unknown}\" is not {kind}"), nearest.map(|name| format!("did you mean \"{name}\"?")))
}
