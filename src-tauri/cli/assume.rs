//! Credentials of a grant, and `rolecall assume`: where the code of an MFA device is wanted, the person is asked.

use std::io::{self, BufRead, IsTerminal};

use domain::chain::{self, Chain};
use domain::failure::{Code, Failure};
use domain::ids::GrantId;
use domain::secret::Secret;
use domain::vend::Credentials;
use engine::{Kept, clock};

use crate::args::Assume;
use crate::grants::Found;
use crate::run::{World, block_on};
use crate::{grants, print};

/// Kept ones, or fetched. A person at a terminal is asked for codes that are wanted; anybody else is told.
pub(crate) fn credentials(world: &World, grant: &GrantId) -> Result<Credentials, Failure> {
    if let Kept::Good(credentials) = world.engine.kept(grant)? {
        return Ok(credentials);
    }
    match block_on(world.engine.fetch_credentials(grant)) {
        Err(failure) if failure.code == Code::CodeNeeded && is_attended() => {
            answer_codes(world, grant, Asking::Terminal)?;
            block_on(world.engine.fetch_credentials(grant))
        }
        answer => answer,
    }
}

/// `rolecall assume`
pub(crate) fn run(world: &World, assume: &Assume) -> Result<(), Failure> {
    let Found { grant, .. } = grants::find(world, &assume.grant)?;
    let Some(chain) = world.engine.settings().chain(&grant).cloned() else {
        let summary = format!("{grant} is not a chained role: there is nothing to assume");
        return Err(Failure::new(
            Code::Usage,
            summary,
            "its credentials are fetched whenever they are needed",
        ));
    };
    let asking = match (assume.code_stdin, is_attended()) {
        (true, _) => Asking::Stdin,
        (false, true) => Asking::Terminal,
        (false, false) => Asking::Nobody,
    };
    answer_codes(world, chain.parent(), asking)?;
    let credentials = assume_one(world, &chain, asking)?;
    let left = print::left(credentials.expires_at, clock::now());
    print::note(&format!("{} is assumed for {left}", chain.name()));
    Ok(())
}

/// Before a switch is of use, somebody has to give the codes. Where nobody can be asked, it is said how to.
pub(crate) fn prepare(world: &World, grant: &GrantId) -> Result<(), Failure> {
    match world.engine.code_wanted(grant)? {
        None => Ok(()),
        Some(_) if is_attended() => answer_codes(world, grant, Asking::Terminal),
        Some(chain) => {
            let name = world.engine.settings().chain(grant).unwrap_or(&chain).name();
            print::note(&format!(
                "AWS tools can't ask for its MFA code: run `rolecall assume {name}` in a terminal"
            ));
            Ok(())
        }
    }
}

/// Where codes come from.
#[derive(Debug, Clone, Copy)]
enum Asking {
    Terminal,
    Stdin,
    Nobody,
}

/// A tool that calls us has one of the two itself.
fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// From the beginning of the chain to its end, whatever wants a code is assumed.
fn answer_codes(world: &World, grant: &GrantId, asking: Asking) -> Result<(), Failure> {
    while let Some(chain) = world.engine.code_wanted(grant)? {
        assume_one(world, &chain, asking)?;
    }
    Ok(())
}

fn assume_one(world: &World, chain: &Chain, asking: Asking) -> Result<Credentials, Failure> {
    let code = chain.step().mfa_serial.as_deref().map(|device| ask(chain, device, asking)).transpose()?;
    block_on(world.engine.assume(chain, code))
}

fn ask(chain: &Chain, device: &str, asking: Asking) -> Result<Secret, Failure> {
    match asking {
        Asking::Terminal => print::prompt(&format!("Code of {device} for {}: ", chain.name())),
        Asking::Stdin => {}
        Asking::Nobody => return Err(chain::code_wanted(chain)),
    }
    let mut typed = String::new();
    io::stdin().lock().read_line(&mut typed).map_err(|error| {
        Failure::new(Code::Usage, "the code can't be read", "type it in a terminal").with_detail(error)
    })?;
    chain::code(&typed).map_err(|error| {
        Failure::new(Code::Usage, error.0, format!("run `rolecall assume {}` again", chain.name()))
    })
}
