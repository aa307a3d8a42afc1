"use strict";
// Makes elements. Whatever comes from an episode goes into a text node or an attribute's value, so
// that no text of a model, a program or a file name ever becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `make("p", {class: "quiet"}, "text", other)`. Functions become listeners. */
function make(name, attributes, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An element of a drawing. */
function draw(name, attributes, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const MARKS = { passed: "✓", failed: "✗", broken: "!" };

/** How an episode ended, as a badge: "✗ failed, 0.50". */
function badge(episode) {
  const value = episode.score === null ? episode.failure : episode.score.toFixed(2);
  const said = value && `${episode.score === null ? ": " : " "}${value}`;
  return make("span", { class: `badge ${episode.outcome}` },
    make("span", { "aria-hidden": "true" }, MARKS[episode.outcome]),
    ` ${episode.outcome}`, said || null);
}

/** A row of short facts. */
function facts(parts) {
  const shown = parts.filter((part) => part);
  return make("ul", { class: "facts" }, shown.map((part) => make("li", null, part)));
}

function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

const ICONS = {
  first: "M4 3v14M16 3 7 10l9 7z", back: "M14 3 5 10l9 7z", forward: "M6 3l9 7-9 7z",
  last: "M16 3v14M4 3l9 7-9 7z", play: "M5 2l12 8-12 8z", pause: "M6 3v14M14 3v14",
};

/** A button with a picture on it. */
function iconButton(icon, label, press) {
  const path = draw("path", { d: ICONS[icon] });
  const button = make("button", { type: "button", "aria-label": label, title: label, click: press },
    draw("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, path));
  button.showIcon = (other, text) => {
    path.setAttribute("d", ICONS[other]);
    button.setAttribute("aria-label", text);
    button.title = text;
  };
  return button;
}
