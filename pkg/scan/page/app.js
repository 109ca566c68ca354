"use strict";
// Everything that is shown stands in the document already. This script draws
// the chart, filters the list and moves the focus. It makes no markup, and it
// compares numbers and words of the page, never what a caller chose.
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const by = (id) => document.getElementById(id);

  // Theme: as the system, until somebody chooses. Where a browser keeps nothing
  // for pages from disk, the choice lasts as long as the page.
  const themes = [["", "◐", "System"], ["light", "☀", "Light"], ["dark", "☾", "Dark"]];
  let theme = 0;
  const kept = (act) => { try { return act(window.localStorage); } catch { return null; } };
  const show = (at) => {
    theme = at;
    const [name, sign, words] = themes[at];
    if (name) { root.dataset.theme = name; } else { delete root.dataset.theme; }
    const button = by("theme");
    button.firstChild.data = sign + " ";
    button.lastElementChild.textContent = words;
    button.setAttribute("aria-label", "Theme: " + (name || "as the system"));
    draw();
  };
  by("theme").addEventListener("click", () => {
    show((theme + 1) % themes.length);
    kept((s) => s.setItem("whydenied-theme", themes[theme][0]));
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());

  // The chart takes its colors from the legend, and so from the theme.
  let chart = null;
  const texture = (color, surface, kind) => {
    if (kind === "plain") { return color; }
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const c = tile.getContext("2d");
    c.fillStyle = color;
    c.fillRect(0, 0, 8, 8);
    c.strokeStyle = c.fillStyle = surface;
    c.lineWidth = 1.6;
    const line = (x) => { c.beginPath(); c.moveTo(x, 8.5); c.lineTo(x + 9, -.5); c.stroke(); };
    if (kind === "dots") {
      for (const [x, y] of [[2, 2], [6, 6]]) { c.beginPath(); c.arc(x, y, 1.2, 0, 7); c.fill(); }
    } else {
      for (const x of [-8, -4, 0, 4]) { line(x); }
    }
    if (kind === "cross") {
      c.beginPath(); c.moveTo(-.5, -.5); c.lineTo(8.5, 8.5); c.stroke();
    }
    return c.createPattern(tile, "repeat");
  };
  function draw() {
    const data = by("series");
    if (!data || !window.Chart) { return; }
    const series = JSON.parse(data.textContent);
    const swatches = document.querySelectorAll(".legend .sw");
    const style = getComputedStyle(root);
    const dim = style.getPropertyValue("--dim").trim(), grid = style.getPropertyValue("--line").trim(), surface = style.getPropertyValue("--surface").trim();
    const only = by("cause") ? by("cause").value : "";
    const datasets = series.causes.map((one, i) => {
      const color = getComputedStyle(swatches[i]).color;
      return {
        label: one.name, data: one.counts, hidden: only !== "" && only !== String(i),
        backgroundColor: texture(color, surface, one.class.split(" t-")[1]), borderColor: surface, borderWidth: { top: 1 }, color,
        barPercentage: 1, categoryPercentage: .86,
      };
    });
    document.querySelectorAll(".legend li").forEach((li, i) => li.classList.toggle("off", datasets[i].hidden));
    if (chart) { chart.destroy(); }
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    chart = new Chart(by("chart"), {
      type: "bar",
      data: { labels: series.labels, datasets },
      options: {
        animation: false, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
        scales: {
          x: { stacked: true, grid: { display: false }, border: { color: grid }, ticks: { color: dim, maxRotation: 0, autoSkipPadding: 18 } },
          y: { stacked: true, beginAtZero: true, grid: { color: grid }, border: { display: false }, ticks: { color: dim, precision: 0, maxTicksLimit: 6 } },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            filter: (item) => item.raw > 0, itemSort: (a, b) => b.raw - a.raw,
            callbacks: {
              title: (items) => items.length ? series.spans[items[0].dataIndex] : "",
              label: (item) => " " + item.formattedValue + "  " + item.dataset.label,
              labelColor: (item) => ({ backgroundColor: item.dataset.color, borderColor: item.dataset.color }),
            },
          },
        },
      },
    });
  }

  // Filters.
  const list = by("list");
  const items = list ? Array.from(list.children) : [];
  const fields = list ? ["q", "cause", "account", "state"].map(by) : [];
  let texts = null, role = "";
  const filter = () => {
    const [q, cause, account, state] = fields.map((f) => f.value);
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !texts) { texts = items.map((li) => li.textContent.toLowerCase()); }
    let shown = 0, denials = 0;
    items.forEach((li, i) => {
      const d = li.dataset;
      const fits = (cause === "" || d.cause === cause) && (account === "" || d.account === account) && (role === "" || d.role === role) &&
        (state === "" || d.state.split(" ").includes(state)) && words.every((w) => texts[i].includes(w));
      li.hidden = !fits;
      if (fits) { shown++; denials += Number(d.n); }
    });
    by("count").textContent = `${shown.toLocaleString("en")} of ${items.length.toLocaleString("en")} groups, ${denials.toLocaleString("en")} denials` + (role === "" ? "" : ", of one role");
    by("none").hidden = shown > 0;
    by("clear").hidden = !words.length && cause + account + state + role === "";
  };
  const set = (values) => {
    fields.forEach((f) => { f.value = values[f.id] || ""; });
    role = values.role || "";
    filter();
    draw();
  };
  if (list) {
    by("q").addEventListener("input", filter);
    fields.slice(1).forEach((f) => f.addEventListener("change", () => { filter(); draw(); }));
    by("clear").addEventListener("click", () => { set({}); by("q").focus(); });
    document.querySelectorAll("a[data-state], a[data-role]").forEach((a) => a.addEventListener("click", (e) => {
      e.preventDefault();
      set(a.dataset);
      by("groups").scrollIntoView();
      by("groups").focus({ preventScroll: true });
    }));
  }

  // Keys: "/" searches, Esc takes all filters back, arrows go from group to group.
  const heads = () => items.filter((li) => !li.hidden).map((li) => li.querySelector("summary")).filter(Boolean);
  document.addEventListener("keydown", (e) => {
    if (!list || e.ctrlKey || e.metaKey || e.altKey) { return; }
    if (e.key === "/" && e.target !== by("q")) {
      e.preventDefault();
      by("q").focus();
    } else if (e.key === "Escape" && !by("clear").hidden) {
      set({});
      by("q").focus();
    } else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(e.key) && e.target.matches("summary.row")) {
      const all = heads(), at = all.indexOf(e.target);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
      if (all[to]) { e.preventDefault(); all[to].focus(); }
    } else if (e.key === "ArrowDown" && e.target === by("q") && heads().length) {
      e.preventDefault();
      heads()[0].focus();
    }
  });

  // A link to a group opens it.
  const open = () => {
    const at = /^#g\d+$/.test(location.hash) ? by(location.hash.slice(1)) : null;
    const details = at && at.querySelector("details");
    if (details) { details.open = true; at.scrollIntoView(); }
  };
  window.addEventListener("hashchange", open);
  show(Math.max(themes.findIndex(([name]) => name && name === kept((s) => s.getItem("whydenied-theme"))), 0));
  if (list) { filter(); }
  open();
})();
