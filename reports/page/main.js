drawSummary();
drawSelectors();
drawSuites();
filter();
drawLedger();
drawInterop();

const fromHash = () => {
  const found = /^#case-([0-9]+)$/.exec(location.hash);
  if (found && cases[Number(found[1])]) show(cases[Number(found[1])]);
};
window.addEventListener("hashchange", fromHash);
fromHash();

// One hand on the keyboard is enough.
const step = (way, wanted) => {
  const shown = suites.flatMap(suite => suite.shown);
  const here = document.activeElement ? document.activeElement.closest("details.case") : null;
  let at = here ? shown.findIndex(one => one.entry === here) : way > 0 ? -1 : shown.length;
  do at += way; while (shown[at] && !wanted(shown[at]));
  const next = shown[at];
  if (!next) return;
  next.place.entry.open = true;
  if (!next.place.drawn) drawRows(next.place);
  next.entry.firstElementChild.focus();
  next.entry.scrollIntoView({block: "nearest"});
};
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && document.activeElement.type !== "checkbox";
  if (event.key === "Escape" && document.activeElement === byId("search")) { byId("search").value = ""; filter(); return; }
  if (typing) return;
  if (event.key === "/") { event.preventDefault(); byId("search").focus(); }
  if (event.key === "j") step(1, () => true);
  if (event.key === "k") step(-1, () => true);
  if (event.key === "n") step(1, one => isRed(one) && !known(one));
});

// On paper every finding is to be read.
window.addEventListener("beforeprint", () => {
  for (const one of cases.filter(each => isRed(each) && !known(each)).slice(0, 200)) {
    one.place.entry.open = true;
    if (!one.place.drawn) drawRows(one.place);
    one.entry = caseEntry(one);
    if (one.entry.children.length === 1) fill(one.entry, one);
    one.entry.open = true;
  }
});
