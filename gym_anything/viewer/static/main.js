"use strict";
// Which view stands at which address; keys; day and night.

const VIEWS = { "": listView, episode: episodeView, compare: compareView };
const HELP = [
  ["In the list", [["↑ ↓ or k j", "move"], ["Enter", "open"], ["x", "choose to compare"],
    ["c", "compare the two chosen"], ["/", "search"], ["Home End", "first, last"]]],
  ["In an episode", [["← →", "step back, forward"], ["Home End", "first step, the end"],
    ["Space", "play, pause"], ["z", "screen in its own size"], ["n p", "next, previous of the list"],
    ["d", "where two episodes part"], ["Esc", "back to the list"]]],
  ["Everywhere", [["t", "day, night or as the system"], ["?", "these keys"]]],
];
const THEMES = { "": ["light dark", "auto"], light: ["light", "day"], dark: ["dark", "night"] };
let lastAddress = "#/";
let shown = null;
let asked = 0;

function routeOf(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view, ...parts] = path.split("/");
  return { view, parts: parts.map(decoded), query };
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a "%" by itself: no key holds one
  }
}

async function open() {
  const mine = ++asked;
  const route = routeOf(location.hash);
  const main = document.getElementById("main");
  let view;
  try {
    const make = Object.hasOwn(VIEWS, route.view) ? VIEWS[route.view] : missing;
    view = await make(route);
  } catch (error) {
    view = trouble(error.message);
  }
  if (mine !== asked) return view.closed?.(); // another address was asked for meanwhile
  shown?.closed?.();
  shown = view;
  main.replaceChildren(view.node);
  scrollTo(0, 0);
  document.title = view.title ? `${view.title} - gym-anything` : "gym-anything";
  view.mounted?.();
  performance.mark(route.view || "list"); // how long it took stands in the browser's own tools
  document.body.dataset.ready = location.hash || "#/";
}

function missing(route) {
  throw new Error(`no page ${route.view}`);
}

function trouble(message) {
  return { keys: { Escape: backToList }, node: make("p", { class: "blank trouble", role: "alert" }, message) };
}

function pressed(event) {
  const dialog = document.getElementById("keys");
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  const kind = event.target.closest?.("input, select, textarea, button, a, summary")?.localName;
  if (kind === "input" && event.target.type !== "checkbox") {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (kind === "select" || kind === "textarea") return;
  if (event.key === " " && kind) return; // presses what has the focus
  const everywhere = { "?": help, t: nextTheme };
  const act = shown?.keys?.[event.key] ?? everywhere[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function help() {
  document.getElementById("keys").showModal();
}

function fillHelp() {
  const dialog = document.getElementById("keys");
  const rows = ([keys, what]) => [make("dt", null, make("kbd", null, keys)), make("dd", null, what)];
  dialog.append(...HELP.flatMap(([title, pairs]) => [make("h3", null, title), make("dl", null, pairs.flatMap(rows))]),
    make("button", { type: "button", click: () => dialog.close() }, "close"));
  document.getElementById("help").addEventListener("click", help);
}

// Day and night -----------------------------------------------------------------------------------

let theme = "";

function kept() {
  try {
    return localStorage.getItem("theme") ?? "";
  } catch {
    return ""; // storage is off: then it is as the system says, each time
  }
}

function setTheme(name) {
  theme = Object.hasOwn(THEMES, name) ? name : "";
  const [scheme, said] = THEMES[theme];
  document.documentElement.style.colorScheme = scheme;
  const button = document.getElementById("theme");
  button.textContent = said;
  button.setAttribute("aria-label", `Colours: ${said}`);
}

function nextTheme() {
  const names = Object.keys(THEMES);
  setTheme(names[(names.indexOf(theme) + 1) % names.length]);
  try {
    localStorage.setItem("theme", theme);
  } catch {
    return; // storage is off: it holds until the page is loaded again
  }
}

addEventListener("hashchange", (event) => {
  const old = new URL(event.oldURL).hash;
  if (routeOf(old).view === "") lastAddress = old || "#/";
  if (routeOf(location.hash).view === "") forgetList();
  open();
});
addEventListener("keydown", pressed);
document.getElementById("theme").addEventListener("click", nextTheme);
setTheme(kept());
fillHelp();
open();
