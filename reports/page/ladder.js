// The conversation of a case on all its links, as a ladder: a line for each node, an arrow for each packet.
const rungsOf = (one, story, withBackground) => {
  const judged = new Map();
  for (const finding of one.findings)
    if (notable(finding.verdict) && number(finding.packet))
      judged.set(finding.packet, judged.has(finding.packet) ? worse(judged.get(finding.packet), finding.verdict) : finding.verdict);
  const rungs = objects(story.rungs).map(each => ({...each, verdict: number(each.packet) ? judged.get(each.packet) : undefined}))
    .filter(each => withBackground || !each.background || each.verdict);
  const missing = new Set();
  for (const finding of one.findings) {
    const lost = object(finding.missing);
    const key = [lost.from, lost.to, lost.kind, finding.at_ns].join(" ");
    if (!notable(finding.verdict) || !lost.kind || missing.has(key)) continue;
    missing.add(key);
    rungs.push({at_ns: finding.at_ns, from: lost.from, to: lost.to, kind: lost.kind, missing: true, verdict: finding.verdict,
                text: finding.sentence});
  }
  return rungs.map((each, index) => [each, index]).sort((a, b) => number(a[0].at_ns) - number(b[0].at_ns) || a[1] - b[1]).map(([each]) => each);
};

const drawLadder = (one, story, rungs, choose) => {
  const named = objects(story.nodes);
  const spoken = new Set(rungs.flatMap(each => [text(each.from), text(each.to)]).filter(Boolean));
  const columns = named.filter(node => spoken.has(text(node.name))).map(node => text(node.name));
  for (const name of spoken) if (!columns.includes(name)) columns.push(name);
  const about = new Map(named.map(node => [text(node.name), node]));
  const left = 92, top = 56, step = 38;
  const room = Math.min(document.documentElement.clientWidth, 1248) - left - 90;
  const gap = Math.max(columns.length > 6 ? 140 : 176, Math.min(330, Math.floor(room / Math.max(1, columns.length))));
  const x = name => left + gap / 2 + columns.indexOf(name) * gap;
  const width = left + gap * Math.max(1, columns.length), height = top + step * rungs.length + 16;
  const svg = drawing("svg", {viewBox: "0 0 " + width + " " + height, width, height, preserveAspectRatio: "xMinYMin", role: "group",
    "aria-label": "Ladder diagram: " + plural(rungs.length, "event") + " between " + columns.join(", ")});
  for (const name of columns) {
    const node = object(about.get(name));
    const below = [text(node.role), text(node.player)].filter(Boolean).join(" \u00b7 ");
    const half = Math.min(gap - 10, Math.max(76, name.length * 7.6 + 24, below.length * 6.6 + 20)) / 2;
    svg.append(drawing("line", {class: "life", x1: x(name), x2: x(name), y1: 44, y2: height - 6}),
      drawing("rect", {class: "box " + (node.player === "sut" ? "sut" : ""), x: x(name) - half, y: 8, width: half * 2, height: 36, rx: 6}),
      drawing("text", {x: x(name), y: 23, "text-anchor": "middle"}, name),
      drawing("text", {class: "role", x: x(name), y: 37, "text-anchor": "middle"}, below));
  }
  rungs.forEach((each, index) => {
    const y = top + step * index + 24;
    const from = text(each.from), to = text(each.to);
    const classes = ["rung", each.background ? "background" : "", red.includes(each.verdict) ? "wrong" : each.verdict ? "deviates" : "",
                     each.missing ? "missing" : "", ["dropped", "undeliverable"].includes(each.fate) ? "lost" : ""].filter(Boolean);
    const label = (each.missing ? "\u2717 missing: " : number(each.packet) ? "#" + each.packet + " " : "") + text(each.kind) +
      (number(each.count) > 1 ? " \u00d7" + each.count : "") + (each.fate ? " (" + text(each.fate) + ")" : "");
    const told = [label, from && "from " + from, to ? "to " + to : number(each.packet) ? "to all on " + text(each.link) : "",
                  "at " + since(each.at_ns) + " s", each.verdict ? text(each.verdict) : ""].filter(Boolean).join(", ");
    const row = drawing("g", {class: classes.join(" "), tabindex: index === 0 ? "0" : "-1", role: "button", "aria-label": told},
      drawing("rect", {class: "hit", x: 2, y: y - 22, width: width - 4, height: step - 3, rx: 5}),
      drawing("text", {class: "time", x: 8, y: y + 3}, since(each.at_ns)));
    const tip = (at, way) => drawing("path", {class: "tip", d: "M" + at + " " + y + " l" + -9 * way + " -4.5 v9 z"});
    const line = (a, b) => drawing("line", {class: "arrow", x1: a, x2: b, y1: y, y2: y});
    let middle = left + (width - left) / 2;
    if (from && to && columns.includes(from) && columns.includes(to) && from !== to) {
      const way = x(to) > x(from) ? 1 : -1;
      const stop = classes.includes("lost") ? (x(from) + x(to)) / 2 : x(to);
      row.append(line(x(from), stop - way * 2));
      if (classes.includes("lost")) row.append(drawing("text", {x: stop, y: y + 4, "text-anchor": "middle"}, "\u00d7"));
      else row.append(tip(stop - way, way));
      middle = (x(from) + x(to)) / 2;
    } else if (from && columns.includes(from)) {
      const others = number(each.packet) ? list(object(story.links)[each.link]).map(text).filter(name => name !== from && columns.includes(name)) : [];
      const ends = others.map(x).sort((a, b) => a - b);
      for (const at of unique([ends[0], ends[ends.length - 1]].filter(value => value !== undefined))) {
        const way = at > x(from) ? 1 : -1;
        row.append(line(x(from), at - way * 2), tip(at - way, way));
      }
      row.append(drawing("circle", {class: "tip", cx: x(from), cy: y, r: 3.5}));
      middle = ends.length ? (Math.min(x(from), ends[0]) + Math.max(x(from), ends[ends.length - 1])) / 2 : x(from);
    }
    const size = (label.length * 7.3) / 2;
    middle = Math.max(left + size, Math.min(width - size - 6, middle));
    row.append(drawing("text", {class: "label" + (number(each.packet) || each.missing ? "" : " note"), x: middle, y: y - 7, "text-anchor": "middle"}, label));
    const pick = () => {
      for (const other of svg.querySelectorAll("g.rung")) { other.classList.remove("chosen"); other.setAttribute("tabindex", "-1"); }
      row.classList.add("chosen");
      row.setAttribute("tabindex", "0");
      choose(each);
    };
    row.addEventListener("click", pick);
    row.addEventListener("keydown", event => {
      const rows = [...svg.querySelectorAll("g.rung")];
      const next = event.key === "ArrowDown" ? rows[index + 1] : event.key === "ArrowUp" ? rows[index - 1]
        : event.key === "Home" ? rows[0] : event.key === "End" ? rows[rows.length - 1] : null;
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(); }
      if (next) { event.preventDefault(); event.stopPropagation(); next.focus(); next.dispatchEvent(new Event("click")); }
    });
    row.rung = each;
    svg.append(row);
  });
  return svg;
};

