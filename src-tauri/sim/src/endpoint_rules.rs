//! Endpoint rules for clients built on botocore that are too old for the endpoint variables.
//!
//! botocore looks into the folders of `AWS_DATA_PATH` before its own data, file by file. A folder with
//! nothing but a rule set per service leaves the service models alone and sends every request here.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

const SERVICES: [(&str, &str); 3] =
    [("sso", "2019-06-10"), ("sso-oidc", "2019-06-10"), ("sts", "2011-06-15")];

/// Writes `<dir>/<service>/<version>/endpoint-rule-set-1.json` for each service.
pub(crate) fn write(dir: &Path, url: &str) -> io::Result<()> {
    for (service, version) in SERVICES {
        let folder = dir.join(service).join(version);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("endpoint-rule-set-1.json"), rule_set(service, url).to_string())?;
    }
    Ok(())
}

fn rule_set(service: &str, url: &str) -> Value {
    let mut parameters = Map::new();
    let text =
        |name: &str| json!({ "builtIn": name, "required": false, "type": "string", "documentation": "" });
    let flag = |name: &str| {
        let mut parameter = text(name);
        parameter["type"] = "boolean".into();
        parameter["required"] = true.into();
        parameter["default"] = false.into();
        parameter
    };
    parameters.insert("Region".to_owned(), text("AWS::Region"));
    parameters.insert("Endpoint".to_owned(), text("SDK::Endpoint"));
    parameters.insert("UseDualStack".to_owned(), flag("AWS::UseDualStack"));
    parameters.insert("UseFIPS".to_owned(), flag("AWS::UseFIPS"));
    if service == "sts" {
        parameters.insert("UseGlobalEndpoint".to_owned(), flag("AWS::STS::UseGlobalEndpoint"));
    }
    json!({
        "version": "1.0",
        "parameters": parameters,
        "rules": [{
            "conditions": [],
            "endpoint": { "url": url, "properties": {}, "headers": {} },
            "type": "endpoint",
        }],
    })
}
