/* Texts on the map: as many as have room. */

/* A figure's own labels first, then names of municipalities, from near by of units. */
const Names = L.Layer.extend({
  /* No name may cover `points`, nor the marks that `avoid` gives: all of them, or those that not even a city's may; around these is `clear` to stay. */
  initialize({names, units = [], points = [], labels = [], avoid = null, clear = 6}) {
    this._municipalities = names;
    this._units = units;
    this._points = points;
    this._labels = labels;
    this._avoid = avoid;
    this._room = clear;
  },
  /* Write other labels beside the names. */
  label(labels) {
    this._labels = labels;
    this.refresh();
  },
  refresh() {
    if (this._map) this._place();
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
    const near = zoom >= 10 && this._units.length > 0;
    const view = this._map.getBounds();
    const marks = near || this._avoid || this._labels.length ? this._marks(view) : [];
    const made = [];
    const texts = [];
    // Many labels wait until there is room for them.
    const labels = zoom < 7 && this._labels.length > 20 ? [] : this._labels;
    for (const {text, at} of labels.filter(({at}) => view.contains(at))) {
      const style = {apart: 0, className: "mark", text};
      // Clear of every mark if it can be, else of the other texts.
      const clear = [...texts, ...marks];
      if (this._put(made, clear, at, beside(text), style)) texts.push(clear.at(-1));
      else this._put(made, texts, at, beside(text), style);
    }
    const taken = near || this._avoid ? [...texts, ...marks] : texts;
    const least = this._avoid ? [...texts, ...this._marks(view, false)] : taken;
    for (const {name, at, city, town, count} of near ? this._units : this._municipalities) {
      if (made.length >= 80 + this._labels.length) break;
      if (!view.contains(at)) continue;
      const above = city && !count ? -12 : 0;
      const shifts = near ? [[0, 0], [0, -16], [0, 16]] : this._avoid ? [[0, above], [0, 14], [0, -20 - this._room], ...beside(name).slice(0, 2), ...(city ? [[0, -38 - this._room]] : [])] : [[0, above]];
      const className = near ? "unit" : city ? "city" : town ? "town" : this._avoid ? "area" : "";
      const style = {apart: near ? 4 : count ? 5 : 12, className};
      const named = zoom >= 7 || city || town;
      if (named && this._put(made, taken, at, shifts, {...style, text: name, count})) {
        least.push(taken.at(-1));
        continue;
      }
      if (city && this._put(made, least, at, shifts, {...style, text: name, count})) {
        taken.push(least.at(-1));
        continue;
      }
      if (count) this._put(made, taken, at, [[0, 0], [14, 0], [-14, 0], [0, 14], [0, -14]], {...style, apart: 1, text: "", count});
    }
    this._pane.replaceChildren(...made);
  },
  /* Put a text at the first place beside a position where nothing else stands. */
  _put(made, taken, at, shifts, {text, count, apart, className}) {
    const half = 3.3 * (text.length + (count ? count.length + 2 : 0));
    const middle = this._map.latLngToLayerPoint(at);
    const width = this._map.getSize().x;
    const inside = ({x}) => {
      const left = this._map.layerPointToContainerPoint([x, 0]).x - half;
      return left >= 0 && left + 2 * half <= width;
    };
    const free = shifts
      .map((shift) => middle.add(shift))
      .find((point) => inside(point) && !taken.some((other) => overlap(boxOf(point, half + apart, 7 + apart), other)));
    if (!free) return false;
    taken.push(boxOf(free, half + apart, 7 + apart));
    const label = element("span", `name-label ${className}`, text);
    if (count) label.append(text ? " " : "", element("b", "", count));
    label.style.left = `${free.x}px`;
    label.style.top = `${free.y}px`;
    made.push(label);
    return true;
  },
  _marks(view, all = true) {
    const boxes = (places, room) => places.filter((at) => view.contains(at)).map((at) => this._map.latLngToLayerPoint(at)).map((at) => boxOf(at, room, room));
    return [...boxes(this._avoid ? this._avoid(all) : [], this._room), ...boxes(all ? this._points : [], 6)];
  },
});

/* Where a text may stand beside a mark: to the right, the left, above, below; then farther off. */
function beside(text) {
  const side = text.length * 3.3 + 8;
  return [[side, 0], [-side, 0], [0, -14], [0, 14], [side, -12], [side, 12], [-side, -12], [-side, 12], [0, -25], [0, 25], [side, -22], [-side, -22], [side, 22], [-side, 22]];
}

function boxOf({x, y}, halfWidth, halfHeight) {
  return [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
}

function overlap(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

/* The distance on each line that is in view, once the lines are long enough to carry it. */
const Distances = L.LayerGroup.extend({
  initialize(gaps) {
    L.LayerGroup.prototype.initialize.call(this);
    this._shown = true;
    this.of(gaps);
  },
  /* Of other lines. */
  of(gaps) {
    const lines = gaps ? gaps.getLayers() : [];
    this._lines = lines.filter((layer) => layer.feature.properties.part === "line");
    if (this._map) this._place();
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
