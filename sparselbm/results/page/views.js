// Where the camera stands: standard views, and a triad that shows the axes from there.
"use strict";

const MARGIN = 1.12, FIELD_OF_VIEW = 30;
const AXES = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };
const up = new THREE.Vector3(...(PAGE.up === "Z" ? AXES.z : AXES.y));

// Direction of the stream in the horizontal plane: x for a vertical stream.
const along = new THREE.Vector3(...PAGE.along).projectOnPlane(up);
if (along.length() < 1e-6) along.set(...AXES.x);
along.normalize();
const aside = along.clone().cross(up);
const oblique = along.clone().multiplyScalar(-0.35).addScaledVector(up, 0.45).add(aside);

// Directions from the scene to the camera, by key.
const VIEWS = [
  { key: "1", name: "Front", title: "Along the stream", from: along.clone().negate() },
  { key: "2", name: "Side", title: "Stream from left to right", from: aside },
  { key: "3", name: "Top", title: "From above", from: up },
  { key: "4", name: "Isometric", title: "All axes equally long", from: aside.clone().add(up).sub(along) },
];

const everything = PAGE.bounds.map((corner) => new THREE.Vector3(...corner));

// The body, and the flow around it as far as three of its sizes.
function aroundBody() {
  if (!PAGE.body) return everything;
  const [low, high] = PAGE.body.map((corner) => new THREE.Vector3(...corner));
  const room = 0.4 * low.distanceTo(high);
  low.addScalar(-room).max(everything[0]);
  high.addScalar(room).addScaledVector(along, 2 * room).min(everything[1]);
  return [low, high];
}

// Distance from the middle of a box at which a camera in this direction sees all of it.
function distanceTo(box, from, aspect) {
  const middle = box[0].clone().add(box[1]).multiplyScalar(0.5), half = Math.tan(FIELD_OF_VIEW * Math.PI / 360);
  let right = up.clone().cross(from);
  right = right.length() < 1e-6 ? new THREE.Vector3(...AXES.x) : right.normalize();
  const above = from.clone().cross(right);
  let distance = 0;
  for (let k = 0; k < 8; k++) {
    const corner = new THREE.Vector3(box[k & 1].x, box[k >> 1 & 1].y, box[k >> 2].z).sub(middle);
    const wide = Math.abs(corner.dot(right)) / (half * aspect), tall = Math.abs(corner.dot(above)) / half;
    distance = Math.max(distance, corner.dot(from) + MARGIN * Math.max(wide, tall));
  }
  return [middle, distance];
}

// Places the camera so that a box is seen whole from a direction.
function aim(camera, controls, box, direction) {
  const from = direction.clone().normalize(), [middle, distance] = distanceTo(box, from, camera.aspect);
  controls.target.copy(middle);
  camera.position.copy(middle).addScaledVector(from, distance || 1);
  controls.update();
}

// Draws the axes as they lie on the screen, the nearest last.
function drawTriad(camera) {
  const ends = Object.entries(AXES).map(([name, axis]) => ({ name, at: new THREE.Vector3(...axis).transformDirection(camera.matrixWorldInverse) }));
  ends.sort((a, b) => a.at.z - b.at.z);
  const colour = { x: "#c8323c", y: "#2f8f46", z: "#3b6fd4" };
  document.getElementById("triad").innerHTML = ends.map(({ name, at }) => {
    const [x, y] = [32 * at.x, -32 * at.y];
    return `<line x1="0" y1="0" x2="${x}" y2="${y}" stroke="${colour[name]}" stroke-width="4" stroke-linecap="round"/>` +
      `<text x="${1.32 * x}" y="${1.32 * y}" fill="currentColor" text-anchor="middle" dominant-baseline="central">${name}</text>`;
  }).join("");
}
