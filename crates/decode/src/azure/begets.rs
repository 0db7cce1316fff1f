//! Whom an operation brings to life or gives rights to. Identities of applications are made in the
//! directory, of which this log tells nothing: what it tells of them first is that they get a role.

use model::{Action, Begotten, Event, Field, Text};

use super::{fields::Fields, launch::normal_id, record::Record};
use crate::lenient::cap;

/// The one role of which nobody can do anything: `Reader`, by the id that it has everywhere.
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// Pools of one cluster that are named; Azure allows a tenth of that.
const POOLS: usize = 1000;

/// Fills in whom it begets, and what else of it has a name: the role, the pools of a cluster.
pub(super) fn fill(event: &mut Event, record: &Record<'_>) {
    let bodies = [record.response.fields(), record.asked.fields()].map(|body| body.at(&["properties"]));
    let stated = |name: &str| bodies.iter().find_map(|properties| properties.text(&[name]));
    match event.object_category.as_deref() {
        Some("role_assignment") => {
            let role = stated("roledefinitionid").map(|id| last_part(&id));
            let person = stated("principalid").filter(|_| role.as_deref() != Some(READER));
            let is_group = stated("principaltype").is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
            let person = person.filter(|_| !is_group).and_then(|id| fellow(event, &id));
            event.begets.extend(person.map(Begotten::Empowered));
            event.object_id.extend(role);
        }
        Some("managed_identity") => {
            let identity = stated("principalid").and_then(|id| fellow(event, &id));
            event.begets.extend(identity.and_then(|id| made(event, id)));
        }
        Some("cluster") => {
            let own = event.object_id.first().cloned();
            let inside = bodies.iter().find_map(|properties| inside_of_cluster(*properties, own.as_deref()?));
            event.object_id.extend(inside.unwrap_or_default());
        }
        _ => {}
    }
}

/// Somebody in the directory of whoever acted, under the name that he has when he acts.
fn fellow(event: &Event, object: &str) -> Option<Text> {
    let (tenant, _) = event.user.id.strip_prefix("azure:").filter(|_| event.user.attributed)?.split_once(':')?;
    Some(cap(&format!("azure:{tenant}:{}", object.to_lowercase())))
}

/// A write may only have changed what was there. Where nobody says which it was, the identity may
/// have been there before.
fn made(event: &Event, id: Text) -> Option<Begotten> {
    let is_told = event.as_written.iter().any(|(field, _)| *field == Field::Action);
    match event.action {
        Some(Action::Created) if is_told => Some(Begotten::Principal(id)),
        Some(Action::Created) => Some(Begotten::Empowered(id)),
        _ => None,
    }
}

/// The group of resources that a cluster keeps its nodes in, and its pools.
fn inside_of_cluster(properties: Fields<'_>, cluster: &str) -> Option<Vec<Text>> {
    let (subscription, _) = cluster.split_once("/resourcegroups/")?;
    let group = properties.text(&["noderesourcegroup"]);
    let group = group.map(|group| normal_id(&format!("{subscription}/resourcegroups/{group}")));
    let pools = properties.list("agentpoolprofiles").into_iter().take(POOLS);
    let pools = pools.filter_map(|pool| Some(pool_of(cluster, &pool.text(&["name"])?)));
    let inside: Vec<Text> = group.into_iter().chain(pools).collect();
    (!inside.is_empty()).then_some(inside)
}

/// What a pool of a cluster of Kubernetes is called.
pub(super) fn pool_of(cluster: &str, name: &str) -> Text {
    normal_id(&format!("{cluster}/agentpools/{name}"))
}

fn last_part(path: &str) -> Text {
    path.rsplit('/').next().unwrap_or(path).to_lowercase().into()
}
