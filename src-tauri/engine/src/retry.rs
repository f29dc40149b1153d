//! Sending a request again, as often and as late as the domain says.

use domain::pace;
use domain::trouble::Trouble;
use jiff::SignedDuration;

use crate::clock;

/// Sends a request until it is answered, or the trouble with it won't pass. No try begins later than
/// `patience` from now.
pub(crate) async fn persist<T, F>(patience: SignedDuration, mut send: impl FnMut() -> F) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let give_up_at = clock::now() + patience;
    let mut failures = 0;
    loop {
        let trouble = match send().await {
            Ok(answer) => return Ok(answer),
            Err(trouble) => trouble,
        };
        failures += 1;
        let wait = pace::retry_after(&trouble, failures, clock::jitter());
        let Some(wait) = wait.filter(|wait| clock::now() + *wait < give_up_at) else { return Err(trouble) };
        clock::sleep_until(clock::now() + wait).await;
    }
}
