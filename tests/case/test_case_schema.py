"""The schemas that USD shows are those that cases are read by."""

import json
import os
import subprocess
import sys

from sparselbm.case.parts import PARTS, SIDES
from sparselbm.case.schema import generated_schema, plug_info
from sparselbm.scene.usd.plugin import SCHEMA_FOLDER

LOOK = """
import json, sys
from pxr import Usd
registry, found = Usd.SchemaRegistry(), {}
for name, instance in json.loads(sys.argv[1]):
    known = registry.FindAppliedAPIPrimDefinition(name)
    found[name] = {"": known.GetDocumentation()}
    for each in known.GetPropertyNames():
        look = known.GetAttributeDefinition(each)
        value = look.GetFallbackValue()
        value = list(value) if hasattr(value, "__len__") and not isinstance(value, str) else value
        allowed = list(look.GetMetadata("allowedTokens") or ())
        found[name][each] = [str(look.GetTypeName()), value, allowed, look.GetDocumentation()]
    found[name]["allowed"] = [Usd.SchemaRegistry.IsAllowedAPISchemaInstanceName(name, each) for each in ("xMin", "inflow")]
print(json.dumps(found))
"""


def test_the_files_of_the_package_are_those_of_the_parts():
    remedy = "run python -m sparselbm.case.schema"
    assert (SCHEMA_FOLDER / "generatedSchema.usda").read_text() == generated_schema(), remedy
    assert (SCHEMA_FOLDER / "plugInfo.json").read_text() == plug_info(), remedy


def test_usd_shows_every_fallback_allowed_token_and_doc():
    """usdview and Omniverse read it by the plugin's folder alone, without this package."""
    names = json.dumps([(part.schema(), part.is_multiple()) for part in PARTS])
    environment = {**os.environ, "PXR_PLUGINPATH_NAME": str(SCHEMA_FOLDER)}
    said = subprocess.run([sys.executable, "-c", LOOK, names], env=environment, capture_output=True, text=True, check=True)
    found = json.loads(said.stdout)
    for part in PARTS:
        shown = found[part.schema()]
        assert " ".join(part.__doc__.split()) == shown.pop("")
        allowed = shown.pop("allowed")
        head = f"sparselbm:{part.space}:" + ("__INSTANCE_NAME__:" if part.is_multiple() else "")
        expected = {
            head + name: [
                each.kind.usd,
                list(each.default) if isinstance(each.default, tuple) else each.default,
                list(each.allowed),
                each.text,
            ]
            for name, each in part.entries().items()
            if not each.composed
        }
        assert shown == expected
        if part.instances == SIDES:
            assert allowed == [True, False]

