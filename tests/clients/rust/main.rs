//! Says who the Rust SDK is by its default chain: once, or with an argument for each line that it is sent.

use std::error::Error;
use std::io::{self, Write};

use aws_config::BehaviorVersion;
use aws_sdk_sts::Client;
use aws_sdk_sts::error::DisplayErrorContext;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Without TLS, which the simulator does without: the SDK's own would be built for this alone.
    let http = aws_smithy_http_client::Builder::new().build_http();
    let settings = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
    let client = Client::new(&settings);
    let mut stdout = io::stdout();
    if std::env::args().len() < 2 {
        writeln!(stdout, "{}", whoami(&client).await?)?;
        return Ok(());
    }
    for line in io::stdin().lines() {
        line?;
        match whoami(&client).await {
            Ok(identity) => writeln!(stdout, "{identity}")?,
            Err(error) => writeln!(stdout, "error: {error}")?,
        }
    }
    Ok(())
}

async fn whoami(client: &Client) -> Result<String, String> {
    let sent = client.get_caller_identity().send().await;
    let identity = sent.map_err(|error| DisplayErrorContext(error).to_string().replace('\n', " "))?;
    Ok(format!("{} {}", identity.account().unwrap_or_default(), identity.arn().unwrap_or_default()))
}
