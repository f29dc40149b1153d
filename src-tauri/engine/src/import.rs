//! Reading what other tools know, and adding it here. Their files are only read.

mod leapp;
mod yaml;

use std::path::{Path, PathBuf};

use domain::failure::{Code, Failure};
use domain::ids::ProfileName;
use domain::import::aws_config::AwsConfig;
use domain::import::{
    Findings, Known, Plan, PlannedPortal, PlannedProfile, Source, aws_sso_cli, granted, leapp as leapp_files,
    switch_roles,
};
use domain::profile::{self, Delivery, Switch};
use domain::profile_file::ConfigFile;
use domain::text;
use serde_json::Value;

use crate::{Engine, clock, files};

/// Configurations of people are a hundred times smaller.
const LARGEST: u64 = 8 << 20;

/// What looking at one tool's files brought.
#[derive(Debug)]
pub struct Looked {
    /// The tool.
    pub source: Source,
    /// The files that were there.
    pub read: Vec<PathBuf>,
    /// Where they were looked for.
    pub places: Vec<PathBuf>,
    /// What they say; none if there are no files, or nothing of this tool in them.
    pub found: Option<Findings>,
}

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// Profiles that were written.
    pub profiles: Vec<ProfileName>,
    /// Profiles that were left alone, each with why.
    pub refused: Vec<(ProfileName, Failure)>,
    /// What may keep one of them from working.
    pub warnings: Vec<String>,
}

/// The files of a tool while they are looked for.
#[derive(Default)]
struct Search {
    read: Vec<PathBuf>,
    places: Vec<PathBuf>,
}

impl Search {
    /// The text of the first of these files that is there.
    fn text(&mut self, places: &[PathBuf]) -> Result<Option<String>, Failure> {
        self.places.extend_from_slice(places);
        self.first(places)
    }

    /// The same for a file that only orders lists: that it can't be read is no reason to stop.
    fn habits(&mut self, places: &[PathBuf]) -> Option<String> {
        self.first(places).ok().flatten()
    }

