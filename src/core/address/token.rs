//! Text cut into tokens: words, numbers with what belongs to them, marks. What a token means in an address is not
//! decided here, with one exception: letters glued to a number (`Apt4D`, `U10`) are cut off when the lexicon knows them.

use super::cjk;
use super::fold::{self, ORDINAL_MARK};
use super::lexicon::{Class, Langs, Lexicon};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Word,
    /// At least one digit, with the letters and inner hyphens and slashes that belong to it: `12a`, `3-19-20`, `27c/8`.
    Number,
    /// A run of letters that are written without spaces.
    Cjk,
    Hash,
    /// `*`, `?` and other signs that no address needs: kept, so that they cannot vanish.
    Sign,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub text: String,
    /// The spelling by the rules of the language (ä as ae), where it is another one.
    pub long: Option<String>,
    pub kind: Kind,
    /// A dot stood behind it: `Storg.`, `3. OG`.
    pub dotted: bool,
    /// An ordinal mark stood behind it: `3º`.
    pub ordinal_mark: bool,
    /// A dash between spaces stood before it.
    pub after_dash: bool,
    /// Number of the part between commas or lines.
    pub segment: u16,
}

struct Piece {
    digits: bool,
    text: String,
    long: Option<String>,
    /// The sign between this piece and the one before: `-`, `/`, `.` or nothing.
    joint: Option<char>,
}

pub(super) struct Tokens<'l> {
    lexicon: &'l Lexicon,
    langs: Langs,
    country: &'l str,
    pub list: Vec<Token>,
    run: Vec<Piece>,
    segment: u16,
    dash: bool,
}

impl<'l> Tokens<'l> {
    pub fn new(lexicon: &'l Lexicon, langs: Langs, country: &'l str) -> Self {
        Self { lexicon, langs, country, list: Vec::with_capacity(12), run: Vec::new(), segment: 0, dash: false }
    }

    /// Adds a text as segments of its own.
    pub fn push_line(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let unified = fold::unify(text);
        match cjk::rewrite(&unified, self.country) {
            Some(rewritten) => self.scan(&rewritten),
            None => self.scan(&unified),
        }
        self.end_run(false);
        self.break_segment();
    }

