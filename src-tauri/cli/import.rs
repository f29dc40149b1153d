//! `rolecall import`

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use domain::failure::{Code, Failure};
use domain::import::{Plan, PlannedProfile, Source, Told};
use domain::text;
use engine::{Imported, Looked};
use serde::Serialize;

use crate::args;
use crate::args::Import;
use crate::chain;
use crate::print;
use crate::run::World;

/// A tool whose files can't be read, and why.
type Trouble = (Source, Failure);

/// How many lines a list has before it is cut.
const LINES: usize = 25;

pub(crate) fn run(mut world: World, import: &Import) -> Result<(), Failure> {
    let (looked, troubles) = look(&world, import)?;
    let plan = world.engine.plan_import(&looked)?;
    if !import.json {
        show_sources(&looked);
        print::data(&preview(&plan, import.take_over))?;
    }
    let anything = !plan.is_empty() && (import.take_over || !only_theirs(&plan));
    let wanted = anything && !import.dry_run && (import.yes || (!import.json && confirmed(&plan, import)?));
    let done = if wanted { Some(world.engine.import(&plan, import.take_over)?) } else { None };
    if import.json {
        print::json(&Report::new(&looked, &troubles, &plan, done.as_ref()))?;
    } else {
        tell(&world, import, &looked, &plan, done.as_ref());
    }
    refusals(done.as_ref())
}

/// What each tool's files say. A tool that was asked for has to be there; of all others a trouble is only told.
fn look(world: &World, import: &Import) -> Result<(Vec<Looked>, Vec<Trouble>), Failure> {
    if let Some(source) = import.source.map(source) {
        let looked = world.engine.look(source, import.file.as_deref())?;
        if looked.found.is_none() {
            return Err(nothing(&looked, import.file.as_deref()));
        }
        return Ok((vec![looked], Vec::new()));
    }
    let (mut all, mut troubles) = (Vec::new(), Vec::new());
    for source in Source::ALL {
        match world.engine.look(source, None) {
            Ok(looked) => all.push(looked),
            Err(failure) => {
                print::warning(&format!("{}: {failure}; {}", source.as_str(), failure.hint));
                troubles.push((source, failure));
            }
        }
    }
    Ok((all, troubles))
}

fn source(named: args::Source) -> Source {
    match named {
        args::Source::Granted => Source::Granted,
        args::Source::AwsSsoCli => Source::AwsSsoCli,
        args::Source::AwsSsoUtil => Source::AwsSsoUtil,
        args::Source::ExtendSwitchRoles => Source::ExtendSwitchRoles,
        args::Source::Leapp => Source::Leapp,
        args::Source::Aws => Source::Aws,
    }
}

fn nothing(looked: &Looked, file: Option<&Path>) -> Failure {
    let name = looked.source.as_str();
    if looked.source == Source::ExtendSwitchRoles && looked.places.is_empty() {
        let hint = "copy the text of its configuration page to a file, then run `rolecall import extend-switch-roles FILE`";
        return Failure::new(Code::NoSingleMatch, "the browser keeps that text to itself", hint);
    }
    let places: Vec<String> = looked.places.iter().map(|path| path.display().to_string()).collect();
    let what = if looked.read.is_empty() { "there is no file of" } else { "there is nothing of" };
    let hint = match file {
        Some(_) => "check the path, and whose file it is".to_owned(),
        None => format!("name its file: `rolecall import {name} FILE`"),
    };
    Failure::new(Code::NoSingleMatch, format!("{what} {name} in {}", places.join(" or ")), hint)
}

fn show_sources(looked: &[Looked]) {
    for looked in looked {
        let name = looked.source.as_str();
        let paths = |paths: &[std::path::PathBuf]| -> String {
            paths.iter().map(|path| shown(path)).collect::<Vec<_>>().join(", ")
        };
        match (&looked.found, looked.places.is_empty()) {
            (Some(_), _) => print::note(&format!("{name}: found in {}", paths(&looked.read))),
            (None, true) => {
                print::note(&format!("{name}: name a file with the text of its configuration page"));
            }
            (None, false) => print::note(&format!("{name}: nothing in {}", paths(&looked.places))),
        }
    }
}

fn shown(path: &Path) -> String {
    text::line(&path.display().to_string()).into_owned()
}

