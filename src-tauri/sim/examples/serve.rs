//! Serves a simulator until Enter is pressed or standard input ends, and prints its environment:
//! `cargo run -p sim --example serve -- [small|demo|large|huge]
//! [directory|active-directory|saml|entra|okta|google|adfs] [region=REGION] [vanity] [hints] [data=DIR]
//! [fault…]`. Faults are those of `sim::Faults`, as `name` or `name=value`.

use std::io;
use std::str::FromStr;

use sim::{Faults, IdentitySource, Options, Organisation, serve};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the output of this program is its environment")]
async fn main() -> io::Result<()> {
    let mut options = Options::default();
    let mut faults = Vec::new();
    let words: Vec<String> = std::env::args().skip(1).collect();
    for word in &words {
        if let Ok(organisation) = Organisation::from_str(word) {
            options.organisation = organisation;
        } else if let Ok(source) = IdentitySource::from_str(word) {
            options.identity_source = source;
        } else if word == "idp" {
            options.identity_source = IdentitySource::ExternalIdp;
        } else if word == "hints" {
            options.hints = true;
        } else if word == "vanity" {
            options.vanity = true;
        } else if let Some(region) = word.strip_prefix("region=") {
            region.clone_into(&mut options.region);
        } else if let Some(dir) = word.strip_prefix("data=") {
            options.data_dir = Some(dir.into());
        } else {
            faults.push(word.as_str());
        }
    }
    options.faults = Faults::parse(&faults).map_err(io::Error::other)?;
    let simulator = serve(options).await?;
    for (name, value) in simulator.environment() {
        println!("{name}={value}");
    }
    tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new()))
        .await
        .map_err(io::Error::other)??;
    simulator.shutdown().await;
    Ok(())
}
