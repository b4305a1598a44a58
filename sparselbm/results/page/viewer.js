// Shows PAGE and DATA (data.js) by three.js: triangles, lines and points with colours, and copies, at the times of the stage.
"use strict";

const TRIANGLES = 3, LINES = 2;
const data = Uint8Array.from(atob(DATA), (c) => c.charCodeAt(0)).buffer;
const radius = 0.5 * everything[0].distanceTo(everything[1]) || 1;
const hidden = new Set(), made = new Map(), byId = (id) => document.getElementById(id);
const moments = PAGE.moments, dark = matchMedia("(prefers-color-scheme: dark)");
let frame = 0, playing = null, seen = aroundBody(), hasMoved = false;

// Colours come as they are to be seen, and stay so: those of a slice are those of its legend.
THREE.ColorManagement.enabled = false;
const renderer = new THREE.WebGLRenderer({
  canvas: byId("scene"), antialias: true, preserveDrawingBuffer: true,
});
renderer.outputColorSpace = THREE.LinearSRGBColorSpace;
renderer.setPixelRatio(devicePixelRatio);
const scene = new THREE.Scene(), camera = new THREE.PerspectiveCamera(FIELD_OF_VIEW), shown = new THREE.Scene();
camera.up.copy(up);
// Light comes from the eye.
const lamp = new THREE.DirectionalLight(0xffffff, 0.55 * Math.PI);
lamp.position.set(0, 0, 1);
camera.add(lamp);
scene.add(camera, shown, new THREE.AmbientLight(0xffffff, 0.45 * Math.PI));
const controls = new THREE.OrbitControls(camera, renderer.domElement);
controls.addEventListener("change", draw);

controls.addEventListener("start", () => { hasMoved = true; });

function resize() {
  const { clientWidth: width, clientHeight: height } = renderer.domElement;
  renderer.setSize(width, height, false);
  camera.aspect = width / height;
  camera.updateProjectionMatrix();
  if (!hasMoved) look(opening());
  draw();
  plot();
}

// The direction of the stage's own camera.
function opening() {
  return PAGE.view ? new THREE.Vector3(...PAGE.view.place).sub(new THREE.Vector3(...PAGE.view.target)) : oblique;
}

function look(direction) {
  aim(camera, controls, seen, direction);
}

function frameBox(box) {
  seen = box;
  look(camera.position.clone().sub(controls.target));
}

const floats = (start, count) => new Float32Array(data, start, count);
const colours = (start, count) => new Uint8Array(data, start, 3 * count);

// What a shape is at a time, as an object of three.js; arrays that are met again are drawn from the same one.
function objectOf(shape, piece) {
  const key = [shape.path, piece.positions, piece.colours, piece.indices, piece.matrices, piece.tints].join();
  if (!made.has(key)) made.set(key, shape.kind === TRIANGLES ? surface(shape, piece) : shape.kind === LINES ? lines(piece) : balls(piece));
  const object = made.get(key), count = piece.copies || piece.points;
  const fields = Object.fromEntries(Object.entries(piece.fields).map(([name, start]) => [name, floats(start, count)]));
  object.userData = { shape, fields, points: floats(piece.positions, 3 * piece.points) };
  return object;
}

function surface(shape, piece) {
  const geometry = new THREE.BufferGeometry(), flat = shape.group === "Slices";
  geometry.setAttribute("position", new THREE.BufferAttribute(floats(piece.positions, 3 * piece.points), 3));
  geometry.setAttribute("color", new THREE.BufferAttribute(colours(piece.colours, piece.points), 3, true));
  geometry.setIndex(new THREE.BufferAttribute(new Uint32Array(data, piece.indices, piece.corners), 1));
  // Walls around the flow are seen through.
  const opacity = Math.min(shape.opacity, shape.encloses ? 0.25 : 1), clear = opacity < 1;
  const options = { vertexColors: true, side: THREE.DoubleSide, transparent: clear, opacity, depthWrite: !clear };
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
  scene.background = new THREE.Color(themed("--scene"));
  renderer.render(scene, camera);
  drawTriad(camera);
  const error = renderer.getContext().getError();
  Object.assign(document.body.dataset, { frame, copies, triangles: error ? `WebGL error ${error}` : renderer.info.render.triangles });
}

const themed = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Plots the result over iterations or time, and marks the moment that is shown.
function plot() {
  if (byId("curve").hidden) return;
  const panel = byId("plot"), { points, label, across } = PAGE.curve, scale = devicePixelRatio;
  const { clientWidth: w, clientHeight: h } = panel, pen = panel.getContext("2d");
  [panel.width, panel.height] = [w * scale, h * scale];
  pen.scale(scale, scale);
  pen.font = "12px system-ui, sans-serif";
  const [[x0, x1], [y0, y1]] = [0, 1].map((k) => [Math.min(...points.map((p) => p[k])), Math.max(...points.map((p) => p[k]))]);
  const width = (value) => pen.measureText(digits(value)).width;
  const [left, right, top, bottom] = [12 + Math.max(width(y0), width(y1)), 6 + 0.5 * width(x1), 26, 38];
  const at = ([x, y]) => [left + (w - left - right) * (x - x0) / (x1 - x0 || 1), h - bottom - (h - top - bottom) * (y - y0) / (y1 - y0 || 1)];
  const write = (text, x, y, align) => { pen.textAlign = align; pen.fillText(text, x, y); };
  pen.fillStyle = themed("--text");
  write(label, left, 12, "left");
  for (const y of new Set([y0, y1])) write(digits(y), left - 8, at([x0, y])[1] + 4, "right");
  for (const x of new Set([x0, x1])) write(digits(x), at([x, y0])[0], h - bottom + 16, "center");
  write(across, 0.5 * (left + w - right), h - 6, "center");
  pen.strokeStyle = themed("--edge"); pen.lineWidth = 1;
  pen.strokeRect(left, top, w - left - right, h - top - bottom);
  pen.strokeStyle = themed("--line"); pen.lineWidth = 2; pen.beginPath();
  points.forEach((p) => pen.lineTo(...at(p)));
  pen.stroke();
  const now = moments[frame].place;
  if (now) { pen.fillStyle = themed("--mark"); pen.beginPath(); pen.arc(...at(now), 5, 0, 7); pen.fill(); }
  panel.setAttribute("aria-label", `${label} over ${across}, from ${digits(points[0][1])} to ${digits(points.at(-1)[1])}`);
}

