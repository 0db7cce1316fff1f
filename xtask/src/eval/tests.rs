//! What must hold of every scenario, and what the reports say of some.
