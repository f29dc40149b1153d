//! `rolecall doctor profiles`

use std::fmt::Write;
use std::process::ExitCode;

use domain::failure::{Code, Failure};
use domain::inventory::Owner;
use domain::precedence::{Explanation, Finding, Outcome, Provider};
use domain::text;
use engine::Explained;

use crate::print;
use crate::run::World;

/// Exit code 0 if every profile of ours is what AWS tools take.
pub(crate) fn run(world: &World, name: Option<&str>, json: bool, fix: bool) -> Result<ExitCode, Failure> {
    let mut explained = world.engine.explain_profiles(name)?;
    if fix {
        let count = world.engine.mend_profiles(&explained.profiles)?;
        if count > 0 {
            print::note(&format!("mended {count} profiles; `rolecall undo` takes that back"));
            explained = world.engine.explain_profiles(name)?;
        } else {
            print::note("there is nothing that can be mended without you");
        }
    }
    let Explained { findings, profiles } = explained;
    if json {
        // The document is a list of profiles.
        for finding in &findings {
            print::warning(&format!("{}; {}", finding.what, finding.mend));
        }
        print::json(&profiles)?;
    } else {
        show(&profiles, name.is_some())?;
        let told: String = findings.iter().map(|finding| text_of("BROKEN ", finding, None)).collect();
        print::data(&told)?;
    }
    let missing = profiles.iter().any(|explanation| explanation.owner.is_none());
    Ok(if missing {
        ExitCode::from(Code::NoSingleMatch as u8)
    } else if !findings.is_empty() || profiles.iter().any(Explanation::is_bad) {
        ExitCode::from(Code::Failed as u8)
    } else {
        ExitCode::SUCCESS
    })
}

fn show(explanations: &[Explanation], all: bool) -> Result<(), Failure> {
    // Of thousands of generated profiles, those that are fine are worth a number.
    let is_fine = |e: &Explanation| !all && e.owner == Some(Owner::Generated) && e.findings.is_empty();
    let shown: Vec<&Explanation> = explanations.iter().filter(|e| !is_fine(e)).collect();
    if !shown.is_empty() {
        let rows: Vec<Vec<String>> = shown.iter().map(|explanation| row(explanation)).collect();
        let heads = ["PROFILE", "", "AWS CLI, BOTO3", "RUST", "JAVASCRIPT", "GO, TERRAFORM"];
        print::data(&print::table(&heads, &rows))?;
    }
    for explanation in &shown {
        print::data(&findings(explanation))?;
    }
    match explanations.len() - shown.len() {
        0 if shown.is_empty() => print::note("there are no profiles yet"),
        0 => {}
        fine => print::note(&format!("{fine} generated profiles are as they should be")),
    }
    Ok(())
}

fn row(explanation: &Explanation) -> Vec<String> {
    let owner = match explanation.owner {
        Some(Owner::Generated) => "generated",
        Some(Owner::Switched) => "switched",
        Some(Owner::Other) => "not ours",
        None => "missing",
    };
    let mut row = vec![text::line(&explanation.profile).into_owned(), owner.to_owned()];
    let ours = explanation.owner.is_some_and(|owner| owner != Owner::Other);
    row.extend(explanation.outcomes().map(|(_, outcome)| cell(outcome, ours).to_owned()));
    row
}

fn cell(outcome: &Outcome, ours: bool) -> &'static str {
    match outcome {
        Outcome::Takes(Provider::Process) if ours => "Rolecall",
        Outcome::Takes(provider) => provider.describe(),
        Outcome::Fails(_) => "FAILS",
        Outcome::Nothing => "nothing",
    }
}

fn text_of(word: &str, finding: &Finding, profile: Option<&str>) -> String {
    let profile = profile.map(|name| format!("{name}: ")).unwrap_or_default();
    format!("\n{word}  {profile}{}\n         try: {}\n", finding.what, finding.mend)
}

fn findings(explanation: &Explanation) -> String {
    let name = text::line(&explanation.profile);
    let mut told = String::new();
    for finding in &explanation.findings {
        let word = if explanation.is_bad() { "BROKEN " } else { "warning" };
        told += &text_of(word, finding, Some(&name));
    }
    // A script that passes the name and a shell that sets the variable can get different credentials.
    if explanation.aws_cli_named != explanation.aws_cli && explanation.owner.is_some() {
        let named = cell(&explanation.aws_cli_named, explanation.owner != Some(Owner::Other));
        let _ = write!(told, "\nnote     {name}: with `--profile {name}`, the AWS CLI takes: {named}\n");
    }
    told
}
