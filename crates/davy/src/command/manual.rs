//! `davy completions` and `davy man`: both are made from the definition of the commands.

use std::{fs, io::Write, path::Path};

use anyhow::{Context as _, Result};
use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{Ending, cli::Cli};

pub fn completions(shell: Shell, mut out: &mut dyn Write) -> Ending {
    clap_complete::generate(shell, &mut Cli::command(), "davy", &mut out);
    Ending::Quiet
}

/// The page of `davy` itself, or, into a folder, a page for every command.
pub fn man(folder: Option<&Path>, out: &mut dyn Write) -> Result<Ending> {
    let command = Cli::command();
    match folder {
        Some(folder) => {
            let context = || format!("cannot write man pages to `{}`", folder.display());
            fs::create_dir_all(folder).with_context(context)?;
            clap_mangen::generate_to(command, folder).with_context(context)?;
        }
        None => clap_mangen::Man::new(command).render(&mut &mut *out)?,
    }
    Ok(Ending::Quiet)
}
