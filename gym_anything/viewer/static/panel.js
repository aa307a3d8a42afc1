"use strict";
// Beside the stage: what the step was, what it was worth, and what the checks found at the end.

function number(value, digits) {
  return value === null || value === undefined ? null : value.toFixed(digits);
}

/** What there is to say of a step: `position` may be the end. */
function stepCard(detail, position) {
  const step = detail.steps[position];
  if (step === undefined) return endCard(detail);
  const settled = step.settle === null ? null
    : `still after ${step.settle.waited_ms.toFixed(0)} ms${step.settle.end === "quiet" ? "" : " (deadline)"}`;
  return make("section", { class: "card step" },
    make("h3", null, `Step ${position + 1}`),
    make("p", { class: "action" }, make("code", null, step.action)),
    step.error ? make("p", { class: "failed error" }, `not executed: ${step.error}`) : null,
    step.reasoning ? make("details", { class: "reasoning", open: true },
      make("summary", null, "Reasoning"), make("p", null, step.reasoning)) : null,
    grades(step),
    facts([
      step.reward ? `reward ${step.reward.toFixed(2)}` : null,
      settled, step.total_ms === null ? null : `${step.total_ms.toFixed(0)} ms in all`,
    ]));
}

function grades(step) {
  const pairs = [
    ["grade", gradeOf(step)], ["label", step.label ?? null],
    ["score after it", number(step.score, 2)],
  ].filter(([, value]) => value !== null);
  const none = step.grade === null ? make("span", { class: "kind" }, "not graded") : null;
  const line = make("p", { class: "grades" },
    pairs.map(([name, value]) => make("span", null, `${name} `, make("strong", null, value))), none);
  const why = step.grade === null ? "" : step.grade.reason;
  const by = step.grade === null || !step.grade.source ? null
    : make("span", { class: "kind" }, `graded by ${step.grade.source}`);
  return why || by ? [line, make("p", { class: "why" }, why, why && by ? " " : null, by)] : [line];
}

/** Such as "7.5 of 10", null of a step that nobody graded. */
function gradeOf(step) {
  return step.grade === null ? null : `${Number(step.grade.value.toFixed(2))} of 10`;
}

function endCard(detail) {
  const stop = detail.stop.replaceAll("_", " ");
  return make("section", { class: "card step" },
    make("h3", null, "The end"),
    make("p", null, badge(detail), ` ended by ${stop} after ${count(detail.steps.length, "step")}`),
    detail.broke === null ? null : broken(detail.broke));
}

function broken(failure) {
  return make("div", { class: "broke" },
    make("p", null, "The infrastructure broke, which is no score. ",
      make("strong", null, failure.kind), `: ${failure.message}`),
    failure.log ? make("pre", null, failure.log) : null);
}

/** The checks of the final state with their evidence. */
function checkList(detail) {
  if (detail.checks.length === 0) return null;
  return make("section", { class: "card" }, make("h3", null, "Checks at the end"),
    make("ul", { class: "checks" }, detail.checks.map(check)));
}

function check(found) {
  const [ended, word] = found.passed ? ["passed", "holds"] : ["failed", "fails"];
  const kind = found.guard ? "guard" : `goal, weight ${found.weight}`;
  const part = found.value === 0 || found.value === 1 ? "" : `, value ${number(found.value, 2)}`;
  return make("li", null,
    make("p", null,
      make("span", { class: `word ${ended}` },
        make("span", { "aria-hidden": "true" }, MARKS[ended]), ` ${word}`), " ",
      make("code", null, found.check), " ", make("span", { class: "kind" }, kind + part)),
    make("p", { class: "evidence" }, found.evidence));
}

/** All steps, to go to one: its `node`, and `show(position)`. */
function makeStepList(detail, go) {
  const line = (said, after, position) => make("li", null,
    make("button", { type: "button", click: () => go(position) }, make("code", null, said),
      after ? make("span", { class: "kind" }, after) : null));
  const items = detail.steps.map((step, position) => line(visible(step.action),
    [step.error ? "not executed" : null, gradeOf(step) && `grade ${gradeOf(step)}`,
      number(step.score, 2)].filter((part) => part).join(" · "), position));
  items.push(line("the end", "", detail.steps.length));
  const list = make("ol", null, items);
  function show(position) {
    for (const [index, item] of items.entries()) {
      const button = item.firstChild;
      if (index === position) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    const item = items[position];
    const below = item.offsetTop + item.offsetHeight - list.offsetTop - list.clientHeight;
    const above = item.offsetTop - list.offsetTop;
    if (list.scrollTop > above) list.scrollTop = above;
    else if (list.scrollTop < below) list.scrollTop = below;
  }
  const node = make("section", { class: "card steps" }, make("h3", null, "Steps"), list);
  return { node, show };
}
