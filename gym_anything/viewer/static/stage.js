"use strict";
// The stage: a screen, and over it the action that is done there. Marks come from the library
// (gym_anything/report/marks.py): rings and arrows in screen pixels, sizes in pixels of the page.

const WINGS = Math.PI / 6; // angle of an arrow's head
const HEAD_PX = 14;
const MOST_TEXT = 160; // characters of a typed text that are shown over the screen
const SILENT = new Set(["click", "move", "scroll", "drag", "mouse_down", "mouse_up"]);

/** A stage for one episode: its `node`, and `show(position)`. */
function makeStage(detail) {
  const picture = make("img", { alt: "", draggable: "false" });
  const marks = draw("svg", { class: "marks", "aria-hidden": "true" });
  const caption = make("div", { class: "caption", "aria-hidden": "true" });
  const blank = make("p", { class: "blank", hidden: true }, "no screen was kept here");
  const screen = make("div", { class: "screen" }, picture, marks);
  const node = make("figure", { class: "stage" },
    make("div", { class: "scroll" }, screen), caption, blank);
  let step = null;
  const redraw = () => drawMarks(marks, picture, step);
  picture.addEventListener("load", redraw);
  new ResizeObserver(redraw).observe(picture);
  screen.addEventListener("click", () => node.classList.toggle("whole"));

  function show(position) {
    step = detail.steps[position] ?? null;
    const frame = step === null ? detail.last_frame : step.frame;
    blank.hidden = frame !== null;
    screen.hidden = frame === null;
    if (frame !== null) {
      const address = frameAddress(detail.key, frame);
      if (picture.getAttribute("src") !== address) picture.src = address;
      picture.alt = step === null ? "The screen at the end" : `The screen before ${step.action}`;
    }
    redraw();
    caption.replaceChildren(...captionOf(step, detail));
    caption.hidden = caption.childNodes.length === 0;
    preload(position + 1);
  }

  function preload(position) {
    const next = detail.steps[position] ?? null;
    const frame = next === null ? detail.last_frame : next.frame;
    if (frame !== null && position <= detail.steps.length) {
      new Image().src = frameAddress(detail.key, frame);
    }
  }

  return { node, show, zoom: () => node.classList.toggle("whole"), ready: () => picture.decode() };
}

function drawMarks(svg, picture, step) {
  svg.replaceChildren();
  const [width, height] = [picture.naturalWidth, picture.naturalHeight];
  if (step === null || !width || !picture.clientWidth) return;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const scale = picture.clientWidth / width; // page pixels of a screen pixel
  for (const mark of step.marks) {
    const shape = mark.at ? ring(mark, scale) : arrow(mark, scale);
    svg.append(halo(shape.cloneNode()), shape);
  }
}

function halo(shape) {
  shape.setAttribute("class", "halo");
  return shape;
}

function ring(mark, scale) {
  const [cx, cy] = mark.at.map((part) => part + 0.5);
  return draw("circle", { cx, cy, r: mark.radius / scale, stroke: mark.colour });
}

function arrow(mark, scale) {
  const [x, y] = mark.from.map((part) => part + 0.5);
  const tip = mark.to.map((part, axis) => part + 0.5 + mark.reach[axis] / scale);
  const angle = Math.atan2(tip[1] - y, tip[0] - x);
  const size = Math.min(HEAD_PX / scale, Math.hypot(tip[0] - x, tip[1] - y) / 2);
  const wing = (turn) =>
    `${tip[0] - size * Math.cos(angle + turn)} ${tip[1] - size * Math.sin(angle + turn)}`;
  const path = `M${x} ${y}L${tip.join(" ")}M${wing(WINGS)}L${tip.join(" ")}L${wing(-WINGS)}`;
  return draw("path", { d: path, class: "arrow", stroke: mark.colour });
}

/** What is pressed and typed, as key caps; how it ended, after the last step. */
function captionOf(step, detail) {
  if (step === null) return [badge(detail)];
  const parts = [];
  for (const key of step.keys) parts.push(make("kbd", null, key.replaceAll("_", " ")));
  if (step.text) parts.push(make("q", null, visible(step.text)));
  if (!SILENT.has(step.verb) || parts.length) {
    parts.unshift(make("span", { class: "verb" }, step.verb.replaceAll("_", " ")));
  }
  return parts;
}

/** A text with its new lines and tabs to be seen, not too long. */
function visible(text) {
  const short = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
  return short.replaceAll("\n", "⏎").replaceAll("\t", "⇥");
}

/** The buttons and the slider that move through `last` + 1 positions. */
function makeControls(last, go, play) {
  const playing = iconButton("play", "Play", play);
  const slider = make("input", {
    type: "range", min: 0, max: last, value: 0, "aria-label": "Step",
    input: () => go(Number(slider.value)),
  });
  const said = make("output", null);
  const move = (by) => () => go(Number(slider.value) + by);
  const node = make("div", { class: "controls" },
    iconButton("first", "First step", () => go(0)), iconButton("back", "Step back", move(-1)),
    playing, iconButton("forward", "Step forward", move(1)),
    iconButton("last", "The end", () => go(last)), slider, said);
  function show(position) {
    slider.value = position;
    const words = position === last ? "the end" : `step ${position + 1}`;
    slider.setAttribute("aria-valuetext", words);
    said.textContent = position === last ? `end / ${last}` : `${position + 1} / ${last}`;
  }
  return { node, show, playing: (on) => playing.showIcon(...(on ? ["pause", "Pause"] : ["play", "Play"])) };
}

const PLAY_MS = 900;

/** Moves through positions 0 to `last`: by itself, by buttons, by keys. */
function makePlayer(last, stages, shown) {
  let position = 0;
  let timer = null;
  const controls = makeControls(last, (to) => { stop(); go(to); }, toggle);

  function go(to) {
    position = Math.max(0, Math.min(last, to));
    controls.show(position);
    for (const stage of stages) stage.show(position);
    shown(position);
  }
  function stop() {
    clearTimeout(timer);
    timer = null;
    controls.playing(false);
  }
  function toggle() {
    if (timer !== null) return stop();
    if (position === last) go(0);
    controls.playing(true);
    timer = setTimeout(tick, PLAY_MS);
  }
  async function tick() {
    const mine = timer;
    go(position + 1);
    await Promise.allSettled(stages.map((stage) => stage.ready()));
    if (timer !== mine) return; // stopped meanwhile
    if (position === last) stop();
    else timer = setTimeout(tick, PLAY_MS);
  }
  const keys = {
    ArrowRight: () => { stop(); go(position + 1); }, ArrowLeft: () => { stop(); go(position - 1); },
    Home: () => { stop(); go(0); }, End: () => { stop(); go(last); },
    " ": toggle, z: () => stages.forEach((stage) => stage.zoom()),
  };
  return { node: controls.node, go: (to) => { stop(); go(to); }, stop, keys };
}
