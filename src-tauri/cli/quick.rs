//! `rolecall credentials --profile NAME`, as AWS tools call it all day, answered by the agent.
//!
//! Reading arguments by all the rules, and the settings, takes a third of the time that this may take, and neither says
//! anything about these words. Whatever is not as usual is left to the usual way.

use std::ffi::OsString;

use domain::access::Way;
use domain::failure::{Code, Failure};
use domain::ids::ProfileName;
use domain::vend::{self, Format};
use engine::agent::{Answer, Client, Request};
use engine::environment::Environment;
use engine::folders::Folders;
use engine::profile_now;

use crate::print;

/// `None`: it is something else, or no agent answers it.
pub(crate) fn answer(args: impl Iterator<Item = OsString>) -> Option<Result<(), Failure>> {
    let profile = asked(args)?;
    let folders = Folders::find(&Environment::of_process()).ok()?;
    let ours = profile_now(&folders, &profile).ok()?;
    let request = Request::credentials(&ours.grant, Some(&ours.name), Way::Process, 0);
    match Client::new(&folders).ask(&request)? {
        Answer::Credentials(credentials) => {
            let credentials = ours.told(credentials);
            let account = ours.grant.account_id.as_str();
            let region = ours.region.as_deref();
            Some(print::data(vend::print(&credentials, account, region, Format::Process).reveal()))
        }
        // What the person, or AWS, has refused is not asked for twice.
        Answer::Failure(failure) if failure.code == Code::Failed => Some(Err(failure)),
        // More is to be done about a sign-in that is missing, or the code of a device.
        Answer::Failure(_) | Answer::Endpoint(_) | Answer::CanAsk(_) | Answer::Done => None,
    }
}

fn asked(mut args: impl Iterator<Item = OsString>) -> Option<ProfileName> {
    let mut word = || args.next().and_then(|word| word.into_string().ok());
    if word()? != "credentials" || word()? != "--profile" {
        return None;
    }
    let profile = ProfileName::parse(&word()?).ok()?;
    args.next().is_none().then_some(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_usual_words_are_taken() {
        let asked = |words: &[&str]| asked(words.iter().map(OsString::from)).map(|name| name.to_string());
        assert_eq!(asked(&["credentials", "--profile", "dev"]).as_deref(), Some("dev"));
        for other in [
            &["credentials", "--profile"][..],
            &["credentials", "--profile", "--help"],
            &["credentials", "--profile", "dev", "--format", "json"],
            &["credentials", "--grant", "dev"],
            &["--profile", "credentials", "dev"],
            &["credentials", "--profile", "a b"],
            &[],
        ] {
            assert_eq!(asked(other).filter(|name| name != "--help"), None, "{other:?}");
        }
    }
}
