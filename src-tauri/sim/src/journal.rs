//! The request log and the counts. No secret gets in: parameters are logged by name, and by value only
//! when listed here.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use serde::Serialize;
use serde_json::Value;

use crate::http::Incoming;
use crate::throttle::RateWindow;

/// One answered request.
#[derive(Debug, Clone, Serialize)]
pub struct RequestRecord {
    /// Number of the request since the start, from 1.
    pub number: u64,
    /// When it arrived, by the simulator's clock: RFC 3339 in UTC with milliseconds.
    pub time: String,
    /// `oidc`, `portal`, `sts`, `console`, `pages`, `idp` or `vanity`.
    pub service: &'static str,
    /// The API's name for the operation, or a short name of a page.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// Name of the modelled error, if the answer was one.
    pub exception: Option<String>,
    /// The `user-agent` header.
    pub user_agent: Option<String>,
    /// Milliseconds from the whole request being read to the answer being ready.
    pub duration_ms: f64,
    /// Names of query, form and body parameters; a value only where it is no secret.
    pub parameters: BTreeMap<String, Option<String>>,
}

/// Counts of one operation or service since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OperationStats {
    /// Requests that arrived.
    pub count: u64,
    /// Requests refused with 429.
    pub throttled: u64,
    /// Most requests that arrived within any one second.
    pub max_per_second: usize,
}

/// Counts by operation and by service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// By operation name.
    pub operations: BTreeMap<String, OperationStats>,
    /// By service; the portal's throttle counts the whole service.
    pub services: BTreeMap<String, OperationStats>,
    /// Refresh tokens that were accepted.
    pub refreshes: u64,
    /// Uses of a refresh token whose successor had been handed out, accepted or not: two processes that
    /// refresh at once, or one that lost the new token.
    pub rotated_out_uses: u64,
    /// Refresh tokens that were refused.
    pub refused_refreshes: u64,
    /// Logins of clients that were approved and have not ended: by logout, by an administrator, or with
    /// their portal session.
    pub live_logins: usize,
}

/// Parameters that say what was asked for without giving anything away.
const OPEN_PARAMETERS: [&str; 26] = [
    "account_id",
    "role_name",
    "max_result",
    "next_token",
    "grantType",
    "grantTypes",
    "startUrl",
    "issuerUrl",
    "clientName",
    "clientType",
    "scopes",
    "scope",
    "redirectUris",
    "redirectUri",
    "response_type",
    "code_challenge_method",
    "Action",
    "Version",
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "ExternalId",
    "SourceIdentity",
    "SerialNumber",
    "SessionDuration",
    "Destination",
];

/// Older records give way, so that a long run does not grow without bound.
const KEPT_RECORDS: usize = 50_000;

#[derive(Debug, Default)]
struct Counter {
    count: u64,
    throttled: u64,
    window: RateWindow,
}

impl Counter {
    fn stats(&self) -> OperationStats {
        OperationStats { count: self.count, throttled: self.throttled, max_per_second: self.window.highest() }
    }
}

/// The log and the counters behind it.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    records: VecDeque<RequestRecord>,
    written: u64,
    operations: BTreeMap<String, Counter>,
    services: BTreeMap<&'static str, Counter>,
}

impl Journal {
    pub(crate) fn arrival(&mut self, service: &'static str, operation: &str, now: Instant) {
        if !self.operations.contains_key(operation) {
            self.operations.insert(operation.to_owned(), Counter::default());
        }
        let by_operation = self.operations.get_mut(operation);
        for counter in by_operation.into_iter().chain([self.services.entry(service).or_default()]) {
            counter.count += 1;
            counter.window.arrival(now);
        }
    }

    /// Numbers the record and keeps it.
    pub(crate) fn answered(&mut self, mut record: RequestRecord) -> RequestRecord {
        self.written += 1;
        record.number = self.written;
        if record.status == 429 {
            let by_operation = self.operations.get_mut(&record.operation);
            for counter in by_operation.into_iter().chain([self.services.entry(record.service).or_default()])
            {
                counter.throttled += 1;
            }
        }
        if self.records.len() == KEPT_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(record.clone());
        record
    }

    /// Records with a number above `after`, newest last.
    pub(crate) fn since(&self, after: u64) -> Vec<RequestRecord> {
        self.records.iter().filter(|record| record.number > after).cloned().collect()
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            operations: self
                .operations
                .iter()
                .map(|(name, counter)| (name.clone(), counter.stats()))
                .collect(),
            services: self
                .services
                .iter()
                .map(|(name, counter)| ((*name).to_owned(), counter.stats()))
                .collect(),
            ..Stats::default()
        }
    }
}

/// The parameters of a request as the log shows them.
pub(crate) fn parameters(request: &Incoming) -> BTreeMap<String, Option<String>> {
    let mut shown = BTreeMap::new();
    let mut show = |name: &str, value: &str| {
        let tag = name.starts_with("Tags.member.") || name.starts_with("TransitiveTagKeys.member.");
        let value = (tag || OPEN_PARAMETERS.contains(&name)).then(|| value.to_owned());
        shown.insert(name.to_owned(), value);
    };
    for (name, value) in request.query_pairs() {
        show(&name, &value);
    }
    if request.has_content_type("application/x-www-form-urlencoded") {
        for (name, value) in request.form_pairs() {
            show(&name, &value);
        }
    } else if let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(&request.body) {
        for (name, value) in members {
            match value {
                Value::String(text) => show(&name, &text),
                other => show(&name, &other.to_string()),
            }
        }
    }
    shown
}
