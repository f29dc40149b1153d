//! The pages' types are these types.

use std::fmt::Write;

use ts_rs::{Config, TS};

use crate::access::{Outcome, Way};
use crate::app::view::{
    AccessView, AskView, BrowserChoices, BrowserView, ChainView, ChangesView, Choices, Demo, Found,
    GrantView, Hint, HotkeyState, HotkeyView, Importable, LeaseView, ListingView, MarkView, Moment, Notice,
    NoticeKind, PageView, Place, PopUp, PortalState, PortalView, ProcessView, ProfileView, Qr, Question,
    RowView, View, Visit,
};
use crate::app::{About, Action, Window};
use crate::bookmark::BookmarkName;
use crate::browser::{Extension, Open};
use crate::failure::{Code, Failure};
use crate::gate::Reply;
use crate::ids::{AccountId, GrantId, PortalName, ProfileName, Region, RoleName, StartUrl};
use crate::link::Page;
use crate::mark::Colour;
use crate::profile::Mode;
use crate::settings::{Choice, ConsolePage, ConsoleVia, SignInPlace, Theme};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/types.d.ts");

macro_rules! declarations {
    ($($name:ty),* $(,)?) => {{
        let config = Config::new();
        let mut text = String::from("// Written by a test of the domain crate: run it with UPDATE_TYPES=1 after a change there.\n");
        $(
            text.push('\n');
            text.push_str(&<$name as TS>::docs().unwrap_or_default());
            writeln!(text, "export {}", <$name as TS>::decl(&config)).unwrap();
        )*
        text
    }};
}

#[expect(clippy::disallowed_methods, reason = "a test may write what the crate may not")]
#[test]
fn the_types_of_the_pages_are_up_to_date() {
    let text = declarations!(
        View,
        PortalView,
        PortalState,
        Place,
        PopUp,
        Qr,
        Visit,
        Hint,
        ListingView,
        ChangesView,
        ProfileView,
        LeaseView,
        Mode,
        RowView,
        PageView,
        GrantView,
        ChainView,
        GrantId,
        Page,
        BookmarkName,
        Notice,
        NoticeKind,
        Question,
        AskView,
        ProcessView,
        AccessView,
        Way,
        Outcome,
        Reply,
        HotkeyView,
        HotkeyState,
        Choices,
        BrowserChoices,
        BrowserView,
        Open,
        Extension,
        ConsoleVia,
        MarkView,
        Importable,
        Demo,
        Found,
        Action,
        Choice,
        Window,
        About,
        Failure,
        Code,
        Colour,
        Theme,
        SignInPlace,
        ConsolePage,
        Moment,
        PortalName,
        ProfileName,
        AccountId,
        RoleName,
        Region,
        StartUrl,
    );
    if std::env::var_os("UPDATE_TYPES").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(written == text, "ui/types.d.ts is of another time: run this test with UPDATE_TYPES=1");
}
