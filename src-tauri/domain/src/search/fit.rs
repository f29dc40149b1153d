//! How well one typed word fits one text.

use nucleo_matcher::chars::{normalize, to_lower_case};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// How a query was met, from the weakest to the strongest. The last three are what was typed; the first two
/// are guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// With a slip of the fingers: a letter too many, too few, wrong, or two exchanged.
    Typo,
    /// As an abbreviation: `prd` of `production`, `pua` of `PowerUserAccess`.
    Subsequence,
    /// Inside a word, or anywhere in what many grants share (e-mail, portal).
    Substring,
    /// From the beginning of a word.
    Prefix,
    /// As a whole id, name, role or address.
    Exact,
}

impl Kind {
    /// Whether letters had to be skipped or forgiven.
    pub fn is_guess(self) -> bool {
        self < Self::Substring
    }
}

/// A kind of match and how good it is among its kind. The order is the order of quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit {
    pub(super) kind: Kind,
    /// 0 to [`Fit::BEST`].
    pub(super) detail: u16,
}

impl Fit {
    pub(super) const BEST: u16 = 99;
    pub(super) const EXACT: Self = Self { kind: Kind::Exact, detail: Self::BEST };

    /// `detail` is `base` and what is left up to `top` by the share that `part` is of `whole`.
    fn new(kind: Kind, base: u16, top: u16, (part, whole): (usize, usize)) -> Self {
        let share = usize::from(top - base) * part.min(whole) / whole.max(1);
        Self { kind, detail: base + u16::try_from(share).unwrap_or_default() }
    }
}

/// What a text is, which bounds how it can be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// An account's or a role's name.
    Name,
    /// An address. Those of an organisation share their domain: only the whole is better than a substring,
    /// and it is no source of abbreviations.
    Email,
    /// A portal's name, shared by all its grants: never better than a substring.
    Portal,
}

/// Longer texts are cut here for searching. AWS stops at 64; this bounds what a hostile portal can cost.
const LONGEST: usize = 256;

/// Text prepared for searching: without case and accents, its words known.
#[derive(Debug)]
pub(super) struct Text {
    letters: Box<[char]>,
    /// Where words begin, in order.
    starts: Box<[usize]>,
    /// Which letters there are; see [`mask`].
    mask: u64,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        let mut letters = Vec::with_capacity(text.len().min(LONGEST));
        let mut starts = Vec::with_capacity(8);
        let mut before = None;
        let mut chars = text.chars().filter(|c| !is_accent(*c)).take(LONGEST).peekable();
        while let Some(c) = chars.next() {
            if before.is_none() || begins_word(before, c, chars.peek().copied()) {
                starts.push(letters.len());
            }
            letters.push(folded(c));
            before = Some(c);
        }
        Self { mask: mask(&letters), letters: letters.into(), starts: starts.into() }
    }

    /// Whether both are the same but for case and accents.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.letters == other.letters
    }

    fn ends_word(&self, at: usize) -> bool {
        self.letters.get(at).is_none_or(|c| !c.is_alphanumeric()) || self.starts.binary_search(&at).is_ok()
    }
}

/// Accents that are characters of their own, as macOS likes to write them.
fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn folded(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { to_lower_case(normalize(c)) }
}

/// `prod-eu`, `prodEu`, `AWSProd` and `prod2` are two words each.
fn begins_word(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before.filter(|b| b.is_alphanumeric()) else { return c.is_alphanumeric() };
    let hump = c.is_uppercase() && (before.is_lowercase() || after.is_some_and(char::is_lowercase));
    c.is_alphanumeric() && (hump || before.is_numeric() != c.is_numeric())
}

/// One bit a letter. Only letters and digits have a bit of their own, so a mask can rule out, never in.
fn mask(letters: &[char]) -> u64 {
    letters.iter().fold(0, |mask, c| {
        let bit = match c {
            'a'..='z' => u32::from(*c) - u32::from('a'),
            '0'..='9' => 26 + u32::from(*c) - u32::from('0'),
            _ => 36 + u32::from(*c) % 28,
        };
        mask | 1 << bit
    })
}

