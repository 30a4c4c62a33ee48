// The first screen: the verdict, how many cases ended how, what is new, what took long.
const chosen = new Set(groups);
const headline = () => {
  const bad = [[count.fail, "failed"], [count.error, count.error === 1 ? "error" : "errors"], [count.inconclusive, "inconclusive"]]
    .filter(([n]) => n).map(([n, word]) => n + " " + word).join(", ");
  const state = !end ? "Cut off: " : end.interrupted ? "Interrupted: " : "";
  const verdict = byId("verdict");
  const all = plural(cases.length, "case");
  verdict.textContent = state + (bad ? bad + " of " + all : cases.length ? "All green: " + all : "No case was played");
  verdict.className = bad ? (count.fail ? "fail" : "inconclusive") : cases.length ? "pass" : "skipped";
  document.title = verdict.textContent + " - mobiconform";
  const suts = list(run.suts).map(text).join(" and ") || "the reference peers";
  byId("about").append(element("b", {}, suts), " on " + [text(run.stage), "profile " + text(run.profile), text(run.started),
    end ? "in " + seconds(end.took_ns) : ""].filter(Boolean).join(" · "));
};

const drawTiles = () => {
  for (const name of groups) {
    if (!count[name]) continue;
    const part = element("i", {class: name});
    part.style.flexGrow = count[name];
    byId("proportions").append(part);
    const tile = element("button", {class: "tile", type: "button", "aria-pressed": "true"},
      element("b", {class: name}, text(count[name])), element("span", {}, words[name]));
    tile.addEventListener("click", () => {
      // The first choice shows that kind alone; taking the last one away shows all again.
      if (chosen.size === groups.length) { chosen.clear(); chosen.add(name); }
      else if (!chosen.delete(name)) chosen.add(name);
      if (!chosen.size) groups.forEach(each => chosen.add(each));
      for (const each of byId("tiles").children) each.setAttribute("aria-pressed", String(chosen.has(each.dataset.group)));
      filter();
    });
    tile.dataset.group = name;
    byId("tiles").append(tile);
  }
};

const entryTo = one => {
  const finding = gravestOf(one);
  const line = element("a", {class: "row", href: "#case-" + one.index},
    element("span", {class: "head"}, pill(one.verdict), element("span", {class: "id"}, one.id), standing(one) ? chip(standing(one), standing(one)) : ""),
    element("span", {class: "why"}, finding ? [text(finding.requirement), text(finding.sentence)].filter(Boolean).join(": ") : text(one.reason)));
  line.addEventListener("click", event => { event.preventDefault(); show(one); });
  return element("li", {}, line);
};

const attention = () => {
  const off = one => ["new", "different", "expired", "fixed"].includes(standing(one));
  const hasBaseline = Boolean(run.baseline);
  const found = cases.filter(one => hasBaseline ? off(one) : isRed(one));
  const rest = hasBaseline ? cases.filter(one => isRed(one) && !off(one)).length : 0;
  found.sort((a, b) => grave.indexOf(b.verdict) - grave.indexOf(a.verdict) || a.index - b.index);
  const panel = element("div", {class: "panel"}, element("h2", {class: "small"}, hasBaseline ? "New since the baseline" : found.length ? "Not green" : "Nothing to attend to"));
  const standings = Object.entries(object(object(end).standings));
  if (hasBaseline)
    panel.append(element("p", {class: "soft"}, "Against " + text(run.baseline) + ": " +
      (standings.map(([name, n]) => text(n) + " " + text(name)).join(", ") || "no difference, nothing known") +
      (rest && !standings.length ? ", " + rest + " known" : "")));
  if (!found.length) panel.append(element("p", {class: "soft"}, hasBaseline ? "Nothing that the baseline does not know."
    : cases.length ? "Every case that was played is green." : "Nothing was selected, or the run ended before its first case."));
  const most = 8;
  const rows = element("ul", {}, ...found.slice(0, most).map(entryTo));
  panel.append(rows);
  if (found.length > most) {
    const more = element("button", {class: "button", type: "button"}, "Show all " + found.length);
    more.addEventListener("click", () => { rows.append(...found.slice(most).map(entryTo)); more.remove(); });
    panel.append(more);
  }
  return panel;
};

const remarks = () => {
  const lines = [];
  for (const one of objects(object(end).repeated))
    lines.push((one.flaky ? "Flaky: " : "Failing every time: ") + text(one.id) + ", " + text(one.gravest) + " in " +
      text(one.red) + " of " + text(one.rounds) + " rounds");
  for (const remark of list(object(end).remarks)) lines.push(text(remark));
  const late = cases.filter(one => number(object(one.stall).count));
  if (late.length)
    lines.push("This host was late in " + plural(late.length, "case") + ", by up to " +
      milliseconds(late.reduce((most, one) => Math.max(most, number(one.stall.worst_ns)), 0)));
  if (!lines.length) return null;
  const most = 6;
  const rows = element("ul", {}, ...lines.slice(0, most).map(line => element("li", {class: "row"}, line)));
  const panel = element("div", {class: "panel"}, element("h2", {class: "small"}, "What to know"), rows);
  if (lines.length > most)
    panel.append(element("details", {class: "more"}, element("summary", {class: "soft"}, plural(lines.length - most, "line") + " more"),
      element("ul", {}, ...lines.slice(most).map(line => element("li", {class: "row"}, line)))));
  return panel;
};

const slowest = () => {
  const found = cases.filter(one => !skipped(one.verdict) && number(one.took_ns) > 0)
    .sort((a, b) => number(b.took_ns) - number(a.took_ns)).slice(0, 8);
  if (!found.length) return null;
  const longest = number(found[0].took_ns);
  return element("div", {class: "panel"}, element("h2", {class: "small"}, "Slowest cases"), element("ul", {}, ...found.map(one => {
    const bar = element("i");
    bar.style.width = Math.max(1, 100 * number(one.took_ns) / longest) + "%";
    const line = element("a", {class: "row slow", href: "#case-" + one.index}, element("span", {class: "id"}, one.id),
      element("span", {class: "soft"}, seconds(one.took_ns)), element("span", {class: "meter"}, bar));
    line.addEventListener("click", event => { event.preventDefault(); show(one); });
    return element("li", {}, line);
  })));
};

const drawSummary = () => {
  headline();
  drawTiles();
  const left = element("div", {}, attention());
  const right = element("div");
  const notes = remarks(), slow = slowest();
  if (notes) left.append(notes);
  if (slow) right.append(slow);
  byId("news").append(left, right);
  const about = facts(
    ["under test", list(run.suts).map(text).join(", ") || "the reference peers"],
    ["versions", "mobiconform " + text(run.harness) + ", suites " + text(run.suites) + ", specs " + text(run.specs)],
    ["host", text(run.host)],
    ["command", run.command ? element("code", {}, text(run.command)) : ""],
    ["baseline", text(run.baseline)],
    ["seed", text(run.seed)],
    ["rounds", number(run.rounds) > 1 ? text(run.rounds) : ""],
    ["cases at a time", text(run.jobs)],
    ["exit code", end ? text(end.exit_code) : ""]);
  byId("facts").replaceWith(about);
};
