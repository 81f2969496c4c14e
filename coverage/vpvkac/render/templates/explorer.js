/* The explorer's behaviour. Texts from the data reach the page as text nodes only. */

function stopLayer(stops, renderer, words) {
  const layer = L.geoJSON(stops, {pointToLayer: (feature, at) => dot(at, renderer)});
  return layer.bindTooltip((stop) => stopTip(stop, words), {direction: "top", offset: [0, -4]});
}

/* Letters without diacritics, so that "kekava" finds Ķekava. */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/* The name of each cluster, above its outline. */
function labelsOf(clusters) {
  return clusters.features.map(({properties: {name, at}}) => ({text: name, at}));
}

function explorer(map) {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const words = data.words;
  const renderer = L.canvas({padding: 0.3, tolerance: L.Browser.mobile ? 8 : 3});
  const unitLayers = new Map();
  const pointsOf = new Map();

  const units = areaLayers(map, data.units, data.borders, renderer, ({status}) => status, (feature, layer) => {
    unitLayers.set(feature.properties.unit, layer);
  });
  const gaps = gapLayer(data.gaps, renderer, words);
  const points = L.geoJSON(data.points, {
    pointToLayer: (feature, at) => markOf(feature, at, renderer),
    onEachFeature: (feature, layer) => {
      const unit = feature.properties.unit;
      pointsOf.set(unit, [...(pointsOf.get(unit) || []), layer]);
    },
  });
  const names = new Names({
    names: data.names,
    units: data.units.features.map((feature) => feature.properties),
    points: data.points.features,
    labels: labelsOf(data.clusters),
  });
  const clusters = clusterLayer(data.clusters, renderer);
  // Thousands of stops are made only when they are asked for, so that the page opens at once.
  const makers = {points: () => points, gaps: () => gaps, clusters: () => clusters, names: () => names, stops: () => stopLayer(data.stops, renderer, words)};
  const layers = {};

  const foldAway = furnish(map, words, units.getBounds());
  gaps.addTo(map);
  clusters.addTo(map);
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
    for (const point of shown) box.append(...placeCard(point, data));
    if (!shown.length) {
      const known = ["population", "area"].filter((key) => unit[key]);
      box.append(rows(known.map((key) => [words[key], unit[key]])));
      box.append(gapBox(unit, data));
    }
    return box;
  }

  const cards = new Cards(map, words);
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
    const said = card(unit, shown.map((mark) => mark.feature.properties));
    cards.show(at || (shown[0] ? shown[0].getLatLng() : unit.at), said);
    if (!at) {
      before = document.activeElement;
      said.tabIndex = -1;
      said.focus({preventScroll: true});
    }
    const hash = `#unit=${code}`;
    if (onItsOwn() && location.hash !== hash) history.replaceState(null, "", hash);
  }

  function outlineUnit(feature) {
    if (chosen) chosen.remove();
    chosen = L.geoJSON(feature, {renderer, interactive: false, style: {fill: false, color: INK, weight: 3}}).addTo(map);
    for (const layer of [gaps, layers.stops, points]) if (layer && map.hasLayer(layer)) layer.bringToFront();
  }

  map.on("popupclose", () => {
    if (chosen) chosen.remove();
    if (before && cards.popup.getElement().contains(document.activeElement)) before.focus();
    before = null;
  });

  function selectByHash() {
    const found = /^#unit=(.+)$/.exec(location.hash);
    if (found) select(decodeURIComponent(found[1]));
  }
  window.addEventListener("hashchange", selectByHash);

  /* --- The panel --- */

  for (const box of document.querySelectorAll("input[name=layer]")) {
    box.addEventListener("change", () => {
      layers[box.value] = layers[box.value] || makers[box.value]();
      if (box.checked) layers[box.value].addTo(map); else layers[box.value].remove();
      distances.show(map.hasLayer(gaps));
      names.label(map.hasLayer(clusters) ? labelsOf(data.clusters) : []);
      if (map.hasLayer(gaps)) gaps.bringToFront();
      if (map.hasLayer(points)) points.bringToFront();
    });
  }

  const gapList = document.getElementById("gap-list");
  const undecided = document.getElementById("undecided");
  if (undecided) undecided.addEventListener("change", () => gapList.classList.toggle("undecided", undecided.checked));
  if (gapList) gapList.addEventListener("toggle", () => fillGapList(gapList.querySelector("ol")), {once: true});

  function fillGapList(list) {
    const access = data.points.features.filter((feature) => feature.properties.rank);
    const service = data.points.features.filter(({properties}) => properties.rare && !properties.rank);
    const coverage = data.units.features.filter((feature) => feature.properties.rank);
    const order = ({properties}) => properties.rank || properties.rare;
    for (const group of [access, service, coverage]) {
      group.sort((one, other) => order(one) - order(other));
      for (const {properties} of group) {
        const unit = unitLayers.get(properties.unit).feature.properties;
        const said = group === access ? `${properties.distance} – ${properties.class}` :
          group === service ? `${words.visits_within}: ${properties.visits_within}` : data.statuses.none;
        const button = element("button");
        button.type = "button";
        button.append(element("b", "", unit.name), ` ${said}`);
        button.addEventListener("click", () => {
          foldAway();
          const point = (pointsOf.get(properties.unit) || []).find((mark) => mark.feature.properties === properties);
          select(properties.unit, {point, view: point && point.getLatLng().toBounds(2 * (properties.span || data.reach))});
        });
        const item = element("li");
        if (properties.decisions) {
          button.append(element("i", "decided", words.decided));
          item.className = "decided";
        }
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

/* The search box: a combobox that suggests as one types, for pointer and keyboard alike. */
class Finder {
  constructor(units, words, choose) {
    this.units = units.map((unit) => ({...unit, key: folded(unit.name), all: folded(`${unit.name} ${unit.municipality} ${unit.unit}`)}));
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
