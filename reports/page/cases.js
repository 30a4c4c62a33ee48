// Suites with their cases, and the filter over them.
const suites = [];
const suiteByName = new Map();
for (const one of cases) {
  const name = text(one.suite) || one.id.split("/").slice(0, -1).join("/") || "cases";
  if (!suiteByName.has(name)) { const made = {name, cases: [], shown: []}; suiteByName.set(name, made); suites.push(made); }
  one.place = suiteByName.get(name);
  one.place.cases.push(one);
  one.haystack = [one.id, one.title, one.reason, one.verdict, ...list(one.proves), ...one.findings.filter(each => notable(each.verdict))
    .flatMap(each => [each.requirement, each.sentence])].map(text).join("\n").toLowerCase();
}

const caseEntry = one => {
  if (one.entry) return one.entry;
  const marks = [standing(one) ? chip(standing(one), standing(one)) : "", number(run.rounds) > 1 ? chip("round " + text(one.round)) : "",
    number(object(one.stall).count) ? chip("host late") : "", one.alone && !red.includes(one.alone.verdict) ? chip("green alone", "flaky") : ""];
  const name = one.id.startsWith(one.place.name + "/") ? one.id.slice(one.place.name.length + 1) : one.id;
  const entry = element("details", {class: "case", id: "case-" + one.index}, element("summary", {}, pill(one.verdict),
    element("span", {class: "id"}, name), element("span", {class: "title"}, text(one.title), ...marks.map(mark => mark ? element("span", {}, " ", mark) : "")),
    element("span", {class: "time"}, skipped(one.verdict) ? "" : seconds(one.took_ns))));
  entry.addEventListener("toggle", () => { if (entry.open && entry.children.length === 1) fill(entry, one); });
  one.entry = entry;
  return entry;
};

const drawRows = suite => {
  suite.body.replaceChildren(...suite.shown.map(caseEntry));
  suite.drawn = true;
};

const drawSuites = () => {
  const fragment = document.createDocumentFragment();
  for (const suite of suites) {
    suite.counts = element("span", {class: "counts"});
    suite.body = element("div");
    suite.entry = element("details", {class: "suite"}, element("summary", {}, element("span", {class: "name id"}, suite.name), suite.counts), suite.body);
    suite.entry.addEventListener("toggle", () => { if (suite.entry.open && !suite.drawn) drawRows(suite); });
    fragment.append(suite.entry);
  }
  byId("suites").append(fragment);
};

// Suites open by themselves where there is something to see and not too much of it.
const openAtMost = 120;
const filter = () => {
  const asked = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const wantedStanding = byId("standing").value, wantedRole = byId("role").value;
  let shown = 0;
  const everything = !asked.length && chosen.size === groups.length && !wantedStanding && !wantedRole;
  for (const suite of suites) {
    suite.shown = everything ? suite.cases : suite.cases.filter(one => chosen.has(group(one.verdict)) && (!wantedStanding || standing(one) === wantedStanding) &&
      (!wantedRole || list(one.roles).includes(wantedRole)) && asked.every(word => one.haystack.includes(word)));
    shown += suite.shown.length;
  }
  for (const suite of suites) {
    suite.drawn = false;
    suite.entry.hidden = !suite.shown.length;
    const open = everything ? suite.cases.some(one => isRed(one) && !known(one)) && shown <= 2000 : shown <= openAtMost;
    suite.counts.replaceChildren(...groups.map(name => [name, suite.shown.filter(one => group(one.verdict) === name).length]).filter(([, n]) => n)
      .map(([name, n]) => element("span", {class: "pill " + name, title: words[name]}, n + " " + words[name])));
    if (!suite.shown.length) continue;
    if (open !== suite.entry.open) suite.entry.open = open;
    if (open) drawRows(suite);
    else suite.body.replaceChildren();
  }
  byId("shown").textContent = shown + " of " + cases.length + " shown";
};

const drawSelectors = () => {
  const option = (value, label) => element("option", {value}, label);
  const roles = unique(cases.flatMap(one => list(one.roles).map(text))).sort();
  byId("role").append(option("", "All roles"), ...roles.map(role => option(role, role)));
  byId("role").hidden = roles.length < 2;
  const standings = unique(cases.map(standing).filter(Boolean));
  byId("standing").append(option("", "Any standing"), ...standings.map(one => option(one, one)));
  byId("standing").hidden = !standings.length;
  for (const id of ["search", "role", "standing"]) byId(id).addEventListener("input", filter);
};

// Opens a case wherever it is, and goes there.
const show = one => {
  if (!one.place.shown.includes(one)) {
    byId("search").value = byId("role").value = byId("standing").value = "";
    groups.forEach(name => chosen.add(name));
    for (const tile of byId("tiles").children) tile.setAttribute("aria-pressed", "true");
    filter();
  }
  one.place.entry.open = true;
  if (!one.place.drawn) drawRows(one.place);
  one.entry.open = true;
  if (one.entry.children.length === 1) fill(one.entry, one);
  const summary = one.entry.firstElementChild;
  summary.focus({preventScroll: true});
  // What is above may be laid out only now.
  one.entry.scrollIntoView({block: "start"});
  requestAnimationFrame(() => one.entry.scrollIntoView({block: "start"}));
  if (location.hash !== "#case-" + one.index) history.replaceState(null, "", "#case-" + one.index);
};
