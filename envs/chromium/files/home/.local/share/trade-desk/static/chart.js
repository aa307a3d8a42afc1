// The chart of sales: a bar a month and the target as a dashed step. A click on a bar opens its remark.
"use strict";

const CHART = document.querySelector("[data-chart]");
const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const [LEFT, FLOOR, STEP, BAR, TALL] = [70, 400, 67, 42, 350];

function paintScale(pen, most) {
  pen.font = "12px DejaVu Sans";
  pen.textAlign = "right";
  for (let part = 0; part <= 5; part += 1) {
    const y = FLOOR - (TALL * part) / 5;
    pen.fillStyle = "#5b6677";
    pen.fillText(`${Math.round((most * part) / 500000)}k`, LEFT - 8, y + 4);
    pen.fillStyle = "#e3e8ef";
    pen.fillRect(LEFT, y, STEP * 12 + 10, 1);
  }
}

function paintMonth(pen, figure, index, most) {
  const x = LEFT + 12 + index * STEP;
  const height = (TALL * figure.sales_cents) / most;
  pen.fillStyle = "#4a86b5";
  pen.fillRect(x, FLOOR - height, BAR, height);
  pen.fillStyle = "#1f2937";
  pen.textAlign = "center";
  pen.fillText(NAMES[Number(figure.month.slice(5)) - 1], x + BAR / 2, FLOOR + 18);
  if (figure.remark) pen.fillText("✎", x + BAR / 2, FLOOR + 34);
  const y = FLOOR - (TALL * figure.target_cents) / most;
  pen.strokeStyle = "#c2410c";
  pen.lineWidth = 3;
  pen.setLineDash([7, 4]);
  pen.beginPath();
  pen.moveTo(x - 10, y);
  pen.lineTo(x + BAR + 10, y);
  pen.stroke();
}

postForm("/sales/figures", { region: CHART.dataset.chart }).then((figures) => {
  const pen = CHART.getContext("2d");
  const largest = Math.max(...figures.map((each) => Math.max(each.sales_cents, each.target_cents)));
  const most = Math.ceil(largest / 500000) * 500000;
  paintScale(pen, most);
  figures.forEach((figure, index) => paintMonth(pen, figure, index, most));
  CHART.addEventListener("click", (event) => {
    const index = Math.floor((event.offsetX - LEFT - 12 + (STEP - BAR) / 2) / STEP);
    const figure = figures[index];
    if (figure && event.offsetY <= FLOOR + 20) openDialog({ id: figure.id, remark: figure.remark });
  });
});
