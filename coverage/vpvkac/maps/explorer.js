/* The explorer's behaviour. Texts from the data reach the page as text nodes only. */
"use strict";

const INK = "#123a63";
const ALERT = "#b8430b";
const BETTER = "#ffd54a";
const FILLS = {existing: "#7ba6cb", planned: "#dce8f1", announced: "#dce8f1", none: "#fdf1e6"};
const HATCHES = {announced: ["#4d7fae", 1], none: ["#c9642f", -1]};

/* Draw one mark: form by kind of host, fill by status, colour by reach, a dashed ring if uncertain. */
function drawMark(ctx, x, y, r, mark) {
  const colour = mark.reach === "beyond" ? ALERT : INK;
  const solid = mark.status === "existing";
  ctx.save();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
  outline(ctx, x, y, r, mark.host);
  ctx.fillStyle = solid ? colour : mark.status === "alternative" ? BETTER : "#fff";
  ctx.fill();
  ctx.lineWidth = solid ? 0.8 : Math.max(1, r / 3.2);
  ctx.strokeStyle = solid ? "#fff" : colour;
  ctx.stroke();
  if (mark.status === "announced") {
    ctx.beginPath();
    ctx.arc(x, y, r * 0.4, 0, 7);
    ctx.fillStyle = colour;
    ctx.fill();
  }
  if (mark.uncertain) {
    ctx.beginPath();
    ctx.arc(x, y, r + 4, 0, 7);
    ctx.setLineDash([3, 2.5]);
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
  ctx.restore();
}

const CORNERS = {library: [4, Math.PI / 4, 1.2], municipal_premises: [4, 0, 1.25], post_office: [3, -Math.PI / 2, 1.3], institution: [6, 0, 1.1]};

function outline(ctx, x, y, r, host) {
  ctx.beginPath();
  if (!CORNERS[host]) {
    ctx.arc(x, y, r, 0, 7);
    return;
  }
  const [corners, turn, grow] = CORNERS[host];
  for (let i = 0; i < corners; i += 1) {
    const angle = turn + i * 2 * Math.PI / corners;
    ctx.lineTo(x + r * grow * Math.cos(angle), y + r * grow * Math.sin(angle));
  }
  ctx.closePath();
}

/* Radius of a mark in pixels. */
function sizeOf(zoom) {
  return zoom < 7 ? 1.7 : zoom < 8 ? 2.5 : zoom < 9.5 ? 3.6 : zoom < 12 ? 5 : 7;
}

/* A circle marker that draws such a mark and grows as one zooms in. */
const Mark = L.CircleMarker.extend({
  _project() {
    this._radius = this.options.size(this._map.getZoom());
    L.CircleMarker.prototype._project.call(this);
  },
  _updateBounds() {
    const reach = new L.Point(this._radius + 8, this._radius + 8);
    this._pxBounds = new L.Bounds(this._point.subtract(reach), this._point.add(reach));
  },
  _updatePath() {
    const drawn = this._renderer;
    if (drawn._drawing && !this._empty()) {
      drawMark(drawn._ctx, this._point.x, this._point.y, this._radius, this.options.mark);
    }
  },
});

/* A plain dot for stops, thousands of them. */
const Dot = L.CircleMarker.extend({
  _project() {
    this._radius = this.options.size(this._map.getZoom());
    L.CircleMarker.prototype._project.call(this);
  },
});

function dot(at, renderer, options) {
  const size = (zoom) => zoom < 9 ? 1 : zoom < 11 ? 1.8 : zoom < 13 ? 3 : 4.5;
  return new Dot(at, {renderer, size, weight: 0.6, color: "#fff", fillColor: "#3f4a54", fillOpacity: 0.9, ...options});
}

function stopLayer(stops, renderer, words) {
  const layer = L.geoJSON(stops, {pointToLayer: (feature, at) => dot(at, renderer)});
  return layer.bindTooltip((stop) => stopTip(stop, words), {direction: "top", offset: [0, -4]});
}

function stopTip({feature: {properties: {name, visits}}}, words) {
  return element("span", "", visits === undefined ? name : `${name} (${words.visits}: ${visits})`);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/* Hatching, so that no status is told by colour alone. */
function fillOf(status) {
  if (!HATCHES[status]) return FILLS[status];
  const [colour, slope] = HATCHES[status];
  const tile = element("canvas");
  tile.width = tile.height = 8;
  const ctx = tile.getContext("2d");
  ctx.fillStyle = FILLS[status];
  ctx.fillRect(0, 0, 8, 8);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.3;
  for (const shift of [-8, 0, 8]) {
    ctx.moveTo(shift - 2, slope > 0 ? -2 : 10);
    ctx.lineTo(shift + 10, slope > 0 ? 10 : -2);
  }
  ctx.stroke();
  return ctx.createPattern(tile, "repeat");
}

/* Letters without diacritics, so that "kekava" finds Ķekava. */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function explore(map) {
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const words = data.words;
  const renderer = L.canvas({padding: 0.3, tolerance: L.Browser.mobile ? 8 : 3});
  const unitLayers = new Map();
  const pointsOf = new Map();

  map.options.minZoom = 6;
  map.options.maxZoom = 17;
  const small = window.matchMedia("(max-width: 700px)").matches;
  L.control.zoom({position: small ? "bottomleft" : "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out}).addTo(map);
  L.control.scale({imperial: false, position: "bottomright"}).addTo(map);
  map.getContainer().setAttribute("aria-label", words.map);

  const fills = Object.fromEntries(Object.keys(FILLS).map((status) => [status, fillOf(status)]));
  const units = L.geoJSON(data.units, {
    renderer,
    style: (feature) => ({color: "#fff", weight: 0.8, fillColor: fills[feature.properties.status], fillOpacity: 1}),
    onEachFeature: (feature, layer) => unitLayers.set(feature.properties.unit, layer),
  });
  const borders = L.geoJSON(data.borders, {renderer, interactive: false, style: {color: "#44566a", weight: 1.8, opacity: 0.85}});
  const gaps = L.geoJSON(data.gaps, {
    renderer,
    interactive: false,
    pointToLayer: ({properties}, at) => properties.part === "stop"
      ? dot(at, renderer, {interactive: true})
      : new Mark(at, {renderer, interactive: true, mark: {...properties, status: "alternative"}, size: sizeOf}),
    style: (feature) => feature.properties.part === "circle"
      ? {color: ALERT, weight: 1, fillColor: ALERT, fillOpacity: 0.06, dashArray: "4 4"}
      : feature.properties.part === "line" ? {color: ALERT, weight: 2} : {},
    onEachFeature: (feature, layer) => {
      if (layer.getLatLng) layer.bindTooltip(() => stopTip(layer, words), {direction: "top", offset: [0, -4]});
    },
  });
  const points = L.geoJSON(data.points, {
    pointToLayer: (feature, at) => new Mark(at, {
      renderer, mark: feature.properties,
      size: (zoom) => sizeOf(zoom) * (feature.properties.status === "existing" ? 1.2 : 1) * (feature.properties.reach === "beyond" ? 1.25 : 1),
    }),
    onEachFeature: (feature, layer) => {
      const unit = feature.properties.unit;
      pointsOf.set(unit, [...(pointsOf.get(unit) || []), layer]);
    },
  });
  const names = new Names(data);
  // Thousands of stops are made only when they are asked for, so that the page opens at once.
  const makers = {points: () => points, gaps: () => gaps, names: () => names, stops: () => stopLayer(data.stops, renderer, words)};
  const layers = {};

  units.addTo(map);
  borders.addTo(map);
  const whole = units.getBounds();
  map.on("zoomend", () => {
    const zoom = map.getZoom();
    borders.setStyle({weight: zoom < 7 ? 1 : zoom < 10 ? 1.7 : 2.4});
    units.setStyle({weight: zoom < 7 ? 0.4 : 0.8});
  });
  map.fitBounds(whole, {padding: small ? [8, 8] : [24, 24], animate: false});
  map.setMaxBounds(whole.pad(0.4));
  gaps.addTo(map);
  points.addTo(map);
  names.addTo(map);
  const distances = new Distances(gaps).addTo(map);

  /* --- What is said on the map --- */

  const tip = (layer) => element("span", "", layer.feature.properties.name);
  units.bindTooltip(tip, {sticky: true, direction: "right", offset: [12, 0]});
  points.bindTooltip(tip, {direction: "top", offset: [0, -6]});
  units.on("click", (event) => select(event.layer.feature.properties.unit, {at: event.latlng}));
  points.on("click", (event) => {
    L.DomEvent.stop(event);
    const {unit} = event.layer.feature.properties;
    select(unit, {at: event.layer.getLatLng(), point: event.layer});
  });

  function card(unit, shown) {
    const box = element("article", "card");
    const {name, kind, municipality, status} = unit;
    box.append(element("h2", "", name), element("p", "where", municipality === name ? kind : `${kind}, ${municipality}`));
    box.append(element("span", `tag ${status}`, data.statuses[status]));
    for (const point of shown) box.append(...placeCard(point));
    if (!shown.length) {
      box.append(rows(unit, ["population", "area"]));
      box.append(gapBox(unit));
    }
    return box;
  }

  function placeCard(point) {
    const parts = [];
    if (point.reached) parts.push(element("span", `tag ${point.reach}`, point.reached));
    if (point.uncertain) parts.push(element("span", "tag uncertain", words.uncertain));
    parts.push(element("h3", "", point.name));
    parts.push(element("p", "where", data.hosts[point.host]));
    parts.push(rows(point, ["address", "hours", "phone", "email", "owner", "stop", "any_stop", "walk", "located"]));
    if (point.reason) parts.push(gapBox(point));
    return parts;
  }

  function rows(properties, keys) {
    const list = element("dl");
    for (const key of keys.filter((key) => properties[key])) {
      list.append(element("dt", "", words[key]), element("dd", "", properties[key]));
    }
    return list;
  }

  function gapBox(properties) {
    const box = element("div", "gap");
    if (properties.reason) box.append(element("p", "", properties.reason));
    if (properties.remedy) {
      const line = element("p");
      line.append(element("b", "", `${words.remedy}: `), properties.remedy);
      box.append(line);
    }
    return box;
  }

  const popup = L.popup({autoPanPaddingTopLeft: [16, 16], autoPanPaddingBottomRight: [60, 16]});
  let chosen = null;
  let before = null;

  /* Show a unit's card: where it was clicked, or else at its point, moving the map there. */
  function select(code, {at, point, view} = {}) {
    const layer = unitLayers.get(code);
    document.getElementById("said").textContent = layer ? "" : words.no_unit;
    if (!layer) return;
    const unit = layer.feature.properties;
    const shown = point ? [point] : pointsOf.get(code) || [];
    if (!at) map.fitBounds(view || layer.getBounds(), {maxZoom: 14, padding: [30, 30], animate: false});
    outlineUnit(layer.feature);
    const {x, y} = map.getSize();
    Object.assign(popup.options, {minWidth: Math.min(312, x - 70), maxWidth: Math.min(312, x - 70), maxHeight: y - 70});
    popup.setLatLng(at || (shown[0] ? shown[0].getLatLng() : unit.at));
    const said = card(unit, shown.map((mark) => mark.feature.properties));
    popup.setContent(said).openOn(map);
    popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", words.close);
    if (!at) {
      before = document.activeElement;
      said.tabIndex = -1;
      said.focus({preventScroll: true});
    }
    const hash = `#unit=${code}`;
    if (location.protocol !== "about:" && location.hash !== hash) history.replaceState(null, "", hash);
  }

  function outlineUnit(feature) {
    if (chosen) chosen.remove();
    chosen = L.geoJSON(feature, {renderer, interactive: false, style: {fill: false, color: INK, weight: 3}}).addTo(map);
    for (const layer of [gaps, layers.stops, points]) if (layer && map.hasLayer(layer)) layer.bringToFront();
  }

  map.on("popupclose", () => {
    if (chosen) chosen.remove();
    if (before && popup.getElement().contains(document.activeElement)) before.focus();
    before = null;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });

  function selectByHash() {
    const found = /^#unit=(.+)$/.exec(location.hash);
    if (found) select(decodeURIComponent(found[1]));
  }
  window.addEventListener("hashchange", selectByHash);

  // On paper the page has another size: draw the same view for it, then go back.
  let screen = null;
  window.addEventListener("beforeprint", () => {
    const view = map.getBounds();
    screen = [map.getCenter(), map.getZoom()];
    document.body.classList.add("printing");
    map.invalidateSize({animate: false, pan: false});
    map.fitBounds(view, {animate: false});
  });
  window.addEventListener("afterprint", () => {
    document.body.classList.remove("printing");
    map.invalidateSize({animate: false, pan: false});
    map.setView(...screen, {animate: false});
  });

  /* --- The panel --- */

  const panel = document.getElementById("panel");
  const fold = document.getElementById("fold");
  fold.addEventListener("click", () => {
    fold.setAttribute("aria-expanded", panel.classList.toggle("open"));
    map.invalidateSize({animate: false});
  });
  function foldAway() {
    panel.classList.remove("open");
    fold.setAttribute("aria-expanded", false);
    map.invalidateSize({animate: false});
  }
  for (const canvas of panel.querySelectorAll("canvas[data-mark]")) {
    const ctx = canvas.getContext("2d");
    ctx.scale(2, 2);
    drawMark(ctx, 11, 11, 5.5, JSON.parse(canvas.dataset.mark));
  }
  for (const box of panel.querySelectorAll("input[name=layer]")) {
    box.addEventListener("change", () => {
      layers[box.value] = layers[box.value] || makers[box.value]();
      if (box.checked) layers[box.value].addTo(map); else layers[box.value].remove();
      distances.show(map.hasLayer(gaps));
      if (map.hasLayer(gaps)) gaps.bringToFront();
      if (map.hasLayer(points)) points.bringToFront();
    });
  }

  const gapList = document.getElementById("gap-list");
  if (gapList) gapList.addEventListener("toggle", () => fillGapList(gapList.querySelector("ol")), {once: true});

  function fillGapList(list) {
    const access = data.points.features.filter((feature) => feature.properties.rank);
    const coverage = data.units.features.filter((feature) => feature.properties.rank);
    for (const group of [access, coverage]) {
      group.sort((one, other) => one.properties.rank - other.properties.rank);
      for (const {properties} of group) {
        const unit = unitLayers.get(properties.unit).feature.properties;
        const said = group === access ? `${properties.distance} – ${properties.class}` : data.statuses.none;
        const button = element("button");
        button.type = "button";
        button.append(element("b", "", unit.name), ` ${said}`);
        button.addEventListener("click", () => {
          foldAway();
          const point = (pointsOf.get(properties.unit) || []).find((mark) => mark.feature.properties === properties);
          select(properties.unit, {point, view: point && point.getLatLng().toBounds(2 * properties.span)});
        });
        const item = element("li");
        item.append(button);
        list.append(item);
      }
    }
  }

  new Finder(data.units.features.map((feature) => feature.properties), words, (code) => {
    foldAway();
    select(code);
  });
  selectByHash();
}

/* Names of municipalities, from near by of units: as many as have room. */
const Names = L.Layer.extend({
  initialize(data) {
    this._municipalities = data.names;
    this._units = data.units.features.map((feature) => feature.properties);
    this._points = data.points.features.map(({geometry: {coordinates: [lon, lat]}}) => [lat, lon]);
  },
  onAdd(map) {
    this._pane = map.getPane("names") || map.createPane("names");
    this._pane.style.zIndex = 450;
    this._pane.style.pointerEvents = "none";
    this._place();
  },
  onRemove() {
    this._pane.replaceChildren();
  },
  getEvents() {
    return {moveend: this._place, zoomstart: this._clear};
  },
  _clear() {
    this._pane.replaceChildren();
  },
  _place() {
    const zoom = this._map.getZoom();
    const near = zoom >= 10;
    const view = this._map.getBounds();
    const apart = near ? 4 : 12;
    const width = this._map.getSize().x;
    const taken = near ? this._marks(view) : [];
    const labels = [];
    for (const {name, at, city} of near ? this._units : this._municipalities) {
      if (labels.length === 80) break;
      if (!view.contains(at) || (zoom < 7 && !city)) continue;
      const middle = this._map.latLngToLayerPoint(at);
      const left = this._map.layerPointToContainerPoint(middle).x - name.length * 3.3;
      if (left < 0 || left + name.length * 6.6 > width) continue;
      const free = (near ? [0, -16, 16] : [city ? -12 : 0])
        .map((shift) => middle.add([0, shift]))
        .find((point) => !taken.some((other) => overlap(boxOf(point, name, apart), other)));
      if (!free) continue;
      taken.push(boxOf(free, name, apart));
      const label = element("span", near ? "name-label unit" : `name-label${city ? " city" : ""}`, name);
      label.style.left = `${free.x}px`;
      label.style.top = `${free.y}px`;
      labels.push(label);
    }
    this._pane.replaceChildren(...labels);
  },
  _marks(view) {
    const seen = this._points.filter((at) => view.contains(at)).map((at) => this._map.latLngToLayerPoint(at));
    return seen.map(({x, y}) => [x - 6, y - 6, x + 6, y + 6]);
  },
});

function boxOf({x, y}, name, apart) {
  const half = name.length * 3.3 + apart;
  return [x - half, y - 7 - apart, x + half, y + 7 + apart];
}

function overlap(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

/* The distance on each line that is in view, once the lines are long enough to carry it. */
const Distances = L.LayerGroup.extend({
  initialize(gaps) {
    L.LayerGroup.prototype.initialize.call(this);
    this._lines = gaps.getLayers().filter((layer) => layer.feature.properties.part === "line");
    this._shown = true;
  },
  onAdd(map) {
    map.on("moveend", this._place, this);
    this._place();
  },
  show(shown) {
    this._shown = shown;
    this._place();
  },
  _place() {
    this.clearLayers();
    if (!this._shown || this._map.getZoom() < 11) return;
    const view = this._map.getBounds();
    for (const line of this._lines.filter((line) => view.intersects(line.getBounds())).slice(0, 60)) {
      const label = L.tooltip({permanent: true, direction: "center", className: "distance"});
      label.setLatLng(line.getBounds().getCenter());
      label.setContent(element("span", "", line.feature.properties.distance));
      this.addLayer(label);
    }
  },
});

/* The search box: a combobox that suggests as one types, for pointer and keyboard alike. */
class Finder {
  constructor(units, words, choose) {
    this.units = units.map((unit) => ({...unit, key: folded(unit.name), all: folded(`${unit.name} ${unit.municipality}`)}));
    this.words = words;
    this.choose = choose;
    this.input = document.getElementById("find");
    this.list = document.getElementById("found");
    this.input.addEventListener("input", () => this.suggest());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      const item = event.target.closest("li");
      event.preventDefault();
      if (item) this.take(this.matches[[...this.list.children].indexOf(item)]);
    });
  }

  suggest() {
    const sought = folded(this.input.value.trim());
    const said = document.getElementById("said");
    const terms = sought.split(/\s+/);
    const fits = sought ? this.units.filter((unit) => terms.every((term) => unit.all.includes(term))) : [];
    const order = (unit) => unit.key.startsWith(sought) ? 0 : unit.key.includes(sought) ? 1 : 2;
    this.matches = fits.sort((one, other) => order(one) - order(other)).slice(0, 8);
    this.list.replaceChildren(...this.matches.map((unit, place) => {
      const item = element("li", "", unit.name);
      item.id = `found-${place}`;
      item.setAttribute("role", "option");
      item.append(element("span", "", unit.municipality === unit.name ? unit.kind : unit.municipality));
      return item;
    }));
    this.list.hidden = !this.matches.length;
    this.input.setAttribute("aria-expanded", !this.list.hidden);
    said.textContent = sought && !this.matches.length ? this.words.no_match : "";
    this.mark(this.matches.length ? 0 : -1);
  }

  mark(place) {
    this.place = place;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", i === place));
    if (place < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", `found-${place}`);
    this.list.children[place].scrollIntoView({block: "nearest"});
  }

  key(event) {
    if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.close();
    }
    if (this.list.hidden) return;
    const count = this.matches.length;
    const step = {ArrowDown: 1, ArrowUp: count - 1}[event.key];
    if (step) this.mark((this.place + step) % count);
    else if (event.key === "Enter") this.take(this.matches[this.place]);
    else return;
    event.preventDefault();
  }

  take(unit) {
    this.input.value = unit.name;
    this.close();
    this.choose(unit.unit);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", false);
    this.input.removeAttribute("aria-activedescendant");
  }
}
