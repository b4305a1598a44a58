// Shows PAGE and DATA (data.js): triangles, lines and points with colours, at the times of the stage.
"use strict";

const bytes = Uint8Array.from(atob(DATA), (c) => c.charCodeAt(0)).buffer;
const canvas = document.getElementById("scene");
const gl = canvas.getContext("webgl2", { antialias: true, preserveDrawingBuffer: true });
const [low, high] = PAGE.bounds;
const centre = low.map((x, k) => 0.5 * (x + high[k]));
const radius = 0.5 * Math.hypot(...low.map((x, k) => high[k] - x)) || 1;
const eye = { turn: -0.5, lift: 0.35, distance: 2.1 * radius, target: [...centre] };
const hidden = new Set();
let frame = 0, playing = null;

// Light comes from the eye; the normal is that of the triangle itself, so that no arrays of normals are needed.
const program = link(
  `#version 300 es
  uniform mat4 view, projection; in vec3 position; in vec3 colour; out vec3 place, tint;
  void main() {
    vec4 seen = view * vec4(position, 1.0);
    place = seen.xyz; tint = colour; gl_PointSize = 4.0; gl_Position = projection * seen;
  }`,
  `#version 300 es
  precision highp float; uniform bool lit; uniform float opacity; in vec3 place, tint; out vec4 result;
  void main() {
    vec3 normal = normalize(cross(dFdx(place), dFdy(place)));
    float light = lit ? 0.45 + 0.55 * abs(dot(normal, normalize(place))) : 1.0;
    result = vec4(light * tint, opacity);
  }`);

function link(vertex, fragment) {
  const made = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader));
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  return made;
}

const arrays = new Map();
function arraysOf([positions, colours, indices, points, corners]) {
  const key = `${positions} ${colours} ${indices}`;
  if (!arrays.has(key)) {
    const made = gl.createVertexArray();
    gl.bindVertexArray(made);
    attribute("position", new Float32Array(bytes, positions, 3 * points), gl.FLOAT, false);
    attribute("colour", new Uint8Array(bytes, colours, 3 * points), gl.UNSIGNED_BYTE, true);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint32Array(bytes, indices, corners), gl.STATIC_DRAW);
    arrays.set(key, made);
  }
  return arrays.get(key);
}

function attribute(name, data, type, normalised) {
  const place = gl.getAttribLocation(program, name);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  gl.enableVertexAttribArray(place);
  gl.vertexAttribPointer(place, 3, type, normalised, 0, 0);
}

const minus = (a, b) => a.map((x, k) => x - b[k]);
const dot = (a, b) => a.reduce((sum, x, k) => sum + x * b[k], 0);
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a) => a.map((x) => x / Math.hypot(...a));

// Axes of the picture: to the right, up, and towards the eye.
function axes() {
  const up = PAGE.up === "Z" ? [0, 0, 1] : [0, 1, 0];
  const level = PAGE.up === "Z" ? [Math.sin(eye.turn), -Math.cos(eye.turn), 0] : [Math.sin(eye.turn), 0, Math.cos(eye.turn)];
  const back = level.map((x, k) => x * Math.cos(eye.lift) + up[k] * Math.sin(eye.lift));
  const right = unit(cross(up, back));
  return [right, cross(back, right), back];
}

function draw() {
  canvas.width = canvas.clientWidth * devicePixelRatio;
  canvas.height = canvas.clientHeight * devicePixelRatio;
  gl.viewport(0, 0, canvas.width, canvas.height);
  gl.clearColor(0.957, 0.961, 0.969, 1);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  gl.enable(gl.DEPTH_TEST);
  gl.useProgram(program);
  const [right, up, back] = axes(), place = eye.target.map((x, k) => x + eye.distance * back[k]);
  const view = [0, 1, 2].flatMap((k) => [right[k], up[k], back[k], 0]).concat(-dot(right, place), -dot(up, place), -dot(back, place), 1);
  const near = 0.01 * eye.distance, far = eye.distance + 4 * radius, f = 2.2;
  const projection = [f * canvas.height / canvas.width, 0, 0, 0, 0, f, 0, 0, 0, 0, (far + near) / (near - far), -1, 0, 0, 2 * far * near / (near - far), 0];
  gl.uniformMatrix4fv(gl.getUniformLocation(program, "view"), false, view);
  gl.uniformMatrix4fv(gl.getUniformLocation(program, "projection"), false, projection);
  let corners = 0;
  // What one sees through comes last, and hides nothing.
  const solid = PAGE.shapes.filter((shape) => !shape.clear), clear = PAGE.shapes.filter((shape) => shape.clear);
  gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
  for (const shape of [...solid, ...clear]) {
    const piece = shape.frames[frame];
    if (!piece || hidden.has(shape.path)) continue;
    gl.bindVertexArray(arraysOf(piece));
    shape.clear ? gl.enable(gl.BLEND) : gl.disable(gl.BLEND);
    gl.depthMask(!shape.clear);
    gl.uniform1f(gl.getUniformLocation(program, "opacity"), shape.clear ? 0.4 : 1.0);
    gl.uniform1i(gl.getUniformLocation(program, "lit"), shape.corners === 3 && !shape.path.startsWith("/Results/Slices"));
    gl.drawElements([gl.POINTS, gl.LINES, gl.TRIANGLES][shape.corners - 1], piece[4], gl.UNSIGNED_INT, 0);
    corners += piece[4];
  }
  gl.depthMask(true);
  const error = gl.getError();
  document.body.dataset.frame = frame;
  document.body.dataset.corners = error ? `WebGL error ${error}` : corners;
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
  canvas.onpointermove = (event) => {
    if (!event.buttons) return;
    if (event.buttons === 1 && !event.shiftKey) {
      eye.turn -= 0.006 * event.movementX;
      eye.lift = Math.max(-1.5, Math.min(1.5, eye.lift + 0.006 * event.movementY));
    } else {
      const [right, up] = axes(), step = 0.0015 * eye.distance;
      eye.target = eye.target.map((x, k) => x - step * (event.movementX * right[k] - event.movementY * up[k]));
    }
    draw();
  };
  canvas.oncontextmenu = (event) => event.preventDefault();
  canvas.onwheel = (event) => { event.preventDefault(); eye.distance *= Math.exp(0.001 * event.deltaY); draw(); };
  window.onresize = draw;
  // index.html#3 opens at the fourth time; index.html#play plays.
  const wanted = location.hash.slice(1);
  show(Math.min(Number(wanted) || 0, PAGE.times.length - 1));
  if (wanted === "play") play.click();
}

setUp();
