//! Screens and streams. Data goes to standard output, all else to standard error.

pub mod baseline;
pub mod catalog;
pub mod csv;
pub mod explain;
pub mod findings;
pub mod html;
pub mod incidents;
pub mod json;
pub mod money;
pub mod progress;
pub mod rows;
pub mod summary;
pub mod table;
pub mod text;
