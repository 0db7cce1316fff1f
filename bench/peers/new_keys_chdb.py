"""The one question, asked of ClickHouse: `python new_keys_chdb.py FOLDER [THREADS]`.

Which launches of the last seven days are of a principal, region and instance type that were
not seen together before? Prints launches, those of the last seven days that are new, and keys.
"""

import sys

from chdb import session

folder = sys.argv[1]
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2

# Only the columns that the question needs are typed; the reader skips the rest.
RECORDS = """Records Array(Tuple(
  eventName String, eventTime String, awsRegion String,
  userIdentity Tuple(arn String, invokedBy String, sessionContext Tuple(sessionIssuer Tuple(arn String))),
  requestParameters Tuple(instanceType String),
  responseElements Tuple(instancesSet Tuple(items Array(Tuple(instanceType String))))))"""

LENIENT = ", ".join(
    f"{name} = 1"
    for name in (
        "input_format_skip_unknown_fields",
        "input_format_null_as_default",
        "input_format_json_defaults_for_missing_elements_in_named_tuple",
        "input_format_json_ignore_unknown_keys_in_named_tuple",
        "input_format_json_empty_as_default",
    )
)

engine = session.Session()
engine.query("CREATE DATABASE bench ENGINE = Atomic")
engine.query(
    f"""
    CREATE TABLE bench.launch ENGINE = Memory AS
    SELECT r.eventTime AS at, r.awsRegion AS region,
           multiIf(r.userIdentity.sessionContext.sessionIssuer.arn != '', r.userIdentity.sessionContext.sessionIssuer.arn,
                   r.userIdentity.arn != '', r.userIdentity.arn, r.userIdentity.invokedBy) AS principal,
           if(r.requestParameters.instanceType != '', r.requestParameters.instanceType,
              r.responseElements.instancesSet.items[1].instanceType) AS type
    FROM (SELECT arrayJoin(Records) AS r FROM file('{folder}/**/*.json.gz', 'JSONEachRow', '{RECORDS}'))
    WHERE r.eventName = 'RunInstances'
    SETTINGS max_threads = {threads}, {LENIENT}
    """
)
print(
    engine.query(
        """
        WITH (SELECT formatDateTime(parseDateTimeBestEffort(max(at)) - INTERVAL 7 DAY, '%Y-%m-%dT%H:%i:%SZ', 'UTC')
              FROM bench.launch) AS start,
             first AS (SELECT principal, region, type, min(at) AS since FROM bench.launch GROUP BY principal, region, type)
        SELECT (SELECT count() FROM bench.launch),
               (SELECT count() FROM bench.launch INNER JOIN first USING (principal, region, type) WHERE since >= start),
               (SELECT count() FROM first WHERE since >= start)
        """
    ),
    end="",
)
