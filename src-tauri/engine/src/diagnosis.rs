//! What stands in the way of the program's work.

use std::path::Path;

use domain::chain;
use domain::failure::{Code, Failure};
use domain::ids::{GrantId, ProfileName};
use domain::listing::Request;
use domain::precedence::{self, Explanation};
use domain::profile::{self, Mode, OurProfile};
use domain::secret::Secret;
use domain::settings::Portal;
use domain::text;
use domain::trouble::Trouble;

use crate::agent::{self, Client};
use crate::aws::portal::Portal as PortalApi;
use crate::aws::sts;
use crate::credentials::Kept;
use crate::{Engine, files};

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// What was found.
    pub verdict: Verdict,
}

/// How it stands with it.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// As it should be, in a few words.
    Good(String),
    /// Works, but deserves a look.
    Warning(String),
    /// Does not work.
    Bad(Failure),
}

impl Engine {
    /// Looks at keyring, files, network, clock, sign-ins and profiles. Writes one probe entry to the keyring and one
    /// empty file beside the AWS config, and removes both again.
    pub async fn diagnose(&self) -> Vec<Finding> {
        let keyring = self.blocking(Self::probe_keyring).await;
        let works = keyring.is_ok();
        let agent = self.blocking(|engine| Ok(engine.agent_verdict())).await;
        let mut findings = vec![finding("keyring", keyring.map(Verdict::Good)), finding("agent", agent)];
        findings.extend(self.aws_config());
        if self.settings.portals.is_empty() {
            let hint = "run `rolecall portal add` or `rolecall portal import`";
            findings.push(finding("portals", Ok(Verdict::Warning(format!("none is known yet: {hint}")))));
        }
        for portal in &self.settings.portals {
            findings.extend(self.portal_findings(portal, works).await);
        }
        if works {
            findings.extend(self.profile_findings().await);
        }
        findings.extend(self.shell_findings());
        findings
    }

    /// Nothing depends on an agent, so none is no fault; one that holds its lock and does not answer is.
    fn agent_verdict(&self) -> Verdict {
        let answers = Client::new(&self.folders).ask(&agent::Request::look()).is_some();
        match (answers, self.lock_agent()) {
            (true, _) => Verdict::Good("answers from memory".into()),
            (false, Ok(Some(_))) => Verdict::Good("none runs; `rolecall` does its work by itself".into()),
            (false, _) => Verdict::Warning(
                "one runs, but does not answer: start the desktop application or `rolecall agent` anew"
                    .into(),
            ),
        }
    }

    fn probe_keyring(&self) -> Result<String, Failure> {
        let (key, probe) = ("doctor/probe", Secret::new("{}"));
        self.vault.set(key, &probe)?;
        let read = self.vault.get(key)?;
        self.vault.delete(key)?;
        if read == Some(probe) {
            Ok("keeps and returns secrets".into())
        } else {
            Err(Failure::new(
                Code::NoKeyring,
                "the keyring does not return what it was given",
                "check its program",
            ))
        }
    }

    fn aws_config(&self) -> Vec<Finding> {
        let path = self.folders.aws_config_path();
        let look = || {
            let found = files::read_theirs(path)?;
            files::try_to_replace_theirs(path)?;
            let Some(bytes) = found else {
                return Ok(vec![Verdict::Good(format!("{} (none yet)", path.display()))]);
            };
            let config = profile::read_config(&bytes)?;
            let breaking = config.findings().into_iter().filter(|f| f.doubt.breaks_file());
            let told = breaking
                .map(|found| Verdict::Warning(format!("AWS tools may refuse {}: {found}", path.display())));
            let told: Vec<Verdict> = told.collect();
            let good = || vec![Verdict::Good(format!("{} can be read by every AWS tool", path.display()))];
            Ok(if told.is_empty() { good() } else { told })
        };
        let verdicts = look().unwrap_or_else(|failure| vec![Verdict::Bad(failure)]);
        verdicts.into_iter().map(|verdict| finding("AWS config", Ok(verdict))).collect()
    }

    async fn portal_findings(&self, portal: &Portal, keyring_works: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        let subject = format!("portal {}", portal.name);
        match self.aws(portal) {
            Ok(aws) => {
                // A token that cannot be right is refused by AWS, and only by AWS.
                let probe = Secret::new("probe");
                let reached = match PortalApi::new(&aws).page(&probe, &Request::Accounts(None)).await {
                    Ok(_) | Err(Trouble::Unauthorized | Trouble::Throttled(_) | Trouble::Invalid(_)) => {
                        Ok(Verdict::Good("AWS answers".into()))
                    }
                    Err(trouble) => Err(trouble.failure("asking the portal", &portal.name)),
                };
                findings.push(finding(&subject, reached));
                findings.extend(Self::clock_warning(&aws).map(|w| finding("clock", Ok(Verdict::Warning(w)))));
            }
            Err(failure) => findings.push(finding(&subject, Err(failure))),
        }
        if keyring_works {
            let owner = portal.clone();
            let token = self.blocking(move |engine| engine.access_token(&owner)).await;
            let verdict = token.map(|token| match token {
                Some(token) if token.info.expires_at > crate::clock::now() || token.info.refreshable => {
                    Verdict::Good("signed in".into())
                }
                _ => Verdict::Warning(format!("not signed in: run `rolecall login {}`", portal.name)),
            });
            findings.push(finding(&format!("sign-in to {}", portal.name), verdict));
        }
        findings
    }

