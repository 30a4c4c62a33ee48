// One case: what it is for, what was found, its ladder, its steps, its files.
const differenceTable = finding => {
  const rows = objects(finding.differences);
  if (!rows.length) return null;
  return element("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": "Fields that differ"}, element("table", {},
    element("thead", {}, element("tr", {}, ...["field", "expected", "actual", "octet"].map(name => element("th", {scope: "col"}, name)))),
    element("tbody", {}, ...rows.map(one => element("tr", {},
      element("td", {}, element("code", {}, text(one.path))),
      element("td", {class: "wanted"}, element("code", {}, text(one.expected))),
      element("td", {class: "actual"}, element("code", {}, text(one.actual) || "nothing")),
      element("td", {class: "number"}, number(one.size) ? text(one.offset) + (one.size > 1 ? "\u2013" + (one.offset + one.size - 1) : "") : ""))))));
};

const findingCard = (finding, story, ladder) => {
  const requirement = object(requirements.get(text(finding.requirement)));
  const card = element("article", {class: "finding " + group(finding.verdict)},
    element("div", {class: "head"}, pill(finding.verdict), element("span", {class: "id"}, text(finding.requirement) || "no requirement"),
      finding.requirement && finding.level ? chip(text(finding.level)) : "",
      requirement.section ? element("span", {class: "soft clause-name"}, "clause " + text(requirement.section)) : ""),
    requirement.text ? element("blockquote", {}, text(requirement.text)) : "",
    element("p", {class: "said"}, text(finding.sentence)));
  const step = [finding.step ? "step " + text(finding.step) : "", finding.culprit ? "duty of " + text(finding.culprit) : "", where(finding.where),
                number(finding.packet) ? "packet #" + finding.packet + " at " + since(finding.at_ns) + " s" : ""].filter(Boolean).join("  ·  ");
  if (step) card.append(element("p", {class: "soft"}, step));
  card.append(differenceTable(finding) || "");
  if (finding.packet_text) card.append(element("pre", {}, text(finding.packet_text)));
  const found = number(finding.packet) ? octetsOf(story, finding.packet) : null;
  if (found) card.append(hexView(found.octets, objects(finding.differences).filter(one => number(one.size))), fieldTable(found) || "");
  if (ladder && number(finding.packet)) {
    const button = element("button", {class: "button", type: "button"}, "Show #" + finding.packet + " in the ladder");
    button.addEventListener("click", () => ladder.pick(finding.packet));
    card.append(button);
  }
  return card;
};

const stepTable = (one, story) => {
  const steps = objects(story.steps);
  if (!steps.length) return null;
  const verdicts = steps.map(() => null), said = steps.map(() => []);
  for (const finding of one.findings) {
    const at = object(finding.where);
    const line = number(at.line) || number(finding.line);
    if (at.file && one.where && at.file !== one.where.file) continue;
    // A proof may stand on a field within its step: the step is the last that begins before it.
    let owner = -1;
    steps.forEach((step, index) => { if (number(step.line) <= line && (owner < 0 || number(step.line) >= number(steps[owner].line))) owner = index; });
    if (owner < 0 || !line) continue;
    verdicts[owner] = verdicts[owner] ? worse(verdicts[owner], finding.verdict) : finding.verdict;
    if (finding.requirement) said[owner].push(text(finding.requirement));
  }
  return element("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": "Steps"}, element("table", {},
    element("thead", {}, element("tr", {}, ...["step", "between", "line", "verdict", "proves"].map(name => element("th", {scope: "col"}, name)))),
    element("tbody", {}, ...steps.map((step, index) => {
      const name = element("td", {}, element("code", {}, text(step.kind)), step.name ? " " + text(step.name) : "", step.part ? element("span", {class: "soft"}, " " + text(step.part)) : "");
      name.style.paddingLeft = number(step.depth) + "rem";
      return element("tr", {}, name, element("td", {}, [text(step.from), text(step.to)].filter(Boolean).join(" \u2192 ")),
        element("td", {class: "number"}, text(step.line)), element("td", {}, verdicts[index] ? pill(verdicts[index]) : ""),
        element("td", {class: "soft"}, unique(said[index]).join(" ")));
    }))));
};

