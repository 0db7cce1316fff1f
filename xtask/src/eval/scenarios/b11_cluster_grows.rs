//! B11: a cluster on Azure grows from three nodes to forty, and doubles them for a new node image.
//!
//! The cluster service acts in a group of its own, and each action is told two or three times.

use serde_json::json;

use crate::eval::azure::{Act, Ending};
use crate::eval::story::Story;
use crate::eval::world::azure::{CLUSTER, HOME, SHOP, act, node_set, plain, scale};

pub(super) fn tell(story: &mut Story) {
    let set = node_set();
    for (step, nodes) in [10, 20, 30, 40].into_iter().enumerate() {
        story.at(5 * step as u64, 0);
        let pool =
            "/resourceGroups/shop-rg/providers/Microsoft.ContainerService/managedClusters/prod/agentPools/nodepool1";
        let body =
            json!({ "name": "nodepool1", "location": HOME, "properties": { "count": nodes, "vmSize": set.size } });
        let write =
            Act { body, ..plain(SHOP, "Microsoft.ContainerService/managedClusters/agentPools/write", pool, HOME) };
        act(story, CLUSTER, &write, &Ending::Updated, 0, 0.0);
        story.wait(20, 40);
        scale(story, &set, nodes);
    }
    // New nodes first, old ones away after.
    for nodes in [80, 40] {
        story.wait(1500, 2400);
        scale(story, &set, nodes);
    }
}
