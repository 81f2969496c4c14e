/* The look that all maps share: forms and colours of marks, fills of areas, each told in the legend. */
"use strict";

/* The table of symbols (symbols.py): an area has a colour, and one for its hatching and its slope
   where it has one; a tone is a mark's colour where that does not tell reach; a form has corners. */
const {ink: INK, alert: ALERT, better: BETTER, better_turned: BETTER_TURNED, paper: PAPER, stop: STOP, border: BORDER, street: STREET, candidate: CANDIDATE, fills: FILLS, tones: TONES, corners: CORNERS} = SYMBOLS;

/* Dark screens turn what is drawn (page.css). */
const darkScreen = window.matchMedia("(prefers-color-scheme: dark)");
const better = () => darkScreen.matches ? BETTER_TURNED : BETTER;

/* Draw one mark: form by kind of host, fill by status, colour by reach, a dashed ring if uncertain, a dot if decided on. */
function drawMark(ctx, x, y, r, mark) {
  const colour = TONES[mark.tone] || (mark.reach === "beyond" ? ALERT : INK);
  const solid = mark.status === "existing";
  ctx.save();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
  if (mark.halo) {
    outline(ctx, x, y, r + 2.5, mark.form || mark.host);
    ctx.fillStyle = PAPER;
    ctx.fill();
  }
  outline(ctx, x, y, r, mark.form || mark.host);
  ctx.fillStyle = solid ? colour : mark.status === "alternative" ? better() : PAPER;
  ctx.fill();
  ctx.lineWidth = solid ? 0.8 : Math.max(1, r / 3.2);
  ctx.strokeStyle = solid ? PAPER : colour;
  // The rim would leave nothing of what is smaller.
  if (!solid || r > 2) ctx.stroke();
  if (mark.status === "announced") {
    ctx.beginPath();
    ctx.arc(x, y, r * 0.4, 0, 7);
    ctx.fillStyle = colour;
    ctx.fill();
  }
  if (mark.status === "none") {
    ctx.beginPath();
    for (const side of [-1, 1]) {
      ctx.moveTo(x - r * 0.5, y - r * 0.5 * side);
      ctx.lineTo(x + r * 0.5, y + r * 0.5 * side);
    }
    ctx.lineWidth = Math.max(1, r / 4);
    ctx.stroke();
  }
  if (mark.status === "barred") {
    ctx.fillStyle = colour;
    ctx.fillRect(x - r * 0.55, y - r * 0.2, r * 1.1, r * 0.4);
  }
  if (mark.uncertain) {
    ctx.beginPath();
    ctx.arc(x, y, r + 4, 0, 7);
    ctx.setLineDash([3, 2.5]);
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
  if (mark.decisions) {
    ctx.beginPath();
    ctx.arc(x + r * 0.9, y - r * 0.9, Math.max(1.6, r * 0.5), 0, 7);
    ctx.setLineDash([]);
    ctx.fillStyle = better();
    ctx.fill();
    ctx.lineWidth = 1.2;
    ctx.strokeStyle = INK;
    ctx.stroke();
  }
  ctx.restore();
}

function outline(ctx, x, y, r, form) {
  ctx.beginPath();
  if (!CORNERS[form]) {
    ctx.arc(x, y, r, 0, 7);
    return;
  }
  const [corners, turn, grow] = CORNERS[form];
  for (let i = 0; i < corners; i += 1) {
    const angle = turn + i * 2 * Math.PI / corners;
    ctx.lineTo(x + r * grow * Math.cos(angle), y + r * grow * Math.sin(angle));
  }
  ctx.closePath();
}

/* From here on every point is drawn; farther away only what needs attention. */
const NEAR_ZOOM = 9;

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
    if (drawn._drawing && !this._hidden() && !this._empty()) {
      drawMark(drawn._ctx, this._point.x, this._point.y, this._radius, this.options.mark);
    }
  },
});

/* One that is hidden, or drawn from near by only, cannot be hit. */
const contains = L.CircleMarker.prototype._containsPoint;
Mark.include({
  _hidden() {
    const {hidden, near} = this.options.mark;
    return hidden || near && this._map.getZoom() < NEAR_ZOOM;
  },
  _containsPoint(point) {
    return !this._hidden() && contains.call(this, point);
  },
});

