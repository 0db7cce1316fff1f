//! The judge: what a detector said, beside what is true. It knows the contract of the output only.

pub(crate) mod board;
pub(crate) mod guard;
pub(crate) mod measure;
pub(crate) mod output;
pub(crate) mod page;
pub(crate) mod run;
pub(crate) mod summary;

#[cfg(test)]
mod tests;
