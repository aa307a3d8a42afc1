// What every page has: calendars at date fields, dialogs, and actions on selected rows.
"use strict";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December"];

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function isoDay(year, month, day) {
  return `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

// Add a button to a date field that opens a calendar beneath it.
function addCalendar(field) {
  const place = element("span", "", { class: "date" });
  field.replaceWith(place);
  const button = element("button", "Calendar", { type: "button" });
  place.append(field, button);
  let shown = null;
  const close = () => { shown?.remove(); shown = null; };
  const open = (year, month) => {
    close();
    shown = monthOf(year, month, field.value, open, (day) => { field.value = day; close(); });
    place.append(shown);
  };
  button.addEventListener("click", () => {
    if (shown) return close();
    const parts = /^(\d{4})-(\d\d)-\d\d$/.exec(field.value || document.body.dataset.today || "");
    const now = new Date();
    open(parts ? Number(parts[1]) : now.getFullYear(), parts ? parts[2] - 1 : now.getMonth());
  });
}

function monthOf(year, month, chosen, open, choose) {
  const box = element("div", "", { class: "calendar", role: "group", "aria-label": "Calendar" });
  const head = element("div", "", { class: "month" });
  const step = (label, by) => {
    const button = element("button", label, { type: "button" });
    button.addEventListener("click", () => {
      const first = new Date(Date.UTC(year, month + by, 1));
      open(first.getUTCFullYear(), first.getUTCMonth());
    });
    return button;
  };
  head.append(step("Month back", -1), element("b", `${MONTHS[month]} ${year}`), step("Month on", 1));
  const days = element("div", "", { class: "days" });
  for (const name of ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]) days.append(element("span", name));
  const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  for (let gap = 0; gap < first; gap += 1) days.append(element("span", ""));
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  for (let day = 1; day <= last; day += 1) {
    const iso = isoDay(year, month, day);
    const label = `${day} ${MONTHS[month]} ${year}`;
    const button = element("button", String(day), { type: "button", "aria-label": label });
    if (iso === chosen) button.setAttribute("aria-current", "date");
    button.addEventListener("click", () => choose(iso));
    days.append(button);
  }
  box.append(head, days);
  return box;
}

// Selected rows: all of the page at once, and a question before something is done to them.
function addSelection(form) {
  const boxes = [...form.querySelectorAll("input[name=id]")];
  form.querySelector("[data-all]").addEventListener("change", (event) => {
    for (const box of boxes) box.checked = event.target.checked;
  });
  form.querySelector("[data-apply]").addEventListener("click", () => {
    const action = form.querySelector("select[name=action]");
    const count = boxes.filter((box) => box.checked).length;
    if (!action.value || count === 0) return;
    const label = action.selectedOptions[0].textContent;
    confirmThat(`${label}: ${count} selected. Go on?`, () => form.submit());
  });
}

function confirmThat(question, go) {
  const dialog = element("dialog", "");
  const buttons = element("div", "", { class: "buttons" });
  const yes = element("button", "Go on", { type: "button", class: "main" });
  const no = element("button", "Cancel", { type: "button" });
  yes.addEventListener("click", go);
  no.addEventListener("click", () => dialog.remove());
  buttons.append(yes, no);
  dialog.append(element("p", question), buttons);
  document.body.append(dialog);
  dialog.showModal();
}

// A dialog of the page, its fields filled in.
function openDialog(values) {
  const dialog = document.querySelector("dialog");
  for (const [name, value] of Object.entries(values)) {
    const field = dialog.querySelector(`[name=${name}]`);
    if (field) field.value = value;
  }
  dialog.showModal();
}

async function postForm(address, values) {
  return (await fetch(address, { method: "POST", body: new URLSearchParams(values) })).json();
}

document.querySelectorAll("[data-date]").forEach(addCalendar);
document.querySelectorAll("[data-select]").forEach(addSelection);
document.querySelectorAll("[data-close]").forEach((button) => {
  button.addEventListener("click", () => button.closest("dialog").close());
});
if (document.querySelector(".done")) {  // said once: a reload does not say it again
  const address = new URL(location.href);
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
}