fn only_theirs(plan: &Plan) -> bool {
    let rest = Plan { profiles: Vec::new(), ..plan.clone() };
    rest.is_empty() && plan.profiles.iter().all(|profile| profile.theirs)
}

/// Everything that would be added, in tables, and what would not.
fn preview(plan: &Plan, take_over: bool) -> String {
    let mut out = String::new();
    let line = |text: &str| text::line(text).into_owned();
    let optional = |text: &Option<String>| text.as_deref().map(line).unwrap_or_default();
    let portals =
        plan.portals.iter().map(|p| vec![p.name.to_string(), p.region.to_string(), p.start_url.to_string()]);
    section(&mut out, &["PORTAL", "REGION", "START URL"], portals.collect());
    let naming = plan.profile_name.iter().map(|text| vec!["profile_name".into(), line(text)]);
    let region = plan.default_region.iter().map(|region| vec!["default_region".into(), region.to_string()]);
    section(&mut out, &["SETTING", "VALUE"], naming.chain(region).collect());
    let chains = plan.chains.iter().map(|step| {
        vec![step.name.to_string(), step.role.to_string(), step.from.to_string(), chain::more(step)]
    });
    section(&mut out, &["CHAINED ROLE", "ARN", "FROM", "WITH"], chains.collect());
    let marks = plan.marks.iter().map(|m| {
        let colour = m.colour.map(|colour| colour.as_str().to_owned()).unwrap_or_default();
        let role = if m.role.is_some() { optional(&m.role) } else { "(all)".into() };
        vec![m.account.to_string(), role, colour, line(&m.tags.join(", "))]
    });
    section(&mut out, &["MARK", "ROLE", "COLOUR", "TAGS"], marks.collect());
    let pins = plan.pins.iter().map(|grant| vec![format!("{}/{grant}", grant.portal)]);
    section(&mut out, &["PIN"], pins.collect());
    if !plan.uses.is_empty() {
        let uses = format!("\nPast uses of {} roles, for the order of lists\n", plan.uses.len());
        out.push_str(&uses);
    }
    let profile = |p: &PlannedProfile| {
        let region = p.region.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![p.name.to_string(), format!("{}/{}", p.grant.portal, p.grant), region]
    };
    let (theirs, new): (Vec<_>, Vec<_>) = plan.profiles.iter().partition(|profile| profile.theirs);
    section(&mut out, &["NEW PROFILE", "ROLE", "REGION"], new.into_iter().map(profile).collect());
    let head = if take_over { "PROFILE TAKEN OVER" } else { "PROFILE LEFT ALONE" };
    section(&mut out, &[head, "ROLE", "REGION"], theirs.into_iter().map(profile).collect());
    section(&mut out, &["TO CHECK", ""], told(&plan.assumed));
    section(&mut out, &["LEFT OUT", ""], told(&plan.left_out));
    out.trim_start().to_owned()
}

fn told(remarks: &[Told]) -> Vec<Vec<String>> {
    remarks.iter().map(|told| vec![told.remark.what.clone(), told.remark.why.clone()]).collect()
}

fn section(out: &mut String, heads: &[&str], mut rows: Vec<Vec<String>>) {
    if rows.is_empty() {
        return;
    }
    let more = rows.len().saturating_sub(LINES);
    rows.truncate(LINES);
    out.push('\n');
    out.push_str(&print::table(heads, &rows));
    if more > 0 {
        let rest = format!("… and {more} more; --json prints all\n");
        out.push_str(&rest);
    }
}

/// Asks a person; without a terminal nobody is asked and nothing is done.
fn confirmed(plan: &Plan, import: &Import) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(false);
    }
    let profiles = plan.profiles.iter().any(|profile| import.take_over || !profile.theirs);
    let files = if profiles { "settings.toml and the AWS config" } else { "settings.toml" };
    let mut err = io::stderr();
    // There is nobody to tell that telling failed.
    let _ = write!(err, "\nAdd this to {files}? [y/N] ").and_then(|()| err.flush());
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(|error| {
        Failure::new(Code::Failed, "the answer can't be read", "run it again with --yes").with_detail(error)
    })?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// What was done, or why nothing was.
