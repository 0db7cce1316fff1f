//! Events and memory to findings.