    fn first(&mut self, places: &[PathBuf]) -> Result<Option<String>, Failure> {
        for path in places {
            if let Some(text) = files::read_text_of_others(path, LARGEST)? {
                self.read.push(path.clone());
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// A failure about what is in a file, with the file: the main one is read first.
    fn named(&self, failure: Failure) -> Failure {
        match self.read.first() {
            Some(path) if failure.code == Code::Failed => {
                let summary = format!("{}: {}", path.display(), failure.summary);
                Failure { summary: text::line(&summary).into_owned(), ..failure }
            }
            _ => failure,
        }
    }
}

impl Engine {
    /// Looks at a tool's files in their usual places; `file` stands in for the main one of them.
    pub fn look(&self, source: Source, file: Option<&Path>) -> Result<Looked, Failure> {
        let mut search = Search::default();
        let file = file.map(|file| vec![file.to_owned()]);
        let found = match source {
            Source::Granted => self.look_at_granted(file, &mut search),
            Source::AwsSsoCli => self.look_at_aws_sso_cli(file, &mut search),
            Source::ExtendSwitchRoles => self.look_at_switch_roles(file, &mut search),
            Source::Leapp => self.look_at_leapp(file, &mut search),
            Source::Aws | Source::AwsSsoUtil => self.look_at_config(source, file, &mut search),
        };
        let found = found.map_err(|failure| search.named(failure))?.filter(|found| !found.is_empty());
        Ok(Looked { source, read: search.read, places: search.places, found })
    }

    /// What would be added of what was found.
    pub fn plan_import(&self, looked: &[Looked]) -> Result<Plan, Failure> {
        let found: Vec<(Source, Findings)> =
            looked.iter().filter_map(|looked| Some((looked.source, looked.found.clone()?))).collect();
        let settings = files::read(&self.folders.settings_path())?.unwrap_or_default();
        let settings = String::from_utf8_lossy(&settings);
        let config = self.own_config(&mut Search::default())?;
        let config = config.map_or_else(|| profile::read_config(b""), Ok)?;
        Plan::of(&found, &Known { settings: &settings, config: &config, usage: &self.usage() })
    }

    /// Adds what is planned: the settings in one step, then pins and uses, then the profiles in one step. Profiles of
    /// somebody else are written only with `take_over`.
    pub fn import(&mut self, plan: &Plan, take_over: bool) -> Result<Imported, Failure> {
        if plan.has_settings() {
            self.edit_settings(|text| plan.settings(text))?;
        }
        if !plan.pins.is_empty() || !plan.uses.is_empty() {
            self.change_usage(|usage| {
                plan.pins.iter().for_each(|grant| usage.pin(grant));
                for used in &plan.uses {
                    (0..used.count).for_each(|_| usage.record(&used.grant, used.last));
                }
            })?;
        }
        let wanted = plan.profiles.iter().filter(|profile| take_over || !profile.theirs);
        let wanted: Vec<&PlannedProfile> = wanted.collect();
        if wanted.is_empty() { Ok(Imported::default()) } else { self.import_profiles(&wanted) }
    }

    /// Only the portals of a plan.
    pub fn import_portals(&mut self, portals: &[PlannedPortal]) -> Result<(), Failure> {
        if portals.is_empty() {
            return Ok(());
        }
        let plan = Plan { portals: portals.to_vec(), ..Plan::default() };
        self.edit_settings(|text| plan.settings(text))
    }

    /// As so many switches, but in one step: one backup holds what was there before all of them, and none counts as
    /// use.
    fn import_profiles(&self, wanted: &[&PlannedProfile]) -> Result<Imported, Failure> {
        let program = self.program_text()?;
        let path = self.folders.aws_config_path();
        let _lock = self.lock("aws-config")?;
        let before = files::read_theirs(path)?;
        let credentials = files::read_theirs(self.folders.aws_credentials_path())?;
        let mut config = before.clone().unwrap_or_default();
        let mut done = Imported::default();
        for planned in wanted {
            let portal = self.settings.portal_or_only(Some(&planned.grant.portal))?;
            let switch = Switch {
                profile: &planned.name,
                grant: &planned.grant,
                region: planned.region.as_ref(),
                fallback_region: self.settings.default_region.as_ref().unwrap_or(&portal.region),
                delivery: Delivery::Process(&program),
                until: None,
                force: planned.theirs,
            };
            match profile::switch(&config, credentials.as_deref(), &switch) {
                Ok(switched) => {
                    config = switched.config;
                    done.profiles.push(planned.name.clone());
                    done.warnings.extend(switched.warnings);
                    if !switched.removed.is_empty() {
                        let removed = switched.removed.join(", ");
                        done.warnings.push(format!("taken out of the profile {}: {removed}", planned.name));
                    }
                }
                Err(failure) => done.refused.push((planned.name.clone(), failure)),
            }
        }
        done.warnings.sort_unstable();
        done.warnings.dedup();
        if before.as_deref() != Some(&*config) && !done.profiles.is_empty() {
            files::replace_theirs(path, before.as_deref(), &config, clock::now())?;
            let undo = self.keep_undo("the import of profiles".to_owned(), path, before.as_deref(), &config);
            done.warnings.extend(undo.err().map(|failure| failure.to_string()));
        }
        Ok(done)
    }

    /// The person's AWS config.
    fn own_config(&self, search: &mut Search) -> Result<Option<ConfigFile>, Failure> {
        let path = self.folders.aws_config_path();
        search.places.push(path.to_owned());
        let Some(bytes) = files::read_theirs(path)? else { return Ok(None) };
        search.read.push(path.to_owned());
        profile::read_config(&bytes).map(Some)
    }

    fn look_at_config(
        &self,
        source: Source,
        file: Option<Vec<PathBuf>>,
        search: &mut Search,
    ) -> Result<Option<Findings>, Failure> {
        let config = match file {
            Some(file) => {
                search.text(&file)?.map(|text| profile::read_config(text.as_bytes())).transpose()?
            }
            None => self.own_config(search)?,
        };
        let found = config.map(|config| AwsConfig::of(&config).read(source));
        Ok(match source {
            Source::AwsSsoUtil => Some(self.with_variables(found.unwrap_or_default())),
            _ => found,
        })
    }

    /// Where a tool keeps its files: a folder of its own in the home folder if that is there, else one where the
    /// desktop's custom has it.
    fn tool_dir(&self, own: &str, variable: &str, usual: &str, name: &str) -> Vec<PathBuf> {
        let Some(home) = self.environment.home() else { return Vec::new() };
        let own = home.join(own);
        if own.is_dir() {
            return vec![own];
        }
        let base = self.environment.path(variable).unwrap_or_else(|| home.join(usual));
        vec![own, base.join(name)]
    }

    fn look_at_granted(
        &self,
        file: Option<Vec<PathBuf>>,
        search: &mut Search,
    ) -> Result<Option<Findings>, Failure> {
        let of = |variable: &str, usual: &str, name: &str| -> Vec<PathBuf> {
            let dirs = self.tool_dir(".granted", variable, usual, "granted");
            dirs.into_iter().map(|dir| dir.join(name)).collect()
        };
        let named = file.is_some();
        let config = search.text(&file.unwrap_or_else(|| of("XDG_CONFIG_HOME", ".config", "config")))?;
        if named && config.is_none() {
            return Ok(None);
        }
        let aws = self.own_config(search)?.map_or_else(|| profile::read_config(b""), Ok)?;
        let uses = of("XDG_CACHE_HOME", ".cache", "aws_profiles_frecency");
        let frecency = search.habits(&uses);
        let aws = AwsConfig::of(&aws);
        let files = granted::Files { config: config.as_deref(), frecency: frecency.as_deref(), aws: &aws };
        granted::read(&files).map(Some)
    }

    fn look_at_aws_sso_cli(
        &self,
        file: Option<Vec<PathBuf>>,
        search: &mut Search,
    ) -> Result<Option<Findings>, Failure> {
        let dirs = self.tool_dir(".aws-sso", "XDG_CONFIG_HOME", ".config", "aws-sso");
        let of = |name: &str| -> Vec<PathBuf> { dirs.iter().map(|dir| dir.join(name)).collect() };
        let named = self.environment.path("AWS_SSO_CONFIG").map(|path| vec![path]);
        let Some(text) = search.text(&file.or(named).unwrap_or_else(|| of("config.yaml")))? else {
            return Ok(None);
        };
        let config = yaml::read(&text).map_err(|error| {
            let hint = "mend the file, or write what you need of it to another one and name that";
            Failure::new(Code::Failed, "the configuration of aws-sso-cli can't be read", hint)
                .with_detail(error)
        })?;
        let cache = search.habits(&of("cache.json"));
        let cache: Option<Value> = cache.and_then(|text| serde_json::from_str(&text).ok());
        let aws = self.own_config(search)?.map_or_else(|| profile::read_config(b""), Ok)?;
        let aws = AwsConfig::of(&aws);
        aws_sso_cli::read(&aws_sso_cli::Files { config: &config, cache: cache.as_ref(), aws: &aws }).map(Some)
    }

    fn look_at_switch_roles(
        &self,
        file: Option<Vec<PathBuf>>,
        search: &mut Search,
    ) -> Result<Option<Findings>, Failure> {
        // The browser keeps it where only the extension can read it.
        let Some(text) = search.text(&file.unwrap_or_default())? else { return Ok(None) };
        let portals = &self.settings.portals;
        let mut catalogues = Vec::new();
        for portal in portals {
            catalogues.extend(self.catalogue(portal)?);
        }
        let listed = switch_roles::Listed { portals, catalogues: &catalogues };
        Ok(Some(switch_roles::read(&text, &listed)))
    }

    fn look_at_leapp(
        &self,
        file: Option<Vec<PathBuf>>,
        search: &mut Search,
    ) -> Result<Option<Findings>, Failure> {
        let home = self.environment.home();
        let usual = || home.iter().map(|home| home.join(".Leapp/Leapp-lock.json")).collect();
        let Some(text) = search.text(&file.unwrap_or_else(usual))? else { return Ok(None) };
        let json = leapp::open(&text, &self.environment)?;
        let workspace: Value = serde_json::from_str(&json).map_err(|error| {
            let hint = "check that this is Leapp's Leapp-lock.json";
            // What the parser says may quote the file, which may hold a proxy's password.
            let at = format!("line {}, column {}", error.line(), error.column());
            Failure::new(Code::Failed, "Leapp's workspace is no JSON", hint).with_detail(at)
        })?;
        leapp_files::read(&workspace).map(Some)
    }

    /// aws-sso-util takes its portal from the environment where no profile has one.
    fn with_variables(&self, mut findings: Findings) -> Findings {
        let text = |name: &str| self.environment.text(name);
        let first = |names: [&str; 3]| names.into_iter().find_map(text);
        let url = first([
            "AWS_CONFIGURE_SSO_DEFAULT_SSO_START_URL",
            "AWS_CONFIGURE_DEFAULT_SSO_START_URL",
            "AWS_DEFAULT_SSO_START_URL",
        ]);
        let region = first([
            "AWS_CONFIGURE_SSO_DEFAULT_SSO_REGION",
            "AWS_CONFIGURE_DEFAULT_SSO_REGION",
            "AWS_DEFAULT_SSO_REGION",
        ]);
        if let (Some(url), Some(region)) = (url, region) {
            findings.add_portal("sso", url, region);
        }
        findings
    }
}