/// One word as typed.
pub(super) struct Needle {
    letters: Vec<char>,
    mask: u64,
    /// The digits of an id or of a part of it.
    id: Option<String>,
    /// Numbers name things that look alike and are not: a word with a digit in it is never an abbreviation.
    abbreviates: bool,
    /// How many slips are forgiven.
    slips: u8,
}

impl Needle {
    /// None if nothing is left of the word to look for.
    pub(super) fn new(word: &str) -> Option<Self> {
        let mut letters: Vec<char> = word.chars().filter(|c| !is_accent(*c)).map(folded).collect();
        if is_grouped_id(&letters) {
            letters.retain(char::is_ascii_digit);
        }
        let digits = letters.iter().all(char::is_ascii_digit);
        let slips = match letters.len() {
            _ if digits => 0,
            0..4 => 0,
            4..8 => 1,
            _ => 2,
        };
        (!letters.is_empty()).then(|| Self {
            mask: mask(&letters),
            // One or two digits are in nearly every id.
            id: (digits && letters.len() >= 3).then(|| letters.iter().collect()),
            // Two letters abbreviate nearly everything.
            abbreviates: letters.len() >= 3 && !letters.iter().any(|c| c.is_numeric()),
            slips,
            letters,
        })
    }

    /// Against an account id.
    pub(super) fn fit_id(&self, id: &str) -> Option<Fit> {
        let part = self.id.as_deref()?;
        let share = (part.len(), id.len());
        match id.find(part)? {
            _ if part.len() == id.len() => Some(Fit::EXACT),
            0 => Some(Fit::new(Kind::Prefix, 20, Fit::BEST, share)),
            _ => Some(Fit::new(Kind::Substring, 20, Fit::BEST, share)),
        }
    }

    /// Against any other text.
    pub(super) fn fit(&self, text: &Text, field: Field, matcher: &mut Matcher) -> Option<Fit> {
        if self.letters.len() > LONGEST {
            return None;
        }
        let missing = (self.mask & !text.mask).count_ones();
        if missing > u32::from(self.slips) {
            return None;
        }
        let literal = || self.literal(text, field);
        let abbreviation = || (field == Field::Name).then(|| self.abbreviation(text, matcher)).flatten();
        let typed = if missing == 0 { literal().or_else(abbreviation) } else { None };
        typed.or_else(|| self.typo(text))
    }

    /// Whether the text begins with it.
    pub(super) fn begins(&self, text: &Text) -> bool {
        text.letters.starts_with(&self.letters)
    }

    fn literal(&self, text: &Text, field: Field) -> Option<Fit> {
        let share = (self.letters.len(), text.letters.len());
        if *self.letters == *text.letters && field != Field::Portal {
            return Some(Fit::EXACT);
        }
        let begins = |at: &&usize| text.letters[**at..].starts_with(&self.letters);
        let prefix = || text.starts.iter().find(begins).filter(|_| field == Field::Name);
        if let Some(&at) = prefix() {
            let whole_word = if text.ends_word(at + self.letters.len()) { 40 } else { 0 };
            let in_front = if at == 0 { 20 } else { 0 };
            let base = whole_word + in_front;
            return Some(Fit::new(Kind::Prefix, base, base + 39, share));
        }
        let inside = text.letters.windows(self.letters.len()).any(|part| *part == *self.letters);
        let (base, top) = if field == Field::Name { (40, Fit::BEST) } else { (0, 39) };
        inside.then(|| Fit::new(Kind::Substring, base, top, share))
    }

