// What the page knows: the events of the run, read with no trust in them. Whatever a peer or a file has said goes
// into the page as text, never as markup.
const byId = id => document.getElementById(id);
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
  return made;
};
const drawing = (name, attributes = {}, ...children) => {
  const made = document.createElementNS(byId("svg").namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
// Control characters and those that turn the direction of writing are shown, not obeyed.
const visible = value => value.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
  one => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"));
const text = value => value === undefined || value === null ? "" : visible(String(value));
const list = value => Array.isArray(value) ? value : [];
const objects = value => list(value).filter(one => one && typeof one === "object");
const number = value => typeof value === "number" && Number.isFinite(value) ? value : 0;
const object = value => value && typeof value === "object" && !Array.isArray(value) ? value : {};
const seconds = ns => {
  const value = number(ns) / 1e9;
  return value < 10 ? value.toFixed(3) + " s" : value < 120 ? value.toFixed(1) + " s" : Math.round(value / 60) + " min";
};
const since = ns => (number(ns) < 0 ? "-" : "+") + (Math.abs(number(ns)) / 1e9).toFixed(6);
const milliseconds = ns => Math.round(number(ns) / 1e6) + " ms";
const plural = (n, one, many = one + "s") => n + " " + (n === 1 ? one : many);
const unique = values => [...new Set(values)];

const events = JSON.parse(byId("events").textContent).filter(one => one && typeof one === "object");
const of = name => events.filter(one => one.event === name);
const run = object(of("run-started")[0]);
const end = of("run-ended")[0];
const past = object(of("history")[0]);
const requirements = new Map();
for (const event of of("ledger"))
  for (const one of objects(event.requirements)) requirements.set(text(one.id), one);
const cases = of("case-ended").map(one => object(one.result));
const places = new Map();
cases.forEach((one, index) => {
  one.index = index;
  one.id = text(one.id);
  one.findings = objects(one.findings);
  places.set(one.id + " " + text(one.seed), one);
});
for (const event of of("case-played-alone")) {
  const one = places.get(text(event.id) + " " + text(event.seed));
  if (one) one.alone = object(event.alone);
}

// Stories stand in lines of their own, one for each case, and are read when somebody looks at one.
let storyLines = null;
const storyOf = one => {
  if (!storyLines) storyLines = byId("stories").textContent.split("\n");
  if (one.story === undefined) {
    one.story = null;
    try { one.story = JSON.parse(storyLines[one.index + 1] || "null"); } catch { /* cut: there is no story */ }
    if (one.story) one.story = object(one.story);
  }
  return one.story;
};

const red = ["fail", "error", "inconclusive"];
const isRed = one => red.includes(one.verdict);
const notable = verdict => red.includes(verdict) || verdict === "deviation";
const skipped = verdict => verdict === "unsupported" || verdict === "not-claimed";
const group = verdict => skipped(verdict) ? "skipped" : verdict === "observed" ? "pass" : text(verdict);
const groups = ["fail", "error", "inconclusive", "deviation", "pass", "skipped"];
const words = {fail: "failed", error: "errors", inconclusive: "inconclusive", deviation: "deviate", pass: "passed", skipped: "not played"};
const grave = ["unsupported", "not-claimed", "pass", "observed", "deviation", "inconclusive", "error", "fail"];
const worse = (a, b) => grave.indexOf(a) > grave.indexOf(b) ? a : b;
const count = Object.fromEntries(groups.map(name => [name, cases.filter(one => group(one.verdict) === name).length]));
const standing = one => text(one.standing);
const known = one => standing(one) === "still failing" || standing(one) === "flaky";

const pill = verdict => element("span", {class: "pill " + group(verdict)}, text(verdict).replace("-", " "));
const chip = (word, name = "") => element("span", {class: "chip " + name}, word);
const where = place => {
  const at = object(place);
  return at.file && at.line ? text(at.file) + ":" + text(at.line) + (at.column ? ":" + text(at.column) : "") : "";
};
const gravestOf = one => {
  let found = null;
  for (const finding of one.findings)
    if (notable(finding.verdict) && (!found || grave.indexOf(finding.verdict) > grave.indexOf(found.verdict))) found = finding;
  return found;
};
const facts = (...rows) => {
  const made = element("dl", {class: "facts"});
  for (const [name, ...value] of rows)
    if (value.some(Boolean)) made.append(element("dt", {}, name), element("dd", {}, ...value.filter(Boolean)));
  return made;
};
