// The value under the cursor: fields of the nearest shape there, with units.
"use strict";

const LINE_REACH = 6;  // Distance in pixels at which a line is met.

const digits = (value) => Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace("-", "\u2212") : "no value";

// Nearest of the shown objects under a point of the screen, as {object, distance, at}; `at` is a function of an array of values.
function nearest(objects, camera, canvas, x, y) {
  const box = canvas.getBoundingClientRect();
  const place = new THREE.Vector3(2 * (x - box.left) / box.width - 1, 1 - 2 * (y - box.top) / box.height, 0.5);
  const ray = { origin: camera.position, direction: place.clone().unproject(camera).sub(camera.position).normalize(), intersectsSphere: () => true };
  const found = [];
  for (const object of objects) {
    if (object.isLineSegments2) found.push(...onLine(object, camera, box, place));
    else found.push(...onMesh(object, ray));
  }
  // A wall that is seen through is met only where there is nothing else.
  const rank = (hit) => hit.distance + (hit.object.userData.shape.encloses ? 1e9 : 0);
  return found.reduce((best, each) => !best || rank(each) < rank(best) ? each : best, null);
}

function onMesh(object, ray) {
  const hits = [];
  object.raycast({ ray, near: 0, far: Infinity }, hits);
  return hits.map(({ distance, point, face, barycoord, instanceId }) => ({
    object, distance, point,
    at: (values) => instanceId !== undefined ? values[instanceId] :
      values[face.a] * barycoord.x + values[face.b] * barycoord.y + values[face.c] * barycoord.z,
  }));
}

function onLine(object, camera, box, place) {
  const points = object.userData.points, point = new THREE.Vector3();
  let best = -1, least = LINE_REACH;
  for (let k = 0; k < points.length / 3; k++) {
    point.fromArray(points, 3 * k).project(camera);
    const away = Math.hypot(0.5 * box.width * (point.x - place.x), 0.5 * box.height * (point.y - place.y));
    if (away < least && Math.abs(point.z) < 1) [best, least] = [k, away];
  }
  if (best < 0) return [];
  point.fromArray(points, 3 * best);
  return [{ object, point, distance: point.distanceTo(camera.position), at: (values) => values[best] }];
}

// The text: name of the shape, its fields there, and the place.
function textOf(hit) {
  const { shape, fields } = hit.object.userData;
  const values = Object.entries(fields).map(([name, array]) => {
    const [words, unit] = PAGE.labels[name], value = hit.at(array);
    return `${words} ${digits(value)}${Number.isFinite(value) && unit ? " " + unit : ""}`;
  });
  const [x, y, z] = hit.point.toArray().map((each) => digits(Number(each.toFixed(4))));
  return `${[...values, `x ${x} m, y ${y} m, z ${z} m`].join(", ")} (${shape.name})`;
}
