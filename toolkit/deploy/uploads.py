"""Templates that are too large for a request go to the environment's template bucket, named by their content."""

import hashlib
from typing import Any

from toolkit.aws.clients import Clients, explained
from toolkit.errors import BadInputError
from toolkit.stacks.environment import Stack

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (reviewed: "2026-11-21")
MAXIMUM_BODY_BYTES = 51_200
MAXIMUM_OBJECT_BYTES = 1_048_576


def template_argument(clients: Clients, stack: Stack, bucket: str) -> dict[str, Any]:
    """`TemplateBody`, or `TemplateURL` after an upload. Raises BadInputError when it needs a bucket and has none."""
    body = stack.template.text.encode()
    if len(body) <= MAXIMUM_BODY_BYTES:
        return {"TemplateBody": stack.template.text}
    if len(body) > MAXIMUM_OBJECT_BYTES:
        raise BadInputError(f"larger than the {MAXIMUM_OBJECT_BYTES} bytes of a template", where=stack.template.path)
    if not bucket:
        raise BadInputError(
            f"larger than the {MAXIMUM_BODY_BYTES} bytes that a request takes",
            where=stack.template.path,
            to_do="give a bucket with --bucket, or deploy pipeline-foundation first, whose template bucket is used",
        )
    client = clients("s3")
    key = f"templates/{hashlib.sha256(body).hexdigest()}.yaml"
    with explained(f"uploading {stack.template.path} to {bucket}"):
        client.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/yaml")
        signed: str = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
    return {"TemplateURL": signed.split("?", 1)[0]}  # CloudFormation reads it with the caller's own permissions