fn tell(world: &World, import: &Import, looked: &[Looked], plan: &Plan, done: Option<&Imported>) {
    let theirs = plan.profiles.iter().filter(|profile| profile.theirs).count();
    let again = command(import);
    let Some(done) = done else {
        print::note(&match () {
            () if looked.iter().all(|looked| looked.found.is_none()) => "nothing was found".to_owned(),
            () if plan.is_empty() && plan.left_out.is_empty() => {
                "there is nothing to add: it is all here already".to_owned()
            }
            () if plan.is_empty() => "there is nothing to add".to_owned(),
            () if only_theirs(plan) && !import.take_over => {
                format!("{theirs} profiles are another tool's: `{again} --take-over` makes them Rolecall's")
            }
            () => format!("nothing was changed; to add it, run `{again}`"),
        });
        return;
    };
    let added = added(plan);
    if !added.is_empty() {
        print::note(&format!("added {added}"));
    }
    if !done.profiles.is_empty() {
        let config = world.engine.folders().aws_config_path();
        print::note(&format!("wrote {} profiles to {}", done.profiles.len(), shown(config)));
    }
    if theirs > 0 && !import.take_over {
        let stay = format!("{theirs} profiles are another tool's and stay as they are");
        print::note(&format!("{stay}: `{again} --take-over` makes them Rolecall's"));
    }
    if import.take_over && plan.profiles.iter().any(|p| p.theirs && p.source == Source::AwsSsoCli) {
        print::warning(
            "`aws-sso setup profiles` writes everything between its BEGIN and END lines in the AWS config anew: \
             don't run it any more",
        );
    }
    done.warnings.iter().for_each(|warning| print::warning(warning));
    for portal in &plan.portals {
        print::note(&format!("to sign in: `rolecall login {}`", portal.name));
    }
}

/// What came into the settings and the state, counted.
fn added(plan: &Plan) -> String {
    let settings = usize::from(plan.profile_name.is_some()) + usize::from(plan.default_region.is_some());
    let counts = [
        (plan.portals.len(), "portal"),
        (settings, "setting"),
        (plan.chains.len(), "chained role"),
        (plan.marks.len(), "mark"),
        (plan.pins.len(), "pin"),
        (plan.uses.len(), "past use"),
    ];
    let counted = counts.iter().filter(|(count, _)| *count > 0);
    let counted =
        counted.map(|(count, what)| format!("{count} {what}{}", if *count == 1 { "" } else { "s" }));
    counted.collect::<Vec<_>>().join(", ")
}

/// The same again, but for good.
fn command(import: &Import) -> String {
    let mut words = vec!["rolecall import".to_owned()];
    words.extend(import.source.map(|named| source(named).as_str().to_owned()));
    words.extend(import.file.as_deref().map(|file| {
        let file = shown(file);
        if file.contains(' ') { format!("'{file}'") } else { file }
    }));
    words.push("--yes".into());
    if import.take_over {
        words.push("--take-over".into());
    }
    words.join(" ")
}

fn refusals(done: Option<&Imported>) -> Result<(), Failure> {
    let refused = done.map(|done| done.refused.as_slice()).unwrap_or_default();
    for (name, failure) in refused {
        print::warning(&format!("{name}: {failure}; {}", failure.hint));
    }
    match refused {
        [] => Ok(()),
        some => Err(Failure::new(
            Code::FileRefused,
            format!("{} profiles were left alone", some.len()),
            "see the warnings; everything else was added, and the command can be run again",
        )),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    sources: Vec<SourceRow<'a>>,
    plan: &'a Plan,
    /// Whether it was added.
    added: bool,
    written: Vec<&'a str>,
}

#[derive(Serialize)]
struct SourceRow<'a> {
    source: Source,
    found: bool,
    read: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a Failure>,
}

impl<'a> Report<'a> {
    fn new(looked: &[Looked], troubles: &'a [Trouble], plan: &'a Plan, done: Option<&'a Imported>) -> Self {
        let rows = looked.iter().map(|looked| SourceRow {
            source: looked.source,
            found: looked.found.is_some(),
            read: looked.read.iter().map(|path| path.display().to_string()).collect(),
            failure: None,
        });
        let failed = troubles.iter().map(|(source, failure)| SourceRow {
            source: *source,
            found: false,
            read: Vec::new(),
            failure: Some(failure),
        });
        let written = done.map(|done| done.profiles.iter().map(domain::ids::ProfileName::as_str).collect());
        Self {
            sources: rows.chain(failed).collect(),
            plan,
            added: done.is_some(),
            written: written.unwrap_or_default(),
        }
    }
}
