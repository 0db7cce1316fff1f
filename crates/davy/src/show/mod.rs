//! Screens and streams. Data goes to standard output, all else to standard error.

pub mod baseline;
pub mod catalog;
pub mod csv;
pub mod fields;
pub mod findings;
pub mod inspect;
pub mod json;
pub mod pretty;
pub mod progress;
pub mod rows;
pub mod summary;
pub mod table;
pub mod text;
