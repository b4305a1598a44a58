"""Materials with colours from a texture, for viewers that do not draw displayColor."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pxr import Usd


@dataclass(frozen=True)
class Look:
    """UsdPreviewSurface with the colour of a texture at the coordinates of a primvar."""

    path: str
    """Path of the material."""
    picture: str
    """Texture file, relative to the stage."""
    coordinates: str = "st"
    """Primvar of the texture coordinates, float2."""
    lit: bool = True
    """Whether it is lit; otherwise it is emissive, so that its colours match the legend."""
    opacity: float = 1.0

    def define(self, stage: Usd.Stage) -> None:
        """Defines the material if it does not exist."""
        from pxr import Gf, Sdf, UsdGeom, UsdShade

        if stage.GetPrimAtPath(self.path):
            return
        UsdGeom.Scope.Define(stage, self.path.rpartition("/")[0])
        types, material = Sdf.ValueTypeNames, UsdShade.Material.Define(stage, self.path)
        surface, texture, reader = (
            UsdShade.Shader.Define(stage, f"{self.path}/{name}") for name in ("Surface", "Picture", "Coordinates")
        )
        reader.CreateIdAttr("UsdPrimvarReader_float2")
        reader.CreateInput("varname", types.String).Set(self.coordinates)
        texture.CreateIdAttr("UsdUVTexture")
        texture.CreateInput("file", types.Asset).Set(Sdf.AssetPath(self.picture))
        texture.CreateInput("sourceColorSpace", types.Token).Set("sRGB")
        for wrap in ("wrapS", "wrapT"):
            texture.CreateInput(wrap, types.Token).Set("clamp")
        texture.CreateInput("st", types.Float2).ConnectToSource(reader.CreateOutput("result", types.Float2))
        colour = texture.CreateOutput("rgb", types.Float3)
        surface.CreateIdAttr("UsdPreviewSurface")
        surface.CreateInput("roughness", types.Float).Set(0.7)
        surface.CreateInput("opacity", types.Float).Set(self.opacity)
        surface.CreateInput("diffuseColor", types.Color3f).Set(Gf.Vec3f(0.0))
        shown = surface.CreateInput("diffuseColor" if self.lit else "emissiveColor", types.Color3f)
        shown.ConnectToSource(colour)
        material.CreateSurfaceOutput().ConnectToSource(surface.CreateOutput("surface", types.Token))

    def bind(self, prim: Usd.Prim) -> None:
        """Binds the look to a prim, overriding materials of the user's scene, also on subsets and ancestors."""
        from pxr import UsdGeom, UsdShade

        self.define(prim.GetStage())
        material, tokens = UsdShade.Material(prim.GetStage().GetPrimAtPath(self.path)), UsdShade.Tokens
        for each in (prim, *(child for child in prim.GetChildren() if child.IsA(UsdGeom.Subset))):
            api = UsdShade.MaterialBindingAPI.Apply(each)
            api.Bind(material)
            for purpose in (tokens.full, tokens.preview):
                if api.GetDirectBindingRel(purpose).HasAuthoredTargets():
                    api.Bind(material, tokens.fallbackStrength, purpose)
        above = prim.GetParent()
        while above and not above.IsPseudoRoot():
            for purpose in (tokens.allPurpose, tokens.full, tokens.preview):
                rel = UsdShade.MaterialBindingAPI(above).GetDirectBindingRel(purpose)
                if rel and UsdShade.MaterialBindingAPI.GetMaterialBindingStrength(rel) == tokens.strongerThanDescendants:
                    UsdShade.MaterialBindingAPI.SetMaterialBindingStrength(rel, tokens.weakerThanDescendants)
            above = above.GetParent()
