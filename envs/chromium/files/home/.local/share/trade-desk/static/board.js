// Drag a card to another column with the pointer.
"use strict";

const COLUMNS = [...document.querySelectorAll("[data-column]")];

function columnAt(x, y) {
  return document.elementsFromPoint(x, y).find((each) => each.dataset.column);
}

function lift(card, event) {
  const box = card.getBoundingClientRect();
  const grip = [event.clientX - box.left, event.clientY - box.top];
  const move = (now) => {
    card.classList.add("lifted");
    card.style.left = `${now.clientX - grip[0]}px`;
    card.style.top = `${now.clientY - grip[1]}px`;
    const over = columnAt(now.clientX, now.clientY);
    for (const column of COLUMNS) column.classList.toggle("over", column === over);
  };
  const drop = (now) => {
    card.removeEventListener("pointermove", move);
    card.removeEventListener("pointerup", drop);
    const over = columnAt(now.clientX, now.clientY);
    for (const column of COLUMNS) column.classList.remove("over");
    card.classList.remove("lifted");
    if (over && over !== card.parentElement) send(card.dataset.card, over.dataset.column);
  };
  card.setPointerCapture(event.pointerId);
  card.addEventListener("pointermove", move);
  card.addEventListener("pointerup", drop);
}

function send(id, status) {
  const form = element("form", "", { method: "post", action: "/board" });
  form.append(element("input", "", { type: "hidden", name: "id", value: id }));
  form.append(element("input", "", { type: "hidden", name: "status", value: status }));
  document.body.append(form);
  form.submit();
}

document.querySelectorAll("[data-card]").forEach((card) => {
  card.addEventListener("pointerdown", (event) => { if (event.button === 0) lift(card, event); });
});
