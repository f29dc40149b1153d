//! Pages of a list. The token is opaque to clients: position and list name, signed. The position is the
//! number of the next item, not a count: lists may change between two pages.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Refusal;
use crate::http::{Pairs, value_of};
use crate::world::World;

const DEFAULT_SIZE: usize = 20;
const MAX_SIZE: usize = 100;
const SIZE_PROBLEM: &str = "Invalid max_result: value must be in the range 1-100";
const TOKEN_PROBLEM: &str = "Invalid next_token";

/// Where a page starts and how long it is.
#[derive(Debug)]
pub(super) struct PageRequest<'a> {
    key: &'a [u8],
    list: &'a str,
    size: usize,
    start: u64,
    /// With the `empty_pages` fault each full page follows an empty one.
    empty: bool,
    with_empty_pages: bool,
}

/// One page of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next_token: Option<String>,
}

impl<'a> PageRequest<'a> {
    /// Reads `max_result` and `next_token`; a token of another list is refused.
    pub(super) fn read(world: &'a World, list: &'a str, query: &Pairs) -> Result<Self, Refusal> {
        let size = match value_of(query, "max_result") {
            None => DEFAULT_SIZE,
            Some(text) => text
                .parse()
                .ok()
                .filter(|size| (1..=MAX_SIZE).contains(size))
                .ok_or(Refusal::invalid(SIZE_PROBLEM))?,
        };
        let with_empty_pages = world.faults().empty_pages;
        let mut request =
            Self { key: &world.key, list, size, start: 0, empty: with_empty_pages, with_empty_pages };
        if let Some(token) = value_of(query, "next_token").filter(|token| !token.is_empty()) {
            (request.start, request.empty) = request.open(token).ok_or(Refusal::invalid(TOKEN_PROBLEM))?;
        }
        Ok(request)
    }

    /// Number of the first item that may be on the page.
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// A page of numbered items, which begin at [`Self::start`].
    pub(super) fn cut<T>(&self, mut list: impl Iterator<Item = (u64, T)>) -> Page<T> {
        if self.empty {
            return Page { items: Vec::new(), next_token: Some(self.seal(self.start, false)) };
        }
        let items = list.by_ref().take(self.size).map(|(_, item)| item).collect();
        let next_token = list.next().map(|(number, _)| self.seal(number, self.with_empty_pages));
        Page { items, next_token }
    }

    fn seal(&self, start: u64, empty: bool) -> String {
        let position = format!("{start}/{}", u8::from(empty));
        let signature = self.signature(&position);
        BASE64URL_NOPAD.encode(format!("{position}/{signature}").as_bytes())
    }

    fn open(&self, token: &str) -> Option<(u64, bool)> {
        let text = String::from_utf8(BASE64URL_NOPAD.decode(token.as_bytes()).ok()?).ok()?;
        let (position, signature) = text.rsplit_once('/')?;
        if self.signature(position) != signature {
            return None;
        }
        let (start, empty) = position.split_once('/')?;
        Some((start.parse().ok()?, empty == "1"))
    }

    fn signature(&self, position: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key) else { return String::new() };
        mac.update(self.list.as_bytes());
        mac.update(b"/");
        mac.update(position.as_bytes());
        BASE64URL_NOPAD.encode(&mac.finalize().into_bytes())
    }
}
