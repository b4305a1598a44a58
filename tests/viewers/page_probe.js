// Uses the page of `view` as a person would, and leaves what it finds in the attribute data-probe of the body.
"use strict";
{
  const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const text = (id) => byId(id).textContent;
  const found = { start: text("now"), result: text("result") };
  press("ArrowLeft");
  found.before = text("now");
  press("ArrowRight");
  press("2");
  found.looks = camera.position.clone().sub(controls.target).normalize().toArray();

  for (const shape of PAGE.shapes) if (shape.name !== "Ball") hidden.add(shape.path);
  draw();
  const box = renderer.domElement.getBoundingClientRect();
  const middle = new THREE.Vector3().project(camera);
  renderer.domElement.dispatchEvent(new PointerEvent("pointermove", {
    clientX: box.left + 0.5 * (1 + middle.x) * box.width, clientY: box.top + 0.5 * (1 - middle.y) * box.height, pointerType: "mouse",
  }));
  found.value = text("value");

  const isShown = (each) => each.getClientRects().length > 0;
  const controlled = [...document.querySelectorAll("button, input, canvas, img")].filter(isShown);
  const nameOf = (each) => each.alt || each.ariaLabel || each.textContent || [...(each.labels || [])].map((label) => label.textContent).join("");
  found.unnamed = controlled.filter((each) => !nameOf(each)).map((each) => each.outerHTML);
  const boxes = ["curve", "clock", "about", "legends"].map((id) => byId(id).getBoundingClientRect());
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  found.overlaps = boxes.flatMap((a, k) => boxes.slice(k + 1).filter((b) => meet(a, b))).length;
  found.isWide = document.documentElement.scrollWidth > innerWidth;
  found.width = innerWidth;
  document.body.dataset.probe = JSON.stringify(found);
}
