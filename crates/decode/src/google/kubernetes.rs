//! Clusters of Kubernetes, their pools of nodes, and the machines that belong to them.
//!
//! A pool is known to its machines by the names of cluster and pool, `cluster/pool`: so a pool that
//! somebody adds to a cluster of others is his, and the rest of it is not.

use std::borrow::Cow;

use model::Text;

use super::{Record, commands::Command, normal};
use crate::{lenient::cap, tree::Object};

/// Pools of one cluster that are named; Google allows about as many.
const POOLS: usize = 1000;

/// The agent of a managed instance group that Google made for a cluster. A thief can write it in
/// requests of his own, but not in those of Google, and in others no parent is believed.
pub(super) const AGENT: &str = "GCE Managed Instance Group for GKE";

/// Labels that Google puts on machines of a cluster.
const CLUSTER: &str = "goog-k8s-cluster-name";
const POOL: &str = "goog-k8s-node-pool-name";

/// Whether it is about clusters of Kubernetes: others have no pools.
pub(super) fn is_of(command: &Command) -> bool {
    command.name.starts_with("google.container.")
}

/// What a cluster or pool that is made or changed is called by what belongs to it.
pub(super) fn names(record: &Record<'_>, category: &str, named: Option<Text>) -> Vec<Text> {
    let path = record.resource_name.as_deref().unwrap_or_default();
    let label = || record.fields.object("resource").object("labels").str("cluster_name");
    let cluster = normal::part_after(path, "clusters").map(Cow::Borrowed).or_else(label);
    let pools: Vec<Cow<'_, str>> = if category == "cluster" {
        pools_of(record.request.object("cluster"))
    } else {
        let asked = record.request.object("nodePool").str("name");
        asked.or_else(|| normal::part_after(path, "nodePools").map(Cow::Borrowed)).into_iter().collect()
    };
    let own = if category == "cluster" { named } else { pools.first().map(|pool| Text::from(&**pool)).or(named) };
    let within = pools.iter().filter_map(|pool| Some(cap(&format!("{}/{pool}", cluster.as_deref()?))));
    own.into_iter().chain(within).collect()
}

/// A cluster for which no pool was asked for has one.
fn pools_of(cluster: Object<'_>) -> Vec<Cow<'_, str>> {
    let stated: Vec<Cow<'_, str>> =
        cluster.objects("nodePools").take(POOLS).filter_map(|pool| pool.str("name")).collect();
    if stated.is_empty() && !cluster.is_empty() { vec!["default-pool".into()] } else { stated }
}

/// The pool or cluster that a machine belongs to, by the labels that Google writes.
pub(super) fn owner<'a>(label: impl Fn(&str) -> Option<Cow<'a, str>>) -> Option<Text> {
    let cluster = label(CLUSTER)?;
    Some(match label(POOL) {
        Some(pool) => cap(&format!("{cluster}/{pool}")),
        None => cap(&format!("cluster:{cluster}")),
    })
}
