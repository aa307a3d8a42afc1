// The floor plan: bays as boxes, their sensors as marks. What is painted is said nowhere else.
"use strict";

const PLAN = document.querySelector("[data-plan]");
const COLUMNS = 6;
const [LEFT, TOP, WIDTH, HEIGHT] = [30, 34, 112, 70];
const [STEP_X, STEP_Y] = [128, 90];
const FILLS = { "In use": "#dcebf7", Blocked: "#c9ced6" };

function placeOf(index) {
  const [row, column] = [Math.floor(index / COLUMNS), index % COLUMNS];
  return [LEFT + column * STEP_X, TOP + row * STEP_Y];
}

function paintBay(pen, bay, index) {
  const [x, y] = placeOf(index);
  pen.fillStyle = FILLS[bay.state];
  pen.fillRect(x, y, WIDTH, HEIGHT);
  pen.lineWidth = 1;
  pen.strokeStyle = "#54677c";
  pen.strokeRect(x + 0.5, y + 0.5, WIDTH - 1, HEIGHT - 1);
  pen.fillStyle = "#1f2937";
  pen.font = "13px DejaVu Sans";
  pen.fillText(bay.code, x + 8, y + 19);
  if (bay.state === "Blocked") pen.fillText("blocked", x + 8, y + HEIGHT - 9);
  SENSORS[bay.sensor]?.(pen, x + WIDTH - 30, y + HEIGHT - 32);
}

const SENSORS = {
  damp(pen, x, y) {  // a blue drop
    pen.fillStyle = "#1769d2";
    pen.beginPath();
    pen.moveTo(x + 11, y);
    pen.quadraticCurveTo(x + 26, y + 24, x + 11, y + 25);
    pen.quadraticCurveTo(x - 4, y + 24, x + 11, y);
    pen.fill();
  },
  hot(pen, x, y) {  // a red triangle
    pen.fillStyle = "#d0211c";
    pen.beginPath();
    pen.moveTo(x + 11, y + 1);
    pen.lineTo(x + 24, y + 25);
    pen.lineTo(x - 2, y + 25);
    pen.fill();
  },
  mute(pen, x, y) {  // a grey cross
    pen.strokeStyle = "#6d7480";
    pen.lineWidth = 4;
    pen.beginPath();
    pen.moveTo(x, y + 3);
    pen.lineTo(x + 20, y + 23);
    pen.moveTo(x + 20, y + 3);
    pen.lineTo(x, y + 23);
    pen.stroke();
  },
};

function paintLegend(pen) {
  pen.font = "12px DejaVu Sans";
  [["damp", "damp"], ["hot", "too warm"], ["mute", "sensor silent"]].forEach(([kind, label], at) => {
    SENSORS[kind](pen, 30 + at * 130, 402);
    pen.fillStyle = "#1f2937";
    pen.fillText(label, 62 + at * 130, 420);
  });
}

postForm("/plan/bays", { hall: PLAN.dataset.plan }).then((bays) => {
  const pen = PLAN.getContext("2d");
  bays.forEach((bay, index) => paintBay(pen, bay, index));
  paintLegend(pen);
  PLAN.addEventListener("click", (event) => {
    const bay = bays.find((_, index) => {
      const [x, y] = placeOf(index);
      return event.offsetX >= x && event.offsetX < x + WIDTH
        && event.offsetY >= y && event.offsetY < y + HEIGHT;
    });
    if (bay) openDialog({ id: bay.id, state: bay.state, note: bay.note });
  });
});
