//! The tray application as people meet it: the real program on a real X server, its real `WebKit` windows, a
//! `StatusNotifier` host, real keys. Nothing of it is replaced.

// What these tests are made of.
mod desk;
pub(crate) mod display;
mod panel;
pub(crate) mod web;

// Areas; docs/behaviour.md names them.
mod ask;
mod embedded;
mod flows;
mod hotkey;
mod leases;
mod pages;
mod real;
mod sessions;
mod settings;
mod start;
mod switcher;
mod tray;
