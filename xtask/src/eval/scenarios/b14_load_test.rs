//! B14: the quarterly load test: a hundred machines of a known type, at home, for two hours.

use crate::eval::aws::machines::Machines;
use crate::eval::aws::regions::VIRGINIA;
use crate::eval::story::Story;
use crate::eval::world::cast::{self, AMAZON_LINUX, BOTO, DEVELOPMENT};
use crate::sample::launch::stop;

pub(super) fn tell(story: &mut Story) {
    let tester = cast::session(DEVELOPMENT, "performance-tests", "quarterly", "192.0.2.95", BOTO);
    // A rehearsal with two machines, some weeks ago.
    story.at_hour(-20, 9, 0);
    let machines = |count| Machines {
        tags: vec![("purpose", "load-test".to_owned())],
        ..Machines::new(VIRGINIA, "c5.2xlarge", AMAZON_LINUX, count)
    };
    let few = story.starts(&tester, &machines(2));
    story.wait(3000, 3600);
    story.does(&tester, stop(VIRGINIA, "TerminateInstances", &few));
    story.at(0, 0);
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.extend(story.starts(&tester, &machines(20)));
        story.wait(30, 60);
    }
    story.at(120, 0);
    story.does(&tester, stop(VIRGINIA, "TerminateInstances", &ids));
}
