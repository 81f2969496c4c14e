/* Cards: what is said of a unit, a point and a gap. Texts from the data become text nodes only. */

/* What stands in the card of a place, and leads on from it. */
function placeCard(point, {words, hosts, home}) {
  const parts = [];
  if (point.reached) parts.push(element("span", `tag ${point.reach}`, point.reached));
  if (point.uncertain) parts.push(element("span", "tag uncertain", words.uncertain));
  parts.push(element("h3", "", point.name));
  parts.push(element("p", "where", hosts[point.host]));
  const keys = ["address", "hours", "phone", "email", "owner", "stop", "visits_within", "any_stop", "walk", "located"];
  if (point.reason) parts.push(gapBox(point, {words, home}));
  parts.push(rows(keys.filter((key) => point[key]).map((key) => [words[key], Array.isArray(point[key]) ? linked(point[key]) : point[key]])));
  return parts;
}

function rows(pairs) {
  const list = element("dl");
  for (const [label, said] of pairs) {
    const cell = element("dd");
    cell.append(...[said].flat().flatMap((part, i) => [i ? ", " : "", part]));
    list.append(element("dt", "", label), cell);
  }
  return list;
}

/* Texts and, as pairs of text and address that the program has made, links. */
function linked(parts) {
  return parts.map((part) => Array.isArray(part) ? link(part[1], part[0]) : part);
}

function gapBox({reason, remedy, cluster, decisions, unit, listed = `unit-${unit}`}, {words, home}) {
  const box = element("div", "gap");
  if (reason) box.append(element("p", "", reason));
  if (remedy) box.append(labelled(words.remedy, remedy));
  if (cluster) box.append(labelled(words.cluster, cluster));
  for (const decision of decisions || []) box.append(element("p", "decided", decision));
  if (reason && home !== null && onItsOwn()) box.append(wayTo(`${home}gaps.html#${listed}`, words.in_gap_list));
  return box;
}

function labelled(label, said) {
  const line = element("p");
  line.append(element("b", "", `${label}: `), said);
  return line;
}

function wayTo(href, text) {
  const line = element("p");
  line.append(link(href, text));
  return line;
}

function link(href, text) {
  const made = element("a", "", text);
  made.href = href;
  return made;
}

/* Whether the page is a file of a run, with the other pages beside it; in Jupyter it is not. */
function onItsOwn() {
  return location.protocol !== "about:";
}

/* A place for cards in the panel, on a phone a sheet below the map: never over what they explain. */
class Cards {
  constructor(map) {
    this.map = map;
    this.slot = document.getElementById("card");
    this.slot.querySelector(".close").addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /* Show a card, and of the map what it is about: a position or bounds. */
  show(about, card, {fit = false, focus = false} = {}) {
    this.before = focus ? document.activeElement : null;
    const old = this.slot.querySelector(".card");
    if (old) old.remove();
    this.slot.append(card);
    this.slot.scrollTop = 0;
    this._settle(true);
    // All of a card that would begin low in the panel.
    const panel = document.getElementById("panel");
    if (this.slot.getBoundingClientRect().top > panel.clientHeight / 2) this.slot.scrollIntoView();
    const bounds = about instanceof L.LatLngBounds ? about : L.latLng(about).toBounds(1);
    if (fit || !this.map.getBounds().pad(-0.04).contains(bounds)) this._fit(bounds, fit);
    if (!focus) return;
    card.tabIndex = -1;
    card.focus({preventScroll: true});
  }

  /* Say it anew, where it stands. */
  replace(card) {
    this.slot.querySelector(".card").replaceWith(card);
  }

  close() {
    if (this.slot.hidden) return;
    const {before} = this;
    const inside = this.slot.contains(document.activeElement);
    this.slot.querySelector(".card").remove();
    this._settle(false);
    document.getElementById("panel").scrollTop = 0;
    if (inside && before) before.focus();
    if (this.onclose) this.onclose();
  }

  _settle(shown) {
    this.slot.hidden = !shown;
    document.body.classList.toggle("carded", shown);
    this.map.invalidateSize({animate: false, pan: false});
  }

  _fit(bounds, fit) {
    this.map.stop();
    if (!fit && bounds.getNorthEast().distanceTo(bounds.getSouthWest()) < 10) this.map.panTo(bounds.getCenter(), {animate: false});
    else this.map.fitBounds(bounds, {maxZoom: 15, padding: [34, 34], animate: false});
  }
}
