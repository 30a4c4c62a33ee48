// The requirement ledgers as a map: a square for each requirement, a row for each section of each draft.
const judged = new Map(), judgedBy = new Map();
for (const one of cases)
  for (const finding of one.findings) {
    const id = text(finding.requirement);
    if (!id || !grave.includes(finding.verdict)) continue;
    judged.set(id, judged.has(id) ? worse(judged.get(id), finding.verdict) : finding.verdict);
    if (!judgedBy.has(id)) judgedBy.set(id, new Set());
    judgedBy.get(id).add(one);
  }

const clauseOf = requirement => {
  if (requirement.clause) return text(requirement.clause);
  const found = /(?:§\s*)?((?:Appendix )?[0-9A-Z]+(?:\.[0-9]+)*)/.exec(text(requirement.section));
  return found ? found[1] : "no clause";
};
const clauseOrder = clause => clause.split(".").map(part => /^[0-9]+$/.test(part) ? part.padStart(4, "0") : "z" + part).join(".");

const clauseBody = rows => element("div", {class: "scroll", tabindex: "0", role: "group", "aria-label": "Requirements"}, element("table", {},
  element("thead", {}, element("tr", {}, ...["requirement", "level", "verdict", "text", "judged by"].map(name => element("th", {scope: "col"}, name)))),
  element("tbody", {}, ...rows.map(one => {
    const id = text(one.id), verdict = judged.get(id);
    const by = [...(judgedBy.get(id) || [])].sort((a, b) => grave.indexOf(b.verdict) - grave.indexOf(a.verdict));
    const cell = element("td");
    for (const each of by.slice(0, 3)) {
      const link = element("a", {href: "#case-" + each.index, class: "id"}, each.id);
      link.addEventListener("click", event => { event.preventDefault(); show(each); });
      cell.append(link, element("br"));
    }
    if (by.length > 3) cell.append(element("span", {class: "soft"}, "and " + (by.length - 3) + " more"));
    return element("tr", {}, element("td", {class: "id"}, id), element("td", {}, text(one.level)),
      element("td", {}, verdict ? pill(verdict) : element("span", {class: "soft"}, one.untestable ? "untestable" : "not judged")),
      element("td", {}, text(one.text), one.untestable ? element("p", {class: "soft"}, "Untestable: " + text(one.untestable)) : ""), cell);
  }))));

const drawLedger = () => {
  const place = byId("ledger");
  if (!requirements.size) { place.hidden = true; return; }
  const drafts = new Map();
  for (const one of requirements.values()) {
    const draft = text(one.suite) || "ledger", clause = clauseOf(one);
    if (!drafts.has(draft)) drafts.set(draft, new Map());
    const clauses = drafts.get(draft);
    if (!clauses.has(clause)) clauses.set(clause, []);
    clauses.get(clause).push(one);
  }
  place.append(element("h2", {id: "ledger-title"}, "Requirements"),
    element("p", {class: "legend"}, ...[["pass", "pass"], ["deviation", "deviation"], ["inconclusive", "inconclusive"], ["error", "error"], ["fail", "fail"],
      ["", "not judged in this run"], ["untestable", "untestable"]].map(([name, word]) => element("span", {}, element("i", {class: "cell " + name}), word))));
  for (const [draft, clauses] of drafts) {
    const all = [...clauses.values()].flat();
    const panel = element("div", {class: "panel draft"}, element("h3", {}, draft, element("span", {class: "soft"},
      "  " + all.filter(one => judged.has(text(one.id))).length + " of " + plural(all.length, "requirement") + " judged")));
    for (const clause of [...clauses.keys()].sort((a, b) => clauseOrder(a) < clauseOrder(b) ? -1 : 1)) {
      const rows = clauses.get(clause);
      const tally = {};
      const cells = rows.map(one => {
        const verdict = judged.get(text(one.id));
        const word = verdict ? verdict : one.untestable ? "untestable" : "not judged";
        tally[word] = (tally[word] || 0) + 1;
        return element("i", {class: "cell " + (verdict ? group(verdict) : one.untestable ? "untestable" : ""), title: text(one.id) + ": " + word});
      });
      const entry = element("details", {class: "clause"}, element("summary", {"aria-label": draft + " clause " + clause + ": " +
          Object.entries(tally).map(([word, n]) => n + " " + word).join(", ")},
        element("span", {class: "id"}, clause), element("span", {class: "cells", "aria-hidden": "true"}, ...cells), element("span", {class: "soft"}, text(rows.length))));
      entry.addEventListener("toggle", () => { if (entry.open && entry.children.length === 1) entry.append(clauseBody(rows)); });
      panel.append(entry);
    }
    place.append(panel);
  }
};

// With several implementations: where they met, and which side broke what.
const drawInterop = () => {
  const names = objects(run.implementations).length ? objects(run.implementations).map(one => ({name: text(one.name), role: text(one.role)}))
    : list(run.suts).map(text).map(one => { const found = /^(.*) \((.*)\)$/.exec(one); return found ? {name: found[1], role: found[2]} : {name: one, role: one}; });
  if (names.length < 2) return;
  const place = byId("interop");
  place.hidden = byId("to-interop").hidden = false;
  const sideOf = culprit => names.find(one => culprit === one.role || (culprit.startsWith(one.role) && /^[0-9]+$/.test(culprit.slice(one.role.length))));
  const rows = suites.map(suite => {
    const met = suite.cases.filter(one => !skipped(one.verdict));
    const broke = new Map(names.map(one => [one, 0]));
    for (const one of met)
      for (const side of unique(one.findings.filter(each => red.includes(each.verdict)).map(each => sideOf(text(each.culprit))).filter(Boolean)))
        broke.set(side, broke.get(side) + 1);
    return {suite, met, broke};
  }).filter(row => row.met.length);
  place.append(element("h2", {id: "interop-title"}, "Interop"), element("div", {class: "panel scroll", tabindex: "0", role: "group", "aria-label": "Interop"}, element("table", {},
    element("thead", {}, element("tr", {}, element("th", {scope: "col"}, "suite"), element("th", {scope: "col"}, "cases played"), element("th", {scope: "col"}, "green"),
      ...names.map(one => element("th", {scope: "col"}, "broken by " + one.name + " (" + one.role + ")")))),
    element("tbody", {}, ...rows.map(row => element("tr", {}, element("td", {class: "id"}, row.suite.name), element("td", {class: "number"}, text(row.met.length)),
      element("td", {class: "number pass"}, text(row.met.filter(one => !isRed(one)).length)),
      ...names.map(one => element("td", {class: "number " + (row.broke.get(one) ? "fail" : "soft")}, text(row.broke.get(one))))))))));
};
