"""The API's document: OpenAPI, made from the code, as JSON and YAML. No page that loads a viewer from elsewhere."""

from __future__ import annotations

from importlib import metadata

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, License, Schema, SecurityScheme
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

_TOLD = """What the agency's own people and programs can ask of their node.

Sign in with POST /api/session; programs send the token as `Authorization: Bearer TOKEN`. Browsers hold it in a cookie
and send `csrf` in the header X-Comity-Csrf with all that changes anything. Times are milliseconds since 1970 UTC by the
node's clock. Whatever is wrong is answered as {what, where, remedy}. The live channel is GET /api/live.
"""


class StrictStructs(OpenAPISchemaPlugin):
    """Says in the document of what refuses unknown fields that it does."""

    def __init__(self) -> None:
        self._plain = StructSchemaPlugin()

    @staticmethod
    def is_plugin_supported_type(value: object) -> bool:
        """Whether it is a struct that refuses unknown fields."""
        kind = isinstance(value, type) and issubclass(value, msgspec.Struct)
        return kind and bool(value.__struct_config__.forbid_unknown_fields)  # type: ignore[attr-defined]

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """Return the struct's schema, closed."""
        schema = self._plain.to_openapi_schema(field_definition, schema_creator)
        schema.additional_properties = False
        return schema


def document(name: str) -> OpenAPIConfig:
    """Return how the document is made and where it is served: /api/schema/openapi.json and openapi.yaml."""
    return OpenAPIConfig(
        title=f"Comity node {name}",
        version=metadata.version("comity"),
        description=_TOLD,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/api/schema",
        render_plugins=[JsonRenderPlugin(), YamlRenderPlugin()],
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"token": []}],
        use_handler_docstrings=True,
    )