const ladderPart = (one, story) => {
  const part = element("div");
  const box = element("div", {class: "ladder", tabindex: "0", role: "group", "aria-label": "Ladder diagram, scrolls"});
  const detail = element("div", {class: "detail", "aria-live": "polite"});
  const choose = each => {
    detail.replaceChildren();
    const found = number(each.packet) ? octetsOf(story, each.packet) : null;
    const head = [number(each.packet) ? "#" + each.packet : "", since(each.at_ns) + " s", text(each.link) && "link " + text(each.link),
      [text(each.from), text(each.to)].filter(Boolean).join(" \u2192 "), number(each.size) ? plural(each.size, "octet") : "", text(each.fate)].filter(Boolean).join("  ·  ");
    detail.append(element("p", {class: "soft"}, head));
    if (each.text) detail.append(element("pre", {}, text(each.text)));
    if (found) {
      const marks = one.findings.filter(finding => finding.packet === each.packet && notable(finding.verdict)).flatMap(finding => objects(finding.differences))
        .filter(difference => number(difference.size));
      detail.append(hexView(found.octets, marks), fieldTable(found) || "");
    }
  };
  const draw = withBackground => {
    const rungs = rungsOf(one, story, withBackground);
    box.replaceChildren(rungs.length ? drawLadder(one, story, rungs, choose) : element("p", {class: "soft inside"}, "Nothing went over the links."));
  };
  const background = objects(story.rungs).filter(each => each.background);
  if (background.length) {
    const tick = element("input", {type: "checkbox"});
    tick.addEventListener("change", () => draw(tick.checked));
    part.append(element("label", {class: "soft"}, tick, " with background: " + plural(background.reduce((sum, each) => sum + (number(each.count) || 1), 0), "packet") +
      " of neighbour discovery and user traffic"));
  }
  draw(false);
  part.append(box);
  if (number(story.left_out)) part.append(element("p", {class: "soft"}, plural(story.left_out, "packet") + " more are in the capture only."));
  part.append(detail);
  part.pick = packet => {
    const row = [...box.querySelectorAll("g.rung")].find(each => each.rung.packet === packet);
    if (!row) return;
    row.dispatchEvent(new Event("click"));
    row.scrollIntoView({block: "center"});
    row.focus({preventScroll: true});
  };
  return part;
};