    fn scan(&mut self, text: &str) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            let glued_next = || next.is_some_and(char::is_alphanumeric);
            match c {
                'a'..='z' => self.letter(c),
                'A'..='Z' => self.letter(c.to_ascii_lowercase()),
                '0'..='9' => self.digit(c),
                '.' if !self.run.is_empty() && glued_next() => self.joint('.', next),
                '.' => self.end_run(true),
                ORDINAL_MARK => self.ordinal_mark(),
                ' ' | '\t' => self.space(&mut chars),
                ',' | ';' | '\n' | '\r' | '|' | '(' | ')' | '[' | ']' | '·' | '•' | '、' | '،' => {
                    self.end_run(false);
                    self.break_segment();
                }
                '#' | '№' => {
                    self.end_run(false);
                    self.push(Token::sign(Kind::Hash, "#"));
                }
                '/' | '⁄' if !self.run.is_empty() && glued_next() => self.joint('/', next),
                '*' | '?' | '^' | '@' | '=' | '~' | '<' | '>' | '\u{fffd}' => {
                    self.end_run(false);
                    self.push(Token::sign(Kind::Sign, c.encode_utf8(&mut [0; 4])));
                }
                '&' | '+' => {
                    self.end_run(false);
                    self.push(Token::sign(Kind::Word, "&"));
                }
                _ => self.other(c, next),
            }
        }
        self.end_run(false);
    }

    fn other(&mut self, c: char, next: Option<char>) {
        if fold::is_dash(c) {
            if self.run.is_empty() {
                self.dash = true;
            } else if next.is_some_and(char::is_alphanumeric) {
                self.joint('-', next);
            } else {
                self.end_run(false);
                self.dash = next == Some(' ');
            }
        } else if let Some(d) = fold::digit(c) {
            self.digit(d);
        } else if fold::is_apostrophe(c) || fold::is_combining(c) {
            // Joined: O'Neil is one name with or without it.
        } else if fold::is_cjk(c) {
            self.cjk(c);
        } else if c.is_alphabetic() {
            for lower in c.to_lowercase() {
                self.letter(lower);
            }
        } else if c.is_whitespace() || c.is_ascii_punctuation() || is_quote(c) {
            self.end_run(false);
        } else if fold::is_mark_of_word(c) {
            self.letter(c);
        } else {
            self.end_run(false);
            self.push(Token::sign(Kind::Sign, c.encode_utf8(&mut [0; 4])));
        }
    }

    /// `3 / 12` is `3/12`; any other space ends the token.
    fn space(&mut self, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
        let mut ahead = chars.clone().skip_while(|c| *c == ' ');
        let slash = ahead.next() == Some('/');
        let number = slash && ahead.find(|c| *c != ' ').is_some_and(|c| c.is_ascii_digit());
        if number && self.run.last().is_some_and(|p| p.digits) {
            while chars.next_if(|c| *c == ' ' || *c == '/').is_some() {}
            self.joint('/', chars.peek().copied());
        } else {
            self.end_run(false);
        }
    }

    fn letter(&mut self, c: char) {
        let special = if c.is_ascii() { None } else { fold::special(c) };
        let piece = self.piece(false);
        match special {
            Some(letter) => {
                if letter.plain != letter.long && piece.long.is_none() {
                    piece.long = Some(piece.text.clone());
                }
                piece.text.push_str(letter.plain);
                if let Some(long) = &mut piece.long {
                    long.push_str(letter.long);
                }
            }
            None => {
                let c = if c.is_ascii() { c } else { fold::base(c) };
                if fold::is_combining(c) {
                    return;
                }
                piece.text.push(c);
                if let Some(long) = &mut piece.long {
                    long.push(c);
                }
            }
        }
    }

    fn digit(&mut self, c: char) {
        self.piece(true).text.push(c);
    }

    /// The piece to which the next character belongs.
    fn piece(&mut self, digits: bool) -> &mut Piece {
        let fresh = self.run.last().is_none_or(|p| p.digits != digits || p.text.is_empty() && p.joint.is_none());
        if fresh {
            self.run.push(Piece { digits, text: String::with_capacity(16), long: None, joint: None });
        }
        let last = self.run.len() - 1;
        &mut self.run[last]
    }

    fn joint(&mut self, sign: char, next: Option<char>) {
        let digits = next.is_some_and(|c| fold::digit(c).is_some());
        self.run.push(Piece { digits, text: String::new(), long: None, joint: Some(sign) });
    }

    fn cjk(&mut self, c: char) {
        self.end_run(false);
        let c = cjk::plain(c);
        match self.list.last_mut() {
            // Spaces between CJK words mean nothing; a number between them ends the run.
            Some(last) if last.kind == Kind::Cjk && last.segment == self.segment && !self.dash => last.text.push(c),
            _ => self.push(Token::sign(Kind::Cjk, c.encode_utf8(&mut [0; 4]))),
        }
    }

    /// `3º` is an ordinal, `nº` is "number".
    fn ordinal_mark(&mut self) {
        let after_n = self.run.last().is_some_and(|p| !p.digits && p.text == "n");
        if after_n {
            self.letter('o');
            self.end_run(false);
            return;
        }
        self.end_run(false);
        let Some(last) = self.list.last_mut() else { return };
        if last.kind == Kind::Number {
            last.ordinal_mark = true;
        } else if last.kind == Kind::Word && last.text.len() == 1 && last.segment == self.segment {
            // n.º and P.º are short words.
            last.text.push('o');
        }
    }

    fn break_segment(&mut self) {
        if self.list.last().is_some_and(|t| t.segment == self.segment) {
            self.segment = self.segment.saturating_add(1);
        }
        self.dash = false;
    }

    fn push(&mut self, mut token: Token) {
        token.segment = self.segment;
        token.after_dash = std::mem::take(&mut self.dash);
        self.list.push(token);
    }

    /// Cuts the run at the places where an address has a border, and joins what belongs to one number.
    fn end_run(&mut self, dotted: bool) {
        if self.run.is_empty() {
            if dotted && let Some(last) = self.list.last_mut() {
                last.dotted = true;
            }
            return;
        }
        let mut run = std::mem::take(&mut self.run);
        let mut open: Option<Token> = None;
        let mut before_digits = false;
        for piece in run.drain(..) {
            if piece.text.is_empty() {
                continue;
            }
            let joined = match &open {
                Some(token) => self.joins(token, before_digits, &piece),
                None => None,
            };
            before_digits = piece.digits;
            match (&mut open, joined) {
                (Some(token), Some(sign)) => token.extend(piece, sign),
                (_, _) => {
                    let dot = piece.joint == Some('.');
                    if let Some(mut done) = open.take() {
                        done.dotted = dot;
                        self.push(done);
                    }
                    open = Some(Token::of(piece));
                }
            }
        }
        if let Some(mut last) = open {
            last.dotted = dotted;
            self.push(last);
        }
        self.run = run;
    }

    /// `Some(sign to keep)` when the piece belongs to the open token.
    fn joins(&self, open: &Token, before_digits: bool, piece: &Piece) -> Option<Option<char>> {
        let known = |text: &str| self.lexicon.begins_number(text, piece.joint.is_none(), self.langs);
        match (before_digits, piece.digits) {
            // 3-19-20 and 12/14: the grouping is part of the number.
            (true, true) => Some(piece.joint),
            (true, false) => {
                // `3.OG` and `5th-floor` are two tokens, `12/a`, `12-a` and `7-bis` one.
                // `3tr`, `2tv`: a word for a floor or a door that lost its space.
                let word = piece.text.len() > 1
                    && self.lexicon.has_class(&piece.text, self.langs, &[Class::Unit, Class::Door])
                    && self.country != "US";
                if word {
                    return None;
                }
                let short = piece.text.chars().count() <= if piece.joint.is_some() { 1 } else { 4 };
                let suffix = short && !matches!(piece.text.as_str(), "og" | "eg" | "ug" | "dg")
                    || matches!(piece.text.as_str(), "bis" | "ter" | "quater");
                suffix.then_some(None)
            }
            (false, true) if open.kind == Kind::Number => Some(piece.joint),
            (false, true) => {
                let short = open.text.chars().count() <= 2 && piece.joint != Some('.');
                (short && !known(&open.text)).then_some(None)
            }
            (false, false) => self.acronym(open, piece).then_some(piece.joint.filter(|sign| *sign == '/')),
        }
    }

    /// P.O. and N.E. are one word, and so is what the lexicon knows with its dot inside (V.le, c/o).
    fn acronym(&self, open: &Token, piece: &Piece) -> bool {
        if open.kind == Kind::Number || piece.joint.is_none() || piece.joint == Some('-') {
            return false;
        }
        let single = piece.text.chars().count() == 1;
        if single && piece.joint == Some('.') && open.text.chars().count() <= 3 {
            return true;
        }
        let slash = if piece.joint == Some('/') { "/" } else { "" };
        let joined = format!("{}{slash}{}", open.text, piece.text);
        self.lexicon.has_class(
            &joined,
            self.langs,
            &[Class::Type, Class::Unit, Class::Box, Class::Care, Class::Legal, Class::Title, Class::Name],
        )
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '«' | '»' | '„' | '“' | '”' | '‟' | '‹' | '›' | '¿' | '¡' | '。')
}

impl Token {
    fn sign(kind: Kind, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            long: None,
            kind,
            dotted: false,
            ordinal_mark: false,
            after_dash: false,
            segment: 0,
        }
    }

    fn of(piece: Piece) -> Self {
        let kind = if piece.digits { Kind::Number } else { Kind::Word };
        Self { text: piece.text, long: piece.long, ..Self::sign(kind, "") }
    }

    fn extend(&mut self, piece: Piece, sign: Option<char>) {
        if let Some(sign) = sign {
            self.text.push(sign);
        }
        if piece.long.is_some() && self.long.is_none() {
            self.long = Some(self.text.clone());
        }
        if let Some(long) = &mut self.long {
            long.push_str(piece.long.as_deref().unwrap_or(&piece.text));
        }
        self.text.push_str(&piece.text);
        if piece.digits {
            self.kind = Kind::Number;
        }
    }
}
