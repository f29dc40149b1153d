//! `rolecall simulate`: the simulator for people who test their own tools.

use std::fs::OpenOptions;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::failure::{Code, Failure};
use sim::{Faults, IdentitySource, Options, RequestObserver, RequestRecord};

use crate::args::{Organisation, Simulate};
use crate::run::block_on;
use crate::{print, process};

pub(crate) fn run(request: &Simulate) -> Result<(), Failure> {
    let forms: Vec<&str> = request.fault.iter().map(String::as_str).collect();
    let faults = Faults::parse(&forms).map_err(|error| {
        Failure::new(Code::Usage, error.to_string(), "use the names above, as in `--fault latency=200`")
    })?;
    // Endpoint rules for AWS CLIs that are too old for endpoint variables; gone with the program.
    let rules = tempfile::Builder::new().prefix("rolecall-simulate-").tempdir().map_err(stuck)?;
    let options = Options {
        port: request.port,
        organisation: match request.org {
            Organisation::Small => sim::Organisation::Small,
            Organisation::Demo => sim::Organisation::Demo,
            Organisation::Large => sim::Organisation::Large,
            Organisation::Huge => sim::Organisation::Huge,
        },
        identity_source: if request.external_idp {
            IdentitySource::ExternalIdp
        } else {
            request.identity_source
        },
        region: request.region.to_string(),
        vanity: request.vanity,
        faults,
        approve_after: request.approve_after.map(Duration::from_secs),
        hints: true,
        data_dir: Some(rules.path().to_owned()),
        request_log: Some(log(request)?),
        ..Options::default()
    };
    block_on(async {
        let simulator = sim::serve(options).await.map_err(stuck)?;
        for (name, value) in simulator.environment() {
            print::data(&format!(
                "{name}={value}
"
            ))?;
        }
        process::told_to_stop().await;
        simulator.shutdown().await;
        Ok(())
    })
}

/// Where requests are noted. Neither form holds a secret.
fn log(request: &Simulate) -> Result<RequestObserver, Failure> {
    let Some(path) = &request.log else {
        return Ok(Arc::new(|record| print::note(&line(record))));
    };
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(stuck)?;
    let file = Mutex::new(file);
    Ok(Arc::new(move |record| {
        if let Ok(json) = serde_json::to_string(record) {
            // A full disk must not stop the simulator; the log is short then.
            let _ = writeln!(file.lock().unwrap_or_else(PoisonError::into_inner), "{json}");
        }
    }))
}

fn line(record: &RequestRecord) -> String {
    let exception = record.exception.as_deref().unwrap_or_default();
    let told =
        record.parameters.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
    let line = format!(
        "{} {} {} {} {exception} {}",
        record.time,
        record.service,
        record.operation,
        record.status,
        told.collect::<Vec<_>>().join(" ")
    );
    domain::text::line(line.trim_end()).into_owned()
}

fn stuck(error: std::io::Error) -> Failure {
    Failure::new(
        Code::Failed,
        "the simulator can't be started",
        "is the port taken? choose another with --port",
    )
    .with_detail(error)
}
