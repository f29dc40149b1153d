//! What pages of ours may ask for. The pages of AWS and of identity providers live in webviews that have no
//! way to here at all.

#![expect(clippy::needless_pass_by_value, reason = "the signatures are Tauri's")]

use domain::app::view::{AccessView, Found, View};
use domain::app::{Action, Input};
use domain::failure::Failure;
use tauri::ipc::Invoke;
use tauri::{State, WebviewWindow, Wry};
use tokio::sync::oneshot;

use crate::early_keys::{EarlyKey, EarlyKeys};
use crate::owner::{Message, Sender};
use crate::{sign_in, windows};

/// Answers of one question of a list that is scrolled; more would only fill memory.
const MOST_ROWS: usize = 500;

pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![view, act, search, accesses, hide, expand, early_keys]
}

#[tauri::command]
async fn view(owner: State<'_, Sender>) -> Result<View, ()> {
    let (reply, answer) = oneshot::channel();
    owner.send(Message::View(reply));
    answer.await.map_err(drop)
}

#[tauri::command]
fn act(owner: State<'_, Sender>, action: Action) {
    owner.input(Input::Act(action));
}

#[tauri::command]
async fn search(owner: State<'_, Sender>, query: String, from: usize, count: usize) -> Result<Found, ()> {
    let (reply, answer) = oneshot::channel();
    owner.send(Message::Search { query, from, count: count.min(MOST_ROWS), reply });
    answer.await.map_err(drop)
}

/// The latest lines of the access log; nobody looks through more of them on a page.
#[tauri::command]
async fn accesses(owner: State<'_, Sender>) -> Result<Vec<AccessView>, Option<Failure>> {
    let (reply, answer) = oneshot::channel();
    owner.send(Message::Accesses(reply));
    answer.await.map_err(|_| None)?.map_err(Some)
}

#[tauri::command]
fn hide(window: WebviewWindow) {
    windows::put_away(&window);
}

/// What was pressed before the page could take it; from now on it can.
#[tauri::command]
fn early_keys(keys: State<'_, EarlyKeys>) -> Vec<EarlyKey> {
    keys.take()
}

#[tauri::command]
fn expand(window: WebviewWindow, expanded: bool) {
    sign_in::expand(&window, expanded);
}