const fileLink = (one, file) => {
  const path = (text(one.directory) + "/" + file).split("/").map(encodeURIComponent).join("/");
  return element("a", {class: "button", href: "./" + path, download: file.endsWith("pcapng") ? "" : null}, file);
};

const copyButton = command => {
  const button = element("button", {class: "button", type: "button"}, "Copy");
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(command); button.textContent = "Copied"; } catch { button.textContent = "Select it by hand"; }
  });
  return button;
};

const historyDots = one => {
  const marks = object(past.cases)[one.id];
  if (typeof marks !== "string" || !marks) return "";
  const meaning = {P: "pass", F: "fail", E: "error", I: "inconclusive", D: "deviation", S: "skipped", "-": "skipped"};
  return element("span", {class: "dots", role: "img", "aria-label": "Earlier runs, oldest first: " + [...marks].map(mark => mark === "-" ? "not there" : meaning[mark] || "?").join(", ")},
    ...[...marks].map(mark => element("i", {class: meaning[mark] || "skipped", title: meaning[mark] || "not there"})));
};

const fill = (place, one) => {
  const story = storyOf(one);
  const inside = element("div", {class: "inside"});
  if (story && story.says) inside.append(element("p", {class: "lead"}, text(story.says)));
  const stall = object(one.stall);
  const marks = historyDots(one);
  inside.append(facts(
    ["purpose", story ? text(story.purpose) : ""],
    ["roles", list(one.roles).map(text).join(", ")],
    ["case", where(one.where)],
    ["reason", text(one.reason)],
    ["baseline", [standing(one), text(one.standing_because)].filter(Boolean).join(": ")],
    ["earlier runs", marks],
    ["host", number(stall.count) ? "timers up to " + milliseconds(stall.worst_ns) + " late, " + plural(stall.count, "time") : "",
      number(stall.replays) ? "; " + plural(stall.replays, "play") + " before this one did not count" : ""],
    ["alone", one.alone ? text(one.alone.verdict) + (red.includes(one.alone.verdict) ? ": " + text(one.alone.reason) : ": load or chance may be the cause") : ""],
    ["again", one.again ? element("code", {}, text(one.again)) : "", one.again ? " " : "", one.again ? copyButton(text(one.again)) : ""]));
  if (one.directory) {
    const files = element("p", {class: "head"}, fileLink(one, "capture.pcapng"), fileLink(one, "transcript.txt"), fileLink(one, "harness.log"));
    if (story) files.append(captureButton(one, story));
    inside.append(files);
  }
  const ladder = story && (objects(story.rungs).length || one.findings.some(each => each.missing)) ? ladderPart(one, story) : null;
  const bad = one.findings.filter(each => notable(each.verdict)).sort((a, b) => grave.indexOf(b.verdict) - grave.indexOf(a.verdict));
  const most = 12;
  if (bad.length) inside.append(element("h3", {class: "part"}, plural(bad.length, "finding")), ...bad.slice(0, most).map(each => findingCard(each, story, ladder)));
  if (bad.length > most) {
    const more = element("button", {class: "button", type: "button"}, "Show " + (bad.length - most) + " more findings");
    more.addEventListener("click", () => more.replaceWith(...bad.slice(most).map(each => findingCard(each, story, ladder))));
    inside.append(more);
  }
  if (ladder) inside.append(element("h3", {class: "part"}, "Conversation"), ladder);
  const steps = story ? stepTable(one, story) : null;
  if (steps) inside.append(element("h3", {class: "part"}, "Steps"), steps);
  const observed = one.findings.filter(each => each.verdict === "observed" && each.name);
  if (observed.length)
    inside.append(element("h3", {class: "part"}, "Observed, the text leaves it open"), element("ul", {}, ...observed.map(each => element("li", {}, text(each.name) + " = " + text(each.value)))));
  const passed = unique(one.findings.filter(each => each.verdict === "pass" && each.requirement).map(each => text(each.requirement)));
  if (passed.length) inside.append(element("h3", {class: "part"}, "Passed"), element("p", {class: "soft id"}, passed.join("  ")));
  place.append(inside);
  const first = bad.find(each => number(each.packet));
  if (ladder && first) {
    const row = [...ladder.querySelectorAll("g.rung")].find(each => each.rung.packet === first.packet);
    if (row) row.classList.add("chosen");
  }
};
