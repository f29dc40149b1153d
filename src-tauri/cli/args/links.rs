//! Links and bookmarks.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand, ValueEnum};
use domain::bookmark::BookmarkName;
use domain::ids::{NotValid, Region};

use super::region;

/// A page of the console.
#[derive(Debug, Group)]
pub(crate) struct PageChoice {
    /// The page: a service such as ec2 or s3
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// The page: a resource's
    #[arg(long, conflicts_with = "service")]
    pub(crate) arn: Option<String>,
    /// The page: an address that you copied from the console
    #[arg(long, value_name = "URL", conflicts_with_all = ["service", "arn"])]
    pub(crate) at: Option<String>,
    /// The region of the page
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<Region>,
}

#[derive(Debug, Group)]
pub(crate) struct Link {
    /// ACCOUNT/ROLE, or words that fit exactly one [default: that of `AWS_PROFILE`, else of the default profile].
    /// Or an ARN or an address of the console
    #[arg(value_name = "GRANT|ARN|URL")]
    pub(crate) grant: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageChoice,
    /// Name no role: each takes one of their own
    #[arg(long)]
    pub(crate) any_role: bool,
    /// For people who have Rolecall, which opens it under their own role
    #[arg(long)]
    pub(crate) app: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Open {
    /// A link that `rolecall link` has printed
    pub(crate) link: String,
    #[command(flatten)]
    pub(crate) manner: Manner,
}

/// How a page that is named already is opened.
#[derive(Debug, Group)]
pub(crate) struct Manner {
    /// Take this role of the account instead
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// How the browser signs in [default: `console_via` in settings.toml, else federation]
    #[arg(long, value_enum)]
    pub(crate) via: Option<Via>,
    /// Print the address instead
    #[arg(long)]
    pub(crate) print: bool,
    /// Do not ask, where a mark in settings.toml says `confirm`
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Via {
    /// With credentials that Rolecall gets
    Federation,
    /// By the portal's own page: the browser's session there counts, and the console can hold several
    Portal,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BookmarkVerb {
    /// Give a console page a name
    Add(BookmarkAdd),
    /// Show the bookmarks
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Open a bookmark, also one that is called like an account or a role
    Open {
        /// Its name
        name: String,
        #[command(flatten)]
        manner: Manner,
    },
    /// Forget a bookmark
    Remove {
        /// Its name
        name: String,
    },
    /// Show the console pages that were opened lately: `rolecall console --last` opens the latest again,
    /// `rolecall bookmark add NAME --last` keeps it
    Recent {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Forget them
        #[arg(long, conflicts_with = "json")]
        forget: bool,
    },
    /// Print all bookmarks, or write them to a new file: colleagues can import it
    Export {
        /// The file; must not be there yet
        file: Option<PathBuf>,
    },
    /// Add the bookmarks of a file, after showing them
    Import {
        /// The file
        file: PathBuf,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Group)]
pub(crate) struct BookmarkAdd {
    /// What you want to call it
    #[arg(value_parser = bookmark_name)]
    pub(crate) name: BookmarkName,
    /// ACCOUNT/ROLE, or words that fit exactly one [default: that of `AWS_PROFILE`, else of the default profile].
    /// Or an ARN or an address of the console
    #[arg(value_name = "GRANT|ARN|URL")]
    pub(crate) grant: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageChoice,
    /// The page that was opened last, as who opened it
    #[arg(long, conflicts_with_all = ["grant", "service", "arn", "at", "region"])]
    pub(crate) last: bool,
    /// Name no role: whoever opens it takes one of their own
    #[arg(long)]
    pub(crate) any_role: bool,
}

fn bookmark_name(text: &str) -> Result<BookmarkName, NotValid> {
    BookmarkName::parse(text)
}
