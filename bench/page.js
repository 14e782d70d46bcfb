// SPDX-License-Identifier: BSD-2-Clause
// What the page does beyond being read: draws charts when they come into view, in the colours of
// the reader's theme; sorts tables; opens drawings for print.  Without it everything is there.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 640px)");
  const CANVAS_FROM_ROWS = 3000; // as many elements of SVG make a browser slow
  // Told apart with any kind of colour vision, and on both backgrounds.
  const palette = {
    light: ["#0068a8", "#d97f00", "#00896a", "#b5558d", "#c44a00", "#4aa3d9", "#7a7a7a", "#8a7a00"],
    dark: ["#5aa9e6", "#f0b23a", "#2fc49a", "#e08fbd", "#f0743e", "#9bdcff", "#a8a8a8", "#d8c84a"],
  };
  const views = {};

  const config = (width) => {
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    const font = getComputedStyle(document.body).fontFamily;
    const ink = colour("--ink"), soft = colour("--soft"), line = colour("--line");
    return {
      background: null, font, padding: 2,
      view: { stroke: null },
      axis: {
        labelColor: soft, titleColor: soft, gridColor: line, gridOpacity: 0.45, tickCount: 5, domainColor: line,
        tickColor: line, labelFontSize: 11, titleFontSize: 11.5, titleFontWeight: 500,
        titlePadding: 8, labelOverlap: true,
      },
      axisX: { titleAnchor: "end" },
      legend: {
        layout: { top: { anchor: "start", direction: narrow.matches ? "vertical" : "horizontal" } },
        orient: "top", direction: "horizontal", columns: narrow.matches ? 1 : Math.max(2, Math.floor(width / 165)),
        labelColor: ink, titleColor: soft, labelFontSize: narrow.matches ? 10.5 : 11.5, labelLimit: narrow.matches ? 125 : 230,
        symbolSize: 90, rowPadding: 4, columnPadding: 14, offset: 12, symbolFillColor: soft,
      },
      range: { category: palette[dark.matches ? "dark" : "light"] },
      line: { color: soft }, rule: { color: soft }, point: { color: ink }, text: { color: ink },
    };
  };

  // A legend at the top of a narrow page would leave no room for axis titles of full length.
  const draw = async (script) => {
    const name = script.dataset.chart;
    const section = script.closest("section");
    const live = section.querySelector(".live");
    const specification = JSON.parse(script.textContent);
    const rows = specification.datasets.rows.length;
    if (views[name]) views[name].finalize();
    live.textContent = "";
    section.classList.add("drawn");
    if (narrow.matches && typeof specification.height === "number") specification.height = Math.min(specification.height, 340);
    try {
      const embedded = await vegaEmbed(live, specification, {
        mode: "vega-lite", ast: true, logLevel: vega.Error, defaultStyle: false,
        renderer: rows < CANVAS_FROM_ROWS ? "svg" : "canvas",
        actions: { export: true, source: false, compiled: false, editor: false },
        downloadFileName: "twopart-" + name,
        tooltip: { disableDefaultStyle: true },
        config: config(live.clientWidth - 30),
      });
      if (!Object.keys(views).length) performance.mark("first-chart");
      views[name] = embedded.view;
      const actions = live.querySelector(".vega-actions");
      if (actions) actions.className = "actions";
      const drawing = section.querySelector("details.drawing");
      if (drawing && !script.dataset.done) drawing.open = false;
      script.dataset.done = "yes";
    } catch (error) {
      section.classList.remove("drawn");
      live.innerHTML = "<p class=message>This browser could not draw the chart; its drawing and numbers are below.</p>";
      console.error(name + ": " + error);
    }
  };

  const scripts = [...document.querySelectorAll("script[data-chart]")];
  const drawn = new Set();
  const drawOnce = (script) => {
    if (drawn.has(script)) return views[script.dataset.chart];
    drawn.add(script);
    return draw(script);
  };
  if (typeof vegaEmbed === "function") {
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        observer.unobserve(entry.target);
        drawOnce(entry.target.querySelector("script[data-chart]"));
      }
    }, { rootMargin: "500px" });
    for (const script of scripts) observer.observe(script.closest("section"));
    const again = () => { for (const script of drawn) draw(script); };
    dark.addEventListener("change", again);
    narrow.addEventListener("change", again);
  }
  // For the test of the page, and for the curious.
  window.charts = { views, drawAll: async () => { await Promise.all(scripts.map(drawOnce)); } };

  const closed = [];
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details.drawing:not([open]), details.machine:not([open])")) {
      closed.push(details);
      details.open = true;
    }
  });
  addEventListener("afterprint", () => { while (closed.length) closed.pop().open = false; });

  // A click on a heading sorts, another one turns the order; empty cells stay last.
  const value = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const number = parseFloat(text.replace(/,/g, ""));
    return text === "" || text === "–" ? null : Number.isNaN(number) ? text : number;
  };
  const sort = (table, head) => {
    const column = head.cellIndex;
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, column), row]);
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
      return up ? order : -order;
    });
    body.append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table")) {
    if (!table.tHead || table.tBodies[0].rows.length < 2) continue;
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(table, head));
    }
  }
})();
