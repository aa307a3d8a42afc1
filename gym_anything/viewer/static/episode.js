"use strict";
// One episode, or two of one task beside each other.

const MOST_OTHERS = 200; // that a menu offers to compare with

function positionOf(route, last) {
  const asked = new URLSearchParams(route.query).get("step");
  if (asked === "end") return last;
  const position = parseInt(asked ?? "1", 10) - 1;
  return Number.isFinite(position) ? Math.max(0, Math.min(last, position)) : 0;
}

/** Put the position into the address, so that it can be sent to somebody. */
function remember(path, position, last) {
  const step = position === last ? "end" : position + 1;
  history.replaceState(null, "", `${path}?step=${step}`);
}

async function episodeView(route) {
  const [key] = route.parts;
  const [detail, { episodes: all }] = await Promise.all([episode(key), episodes()]);
  const path = `#/episode/${key}`;
  const last = detail.steps.length;
  const stage = makeStage(detail);
  const steps = makeStepList(detail, (to) => player.go(to));
  const card = make("div", { class: "now", "aria-live": "polite" });
  const player = makePlayer(last, [stage], (position) => {
    card.replaceChildren(stepCard(detail, position));
    steps.show(position);
    remember(path, position, last);
  });
  const node = make("div", { class: "episode" },
    make("div", { class: "head" }, make("h1", null, detail.task), badge(detail)),
    make("p", { class: "instruction" }, detail.instruction),
    facts(factsOf(detail)),
    make("div", { class: "beside" },
      make("div", { class: "left" }, stage.node, player.node, othersMenu(detail, all)),
      make("div", { class: "right" }, card, checkList(detail), steps.node)));
  const keys = { ...player.keys, Escape: backToList, n: () => neighbour(key, 1), p: () => neighbour(key, -1) };
  return { node, title: detail.task, keys, mounted: () => player.go(positionOf(route, last)), closed: player.stop };
}

function factsOf(detail) {
  return [
    `level ${detail.level}`, `agent ${detail.agent || "none"}`, `seed ${detail.seed}`,
    `split ${detail.split}`, count(detail.steps.length, "step"), `ended by ${detail.stop.replaceAll("_", " ")}`,
    `${detail.wall_sec.toFixed(1)} s`, `reset ${detail.reset_ms.toFixed(0)} ms`,
    detail.cost_usd === null ? "cost not known" : detail.cost_usd ? `$${detail.cost_usd.toFixed(4)}` : null,
    `written ${new Date(1000 * detail.written_at).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    `episode ${detail.id}`, `folder ${detail.folder}`,
  ];
}

/** A menu of the other episodes of the task, those of the same seed first. */
function othersMenu(detail, all) {
  const others = all.filter((other) => other.task === detail.task && other.key !== detail.key);
  if (others.length === 0) return null;
  const far = (other) => Number(other.seed !== detail.seed);
  others.sort((a, b) => far(a) - far(b) || a.seed - b.seed);
  const select = make("select", { change: () => { location.hash = compareAddress(detail.key, select.value); } },
    make("option", { value: "" }, count(others.length, "other episode")),
    others.slice(0, MOST_OTHERS).map((other) => make("option", { value: other.key },
      `${other.agent || "none"}, seed ${other.seed}: ${other.outcome}, ${count(other.steps, "step")}`)));
  return make("label", { class: "others" }, "compare with", select);
}

function neighbour(key, by) {
  const next = lastList[lastList.indexOf(key) + by];
  if (next && lastList.includes(key)) location.hash = `#/episode/${next}`;
}

function backToList() {
  location.hash = lastAddress;
}

// Two ---------------------------------------------------------------------------------------------

async function compareView(route) {
  const details = await Promise.all(route.parts.slice(0, 2).map(episode));
  if (details.length < 2) throw new Error("two episodes are needed to compare");
  const path = compareAddress(...details.map((detail) => detail.key));
  const last = Math.max(...details.map((detail) => detail.steps.length));
  const sides = details.map((detail) => makeSide(detail, last));
  const parting = partingOf(...details);
  const player = makePlayer(last, sides, (position) => remember(path, position, last));
  const jump = parting === null ? make("span", { class: "kind" }, "the same actions")
    : make("button", { type: "button", class: "quiet", click: () => player.go(parting) },
      `they part at step ${parting + 1}`);
  const node = make("div", { class: "compare" },
    make("div", { class: "head" }, make("h1", null, details[0].task)),
    instructions(...details),
    make("div", { class: "bar" }, player.node, jump),
    make("div", { class: "sides" }, sides.map((side) => side.node)));
  const keys = { ...player.keys, Escape: backToList, d: () => parting !== null && player.go(parting) };
  return { node, title: `${details[0].task}, two episodes`, keys,
    mounted: () => player.go(positionOf(route, last)), closed: player.stop };
}

/** The first step in which two episodes did not do the same, null if there is none. */
function partingOf(one, other) {
  const most = Math.max(one.steps.length, other.steps.length);
  for (let at = 0; at < most; at++) {
    if (one.steps[at]?.action !== other.steps[at]?.action) return at;
  }
  return null;
}

function instructions(one, other) {
  const texts = one.instruction === other.instruction ? [one.instruction]
    : [one.instruction, other.instruction];
  return make("div", { class: "instructions" },
    texts.map((text) => make("p", { class: "instruction" }, text)));
}

/** One side of a comparison; when it is over it stays at its end. */
function makeSide(detail, last) {
  const stage = makeStage(detail);
  const card = make("div", { class: "now" });
  const node = make("section", { class: "side" },
    make("div", { class: "head" }, make("h2", null, make("a", { href: `#/episode/${detail.key}` }, detail.agent || "none")), badge(detail)),
    facts([`seed ${detail.seed}`, count(detail.steps.length, "step"), `ended by ${detail.stop.replaceAll("_", " ")}`]),
    stage.node, card, checkList(detail));
  function show(position) {
    const own = position === last ? detail.steps.length : Math.min(position, detail.steps.length);
    stage.show(own);
    card.replaceChildren(stepCard(detail, own));
  }
  return { node, show, zoom: stage.zoom, ready: stage.ready };
}
