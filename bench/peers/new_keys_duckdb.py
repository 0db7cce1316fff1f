"""The one question, asked of DuckDB: `python new_keys_duckdb.py FOLDER [THREADS]`.

Which launches of the last seven days are of a principal, region and instance type that were
not seen together before? Prints launches, those of the last seven days that are new, and keys.
"""

import sys

import duckdb

folder = sys.argv[1]
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 2

# Only the columns that the question needs are typed; the reader skips the rest.
RECORDS = """STRUCT(
  "eventName" VARCHAR, "eventTime" VARCHAR, "awsRegion" VARCHAR,
  "userIdentity" STRUCT("arn" VARCHAR, "invokedBy" VARCHAR,
                        "sessionContext" STRUCT("sessionIssuer" STRUCT("arn" VARCHAR))),
  "requestParameters" STRUCT("instanceType" VARCHAR),
  "responseElements" STRUCT("instancesSet" STRUCT("items" STRUCT("instanceType" VARCHAR)[])))[]"""

engine = duckdb.connect()
engine.execute(f"SET threads = {threads}")
engine.execute("SET preserve_insertion_order = false")
engine.execute(
    f"""
    CREATE TEMP TABLE launch AS
    SELECT r."eventTime" AS moment, r."awsRegion" AS region,
           coalesce(r."userIdentity"."sessionContext"."sessionIssuer".arn, r."userIdentity".arn,
                    r."userIdentity"."invokedBy") AS principal,
           coalesce(r."requestParameters"."instanceType",
                    r."responseElements"."instancesSet".items[1]."instanceType", '') AS type
    FROM (SELECT unnest("Records") AS r
          FROM read_json('{folder}/**/*.json.gz', columns = {{'Records': '{RECORDS}'}},
                         maximum_object_size = 67108864))
    WHERE r."eventName" = 'RunInstances'
    """
)
print(
    engine.execute(
        """
        WITH first AS (SELECT principal, region, type, min(moment) AS since FROM launch GROUP BY ALL),
             week AS (SELECT strftime(max(moment)::TIMESTAMP - INTERVAL 7 DAY, '%Y-%m-%dT%H:%M:%SZ') AS start FROM launch)
        SELECT (SELECT count(*) FROM launch),
               (SELECT count(*) FROM launch NATURAL JOIN first, week WHERE since >= week.start),
               (SELECT count(*) FROM first, week WHERE since >= week.start)
        """
    ).fetchone()
)
