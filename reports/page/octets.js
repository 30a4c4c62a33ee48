// Octets of a packet with what differs marked, and what one can take home.
const octetsOf = (story, packet) => {
  const found = objects(object(story).octets).find(one => one.packet === packet);
  if (!found || typeof found.hex !== "string") return null;
  const octets = (found.hex.match(/[0-9a-f]{2}/g) || []).map(pair => parseInt(pair, 16));
  return octets.length ? {octets, fields: list(found.fields).filter(Array.isArray)} : null;
};

const narrow = () => window.matchMedia("(max-width: 46rem)").matches;

const hexView = (octets, marks) => {
  const wide = narrow() ? 8 : 16;
  const marked = new Map();
  for (const one of marks)
    for (let at = number(one.offset); at < number(one.offset) + number(one.size); ++at) marked.set(at, text(one.path));
  const view = element("div", {class: "hex", role: "group", tabindex: "0",
    "aria-label": "Octets of the packet" + (marks.length ? ", " + marks.map(one => plural(number(one.size), "octet") + " at " + number(one.offset) +
      " marked: " + text(one.path)).join("; ") : "")});
  for (let start = 0; start < octets.length; start += wide) {
    const line = element("div", {}, element("span", {class: "at"}, start.toString().padStart(4, " ") + "  "));
    let run = "", name = null;
    const put = () => {
      if (run) line.append(name === null ? run : element("mark", {title: name}, run));
      run = "";
    };
    for (let at = start; at < start + wide; ++at) {
      const now = marked.has(at) ? marked.get(at) : null;
      const gap = at > start ? (at % 8 ? " " : "  ") : "";
      if (now !== name) {
        put();
        line.append(gap);
        name = now;
      } else {
        run += gap;
      }
      run += at < octets.length ? octets[at].toString(16).padStart(2, "0") : "  ";
    }
    put();
    line.append(element("span", {class: "chars", "aria-hidden": "true"}, "  " + octets.slice(start, start + wide)
      .map(one => one > 32 && one < 127 ? String.fromCharCode(one) : "\u00b7").join("")));
    view.append(line);
  }
  return view;
};

const fieldTable = found => {
  if (!found.fields.length) return null;
  const body = element("tbody");
  const made = element("details", {class: "more"}, element("summary", {class: "soft"}, " All " + found.fields.length + " fields of this packet"),
    element("div", {class: "scroll", tabindex: "0"}, element("table", {}, element("thead", {}, element("tr", {},
      ...["octet", "size", "field", "value"].map(name => element("th", {scope: "col"}, name)))), body)));
  made.addEventListener("toggle", () => {
    if (body.children.length) return;
    for (const [path, offset, size] of found.fields)
      body.append(element("tr", {}, element("td", {class: "number"}, text(offset)), element("td", {class: "number"}, text(size)),
        element("td", {}, element("code", {}, text(path))),
        element("td", {}, element("code", {}, found.octets.slice(number(offset), number(offset) + number(size))
          .map(one => one.toString(16).padStart(2, "0")).join(" ")))));
  });
  return made;
};

// A capture of the packets whose octets the page has, in the classic format, for when its directory is not at hand.
const captureButton = (one, story) => {
  const packets = objects(story.octets).map(each => [each, octetsOf(story, each.packet)]).filter(([, found]) => found);
  if (!packets.length) return "";
  const button = element("button", {class: "button", type: "button"}, "Save " + plural(packets.length, "packet") + " (pcap)");
  button.addEventListener("click", () => {
    const size = packets.reduce((sum, [, found]) => sum + 16 + found.octets.length, 24);
    const view = new DataView(new ArrayBuffer(size));
    let at = 0;
    const word = value => { view.setUint32(at, value >>> 0, true); at += 4; };
    [0xa1b2c3d4, 0x00040002, 0, 0, 0x40000, 1].forEach(word);
    for (const [each, found] of packets) {
      const rung = objects(story.rungs).find(other => other.packet === each.packet);
      const micros = Math.max(0, Math.round(number(object(rung).at_ns) / 1000));
      [Math.floor(micros / 1e6), micros % 1e6, found.octets.length, found.octets.length].forEach(word);
      found.octets.forEach(octet => view.setUint8(at++, octet));
    }
    const link = element("a", {href: URL.createObjectURL(new Blob([view.buffer])), download: (text(one.directory) || "packets") + ".pcap"});
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return button;
};