function show(number) {
  frame = (number + moments.length) % moments.length;
  byId("time").value = frame;
  byId("time").setAttribute("aria-valuetext", moments[frame].time);
  byId("now").textContent = moments[frame].time;
  byId("result").textContent = [moments[frame].time, moments[frame].result].filter(Boolean).join(": ");
  byId("value").textContent = "";
  draw();
  plot();
}

function play() {
  playing = playing ? clearInterval(playing) : setInterval(() => show(frame + 1), 250);
  byId("play").textContent = playing ? "Pause" : "Play";
}

function point(event) {
  if (event.pointerType === "mouse" && event.buttons) return;
  const hit = nearest(shown.children, camera, renderer.domElement, event.clientX, event.clientY);
  byId("value").textContent = hit ? textOf(hit) : "";
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const choice = choices.find((each) => each.key === event.key), kind = event.target.tagName;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (choice) choice.act();
  else if (step && event.target.type !== "range" && moments.length > 1) show(frame + step);
  else if (event.key === " " && kind !== "BUTTON" && kind !== "INPUT" && moments.length > 1) play();
  else return;
  event.preventDefault();
}

function addSwitches() {
  for (const shape of PAGE.shapes) {
    const label = document.createElement("label"), box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !hidden.has(shape.path);
    box.onchange = () => { box.checked ? hidden.delete(shape.path) : hidden.add(shape.path); draw(); };
    label.title = shape.path;
    label.append(box, " " + shape.name);
    byId("shapes").append(label);
  }
}

// Standard views, and what they show: the body or everything.
const choices = [
  ...VIEWS.map(({ from, ...view }) => ({ ...view, act: () => look(from) })),
  ...(PAGE.body ? [{ key: "5", name: "Body", title: "The body and the flow near it", act: () => frameBox(aroundBody()) }] : []),
  { key: "0", name: "Everything", title: "All shapes", act: () => frameBox(everything) },
];

function addViews() {
  for (const { key, name, title, act } of choices) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: name, title: `${title} (key ${key})`, onclick: act });
    byId("views").append(button);
  }
  const time = moments.length > 1 ? "\u2190 \u2192 time, space play, " : "";
  byId("keys").textContent = `Keys: ${time}${choices.map(({ key, name }) => `${key} ${name.toLowerCase()}`).join(", ")}.`;
}

function addLegends() {
  for (const { name, picture } of PAGE.legends) {
    const image = document.createElement("img");
    Object.assign(image, { src: `data:image/png;base64,${picture}`, alt: `Colour bar of ${name}` });
    byId("legends").append(image);
  }
  byId("legends").hidden = !PAGE.legends.length;
}

// A page of a run that is still going on: loaded again when its data change, with the view it had.
const kept = PAGE.follow && sessionStorage.getItem("view");

async function follow() {
  const tag = async () => (await fetch("data.js", { method: "HEAD", cache: "no-store" })).headers.get("Last-Modified");
  const first = await tag();
  setInterval(async () => {
    const now = await tag().catch(() => first);
    if (now === first) return;
    const view = { place: camera.position.toArray(), target: controls.target.toArray(), hidden: [...hidden] };
    sessionStorage.setItem("view", JSON.stringify({ ...view, hasMoved, frame: frame === PAGE.start ? null : frame }));
    location.reload();
  }, 2000);
}

// Restores the view before the page was loaded again; returns the number of the moment that was shown, null for the newest.
function restored() {
  if (!kept) return null;
  const state = JSON.parse(kept);
  sessionStorage.removeItem("view");
  for (const path of state.hidden) hidden.add(path);
  hasMoved = state.hasMoved;
  if (hasMoved) {
    camera.position.fromArray(state.place);
    controls.target.fromArray(state.target);
    controls.update();
  }
  return state.frame;
}

function setUp() {
  const before = restored();
  document.title = document.querySelector("h1").textContent = PAGE.title;
  byId("headline").textContent = PAGE.headline;
  addSwitches();
  addViews();
  addLegends();
  byId("curve").hidden = !PAGE.curve || PAGE.curve.points.length < 2;
  byId("clock").hidden = moments.length < 2;
  byId("clock").classList.toggle("wide", byId("curve").hidden);
  const time = byId("time");
  time.max = moments.length - 1;
  time.oninput = () => show(Number(time.value));
  byId("play").onclick = play;
  window.onresize = resize;
  window.onkeydown = press;
  renderer.domElement.onpointermove = renderer.domElement.onpointerdown = point;
  renderer.domElement.onpointerleave = () => { byId("value").textContent = ""; };
  dark.onchange = resize;
  // index.html#3 opens at the fourth time; index.html#play plays.
  const wanted = location.hash.slice(1), number = parseInt(wanted);
  resize();
  show(number >= 0 ? Math.min(number, moments.length - 1) : before ?? PAGE.start);
  if (wanted === "play") play();
  if (PAGE.follow && location.protocol !== "file:") follow();
}

setUp();
