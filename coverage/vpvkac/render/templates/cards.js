/* Cards: what is said of a unit, a point and a gap. Texts from the data become text nodes only. */

/* What stands in the card of a place, and leads on from it. */
function placeCard(point, {words, hosts, home}) {
  const parts = [];
  if (point.reached) parts.push(element("span", `tag ${point.reach}`, point.reached));
  if (point.uncertain) parts.push(element("span", "tag uncertain", words.uncertain));
  parts.push(element("h3", "", point.name));
  parts.push(element("p", "where", hosts[point.host]));
  const keys = ["address", "hours", "phone", "email", "owner", "stop", "visits_within", "any_stop", "walk", "located"];
  parts.push(rows(keys.filter((key) => point[key]).map((key) => [words[key], point[key]])));
  if (point.reason) parts.push(gapBox(point, {words, home}));
  return parts;
}

function rows(pairs) {
  const list = element("dl");
  for (const [label, said] of pairs) list.append(element("dt", "", label), element("dd", "", said));
  return list;
}

function gapBox({reason, remedy, cluster, decisions, unit, listed = `unit-${unit}`}, {words, home}) {
  const box = element("div", "gap");
  if (reason) box.append(element("p", "", reason));
  if (remedy) box.append(labelled(words.remedy, remedy));
  if (cluster) box.append(labelled(words.cluster, cluster));
  for (const decision of decisions || []) box.append(element("p", "decided", decision));
  if (reason && onItsOwn()) box.append(wayTo(`${home}gaps.html#${listed}`, words.in_gap_list));
  return box;
}

function labelled(label, said) {
  const line = element("p");
  line.append(element("b", "", `${label}: `), said);
  return line;
}

function wayTo(href, text) {
  const line = element("p");
  const link = element("a", "", text);
  link.href = href;
  line.append(link);
  return line;
}

/* Whether the page is a file of a run, with the other pages beside it; in Jupyter it is not. */
function onItsOwn() {
  return location.protocol !== "about:";
}

/* A popup that fits the map, with a card that can be left by keyboard. */
class Cards {
  constructor(map, words) {
    this.map = map;
    this.words = words;
    this.popup = L.popup({autoPanPaddingTopLeft: [16, 16], autoPanPaddingBottomRight: [60, 16]});
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
  }

  show(at, card) {
    const {x, y} = this.map.getSize();
    const width = Math.min(312, x - 70);
    Object.assign(this.popup.options, {minWidth: width, maxWidth: width, maxHeight: y - 70});
    this.popup.setLatLng(at).setContent(card).openOn(this.map);
    this.popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", this.words.close);
  }
}
