//! `rolecall completions`: what a shell must know to complete verbs, flags and values.

use clap::CommandFactory;
use clap_complete::Shell;
use domain::failure::Failure;

use crate::args::Args;
use crate::print;

pub(crate) fn run(shell: Shell) -> Result<(), Failure> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    // In one piece through `print`: a reader that goes away is a panic in the generator's own writing.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    print::data(&String::from_utf8_lossy(&script))
}
