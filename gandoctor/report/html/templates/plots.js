"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  if (!$("data")) return;
  const { written, place, linear, logarithmic } = numbers;
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 10000, HEIGHT = 2000, DOTTED = 60;
  const data = JSON.parse($("data").textContent);
  const tools = $("tools"), area = $("plots"), readout = $("readout");
  const unit = area.dataset.unit;
  const groups = [...document.querySelectorAll(".gd-plot")];
  const names = groups.map((group) => [...group.querySelectorAll(".gd-legend li")].map((one) => one.textContent.trim()));
  const boxes = groups.map((group) => group.querySelector(".gd-box"));
  const moving = [...document.querySelectorAll(".gd-moving")];
  const axes = [...document.querySelectorAll(".gd-x")];
  let from = data.start, to = data.end, cursor = null;

  const make = (parent, name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  };
  const cursors = boxes.map((box) => make(box, "line", { class: "gd-cursor", y1: 0, y2: "100%", visibility: "hidden" }));

  /* --- drawing ------------------------------------------------------------------------------------------------- */

  const across = (step) => (step - from) / (to - from);
  const percent = (share) => `${(100 * share).toFixed(3)}%`;
  const height = (view, value) => {
    const share = view.log
      ? Math.log(Math.max(value, view.low * 1e-3) / view.low) / Math.log(view.high / view.low)
      : (value - view.low) / (view.high - view.low);
    return 1 - Math.min(Math.max(share, -1), 2);
  };
  /* The first index at or behind a step. */
  const search = (steps, step) => {
    let low = 0, high = steps.length;
    while (low < high) { const half = (low + high) >> 1; if (steps[half] < step) low = half + 1; else high = half; }
    return low;
  };
  /* Indices in view, with one more on either side so that lines reach the edges. */
  const visible = (steps) => [Math.max(search(steps, from) - 1, 0), Math.min(search(steps, to) + 2, steps.length)];

  const trace = (view, steps, values, start, end) => {
    let path = "", pen = false;
    for (let k = start; k < end; k++) {
      if (values[k] === null) { pen = false; continue; }
      const x = Math.round(across(steps[k]) * WIDTH), y = Math.round(height(view, values[k]) * HEIGHT);
      path += pen ? `L${x},${y}` : `M${x},${y}h1`;
      pen = true;
    }
    return path;
  };
  const dots = (view, steps, values, start, end) => {
    let path = "";
    for (let k = start; k < end; k++) {
      if (values[k] !== null) path += `M${Math.round(across(steps[k]) * WIDTH)},${Math.round(height(view, values[k]) * HEIGHT)}h1`;
    }
    return path;
  };
  const fill = (view, steps, low, high, start, end) => {
    let path = "", k = start;
    while (k < end) {
      if (low[k] === null) { k++; continue; }
      const first = k;
      while (k < end && low[k] !== null) k++;
      const point = (values, j) => `${Math.round(across(steps[j]) * WIDTH)},${Math.round(height(view, values[j]) * HEIGHT)}`;
      const there = [], back = [];
      for (let j = first; j < k; j++) { there.push(point(high, j)); back.push(point(low, j)); }
      path += `M${there.join("L")}L${back.reverse().join("L")}z`;
    }
    return path;
  };

  /* The panel's own axis for the whole run; when zoomed one that fits what is in view. */
  const fitted = (plot) => {
    if (from <= data.start && to >= data.end) return plot;
    let low = Infinity, high = -Infinity;
    for (const line of plot.lines) {
      const steps = data.steps[line.steps], [start, end] = visible(steps);
      for (let k = start; k < end; k++) {
        for (const value of [line.low[k], (line.high || line.low)[k]]) {
          if (value === null || (plot.log && value <= 0)) continue;
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (!(low <= high)) return plot;
    if (plot.log) return { low: low / 1.3, high: high * 1.3, log: true };
    const room = 0.06 * (high - low) || 0.1 * Math.abs(high) || 1;
    return { low: low - room, high: high + room, log: false };
  };

  const drawPlot = (plot, group, box) => {
    const view = fitted(plot);
    const whole = view === plot;
    const paths = [...box.querySelectorAll(".gd-curves path")];
    plot.lines.forEach((line, k) => {
      const steps = data.steps[line.steps], [start, end] = visible(steps);
      const raw = line.high ? fill(view, steps, line.low, line.high, start, end) : trace(view, steps, line.low, start, end);
      paths[k].setAttribute("d", raw);
      paths[plot.lines.length + k].setAttribute("d", trace(view, steps, line.middle, start, end));
      const few = !line.high && end - start <= DOTTED;
      paths[2 * plot.lines.length + k].setAttribute("d", few ? dots(view, steps, line.low, start, end) : "");
    });
    const most = box.clientHeight > 200 ? 6 : 4;
    const marks = (view.log ? logarithmic : linear)(view.low, view.high, most);
    const rules = box.querySelector(".gd-rules"), side = group.querySelector(".gd-y");
    rules.replaceChildren();
    side.replaceChildren();
    for (const mark of marks) {
      const y = percent(height(view, mark));
      make(rules, "line", { x1: 0, x2: "100%", y1: y, y2: y });
      make(side, "text", { x: "100%", dx: -6, y, dy: 4, "text-anchor": "end" }, written(Number(mark.toPrecision(6))));
    }
    drawLevels(plot, view, group, whole);
  };

  /* Reference lines; a name that would lie on another is left out while zoomed. */
  const drawLevels = (plot, view, group, whole) => {
    const lines = [...group.querySelectorAll(".gd-level")];
    const names = [group.querySelectorAll(".gd-inside"), group.querySelectorAll(".gd-side text")];
    const taken = [];
    plot.levels.forEach((value, k) => {
      const y = height(view, value), shown = y >= 0 && y <= 1;
      lines[k].setAttribute("y1", percent(y));
      lines[k].setAttribute("y2", percent(y));
      lines[k].setAttribute("visibility", shown ? "visible" : "hidden");
      const free = shown && !taken.some((other) => Math.abs(other - y) < 0.07);
      if (free) taken.push(y);
      for (const texts of names) {
        const text = texts[k];
        text.dataset.home = text.dataset.home || text.getAttribute("y");
        text.setAttribute("y", whole ? text.dataset.home : percent(y));
        text.setAttribute("visibility", whole || free ? "visible" : "hidden");
      }
    });
  };

  const move = (one) => {
    if (one.dataset.step !== undefined) {
      const x = across(Number(one.dataset.step)), shown = x >= 0 && x <= 1;
      one.setAttribute("visibility", shown ? "visible" : "hidden");
      if (one.tagName === "line") { one.setAttribute("x1", percent(x)); one.setAttribute("x2", percent(x)); }
      else one.setAttribute("x", percent(x));
      if (one.parentNode.classList.contains("gd-moments")) one.setAttribute("text-anchor", x > 0.5 ? "end" : "start");
      return;
    }
    const start = Math.max(across(Number(one.dataset.from)), 0), end = Math.min(across(Number(one.dataset.to)), 1);
    one.setAttribute("visibility", end >= start ? "visible" : "hidden");
    one.setAttribute("x", percent(start));
    one.setAttribute("width", percent(Math.max(end - start, 0.002)));
    const name = one.querySelector("text");
    if (!name) return;
    const room = (end - start) * (one.ownerSVGElement.clientWidth || one.ownerSVGElement.getBoundingClientRect().width);
    name.setAttribute("visibility", name.getComputedTextLength() + 8 > room ? "hidden" : "inherit");
  };

  const draw = () => {
    data.plots.forEach((plot, k) => drawPlot(plot, groups[k], boxes[k]));
    moving.forEach(move);
    for (const axis of axes) {
      axis.replaceChildren();
      const marks = linear(from, to, area.clientWidth < 600 ? 4 : 7, data.whole ? 1 : 0);
      for (const mark of marks) make(axis, "text", { x: percent(across(mark)), y: 13, "text-anchor": "middle" }, place(mark));
    }
    for (const button of tools.querySelectorAll("button")) {
      const all = from <= data.start && to >= data.end;
      const off = { out: all, all, left: from <= data.start, right: to >= data.end }[button.dataset.do];
      button.setAttribute("aria-disabled", off ? "true" : "false");
    }
    read(cursor);
  };

  /* --- zoom and cursor ----------------------------------------------------------------------------------------- */

  const least = (() => {
    let gap = Infinity;
    for (const steps of data.steps) {
      for (let k = 1; k < steps.length; k++) if (steps[k] > steps[k - 1]) gap = Math.min(gap, steps[k] - steps[k - 1]);
    }
    return Number.isFinite(gap) ? 4 * gap : data.end - data.start;
  })();
  const zoom = (start, end) => {
    const width = Math.min(Math.max(end - start, least), data.end - data.start);
    const middle = (start + end) / 2;
    from = Math.min(Math.max(middle - width / 2, data.start), data.end - width);
    to = from + width;
    draw();
    say(from <= data.start && to >= data.end ? "The whole run" : `${unit} ${place(Math.ceil(from))} to ${place(Math.floor(to))}`);
  };
  const say = (text) => { readout.textContent = text; };
  const actions = {
    in: () => { const at = inView(cursor) ? cursor : (from + to) / 2, width = (to - from) / 4; zoom(at - width, at + width); },
    out: () => { const width = to - from; zoom(from - width / 2, to + width / 2); },
    left: () => { const by = (to - from) / 3; zoom(from - by, to - by); },
    right: () => { const by = (to - from) / 3; zoom(from + by, to + by); },
    all: () => zoom(data.start, data.end),
  };
  const inView = (step) => step !== null && step >= from && step <= to;

  const nearest = (steps, step) => {
    const k = search(steps, step);
    if (k === 0) return 0;
    if (k === steps.length) return k - 1;
    return step - steps[k - 1] <= steps[k] - step ? k - 1 : k;
  };
  /* Show the values at a step: beside the names of the curves, and spoken where a key moved the cursor. */
  const read = (step) => {
    cursor = step;
    const shown = inView(step);
    const spoken = [];
    data.plots.forEach((plot, k) => {
      cursors[k].setAttribute("visibility", shown ? "visible" : "hidden");
      if (shown) { cursors[k].setAttribute("x1", percent(across(step))); cursors[k].setAttribute("x2", percent(across(step))); }
      const entries = groups[k].querySelectorAll(".gd-legend li");
      plot.lines.forEach((line, j) => {
        let text = "";
        if (shown) {
          const at = nearest(data.steps[line.steps], step);
          text = written(line.low[at]);
          if (line.high && line.low[at] !== null) text += ` to ${written(line.high[at])}`;
          if (k === 0) spoken.push(`${names[k][j]} ${text}`);
        }
        entries[j].querySelector(".gd-now").textContent = text;
      });
    });
    return spoken;
  };
  const stepsOf = () => data.steps.reduce((longest, steps) => (steps.length > longest.length ? steps : longest), []);

  const at = (event, box) => {
    const frame = box.getBoundingClientRect();
    return from + Math.min(Math.max((event.clientX - frame.left) / frame.width, 0), 1) * (to - from);
  };
  boxes.forEach((box) => {
    let begin = null, mark = null;
    box.addEventListener("pointermove", (event) => {
      const step = at(event, box), steps = stepsOf();
      const near = steps[nearest(steps, step)];
      read(inView(near) ? near : step);
      say(`${unit} ${place(cursor)}`);
      if (!mark) return;
      const [low, high] = [across(Math.min(begin, step)), across(Math.max(begin, step))];
      mark.setAttribute("x", percent(low));
      mark.setAttribute("width", percent(high - low));
    });
    box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      begin = at(event, box);
      mark = make(box, "rect", { class: "gd-drag", y: 0, height: "100%", width: 0 });
      box.setPointerCapture(event.pointerId);
    });
    const end = (event, keep) => {
      if (!mark) return;
      mark.remove();
      mark = null;
      const step = at(event, box);
      if (keep && Math.abs(across(step) - across(begin)) > 0.01) zoom(Math.min(begin, step), Math.max(begin, step));
    };
    box.addEventListener("pointerup", (event) => end(event, true));
    box.addEventListener("pointercancel", (event) => end(event, false));
    box.addEventListener("pointerleave", () => { if (!mark) { read(null); say(""); } });
    box.addEventListener("dblclick", () => actions.all());
  });

  const walk = (by) => {
    const steps = stepsOf();
    if (!steps.length) return;
    const start = inView(cursor) ? nearest(steps, cursor) + by : nearest(steps, by > 0 ? from : to);
    const next = steps[Math.min(Math.max(start, 0), steps.length - 1)];
    if (next < from || next > to) zoom(next - (to - from) / 2, next + (to - from) / 2);
    const spoken = read(next);
    say(`${unit} ${place(next)}: ${spoken.join(", ")}`);
  };
  const page = () => Math.max(1, Math.round((visible(stepsOf())[1] - visible(stepsOf())[0]) / 10));
  const keys = {
    ArrowLeft: () => walk(-1), ArrowRight: () => walk(1), PageUp: () => walk(-page()), PageDown: () => walk(page()),
    "+": actions.in, "=": actions.in, "-": actions.out, "0": actions.all, Escape: () => { read(null); say(""); },
    Home: () => { cursor = null; walk(1); }, End: () => { cursor = null; walk(-1); },
  };
  area.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  area.tabIndex = 0;
  area.setAttribute("role", "group");
  area.setAttribute("aria-label", "Curves. Left and right arrow: read the values. Plus and minus: zoom. 0: the whole run.");
  tools.addEventListener("click", (event) => {
    const action = event.target.closest("button");
    if (action && action.getAttribute("aria-disabled") !== "true") actions[action.dataset.do]();
  });
  tools.hidden = false;
  new ResizeObserver(draw).observe(area);
  say("Drag across a plot to zoom in. Keys: arrows read values, + and \u2212 zoom, 0 shows the whole run.");
})();
