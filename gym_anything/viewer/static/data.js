"use strict";
// Asks for data: from the server, or from the files beside the page if it was exported. A page that
// was opened from a folder may read scripts only, so there each piece is one that calls `receive`.

const KEPT = 8; // episodes at hand; their screens are the browser's to keep or drop
const pieces = new Map(); // name -> promise
const awaited = new Map(); // name -> function that takes what an exported file holds

/** Called by the files of an exported page. */
function receive(name, value) {
  awaited.get(name)?.(value);
}

function load(name) {
  const promise = pieces.get(name) ?? fetched(name);
  pieces.delete(name);
  pieces.set(name, promise); // now the newest
  const old = [...pieces.keys()].filter((key) => key !== "episodes").slice(0, -KEPT);
  for (const key of old) pieces.delete(key);
  promise.catch(() => pieces.delete(name));
  return promise;
}

async function fetched(name) {
  if (document.body.dataset.source === "files") return fromFile(name);
  const answer = await fetch(`data/${encodeURIComponent(name)}.json`);
  if (answer.ok) return answer.json();
  const said = await answer.json().catch(() => ({}));
  throw new Error(said.detail ?? `the server answered ${answer.status}`);
}

function fromFile(name) {
  return new Promise((resolve, reject) => {
    const script = make("script", { src: `data/${encodeURIComponent(name)}.js` });
    const done = (settle) => (value) => {
      awaited.delete(name);
      script.remove();
      settle(value);
    };
    awaited.set(name, done(resolve));
    script.addEventListener("error", () => done(reject)(new Error(`no file data/${name}.js`)));
    document.head.append(script);
  });
}

/** Address of a screen of an episode. */
function frameAddress(key, number) {
  return `frames/${encodeURIComponent(key)}/${Number(number)}.png`;
}

const episodes = () => load("episodes");
const episode = (key) => load(key);

/** Forget the list, so that it is asked for again. */
function forgetList() {
  pieces.delete("episodes");
}
