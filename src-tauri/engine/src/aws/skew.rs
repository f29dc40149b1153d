//! The difference between AWS's clock and ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use domain::time::after;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

use crate::clock;

/// Below this the difference is the network's.
const NOTABLE: SignedDuration = SignedDuration::from_secs(20);

/// Learns from the `Date` header of each answer how far AWS's clock is ahead of ours.
#[derive(Debug, Clone, Default)]
pub struct Skew(Arc<AtomicI64>);

impl Skew {
    /// How far AWS is ahead: negative if our clock is fast, zero if they agree or nothing is known.
    pub fn ahead(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.load(Ordering::Relaxed))
    }

    /// What time it is at AWS.
    pub fn aws_now(&self) -> Timestamp {
        after(clock::now(), self.ahead())
    }

    pub(crate) fn learn(&self, date: &str) {
        let Ok(at_aws) = rfc2822::DateTimeParser::new().parse_timestamp(date) else { return };
        let ahead = at_aws.duration_since(clock::now());
        let notable = if ahead.abs() >= NOTABLE { ahead.as_secs() } else { 0 };
        self.0.store(notable, Ordering::Relaxed);
    }
}

#[dyn_dispatch_hint]
impl Intercept for Skew {
    fn name(&self) -> &'static str {
        "Skew"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            self.learn(date);
        }
        Ok(())
    }
}
