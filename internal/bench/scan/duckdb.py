# Counts the web-identity calls of an archive, and those with an error code.
import json
import sys

import duckdb

folder, threads = sys.argv[1], int(sys.argv[2])
con = duckdb.connect(config={"threads": threads})
con.execute("SET enable_progress_bar = false")
calls, denials = con.execute(
    """
    SELECT count(*), count(r.errorCode)
    FROM (
        SELECT unnest(Records) AS r
        FROM read_json($files, format = 'unstructured', maximum_object_size = 33554432,
            columns = {Records: 'STRUCT(eventSource VARCHAR, eventName VARCHAR, errorCode VARCHAR)[]'})
    )
    WHERE r.eventSource = 'sts.amazonaws.com' AND r.eventName = 'AssumeRoleWithWebIdentity'
    """,
    {"files": folder + "/**/*.gz"},
).fetchone()
print(json.dumps({"calls": calls, "denials": denials}))
