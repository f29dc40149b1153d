//! Putting the program together.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use domain::app::{Action, App, Input, Window};
use domain::failure::{Code, Failure};
use engine::Engine;
use engine::agent::Agent;
use engine::environment::Environment;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};
use tauri_plugin_autostart::MacosLauncher;

use crate::args::Args;
use crate::demo::Demo;
use crate::early_keys::EarlyKeys;
use crate::owner::{self, Owner};
use crate::perform::Hands;
use crate::{agent, commands, platform, sign_in, tray, windows};

/// How long a thread that did something beside is kept: one with nothing to do costs memory.
const THREAD_REST: Duration = Duration::from_secs(1);
/// How long a person may take to unlock the keyring.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let id = if args.demo { "io.github.rolecall.demo" } else { "io.github.rolecall.desktop" };
    if platform::hand_over(id) {
        return Ok(ExitCode::SUCCESS);
    }
    platform::before_start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_keep_alive(THREAD_REST)
        .enable_all()
        .build()
        .map_err(|error| stuck(&error))?;
    tauri::async_runtime::set(runtime.handle().clone());
    let demo = if args.demo { Some(runtime.block_on(Demo::start())?) } else { None };
    let environment = demo.as_ref().map_or_else(Environment::of_process, Demo::environment);
    let (sender, receiver) = owner::channel();
    let home = environment.home().map(|home| home.to_string_lossy().into_owned());
    let waits = sender.clone();
    let on_wait = Arc::new(move |text: &str| waits.waiting(text));
    let (engine, settings_failure) = Engine::open_forgiving(environment, on_wait, PATIENCE)?;
    let builder = tauri::Builder::default()
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(id)
                .callback(|app: &AppHandle, words, _| second_start(app, &words))
                .build(),
        )
        .plugin(tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, Some(vec!["--hidden"])))
        .invoke_handler(commands::handler())
        .on_window_event(|window, event| match event {
            WindowEvent::Focused(focused) => windows::focus(window, *focused),
            WindowEvent::CloseRequested { api, .. } => windows::close_requested(window, api),
            _ => {}
        });
    let begin = args.clone();
    let handle = runtime.handle().clone();
    let view = demo.as_ref().map(Demo::view);
    let app = builder.setup(move |app| {
        // Where there is no session bus, only this keeps a second one from starting.
        match engine.lock_desktop()? {
            Some(lock) => app.manage(lock),
            None => end_as_second(),
        };
        let path = engine.folders().settings_path().display().to_string();
        let version = app.package_info().version.to_string();
        let (state, effects) = App::begin(engine.settings().clone(), &version, path, view);
        let state = state.at_home(home);
        let first_run = engine.settings().portals.is_empty() && settings_failure.is_none();
        app.manage(sender.clone());
        app.manage(sign_in::Windows::default());
        app.manage(windows::Switcher::default());
        app.manage(EarlyKeys::default());
        let menu = state.menu(engine::clock::now());
        tray::show_when_possible(app.handle(), menu, !begin.hidden);
        let (questions, asked) = tokio::sync::mpsc::unbounded_channel();
        let agent = Agent::new(engine.clone(), Some(questions));
        let serving = agent::serve(engine.clone(), agent.clone(), sender.clone());
        let app = app.handle().clone();
        let hands = Hands::new(app, handle.clone(), engine, agent, sender.clone(), begin.demo);
        let owner = Owner::new(state, hands, receiver);
        handle.spawn(owner.run(effects));
        handle.spawn(agent::hear(asked, sender.clone()));
        handle.spawn(serving);
        if let Some(failure) = settings_failure {
            sender.input(Input::Settings(Err(failure)));
        }
        let wanted = if first_run || begin.demo { Some(Window::Main) } else { None };
        let wanted = if begin.toggle { Some(Window::Switcher) } else { wanted.filter(|_| !begin.hidden) };
        if let Some(window) = wanted {
            sender.input(Input::Act(Action::Show { window }));
        }
        if let Some(link) = begin.link {
            sender.input(Input::Link(link));
        }
        Ok(())
    });
    let app = app.build(tauri::generate_context!()).map_err(|error| stuck(&error))?;
    if args.quit {
        // Nothing runs: what was asked for is so.
        return Ok(ExitCode::SUCCESS);
    }
    let code = app.run_return(|app, event| match event {
        // Without windows Tauri would end here; a tray application ends when it is told to.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. } => windows::gone(app, &label),
        RunEvent::WindowEvent { label, event: WindowEvent::Resized(_), .. } => sign_in::resized(app, &label),
        event => {
            for link in platform::followed_links(&event) {
                if let Some(owner) = app.try_state::<owner::Sender>() {
                    owner.input(Input::Link(link));
                }
            }
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(1));
    // With its folders.
    drop(demo);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// One that runs could not be reached, or it would have been asked to show its window.
fn end_as_second() -> ! {
    let hint = "look for its icon in the tray; without a session bus it can't be called from here";
    crate::print(&Failure::new(Code::Failed, "Rolecall runs already", hint));
    std::process::exit(Code::Failed as i32)
}

/// Somebody has started the program again: this one does what they wanted.
fn second_start(app: &AppHandle, words: &[String]) {
    let Ok(args) = Args::try_parse_from(words) else { return };
    if let (Some(input), Some(owner)) = (args.input(), app.try_state::<owner::Sender>()) {
        owner.input(input);
    }
}

fn stuck(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Code::Failed,
        "the desktop program can't start",
        "start it inside a desktop session; in a terminal, `rolecall` does the same",
    )
    .with_detail(error)
}
