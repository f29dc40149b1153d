//! STS: `GetCallerIdentity` and `AssumeRole`, signed requests in, XML out. Protocol: STS API Reference,
//! IAM User Guide "Signing AWS API requests".

mod assume;
mod signature;
mod tags;
mod trust;
mod xml;

use std::sync::Arc;

use axum::http::StatusCode;

use crate::http::{Incoming, Reply, value_of};
use crate::role_keys::RoleKey;
use crate::world::World;
use xml::{element, response};

pub(crate) use trust::Trusts;
pub use trust::{MfaDevice, Trust};

/// A refused request: code, status, text.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: &'static str,
    status: StatusCode,
    message: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, status: StatusCode, message: impl Into<String>) -> Self {
        Self { code, status, message: message.into() }
    }

    fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, StatusCode::FORBIDDEN, message)
    }

    fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationError", StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn into_reply(self) -> Reply {
        let kind = if self.status.is_server_error() { "Receiver" } else { "Sender" };
        Reply::xml(self.status, xml::error(kind, self.code, &self.message)).failed(self.code)
    }
}

/// `POST /`.
pub(crate) fn call(world: &Arc<World>, request: &Incoming) -> Reply {
    perform(world, request).unwrap_or_else(Refusal::into_reply)
}

fn perform(world: &World, request: &Incoming) -> Result<Reply, Refusal> {
    let form = request.form_pairs();
    let action = value_of(&form, "Action").unwrap_or_default();
    let caller = signature::verify(world, request)?;
    match action {
        "GetCallerIdentity" => Ok(caller_identity(&caller)),
        "AssumeRole" => assume::assume_role(world, &caller, &form),
        _ => Err(Refusal::new(
            "InvalidAction",
            StatusCode::BAD_REQUEST,
            format!("Could not find operation {action} for version 2011-06-15"),
        )),
    }
}

fn caller_identity(caller: &RoleKey) -> Reply {
    let result = [
        element("Arn", &caller.principal.arn()),
        element("UserId", &caller.principal.user_id()),
        element("Account", &caller.principal.account_id),
    ];
    Reply::xml(StatusCode::OK, response("GetCallerIdentity", &result.concat()))
}
