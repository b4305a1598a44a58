"""Effect of the sides of a tunnel on the drag of a body in it."""

BLOCKAGE_DOUBTED_ABOVE = 0.03
"""Area of the silhouette relative to the cross-section, above which the effect of the sides is a doubt."""


def blockage_effect(
    drag_area: float, volume: float, span: float, height: float, *, spans: bool
) -> tuple[float, float]:
    """Lower and upper estimate of the excess of the drag over that in unbounded flow, C_d / C_d,free - 1.

    Lower: (1 + e)^2 - 1 with e = 0.65 V / (h^2 b) + C_d S / (4 C), the relative increase of the velocity past the body by its
    volume V [m^3] and by its wake, `drag_area` = C_d S [m^2], for attached flow. Upper: theta C_d S / C for a separated wake,
    theta = 5/2, or 0.96 for a body that `spans` the tunnel. The cross-section C has the sides b = `span` along which the body
    reaches from side to side, or the longer one for a compact body, and h = `height` [m].

    A sphere at Re 100 in the default box (10 cells across, interpolated wall): 10 %, between 4 and 15 %. A cylinder at Re 100
    with blockage 1/40: 2.3 %, between 1.8 and 3.3 % (docs/explanation/validation.md).

    Sources: Young & Squire, Aeronautical Research Council R&M 1984 (1945), for the volume (0.68 for elongated bodies of
    revolution, 0.62 for wings from side to side, 0.65 within 10 % for both); Barlow, Rae & Pope, Low-Speed Wind Tunnel Testing
    (1999), chapter 10, for the wake; Maskell, Aeronautical Research Council R&M 3400 (1963), for theta: a little above 5/2 for
    compact bodies, a little below 1 in two dimensions, where 0.96 is in use for circular cylinders.
    """
    wake = drag_area / (span * height)
    attached = (1.0 + 0.65 * volume / (height**2 * span) + 0.25 * wake) ** 2 - 1.0
    return attached, max(attached, (0.96 if spans else 2.5) * wake)