/* The mark of a feature, which a map may draw otherwise; what is open or beyond reach is larger. */
function markOf({properties}, at, renderer, look = {}) {
  const mark = {...properties, ...look};
  const larger = () => (look.grow || 1) * (mark.status === "existing" ? 1.2 : 1) * (mark.reach === "beyond" ? 1.25 : 1);
  return new Mark(at, {renderer, mark, size: (zoom) => Math.max(mark.halo ? 5 : 0, sizeOf(zoom) * larger())});
}

/* A plain dot for stops, thousands of them. */
const Dot = L.CircleMarker.extend({
  _project() {
    this._radius = this.options.size(this._map.getZoom());
    L.CircleMarker.prototype._project.call(this);
  },
});

function dot(at, renderer, options) {
  const size = (zoom) => zoom < 9 ? 1 : zoom < 11 ? 1.8 : zoom < 13 ? 3 : 4.5;
  return new Dot(at, {renderer, size, weight: 0.6, color: PAPER, fillColor: STOP, fillOpacity: 0.9, ...options});
}

function stopTip({feature: {properties: {name, visits}}}, words) {
  return element("span", "", visits === undefined ? name : `${name} (${words.visits}: ${visits})`);
}

/* Access gaps: a line to the nearest stop, the circle of the threshold, the stop, a better place. */
function gapLayer(gaps, renderer, words) {
  return L.geoJSON(gaps, {
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
}

/* Neighbouring gaps that one measure could mend. */
function clusterLayer(clusters, renderer) {
  return L.geoJSON(clusters, {renderer, interactive: false, style: {color: INK, weight: 2, dashArray: "6 5", fill: false}});
}

/* Areas, and the borders of municipalities over them; lines grow heavier as one zooms in. */
function areaLayers(map, areas, borders, renderer, fillOfArea, onEachFeature) {
  const fills = Object.fromEntries(Object.keys(FILLS).map((code) => [code, fillOf(code)]));
  const layer = L.geoJSON(areas, {
    renderer,
    style: ({properties}) => ({color: PAPER, weight: 0.8, fillColor: fills[fillOfArea(properties)], fillOpacity: 1}),
    onEachFeature,
  });
  const lines = L.geoJSON(borders, {renderer, interactive: false, style: {color: BORDER, weight: 1.8, opacity: 0.85}});
  // The land stands out from what lies around it, of which nothing is known.
  L.geoJSON(borders, {renderer, interactive: false, style: {color: PAPER, weight: 9, opacity: 0.7}}).addTo(map);
  layer.addTo(map);
  lines.addTo(map);
  map.on("zoomend", () => {
    const zoom = map.getZoom();
    lines.setStyle({weight: zoom < 7 ? 1 : zoom < 10 ? 1.7 : 2.4});
    layer.setStyle({weight: zoom < 7 ? 0.4 : 0.8});
  });
  return layer;
}

function fillOf(code) {
  const [ground, colour, slope] = FILLS[code];
  if (!colour) return ground;
  const tile = element("canvas");
  tile.width = tile.height = 8;
  const ctx = tile.getContext("2d");
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, 8, 8);
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.3;
  for (const shift of [-8, 0, 8]) {
    ctx.moveTo(shift - 2, slope > 0 ? 10 : -2);
    ctx.lineTo(shift + 10, slope > 0 ? -2 : 10);
  }
  ctx.stroke();
  return ctx.createPattern(tile, "repeat");
}

/* The legend draws what the map draws. */
function drawLegend(panel) {
  for (const canvas of panel.querySelectorAll("canvas[data-fill], canvas[data-mark]")) {
    const ctx = canvas.getContext("2d");
    if (canvas.dataset.fill) {
      ctx.fillStyle = fillOf(canvas.dataset.fill);
      ctx.fillRect(0, 0, canvas.width, canvas.height);
    }
    ctx.scale(2, 2);
    if (canvas.dataset.mark) drawMark(ctx, 11, 11, 5.5, JSON.parse(canvas.dataset.mark));
  }
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
