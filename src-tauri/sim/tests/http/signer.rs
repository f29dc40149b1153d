//! Signature Version 4, written a second time: the simulator must not be checked with its own code.

use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::client::{Answer, Stage};

/// Signs STS requests; every field may be spoilt by a test.
pub(crate) struct Signer {
    pub(crate) key_id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
    pub(crate) service: &'static str,
    pub(crate) region: &'static str,
    /// Seconds from the simulator's clock.
    pub(crate) ahead: i64,
    pub(crate) sign_token: bool,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

impl Signer {
    /// For the credentials of the portal.
    pub(crate) fn of(credentials: &Value) -> Self {
        let text = |name: &str| credentials[name].as_str().unwrap().to_owned();
        Self::new(text("accessKeyId"), text("secretAccessKey"), text("sessionToken"))
    }

    pub(crate) fn new(key_id: String, secret: String, token: String) -> Self {
        Self { key_id, secret, token, service: "sts", region: "eu-central-1", ahead: 0, sign_token: true }
    }

    pub(crate) async fn call(&self, stage: &Stage, body: &str) -> Answer {
        let host = stage.simulator.url().trim_start_matches("http://").to_owned();
        let seconds = stage.simulator.now_ms() / 1000 + self.ahead;
        let time = jiff::Timestamp::from_second(seconds).unwrap().strftime("%Y%m%dT%H%M%SZ").to_string();
        let date = &time[..8];
        let body = format!("{body}&Version=2011-06-15");
        let mut names = "content-type;host;x-amz-date".to_owned();
        let mut headers =
            format!("content-type:application/x-www-form-urlencoded\nhost:{host}\nx-amz-date:{time}\n");
        if self.sign_token {
            names += ";x-amz-security-token";
            headers += &["x-amz-security-token:", &self.token, "\n"].concat();
        }
        let canonical = format!("POST\n/\n\n{headers}\n{names}\n{}", hex(&Sha256::digest(&body)));
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let steps = [date, self.region, self.service, "aws4_request", to_sign.as_str()];
        let signature =
            steps.iter().fold(format!("AWS4{}", self.secret).into_bytes(), |key, step| hmac(&key, step));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.key_id,
            hex(&signature)
        );
        let request = stage
            .http
            .post(stage.url("/"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-amz-date", &time)
            .header("x-amz-security-token", &self.token)
            .header("authorization", authorization)
            .body(body);
        Answer::of(request.send().await.unwrap()).await
    }
}
