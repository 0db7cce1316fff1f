//! What watches an account, and how it is blinded.

use super::Ask;

const TRAIL: &[&[&str]] = &[&["request.name"]];
const DETECTOR: &[&[&str]] = &[&["request.detectorId"]];

pub(super) const GUARDS: &[Ask] = &[
    Ask::of("CreateCase", &[&["response.caseId"], &["request.serviceCode"]]),
    Ask::of("CreateFilter", &[&["request.name"]]),
    Ask::of("DeleteAlarms", &[&["request.alarmNames"]]),
    Ask::of("DeleteDetector", DETECTOR),
    Ask::of("DeleteTrail", TRAIL),
    Ask::of("PutEventSelectors", &[&["request.trailName"]]),
    Ask::of("StopLogging", TRAIL),
    Ask::of("UpdateDetector", DETECTOR),
    Ask::of("UpdateTrail", TRAIL),
];
