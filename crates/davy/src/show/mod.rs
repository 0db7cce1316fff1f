//! Screens and streams. Data goes to standard output, all else to standard error.

pub mod baseline;
pub mod catalog;
pub mod csv;
pub mod explain;
pub mod fields;
pub mod findings;
pub mod html;
pub mod incidents;
pub mod inspect;
pub mod json;
pub mod money;
pub mod pretty;
pub mod progress;
pub mod rows;
pub mod summary;
pub mod table;
pub mod text;
pub mod verdicts;