    /// Whether the kept credentials of each profile are taken by STS. Of generated profiles, which may be thousands, only
    /// those are looked at that have some.
    async fn profile_findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let listed = self.all_listed_roles().unwrap_or_default();
        for ours in self.our_profiles().unwrap_or_default() {
            let is_listed = listed.get(&ours.grant.portal).is_some_and(|roles| roles.contains(&ours.grant));
            if ours.generated && !is_listed {
                continue;
            }
            let verdict = match self.check_profile(&ours) {
                Ok(portal) => self.identity(&ours.grant, portal).await,
                Err(failure) => Err(failure),
            };
            findings.push(finding(&format!("profile {}", ours.name), verdict));
        }
        findings
    }

    /// The profile's portal, if nothing that is known here keeps the profile from working.
    fn check_profile(&self, ours: &OurProfile) -> Result<&Portal, Failure> {
        let portal = self.settings.portal_or_only(Some(&ours.grant.portal))?;
        if ours.mode == Mode::Process {
            self.check_program(&ours.name)?;
        }
        if let Some(chain) = chain::name_in(&ours.grant.role_name) {
            let is_there = self.settings.chain(&ours.grant).is_some();
            return if is_there { Ok(portal) } else { Err(chain::no_such_chain(&chain, &ours.grant)) };
        }
        match self.catalogue(portal)? {
            Some(catalogue) if catalogue.lacks(&ours.grant) => Err(Failure::new(
                Code::NoSingleMatch,
                format!("{} is not in the list of accounts and roles any more", ours.grant),
                format!("run `rolecall list --refresh`, or `rolecall switch GRANT --profile {}`", ours.name),
            )),
            _ => Ok(portal),
        }
    }

    fn check_program(&self, name: &ProfileName) -> Result<(), Failure> {
        let config = files::read_theirs(self.folders.aws_config_path())?.unwrap_or_default();
        let program = profile::program_of(&profile::read_config(&config)?, name);
        match program {
            Some(program) if Path::new(&program).is_absolute() && !Path::new(&program).exists() => {
                Err(Failure::new(
                    Code::Failed,
                    format!("the program of its credential_process is not there: {}", text::line(&program)),
                    format!("run `rolecall switch GRANT --profile {name}`, which writes where it is now"),
                ))
            }
            _ => Ok(()),
        }
    }

    /// Whom STS takes the kept credentials for.
    async fn identity(&self, grant: &GrantId, portal: &Portal) -> Result<Verdict, Failure> {
        let wanted = grant.clone();
        let kept = self.blocking(move |engine| engine.kept(&wanted)).await?;
        let aws = self.aws(portal)?;
        match kept {
            Kept::Good(credentials) => match sts::caller_identity(&aws, &credentials).await {
                Ok(arn) => Ok(Verdict::Good(arn)),
                Err(trouble) => Err(trouble.failure("asking STS who we are", &portal.name)),
            },
            Kept::Stale => Ok(Verdict::Good("no credentials kept; fetched when needed".into())),
        }
    }

    /// What keeps tools of this shell from using its profile, if that is one of ours.
    fn shell_findings(&self) -> Vec<Finding> {
        let default = ProfileName::default_profile();
        let name = self.named_profile().unwrap_or(default.as_str());
        let variable = |name: &'static str| self.environment.text(name);
        let bad =
            |found: precedence::Finding| Verdict::Bad(Failure::new(Code::Failed, found.what, found.mend));
        let mut verdicts: Vec<Verdict> = precedence::named_apart(variable).into_iter().map(bad).collect();
        // A config that can't be read has been told of.
        let explained =
            self.explain_profiles(Some(name)).map(|explained| explained.profiles).unwrap_or_default();
        for explanation in explained.into_iter().filter(Explanation::is_ours) {
            verdicts.extend(explanation.findings.into_iter().map(bad));
            let mut ours = self.our_profiles().unwrap_or_default().into_iter();
            let region = ours.find(|ours| ours.name.as_str() == name).and_then(|ours| ours.region);
            let apart = region.iter().flat_map(|region| precedence::regions_apart(region, variable));
            verdicts.extend(apart.map(Verdict::Warning));
        }
        let subject = format!("profile {} in this shell", text::line(name));
        verdicts.into_iter().map(|verdict| finding(&subject, Ok(verdict))).collect()
    }
}

fn finding(subject: &str, verdict: Result<Verdict, Failure>) -> Finding {
    let shown = |text: String| text::line(&text).into_owned();
    let verdict = match verdict {
        Ok(Verdict::Good(text)) => Verdict::Good(shown(text)),
        Ok(Verdict::Warning(text)) => Verdict::Warning(shown(text)),
        Ok(bad @ Verdict::Bad(_)) => bad,
        Err(failure) => Verdict::Bad(failure),
    };
    Finding { subject: subject.to_owned(), verdict }
}
