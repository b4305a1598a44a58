// Shows PAGE and DATA (data.js) by three.js: triangles, lines and points with colours, and copies, at the times of the stage.
"use strict";

const TRIANGLES = 3, LINES = 2;
const data = Uint8Array.from(atob(DATA), (c) => c.charCodeAt(0)).buffer;
const [low, high] = PAGE.bounds.map((corner) => new THREE.Vector3(...corner));
const radius = 0.5 * low.distanceTo(high) || 1;
const hidden = new Set(), made = new Map();
let frame = 0, playing = null;

// Colours come as they are to be seen, and stay so: those of a slice are those of its legend.
THREE.ColorManagement.enabled = false;
const renderer = new THREE.WebGLRenderer({
  canvas: document.getElementById("scene"), antialias: true, preserveDrawingBuffer: true,
});
renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
renderer.setPixelRatio(devicePixelRatio);
const scene = new THREE.Scene(), camera = new THREE.PerspectiveCamera(), shown = new THREE.Scene();
scene.background = new THREE.Color(0.957, 0.961, 0.969);
camera.up.set(0, PAGE.up === "Z" ? 0 : 1, PAGE.up === "Z" ? 1 : 0);
// Light comes from the eye.
const lamp = new THREE.DirectionalLight(0xffffff, 0.55 * Math.PI);
lamp.position.set(0, 0, 1);
camera.add(lamp);
scene.add(camera, shown, new THREE.AmbientLight(0xffffff, 0.45 * Math.PI));
const controls = new THREE.OrbitControls(camera, renderer.domElement);
controls.addEventListener("change", draw);

function look() {
  const view = PAGE.view, up = PAGE.up === "Z" ? [-0.35, -1, 0.45] : [-0.35, 0.45, 1];
  controls.target.copy(view ? new THREE.Vector3(...view.target) : low.clone().add(high).multiplyScalar(0.5));
  if (view) camera.position.set(...view.place);
  else camera.position.set(...up).setLength(2.5 * radius).add(controls.target);
}

function resize() {
  const { clientWidth: width, clientHeight: height } = renderer.domElement;
  renderer.setSize(width, height, false);
  camera.aspect = width / height;
  // The stage's picture is seen whole, in windows of another shape too.
  const half = Math.tan((PAGE.view ? PAGE.view.angle : 50) * Math.PI / 360) / (PAGE.view ? PAGE.view.aspect : 1.5);
  camera.fov = 360 / Math.PI * Math.atan(half * Math.max(1, (PAGE.view ? PAGE.view.aspect : 1.5) / camera.aspect));
  camera.updateProjectionMatrix();
  draw();
}

const floats = (start, count) => new Float32Array(data, start, count);
const colours = (start, count) => new Uint8Array(data, start, 3 * count);

// What a shape is at a time, as an object of three.js; arrays that are met again are drawn from the same one.
function objectOf(shape, piece) {
  const key = [shape.path, piece.positions, piece.colours, piece.indices, piece.matrices, piece.tints].join();
  if (!made.has(key)) made.set(key, shape.kind === TRIANGLES ? surface(shape, piece) : shape.kind === LINES ? lines(piece) : balls(piece));
  return made.get(key);
}

function surface(shape, piece) {
  const geometry = new THREE.BufferGeometry(), flat = shape.group === "Slices";
  geometry.setAttribute("position", new THREE.BufferAttribute(floats(piece.positions, 3 * piece.points), 3));
  geometry.setAttribute("color", new THREE.BufferAttribute(colours(piece.colours, piece.points), 3, true));
  geometry.setIndex(new THREE.BufferAttribute(new Uint32Array(data, piece.indices, piece.corners), 1));
  const clear = shape.opacity < 1;
  const options = { vertexColors: true, side: THREE.DoubleSide, transparent: clear, opacity: shape.opacity, depthWrite: !clear };
  // Faces are flat: the stage's normals are no part of the page.
  const material = flat ? new THREE.MeshBasicMaterial(options) : new THREE.MeshLambertMaterial({ ...options, flatShading: true });
  if (!piece.copies) return new THREE.Mesh(geometry, material);
  const copies = new THREE.InstancedMesh(geometry, material, piece.copies);
  copies.instanceMatrix.array.set(floats(piece.matrices, 16 * piece.copies));
  copies.instanceColor = new THREE.InstancedBufferAttribute(colours(piece.tints, piece.copies), 3, true);
  return copies;
}

function lines(piece) {
  const geometry = new THREE.LineSegmentsGeometry(), corners = new Uint32Array(data, piece.indices, piece.corners);
  const points = floats(piece.positions, 3 * piece.points), tints = colours(piece.colours, piece.points);
  const along = (values, share) => Float32Array.from({ length: 3 * corners.length }, (_, k) =>
    share * values[3 * corners[Math.floor(k / 3)] + k % 3]);
  geometry.setPositions(along(points, 1));
  geometry.setColors(along(tints, 1 / 255));
  return new THREE.LineSegments2(geometry, new THREE.LineMaterial({
    vertexColors: true, worldUnits: true, linewidth: piece.width || radius / 300,
  }));
}

