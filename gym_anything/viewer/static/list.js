"use strict";
// The list of episodes: filters above, and of the lines only those that are on screen.

const FILTERS = [ // [name in the address, label, value of an episode, whether of numbers]
  ["app", "application", (found) => found.app],
  ["level", "level", (found) => String(found.level)],
  ["agent", "agent", (found) => found.agent || "none"],
  ["outcome", "outcome", (found) => found.outcome],
  ["failure", "failure", (found) => found.failure || "none"],
  ["folder", "folder", (found) => found.folder],
];
const ORDERS = {
  newest: (a, b) => b.written_at - a.written_at,
  oldest: (a, b) => a.written_at - b.written_at,
  task: (a, b) => order(a.task, b.task) || a.seed - b.seed || order(a.agent, b.agent),
  "lowest score": (a, b) => (a.score ?? -1) - (b.score ?? -1),
  "highest score": (a, b) => (b.score ?? -1) - (a.score ?? -1),
  "most steps": (a, b) => b.steps - a.steps,
};
const SPARE = 8; // lines above and below those on screen
const chosen = new Map(); // key -> episode, to compare; at most two
let lastList = []; // keys in the order of the list, to go from one episode to the next

function order(a, b) {
  return a < b ? -1 : Number(a > b);
}

/** Those of the episodes that the address asks for, in its order. */
function filtered(all, query) {
  const tests = FILTERS.filter(([name]) => query.get(name))
    .map(([name, , value]) => (found) => value(found) === query.get(name));
  const words = (query.get("find") ?? "").toLowerCase().split(/\s+/).filter((word) => word);
  const told = (found) =>
    `${found.task} ${found.agent} ${found.seed} ${found.split} ${found.key}`.toLowerCase();
  const kept = all.filter((found) => tests.every((test) => test(found)) &&
    words.every((word) => told(found).includes(word)));
  return kept.sort(ORDERS[query.get("order")] ?? ORDERS.newest);
}

async function listView(route) {
  const { title, episodes: all } = await episodes();
  const query = new URLSearchParams(route.query);
  const sum = make("p", { class: "sum", "aria-live": "polite" });
  const rows = makeRows();
  const bar = make("div", { class: "comparing", role: "status" });
  const search = make("input", { type: "search", placeholder: "task, agent, seed", value: query.get("find"),
    "aria-label": "Search", input: () => set("find", search.value) });

  function set(name, value) {
    if (value) query.set(name, value);
    else query.delete(name);
    history.replaceState(null, "", listAddress(query));
    show();
  }
  function show() {
    const found = filtered(all, query);
    lastList = found.map((episode) => episode.key);
    sum.replaceChildren(...summed(found, all.length));
    rows.show(found);
  }
  const showBar = () => bar.replaceChildren(...comparing());
  rows.changed = showBar;
  showBar();
  const node = make("div", { class: "list" }, make("h1", null, title || "Episodes"),
    make("form", { class: "filters", submit: (event) => event.preventDefault() },
      make("label", { class: "wide" }, "search", search), choices(all, query, set)),
    sum, rows.node, bar);
  const keys = { ...rows.keys, "/": () => search.focus(), c: () => openComparison() };
  return { node, title, keys, mounted: show, closed: rows.closed };
}

function listAddress(query) {
  return query.size ? `#/?${query}` : "#/";
}

function summed(found, total) {
  const passed = found.filter((episode) => episode.outcome === "passed").length;
  const broke = found.filter((episode) => episode.outcome === "broken").length;
  const judged = found.length - broke;
  const said = (number) => number.toLocaleString("en");
  const share = judged ? ` (${((100 * passed) / judged).toFixed(0)} % of those judged)` : "";
  const of = found.length === total ? "" : ` of ${said(total)}`;
  return [
    make("strong", null, `${said(found.length)}${of} ${total === 1 ? "episode" : "episodes"}`),
    ` · ${said(passed)} passed${share} · ${said(judged - passed)} failed · ${said(broke)} broken`,
  ];
}

/** A select for each property in which episodes differ, and one for the order. */
function choices(all, query, set) {
  const menus = FILTERS.map(([name, label, value]) => {
    const values = [...new Set(all.map(value))].sort(order);
    if (values.length < 2 && !query.get(name)) return null;
    return menu(name, label, [["", "any"], ...values.map((one) => [one, one])]);
  });
  menus.push(menu("order", "order", Object.keys(ORDERS).map((name) => [name === "newest" ? "" : name, name])));
  return menus;

  function menu(name, label, options) {
    const select = make("select", { name, change: () => set(name, select.value) },
      options.map(([value, said]) => make("option", { value, selected: value === (query.get(name) ?? "") }, said)));
    return make("label", null, label, select);
  }
}

// Lines -------------------------------------------------------------------------------------------

