//! Names of the rules by which two spellings are one. A comparison reports the weightiest rule it needed.

use super::item::Agree;
use super::lexicon::Class;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Rule {
    Case,
    Umlaut,
    Spacing,
    NumberWord,
    Word,
    Direction,
    StreetType,
    Road,
    LeftOutType,
    UnitForm,
    LineBreak,
    Order,
    Script,
    Repeated,
}

impl Rule {
    pub fn name(self) -> &'static str {
        match self {
            Self::Case => "case_or_accents",
            Self::Umlaut => "umlaut",
            Self::Spacing => "spacing",
            Self::NumberWord => "number_word",
            Self::Word => "abbreviation",
            Self::Direction => "direction",
            Self::StreetType => "street_type",
            Self::Road => "numbered_road",
            Self::LeftOutType => "plain_type_left_out",
            Self::UnitForm => "unit_form",
            Self::LineBreak => "line_break",
            Self::Order => "order",
            Self::Script => "transliteration",
            Self::Repeated => "repeats_other_field",
        }
    }

    pub fn of(agree: Agree) -> Self {
        match agree {
            Agree::Text => Self::Case,
            Agree::Spelling => Self::Umlaut,
            Agree::Script => Self::Script,
            Agree::Abbreviation(class) => match class {
                Class::Type | Class::Optional => Self::StreetType,
                Class::Direction => Self::Direction,
                Class::Number => Self::NumberWord,
                Class::Road => Self::Road,
                _ => Self::Word,
            },
        }
    }
}
