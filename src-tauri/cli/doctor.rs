//! `rolecall doctor`

use std::process::ExitCode;

use domain::failure::{Code, Failure};
use engine::Verdict;

use crate::print;
use crate::run::{World, block_on};

/// Exit code 0 if nothing is broken, else the code of the first thing that is.
pub(crate) fn run(world: &World) -> Result<ExitCode, Failure> {
    let findings = block_on(async { Ok(world.engine.diagnose().await) })?;
    let mut worst: Option<Code> = None;
    for finding in findings {
        let subject = finding.subject;
        print::data(&match finding.verdict {
            Verdict::Good(text) => format!("ok       {subject}: {text}\n"),
            Verdict::Warning(text) => format!("warning  {subject}: {text}\n"),
            Verdict::Bad(failure) => {
                worst = worst.or(Some(failure.code));
                format!("broken   {subject}: {failure}\n         try: {}\n", failure.hint)
            }
        })?;
    }
    Ok(worst.map_or(ExitCode::SUCCESS, |code| ExitCode::from(code.exit_code())))
}