/** The lines, as many as fit: its `node`, `show(episodes)` and `keys`. */
function makeRows() {
  const space = make("div", { class: "rows", role: "list" });
  const none = make("p", { class: "blank", hidden: true }, "no episodes");
  const made = new Map(); // index -> node
  let found = [];
  let current = -1;
  let waiting = false;
  const handle = { node: make("div", null, heads(), space, none), changed: () => {}, show, closed };

  function height() {
    return parseFloat(getComputedStyle(space).getPropertyValue("--row"));
  }
  function show(episodes) {
    found = episodes;
    current = Math.min(current, found.length - 1);
    for (const node of made.values()) node.remove();
    made.clear();
    none.hidden = found.length > 0;
    paint();
  }
  function paint() {
    waiting = false;
    const each = height();
    space.style.height = `${each * found.length}px`;
    const top = -space.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / each) - SPARE);
    const end = Math.min(found.length, Math.ceil((top + innerHeight) / each) + SPARE);
    for (const [index, node] of made) {
      if ((index < first || index >= end) && !node.contains(document.activeElement)) {
        node.remove();
        made.delete(index);
      }
    }
    for (let index = first; index < end; index++) {
      if (!made.has(index)) {
        const node = line(found[index], index, found.length, () => handle.changed());
        made.set(index, node);
        space.append(node);
      }
    }
    for (const [index, node] of made) node.style.top = `${index * each}px`;
  }
  function soon() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(paint);
  }
  function move(to) {
    if (found.length === 0) return;
    current = Math.max(0, Math.min(found.length - 1, to));
    const each = height();
    const top = space.getBoundingClientRect().top + scrollY + current * each;
    const margin = 2 * each;
    if (top - margin < scrollY) scrollTo(0, top - margin);
    else if (top + each + margin > scrollY + innerHeight) scrollTo(0, top + each + margin - innerHeight);
    paint();
    made.get(current)?.querySelector("a").focus({ preventScroll: true });
  }
  function focused() {
    for (const [index, node] of made) if (node.contains(document.activeElement)) return index;
    return current;
  }
  const page = () => Math.max(1, Math.floor(innerHeight / height()) - 3);
  handle.keys = {
    ArrowDown: () => move(focused() + 1), j: () => move(focused() + 1),
    ArrowUp: () => move(Math.max(0, focused() - 1)), k: () => move(Math.max(0, focused() - 1)),
    PageDown: () => move(focused() + page()), PageUp: () => move(focused() - page()),
    Home: () => move(0), End: () => move(found.length - 1),
    x: () => made.get(focused())?.querySelector("input").click(),
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  function closed() {
    removeEventListener("scroll", soon);
    removeEventListener("resize", soon);
  }
  return handle;
}

function heads() {
  const names = ["", "outcome", "task", "level", "agent", "seed", "steps", "ended by"];
  return make("div", { class: "heads", "aria-hidden": "true" }, names.map((name) => make("span", null, name)));
}

function line(found, index, total, changed) {
  const box = make("input", {
    type: "checkbox", "aria-label": `Compare ${found.task}, seed ${found.seed}`,
    change: () => { choose(found, box.checked); changed(); },
  });
  box.checked = chosen.has(found.key);
  const cell = (name, text, before = "", after = "") => make("span", { class: name, title: text },
    make("span", { class: "unit" }, before), String(text), make("span", { class: "unit" }, after));
  const link = make("a", { href: `#/episode/${found.key}` }, badge(found), cell("task", found.task),
    cell("level", found.level, "level "), cell("agent", found.agent || "none"),
    cell("seed", found.seed, "seed "), cell("count", found.steps, "", found.steps === 1 ? " step" : " steps"),
    cell("stop", found.stop.replaceAll("_", " ")));
  return make("div", { class: "row", role: "listitem", "aria-posinset": index + 1, "aria-setsize": total },
    make("label", { class: "pick" }, box), link);
}

// Two to compare ----------------------------------------------------------------------------------

function choose(found, on) {
  chosen.delete(found.key);
  if (!on) return;
  chosen.set(found.key, found);
  if (chosen.size > 2) { // the oldest of three goes
    const [oldest] = chosen.keys();
    chosen.delete(oldest);
    for (const box of document.querySelectorAll(".row input:checked")) {
      const link = box.closest(".row").querySelector("a");
      box.checked = chosen.has(link.getAttribute("href").replace("#/episode/", ""));
    }
  }
}

function comparison() {
  const [one, other] = chosen.values();
  return other && one.task === other.task ? compareAddress(one.key, other.key) : null;
}

function compareAddress(one, other) {
  return `#/compare/${one}/${other}`;
}

function openComparison() {
  const address = comparison();
  if (address) location.hash = address;
}

function comparing() {
  const [one, other] = chosen.values();
  if (!one) return [];
  if (!other) return [make("span", null, "one chosen; choose another of ", make("strong", null, one.task))];
  const address = comparison();
  return address ? [make("a", { class: "button", href: address }, `compare the two of ${one.task}`)]
    : [make("span", null, "two episodes of one task can be compared; these are of two")];
}
