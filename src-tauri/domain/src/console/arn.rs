//! Amazon Resource Names and the pages of what they name.

use super::pages::{self, Scope, percent};
use crate::ids::{AccountId, NotValid, Partition, Region};
use crate::text;

/// One line a kind of resource; what its columns mean is said at its top.
const RESOURCES: &str = include_str!("../../data/console_resources.tsv");

/// No ARN is longer.
const LONGEST: usize = 2048;

/// What an ARN says of its resource (AWS General Reference, "Amazon Resource Names").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arn {
    /// As it was given, but for `arn` and the partition, which are in lower case.
    pub text: String,
    /// Whose world it is in.
    pub partition: Partition,
    /// The service's name, as in IAM.
    pub service: String,
    /// Global services and buckets have none.
    pub region: Option<Region>,
    /// Buckets have none, and AWS's own policies neither.
    pub account_id: Option<AccountId>,
    /// What follows the account.
    pub resource: String,
}

/// The page of one resource.
pub(super) struct ResourcePage {
    pub(super) url: String,
    /// What it is called, such as `instance i-1`. Untrusted.
    pub(super) title: String,
    pub(super) is_regional: bool,
}

impl Arn {
    /// Reads `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`; the first two count in any case.
    pub fn parse(text: &str) -> Result<Self, NotValid> {
        let text = text.trim();
        let wrong = || {
            NotValid(format!(
                "`{}` is not an ARN such as arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
                text::line(text)
            ))
        };
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [arn, partition, service, region, account, resource] = parts[..] else { return Err(wrong()) };
        let is_arn = arn.eq_ignore_ascii_case("arn");
        if !is_arn || service.is_empty() || resource.is_empty() || text.len() > LONGEST {
            return Err(wrong());
        }
        let partition = Partition::parse(&partition.to_ascii_lowercase())?;
        let region = Some(region).filter(|region| !region.is_empty()).map(Region::parse).transpose()?;
        if let Some(region) = region.as_ref().filter(|region| region.partition() != partition) {
            let (theirs, named) = (region.partition().as_str(), partition.as_str());
            return Err(NotValid(format!(
                "the region {region} is of the partition {theirs}, and the ARN is of {named}"
            )));
        }
        let text = format!("arn:{}:{}", partition.as_str(), parts[2..].join(":"));
        let account = Some(account).filter(|account| !account.is_empty() && *account != "aws");
        Ok(Self {
            text,
            partition,
            service: service.to_owned(),
            region,
            account_id: account.map(AccountId::parse).transpose()?,
            resource: resource.to_owned(),
        })
    }

    /// The resource's own page. None: it is not known to have one.
    pub(super) fn page(&self, region: &Region, account: &AccountId) -> Option<ResourcePage> {
        // Region and account stand before the resource.
        let whole = self.text.splitn(4, ':').nth(3)?;
        pages::lines(RESOURCES).find_map(|line| {
            let [service, resource, title, scope, page] = line[..] else { return None };
            let text = if resource.starts_with("::") { whole } else { self.resource.as_str() };
            let mut found = Vec::new();
            if service != self.service || !fits(resource, text, &mut found) {
                return None;
            }
            let scope = Scope::parse(scope)?;
            let fixed = |name: &str| match name {
                "region" => Some(region.as_str()),
                "account" => Some(self.account_id.as_ref().unwrap_or(account).as_str()),
                "partition" => Some(self.partition.as_str()),
                "suffix" => Some(self.partition.dns_suffix()),
                "arn" => Some(self.text.as_str()),
                _ => found.iter().find(|(known, _)| *known == name).map(|(_, value)| *value),
            };
            let path = filled(page, &|name, form| Some(encoded(fixed(name)?, form)))?;
            Some(ResourcePage {
                url: scope.url(self.partition, region, &path),
                title: filled(title, &|name, _| fixed(name).map(str::to_owned))?,
                is_regional: scope == Scope::Regional,
            })
        })
    }

    /// The last part of what it names.
    pub(super) fn short(&self) -> &str {
        self.resource.rsplit(['/', ':']).find(|part| !part.is_empty()).unwrap_or(&self.resource)
    }
}

/// Whether the text is what the pattern says; `found` gets its values.
fn fits<'a>(pattern: &'a str, text: &'a str, found: &mut Vec<(&'a str, &'a str)>) -> bool {
    let Some((literal, rest)) = pattern.split_once('{') else { return pattern == text };
    let (Some((name, after)), Some(text)) = (rest.split_once('}'), text.strip_prefix(literal)) else {
        return false;
    };
    let name_only = name.trim_end_matches(['/', '*', '#', '<', '~']);
    let kind = &name[name_only.len()..];
    // The longest first.
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).rev();
    for end in ends {
        let Some(value) = taken(&text[..end], kind) else { continue };
        found.push((name_only, value));
        if fits(after, &text[end..], found) {
            return true;
        }
        found.pop();
    }
    false
}

/// What a value of this kind is; none if the text is no such value.
fn taken<'a>(text: &'a str, kind: &str) -> Option<&'a str> {
    let is = match kind {
        "" => !text.contains(['/', ':']),
        "/" | "<" => !text.contains(':'),
        "#" => text.bytes().all(|b| b.is_ascii_digit()),
        _ => true,
    };
    let value = match kind {
        "<" => text.rsplit('/').next().filter(|name| !name.is_empty())?,
        "~" => {
            let cut = text.rsplit_once('-').filter(|(name, six)| {
                !name.is_empty() && six.len() == 6 && six.bytes().all(|b| b.is_ascii_alphanumeric())
            });
            cut.map_or(text, |(name, _)| name)
        }
        _ => text,
    };
    is.then_some(value)
}

/// The template with each `{name}` or `{name|form}` replaced.
fn filled(template: &str, value: &dyn Fn(&str, &str) -> Option<String>) -> Option<String> {
    let (mut text, mut rest) = (String::new(), template);
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let (name, form) = name.split_once('|').unwrap_or((name, ""));
        text.push_str(literal);
        text.push_str(&value(name, form)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

fn encoded(value: &str, form: &str) -> String {
    match form {
        "raw" => percent(value, "/:"),
        "again" => percent(&percent(value, ""), ""),
        "twice" => percent(&percent(value, ""), "").replace('%', "$"),
        _ => percent(value, ""),
    }
}

#[cfg(test)]
mod tests;