    /// The letters in order, with gaps. nucleo finds the best way to lay them out; it counts only if every
    /// gap ends at the beginning of a word or within the word it began in, and if few letters are skipped.
    /// Otherwise `prod` would be found in `projects-old`.
    fn abbreviation(&self, text: &Text, matcher: &mut Matcher) -> Option<Fit> {
        let mut rest = text.letters.iter();
        if !self.abbreviates || !self.letters.iter().all(|c| rest.any(|t| t == c)) {
            return None;
        }
        let mut places = Vec::with_capacity(self.letters.len());
        let (hay, needle) = (Utf32Str::Unicode(&text.letters), Utf32Str::Unicode(&self.letters));
        let score = usize::from(matcher.fuzzy_indices(hay, needle, &mut places)?);

        let word_of = |at: usize| text.starts.partition_point(|start| *start <= at);
        let mut last_word = None;
        let natural = places.iter().filter_map(|at| usize::try_from(*at).ok()).all(|at| {
            let word = word_of(at);
            let fine = last_word == Some(word) || text.starts.binary_search(&at).is_ok();
            last_word = Some(word);
            fine
        });
        // nucleo gives 16 for a letter, 10 more where it begins a word or follows one that does, and takes
        // away 3 for a gap and 1 for every further letter in it.
        let (enough, best) = (17 * self.letters.len(), 26 * self.letters.len() + 10);
        (natural && score >= enough).then(|| Fit::new(Kind::Subsequence, 0, Fit::BEST, (score, best)))
    }

    fn typo(&self, text: &Text) -> Option<Fit> {
        if self.slips == 0 {
            return None;
        }
        // With n slips, one of the first n + 1 letters is right and at most n places off.
        let reach = usize::from(self.slips);
        let first = mask(&self.letters[..=reach]);
        let near = |at: usize| mask(&text.letters[at..(at + 2 * reach + 1).min(text.letters.len())]);
        let tries = text.starts.iter().filter(|at| near(**at) & first != 0);
        let slips =
            tries.filter_map(|at| slips(&self.letters, text, *at, *at + 4, self.slips, false)).min()?;
        Some(Fit::new(
            Kind::Typo,
            if slips < 2 { 40 } else { 0 },
            60,
            (self.letters.len(), text.letters.len()),
        ))
    }
}

/// As AWS's console writes an account id: `1111-2222-3333`.
fn is_grouped_id(letters: &[char]) -> bool {
    letters.len() == 14
        && letters.iter().enumerate().all(|(at, c)| if at % 5 == 4 { *c == '-' } else { c.is_ascii_digit() })
}

/// The fewest slips that explain `typed` as the text from `at` to the end of a word or, since people stop
/// typing early, to anywhere from `open` on as long as the last letter is right (`landed`). Not more than
/// `left`, and none that adds, drops or changes a digit.
fn slips(typed: &[char], text: &Text, at: usize, open: usize, left: u8, landed: bool) -> Option<u8> {
    let same = typed.iter().zip(&text.letters[at..]).take_while(|(a, b)| a == b).count();
    let (typed, at) = (&typed[same..], at + same);
    let Some((first, rest)) = typed.split_first() else {
        return (at >= open && (landed || same > 0) || text.ends_word(at)).then_some(0);
    };
    let left = left.checked_sub(1)?;
    let (typed_letter, next) = (!first.is_numeric(), text.letters.get(at).filter(|c| !c.is_numeric()));

    let extra = typed_letter.then(|| slips(rest, text, at, open, left, false)).flatten();
    let missing = next.and_then(|_| slips(typed, text, at + 1, open, left, false));
    let wrong = next.filter(|_| typed_letter).and_then(|_| slips(rest, text, at + 1, open, left, false));
    let exchanged = next
        .filter(|_| typed_letter && rest.first() == next && text.letters.get(at + 1) == Some(first))
        .and_then(|_| slips(&rest[1..], text, at + 2, open, left, true));
    [extra, missing, wrong, exchanged].into_iter().flatten().min().map(|more| more + 1)
}

/// nucleo, told that case and accents are gone already.
pub(super) fn matcher() -> Matcher {
    let mut config = Config::DEFAULT;
    config.normalize = false;
    config.ignore_case = false;
    Matcher::new(config)
}

#[cfg(test)]
impl Text {
    pub(super) fn plain(&self) -> String {
        self.letters.iter().collect()
    }
}