function balls(piece) {
  const ball = new THREE.IcosahedronGeometry(0.5 * (piece.width || radius / 100), 1);
  const points = floats(piece.positions, 3 * piece.points), at = new THREE.Matrix4();
  const all = new THREE.InstancedMesh(ball, new THREE.MeshLambertMaterial(), piece.points);
  for (let k = 0; k < piece.points; k++) all.setMatrixAt(k, at.makeTranslation(...points.subarray(3 * k, 3 * k + 3)));
  all.instanceColor = new THREE.InstancedBufferAttribute(colours(piece.colours, piece.points), 3, true);
  return all;
}

function draw() {
  shown.clear();
  let copies = 0;
  for (const shape of PAGE.shapes) {
    const piece = shape.frames[frame];
    if (!piece || hidden.has(shape.path)) continue;
    const object = objectOf(shape, piece);
    object.frustumCulled = false;
    copies += object.isInstancedMesh ? object.count : 0;
    shown.add(object);
  }
  const distance = camera.position.distanceTo(controls.target);
  camera.near = 0.01 * distance;
  camera.far = distance + 6 * radius;
  camera.updateProjectionMatrix();
  renderer.render(scene, camera);
  const error = renderer.getContext().getError();
  Object.assign(document.body.dataset, { frame, copies, triangles: error ? `WebGL error ${error}` : renderer.info.render.triangles });
}

function plot() {
  const panel = document.getElementById("plot"), points = PAGE.history;
  panel.hidden = points.length < 2;
  if (panel.hidden) return;
  const pen = panel.getContext("2d"), [w, h, edge] = [panel.width, panel.height, 70];
  const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
  const span = (v) => [Math.min(...v), Math.max(...v)];
  const [[x0, x1], [y0, y1]] = [span(xs), span(ys)];
  const at = (x, y) => [edge + (w - 1.5 * edge) * (x - x0) / (x1 - x0 || 1), h - edge - (h - 1.6 * edge) * (y - y0) / (y1 - y0 || 1)];
  pen.clearRect(0, 0, w, h);
  pen.font = "24px system-ui";
  pen.fillText("drag coefficient", edge, 28);
  for (const y of [y0, y1]) pen.fillText(y.toFixed(3), 4, at(x0, y)[1] + 8);
  for (const x of [x0, x1]) pen.fillText(x, at(x, y0)[0] - 6, h - 30);
  pen.fillText("iteration", 0.45 * w, h - 8);
  pen.strokeStyle = "#2a6f97"; pen.lineWidth = 4; pen.beginPath();
  points.forEach((p) => pen.lineTo(...at(...p)));
  pen.stroke();
  const now = points.find((p) => p[0] === PAGE.times[frame]);
  if (now) { pen.fillStyle = "#d1495b"; pen.beginPath(); pen.arc(...at(...now), 9, 0, 7); pen.fill(); pen.fillStyle = "#222"; }
}

function show(number) {
  frame = number;
  document.getElementById("time").value = frame;
  document.getElementById("now").textContent = PAGE.times[frame] === null ? "" : `time ${PAGE.times[frame]}`;
  draw();
  plot();
}

function setUp() {
  document.title = document.querySelector("#shown h1").textContent = PAGE.title;
  for (const shape of PAGE.shapes) {
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    box.checked = true;
    box.onchange = () => { box.checked ? hidden.delete(shape.path) : hidden.add(shape.path); draw(); };
    label.append(box, " " + shape.path);
    document.getElementById("shown").append(label);
  }
  for (const name of PAGE.legends) {
    const picture = document.createElement("img");
    picture.src = name;
    document.getElementById("legends").append(picture);
  }
  document.getElementById("legends").hidden = !PAGE.legends.length;
  document.getElementById("clock").hidden = PAGE.times.length < 2;
  const time = document.getElementById("time"), play = document.getElementById("play");
  time.max = PAGE.times.length - 1;
  time.oninput = () => show(Number(time.value));
  play.onclick = () => {
    play.textContent = playing ? "Play" : "Pause";
    playing = playing ? clearInterval(playing) : setInterval(() => show((frame + 1) % PAGE.times.length), 250);
  };
  window.onresize = resize;
  // index.html#3 opens at the fourth time; index.html#play plays.
  const wanted = location.hash.slice(1);
  look();
  controls.update();
  resize();
  show(Math.min(Number(wanted) || 0, PAGE.times.length - 1));
  if (wanted === "play") play.click();
}

setUp();
