/* The explorer's behaviour. Texts from the data reach the page as text nodes only. */

const MOST_LISTED = 200;

/* The data in the language that the link asks for, with its panel; else as the page was written. */
function spoken() {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const other = document.getElementById("other");
  if (!onItsOwn() || !other || asked() !== other.dataset.lang) return data;
  const aside = other.content.cloneNode(true);
  document.documentElement.lang = other.dataset.lang;
  const told = patched(data, JSON.parse(aside.getElementById("map-data").textContent));
  document.getElementById("panel").replaceWith(aside.getElementById("panel"));
  return told;
}

function asked() {
  return new URLSearchParams(location.hash.slice(1)).get("lang");
}

/* What differs, in its place. */
function patched(told, differing) {
  if (typeof told !== "object" || typeof differing !== "object" || told === null || differing === null) return differing;
  for (const [key, value] of Object.entries(differing)) told[key] = patched(told[key], value);
  return told;
}

function explorer(map) {
  const written = document.documentElement.lang;
  const data = spoken();
  const {words, stops} = data;
  const whatIf = new WhatIf(data.what_if);
  const renderer = L.canvas({padding: 0.3, tolerance: L.Browser.mobile ? 8 : 3});
  const state = {t: whatIf.own.t, set: whatIf.own.set, show: "", unit: "", municipality: ""};
  const cards = new Cards(map);
  const get = (id) => document.getElementById(id);

  const municipalities = new Map(data.municipalities.map((one) => [one.code, one]));
  const municipalityOf = new Map(data.municipalities.flatMap((one) => one.units.map((code) => [code, one])));
  const unitOf = new Map();
  const units = areaLayers(map, data.units, data.borders, renderer, () => "unknown", ({properties}, layer) => {
    unitOf.set(properties.unit, {layer, properties, numbers: [], fill: ""});
  });
  const points = L.geoJSON(data.points, {pointToLayer: (feature, at) => markOf(feature, at, renderer)});
  const marks = points.getLayers();
  marks.forEach(({feature: {properties}}, number) => unitOf.get(properties.unit).numbers.push(number));
  const names = new Names({
    names: data.names,
    units: data.units.features.map((feature) => feature.properties),
    avoid: () => marks.filter(({options: {mark}}) => !mark.hidden).map((mark) => mark.getLatLng()),
  });
  // Thousands of stops are made only when they are asked for, so that the page opens at once.
  const makers = {points: () => points, names: () => names, clusters: () => clusterLayer(data.clusters, renderer), homes: homeLayer, gaps: () => L.layerGroup(), stops: stopLayer};
  const layers = {};
  const boxes = [...document.querySelectorAll("input[name=layer]")];
  const defaults = new Map(boxes.map((box) => [box.value, box.checked]));

  /* --- What is true now --- */

  let all = [];
  let lists = {access: [], rare: []};

  function decide() {
    all = marks.map((_, number) => whatIf.of(number, state));
    lists = whatIf.gaps(all);
  }

  function isPoint(number) {
    const held = whatIf.sets[state.set];
    const found = held && held.points[number];
    return found ? Boolean(found[2]) : !held;
  }

  function verdict({properties, numbers}) {
    if (properties.status === "none") return "none";
    const point = all[numbers.find(isPoint)];
    return !point ? "unknown" : point.within ? "within" : "beyond";
  }

  function matches(unit, code = verdict(unit)) {
    const {show, municipality} = state;
    if (municipality && municipalityOf.get(unit.properties.unit).code !== municipality) return false;
    if (whatIf.remedies[show]) return measures(unit).includes(show);
    return !show || (show === "open" ? unit.properties.status === "existing" : code === show);
  }

  /* What to do about each gap of a unit. */
  function measures({properties, numbers}) {
    const gaps = numbers.map((number) => all[number]).filter((point) => point && (point.kind || point.rare));
    const codes = gaps.map(({kind, remedy}) => kind ? remedy : "ask_for_service");
    if (properties.rank) codes.push(Object.keys(whatIf.remedies).find((code) => whatIf.remedies[code] === properties.remedy));
    return codes;
  }

  function count(among) {
    const counts = {within: 0, beyond: 0, uncertain: 0, none: 0, unknown: 0};
    for (const unit of among) counts[verdict(unit)] += 1;
    for (const unit of among) for (const number of unit.numbers) if (isPoint(number) && all[number] && all[number].uncertain) counts.uncertain += 1;
    return counts;
  }

  /* --- The map --- */

  function drawUnits() {
    for (const unit of unitOf.values()) {
      const code = verdict(unit);
      const fill = matches(unit, code) ? code : "dim";
      if (fill === unit.fill) continue;
      unit.fill = fill;
      unit.layer.setStyle({fillColor: fillOf(fill)});
    }
  }

  function drawMarks(redraw = true) {
    const near = map.getZoom() >= NEAR_ZOOM || ["within", "open", "ask_for_service"].includes(state.show) || state.municipality;
    marks.forEach((layer, number) => {
      const {mark} = layer.options;
      const point = all[number];
      const isGap = Boolean(point && (point.kind || point.rare && near));
      const shown = (isPoint(number) || isGap) && (near || isGap) && matches(unitOf.get(mark.unit));
      const before = `${mark.hidden}${mark.reach}${mark.uncertain}`;
      mark.hidden = !shown;
      mark.reach = point ? point.within ? "within" : "beyond" : "";
      mark.halo = mark.reach === "beyond";
      mark.uncertain = Boolean(point && point.uncertain);
      if (redraw && before !== `${mark.hidden}${mark.reach}${mark.uncertain}`) layer.redraw();
    });
  }

  /* Lines, circles, stops and better places of the gaps in view, from near by. */
  const distances = new Distances();
  function drawGaps() {
    const on = layers.gaps && map.hasLayer(layers.gaps) && map.getZoom() >= NEAR_ZOOM;
    const view = map.getBounds().pad(0.2);
    const seen = on ? lists.access.filter(({number}) => view.contains(marks[number].getLatLng()) && !marks[number].options.mark.hidden) : [];
    const drawn = gapLayer({type: "FeatureCollection", features: seen.flatMap(gapParts)}, renderer, words);
    if (layers.gaps) layers.gaps.clearLayers().addLayer(drawn);
    distances.of(drawn);
    bringMarksForward();
  }

  function gapParts(point) {
    const {lat, lng} = marks[point.number].getLatLng();
    const feature = (type, coordinates, properties) => ({type: "Feature", geometry: {type, coordinates}, properties});
    const parts = [feature("Polygon", [circleAround([lat, lng], state.t)], {part: "circle"})];
    if (point.stop >= 0) {
      const stop = stopAt(point.stop);
      const distance = whatIf.metres(point.metres, state.t);
      parts.push(feature("LineString", [[lng, lat], stop], {part: "line", distance}), feature("Point", stop, {part: "stop", ...aboutStop(point.stop)}));
    }
    if (point.other) {
      const {at, host, name, metres} = point.other;
      parts.push(feature("Point", [at[1], at[0]], {part: "alternative", host, name: `${name} – ${whatIf.metres(metres, state.t)}`}));
    }
    return parts;
  }

  function stopAt(number) {
    return [stops.lon[number] / 1e6, stops.lat[number] / 1e6];
  }

  function aboutStop(number) {
    const visits = stops.visits[number];
    return {name: stops.names[stops.name[number]], ...(visits === null ? {} : {visits})};
  }

  function stopLayer() {
    const most = Object.keys(whatIf.stop_sets).indexOf(state.set);
    const made = stops.lat.flatMap((_, number) => {
      if (stops.set[number] > most) return [];
      const [lon, lat] = stopAt(number);
      const layer = dot([lat, lon], renderer);
      layer.number = number;
      return [layer];
    });
    const tip = (layer) => stopTip({feature: {properties: aboutStop(layer.number)}}, words);
    return L.featureGroup(made).bindTooltip(tip, {direction: "top", offset: [0, -4]});
  }

  /* Homes by class; the card of one tells its best journey, the point on foot or the obstacle. */
  function homeLayer() {
    const {kind, residents, places, journeys, walks, walk, obstacles, ways, labels} = data.homes;
    const tell = [
      (number) => walks[0].length && filled(walk, {place: places[walks[0][number]], distance: `${whatIf.number(walks[1][number])}\u00a0m`}),
      (number) => journeys[number] && journey(journeys[number]),
      (number) => obstacles[number] && ways[obstacles[number]],
    ];
    const next = [0, 0, 0];
    const degrees = (steps, at = 0) => steps.map((step) => (at += step) / 1e5);
    const [lat, lon] = [degrees(data.homes.lat), degrees(data.homes.lon)];
    const size = (zoom) => zoom < 8 ? 1 : zoom < 9.5 ? 1.6 : zoom < 11 ? 2.4 : 4;
    const made = lat.map((_, number) => {
      const code = Number(kind[number]);
      const layer = new Mark([lat[number], lon[number]], {renderer, mark: data.homes.marks[code], size});
      layer.said = [labels[code], `${words.population}: ${whatIf.number(residents[number])}`];
      const told = tell[code](next[code]++);
      if (told) layer.said.push(told);
      return layer;
    });
    const group = L.featureGroup(made);
    group.bindTooltip(({said}) => element("span", "", said.slice(0, 2).join(" · ")), {direction: "top", offset: [0, -4]});
    group.on("click", (event) => {
      L.DomEvent.stop(event);
      const box = element("article", "card");
      box.append(element("h2", "", event.layer.said[0]), ...event.layer.said.slice(1).map((line) => element("p", "", line)));
      if (outline) outline.remove();
      cards.show(event.layer.getLatLng(), box);
    });
    return group;
  }

  function journey([out, arrive, leave, back, usable, all, place]) {
    const time = (minutes) => `${Math.floor(minutes / 60)}${data.homes.colon}${String(minutes % 60).padStart(2, "0")}`;
    return filled(data.homes.journey, {out: time(out), arrive: time(arrive), leave: time(leave), back: time(back), usable, all, place: data.homes.places[place]});
  }

  function bringMarksForward() {
    if (!map.hasLayer(points)) return;
    for (const {number} of [...lists.access].reverse()) marks[number].bringToFront();
  }

  /* --- What is said of it --- */

  function write() {
    const counts = count([...unitOf.values()]);
    const whole = counts.within + counts.beyond;
    const threshold = whatIf.threshold(state.t);
    const number = (value) => whatIf.number(value);
    for (const held of document.querySelectorAll("[data-live]")) {
      const code = held.dataset.live;
      if (counts[code] === undefined) continue;
      held.querySelector("b").textContent = number(counts[code]);
      if (code === "within" || code === "beyond") held.querySelector("span").textContent = whatIf.say(code, {threshold});
    }
    const asked = [...unitOf.values()].flatMap(measures);
    for (const button of document.querySelectorAll(".steps button")) {
      const times = asked.filter((code) => code === button.dataset.show).length;
      button.querySelector("b").textContent = number(times);
      button.hidden = !times;
    }
    if (whole) {
      get("share").textContent = whatIf.shares[whole][counts.within];
      get("answer").textContent = whatIf.say("answer", {within: number(counts.within), points: number(whole), threshold});
      document.querySelector("input[value=gaps] + span").textContent = whatIf.say("gaps", {threshold});
      document.querySelector("output[for=threshold]").textContent = threshold;
    }
    const mark = get("what-if");
    mark.hidden = whatIf.isOwn(state);
    const {own, stop_sets: named} = whatIf;
    mark.querySelector("span").textContent = mark.hidden ? "" : whatIf.say("mark", {threshold, stops: named[state.set], own: own.said, own_stops: named[own.set]});
    for (const button of document.querySelectorAll("button[data-show]")) button.setAttribute("aria-pressed", button.dataset.show === state.show);
    writeList(threshold);
  }

  const gapList = get("gap-list");
  function writeList(threshold) {
    if (!gapList) return;
    const rare = lists.rare.filter(({kind}) => !kind);
    const none = data.units.features.filter(({properties}) => properties.rank).sort((one, other) => one.properties.rank - other.properties.rank);
    const said = (value) => whatIf.number(value);
    const total = lists.access.length + rare.length + none.length;
    gapList.querySelector("summary b").textContent = said(total);
    const [first, second] = gapList.querySelectorAll(".note");
    first.textContent = whatIf.say("counts", {access: said(lists.access.length), service: said(rare.length), coverage: said(none.length)});
    const beyond = lists.access.filter((point) => point.isPoint && !point.within).length;
    const unsure = lists.access.filter((point) => point.isPoint && point.within).length;
    const others = lists.access.length - beyond - unsure;
    if (second) {
      second.textContent = whatIf.say("listed", {threshold, beyond: said(beyond), unsure: said(unsure), others: said(others)});
      second.hidden = beyond === lists.access.length;
    }
    if (!gapList.open) return;
    const items = [...lists.access, ...rare].map(gapItem).concat(none.map(({properties}) => noPointItem(properties)));
    const list = gapList.querySelector("ol");
    list.replaceChildren(...items.slice(0, MOST_LISTED));
    if (total > MOST_LISTED) list.append(element("li", "note", words.more_gaps));
  }

  function gapItem(point) {
    const {unit, decisions} = marks[point.number].feature.properties;
    const {visits} = point;
    const said = point.kind ? `${whatIf.metres(point.metres, state.t)} – ${whatIf.classes[point.kind]}` : `${words.visits_within}: ${visits}`;
    return listItem(unitOf.get(unit).properties.name, said, decisions, () => select(unit, {number: point.number, fit: true, focus: true}));
  }

  function noPointItem({unit, name, decisions}) {
    return listItem(name, data.statuses.none, decisions, () => select(unit, {fit: true, focus: true}));
  }

  function listItem(name, said, decisions, choose) {
    const button = element("button");
    button.type = "button";
    button.append(element("b", "", name), ` ${said}`);
    button.addEventListener("click", () => {
      foldAway();
      choose();
    });
    const item = element("li", decisions ? "decided" : "");
    if (decisions) button.append(element("i", "decided", words.decided));
    item.append(button);
    return item;
  }

  /* --- Cards --- */

  function unitCard({properties: unit, numbers}, only) {
    const box = element("article", "card");
    const {name, kind, municipality, status} = unit;
    const where = element("p", "where", municipality === name ? kind : `${kind}, `);
    if (municipality !== name) where.append(chooser(municipalityOf.get(unit.unit)));
    box.append(element("h2", "", name), where, element("span", `tag ${status}`, data.statuses[status]));
    const shown = numbers.filter((number) => number === only || only === undefined && (isPoint(number) || all[number] && all[number].kind));
    const own = whatIf.isOwn(state);
    if (!own) box.append(element("span", "tag what-if", get("what-if").querySelector("span").textContent));
    for (const number of shown) {
      const known = marks[number].feature.properties;
      const said = own || !all[number] ? known : whatIf.card(all[number], known, state, stops);
      box.append(...placeCard(said, {...data, home: own ? data.home : null}));
    }
    if (!shown.length) {
      const known = ["population", "area"].filter((key) => unit[key]);
      box.append(rows(known.map((key) => [words[key], unit[key]])), gapBox(unit, data));
    }
    const reached = data.reached && data.reached[unit.unit];
    if (reached) box.append(element("h3", "", words.there_and_back), ...reached.map((line) => element("p", "", line)));
    const {lat, lng} = shown.length ? marks[shown[0]].getLatLng() : L.latLng(unit.at);
    box.append(leads(municipalityOf.get(unit.unit), [lat, lng]));
    return box;
  }

  function municipalityCard(one) {
    const counts = count(one.units.map((code) => unitOf.get(code)));
    const threshold = whatIf.threshold(state.t);
    const box = element("article", "card");
    const live = ["within", "beyond"].filter((code) => counts.within + counts.beyond).map((code) => [whatIf.say(code, {threshold}), whatIf.number(counts[code])]);
    box.append(element("h2", "", one.name), element("p", "where", words.municipality), rows([...live, ...one.rows]));
    const inside = new Set(one.units);
    const gaps = [...lists.access, ...lists.rare.filter(({kind}) => !kind)].filter(({number}) => inside.has(marks[number].feature.properties.unit));
    const none = one.units.map((code) => unitOf.get(code).properties).filter(({status}) => status === "none");
    if (gaps.length + none.length) {
      const list = element("ol", "gaps");
      list.append(...gaps.map(gapItem), ...none.map(noPointItem));
      box.append(element("h3", "", words.gap_list), list);
    }
    box.append(leads(one));
    return box;
  }

  function chooser(one) {
    const button = element("button", "plain", one.name);
    button.type = "button";
    button.addEventListener("click", () => selectMunicipality(one.code, {fit: true, focus: true}));
    return button;
  }

  /* The ways on: the municipality's page, the place on OpenStreetMap, the link to what is shown. */
  function leads(municipality, at) {
    const line = element("p", "leads");
    if (onItsOwn() && municipality.page) line.append(link(`${data.home}${municipality.page}`, words.municipality_page));
    if (at) {
      const [lat, lon] = at.map((degrees) => degrees.toFixed(5));
      const away = link(`https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}`, words.on_osm);
      Object.assign(away, {target: "_blank", rel: "noopener noreferrer"});
      line.append(away);
    }
    if (navigator.clipboard && onItsOwn()) {
      const copy = element("button", "plain", words.copy_link);
      copy.type = "button";
      copy.addEventListener("click", () => navigator.clipboard.writeText(location.href).then(() => { copy.textContent = words.copied; }, () => {}));
      line.append(copy);
    }
    return line;
  }

  /* --- What is chosen --- */

  let outline = null;

  /* What explains a unit: its points that are gaps with stop, circle and better place; else its area. */
  function extent(unit, only) {
    const gaps = unit.numbers.filter((number) => (only === undefined || number === only) && all[number] && all[number].kind);
    if (!gaps.length) return unit.layer.getBounds();
    return L.geoJSON(gaps.flatMap((number) => gapParts(all[number]))).getBounds();
  }

  function select(code, {number, fit = false, focus = false} = {}) {
    const unit = unitOf.get(code);
    get("said").textContent = unit ? "" : words.no_unit;
    if (!unit) return;
    const before = state.municipality;
    Object.assign(state, {unit: code, number, municipality: ""});
    map.shown = extent(unit, number);
    if (before) draw();
    outlineUnit(unit.layer.feature);
    const far = map.getZoom() < NEAR_ZOOM && unit.numbers.some((one) => all[one] && all[one].kind);
    moved(() => cards.show(map.shown, unitCard(unit, number), {fit: fit || far, focus}));
    remember();
  }

  function selectMunicipality(code, {fit = false, focus = false} = {}) {
    const one = municipalities.get(code);
    get("said").textContent = one ? "" : words.no_municipality;
    if (!one) return;
    Object.assign(state, {unit: "", number: undefined, municipality: code});
    if (outline) outline.remove();
    map.shown = L.featureGroup(one.units.map((unit) => unitOf.get(unit).layer)).getBounds();
    moved(() => cards.show(map.shown, municipalityCard(one), {fit, focus}));
    draw();
    remember();
  }

  function outlineUnit(feature) {
    if (outline) outline.remove();
    outline = L.geoJSON(feature, {renderer, interactive: false, style: {fill: false, color: INK, weight: 3}}).addTo(map);
    for (const layer of [layers.gaps, layers.stops]) if (layer && map.hasLayer(layer)) layer.eachLayer((one) => one.bringToFront());
    bringMarksForward();
  }

  cards.onclose = () => {
    if (outline) outline.remove();
    const dimmed = state.municipality;
    Object.assign(state, {unit: "", number: undefined, municipality: ""});
    map.shown = null;
    if (dimmed) draw();
    remember();
  };

  /* --- The link --- */

  let byHand = false;
  let ours = false;
  function moved(change) {
    ours = true;
    change();
    ours = false;
  }

  let later = 0;
  function remember() {
    if (!onItsOwn()) return;
    clearTimeout(later);
    const {lat, lng} = map.getCenter();
    const kept = {
      unit: state.unit,
      municipality: state.municipality,
      t: state.t === whatIf.own.t ? "" : state.t,
      set: state.set === whatIf.own.set ? "" : state.set,
      show: state.show,
      lang: data.lang === written ? "" : data.lang,
      on: boxes.filter((box) => box.checked && !defaults.get(box.value)).map((box) => box.value),
      off: boxes.filter((box) => !box.checked && defaults.get(box.value)).map((box) => box.value),
      at: byHand ? [lat.toFixed(4), lng.toFixed(4), map.getZoom().toFixed(1)] : "",
    };
    const hash = Object.entries(kept).filter(([, value]) => String(value)).map(([key, value]) => `${key}=${value}`).join("&");
    const wanted = hash ? `#${hash}` : location.pathname + location.search;
    if (location.hash !== (hash ? wanted : "")) history.replaceState(null, "", wanted);
  }

  function recall() {
    if ((asked() || written) !== data.lang) location.reload();
    const kept = new URLSearchParams(location.hash.slice(1));
    const t = Number(kept.get("t"));
    const slider = get("threshold");
    if (slider) {
      state.t = kept.has("t") && t >= slider.min && t <= slider.max ? t : whatIf.own.t;
      state.set = whatIf.sets[kept.get("set")] ? kept.get("set") : whatIf.own.set;
      slider.value = state.t;
      get("stop-set").value = state.set;
    }
    const shown = kept.get("show") || "";
    state.show = [...document.querySelectorAll("button[data-show]")].some((button) => button.dataset.show === shown) ? shown : "";
    const listed = (key) => (kept.get(key) || "").split(",");
    for (const box of boxes) {
      box.checked = listed("on").includes(box.value) || defaults.get(box.value) && !listed("off").includes(box.value);
      put(box);
    }
    decide();
    draw();
    if (kept.has("unit")) select(kept.get("unit"), {fit: true, focus: true});
    else if (kept.has("municipality")) selectMunicipality(kept.get("municipality"), {fit: true, focus: true});
    const [lat, lng, zoom] = listed("at").map(Number);
    if (kept.has("at") && [lat, lng, zoom].every(Number.isFinite)) {
      moved(() => map.setView([lat, lng], zoom, {animate: false}));
      byHand = true;
    }
  }

  /* --- The panel --- */

  function put(box) {
    const layer = layers[box.value] = layers[box.value] || makers[box.value]();
    if (box.checked) layer.addTo(map); else layer.remove();
    if (map.hasLayer(points)) points.bringToFront();
  }

  for (const box of boxes) {
    box.addEventListener("change", () => {
      put(box);
      names.label(layers.clusters && map.hasLayer(layers.clusters) ? data.clusters.features.map(({properties: {name, at}}) => ({text: name, at})) : []);
      drawGaps();
      remember();
    });
  }

  /* Draw and say everything anew; the card stays as it is but for what changed. */
  function draw() {
    drawUnits();
    drawMarks();
    drawGaps();
    names.refresh();
    write();
  }

  function change() {
    decide();
    draw();
    if (state.unit) cards.replace(unitCard(unitOf.get(state.unit), state.number));
    if (state.municipality) cards.replace(municipalityCard(municipalities.get(state.municipality)));
    clearTimeout(later);
    later = setTimeout(remember, 300);
  }

  if (get("threshold")) {
    get("threshold").addEventListener("input", (event) => {
      state.t = Number(event.target.value);
      change();
    });
    get("stop-set").addEventListener("change", (event) => {
      state.set = event.target.value;
      if (layers.stops) {
        layers.stops.remove();
        layers.stops = null;
        put(boxes.find((box) => box.value === "stops"));
      }
      change();
    });
    get("what-if").querySelector("button").addEventListener("click", () => {
      get("threshold").value = whatIf.own.t;
      get("stop-set").value = whatIf.own.set;
      state.t = whatIf.own.t;
      get("stop-set").dispatchEvent(new Event("change"));
      get("threshold").focus();
    });
  }
  for (const button of document.querySelectorAll("button[data-show]")) {
    button.addEventListener("click", () => {
      state.show = state.show === button.dataset.show ? "" : button.dataset.show;
      draw();
      remember();
    });
  }
  if (gapList) gapList.addEventListener("toggle", () => writeList(whatIf.threshold(state.t)));
  const undecided = get("undecided");
  if (undecided) undecided.addEventListener("change", () => gapList.classList.toggle("undecided", undecided.checked));

  if (get("start") && !onItsOwn()) get("start").remove();
  const language = get("language");
  if (onItsOwn()) {
    language.addEventListener("click", (event) => {
      event.preventDefault();
      const kept = location.hash.slice(1).split("&").filter((part) => part && !part.startsWith("lang="));
      if (data.lang === written) kept.push(`lang=${language.lang}`);
      location.hash = kept.join("&");
    });
  } else language.remove();

  /* --- Together --- */

  const tip = (layer) => element("span", "", layer.feature.properties.name);
  units.bindTooltip(tip, {sticky: true, direction: "right", offset: [12, 0]});
  points.bindTooltip(tip, {direction: "top", offset: [0, -6]});
  units.on("click", ({layer}) => select(layer.feature.properties.unit));
  points.on("click", (event) => {
    L.DomEvent.stop(event);
    const {unit} = event.layer.feature.properties;
    select(unit, {number: marks.indexOf(event.layer)});
  });
  const foldAway = furnish(map, words, units.getBounds());
  map.on("zoomend", () => drawMarks(false));
  map.on("moveend", () => {
    if (map.getZoom() >= NEAR_ZOOM || layers.gaps) drawGaps();
    if (ours) return;
    byHand = true;
    clearTimeout(later);
    later = setTimeout(remember, 300);
  });
  map.on("home", () => {
    state.show = "";
    cards.close();
    draw();
    setTimeout(() => {
      byHand = false;
      remember();
    });
  });
  distances.addTo(map);

  const items = data.units.features.map(({properties: {name, municipality, kind, unit}}) => ({name, under: municipality === name ? kind : municipality, known: `${municipality} ${unit}`, unit}));
  items.push(...data.municipalities.filter(({name}) => !items.some((item) => item.name === name)).map(({name, code}) => ({name, under: words.municipality, known: code, municipality: code})));
  items.push(...marks.map(({feature: {properties: {name, unit, host}}}, number) => ({name, under: `${data.hosts[host]}, ${unitOf.get(unit).properties.name}`, known: "", unit, number})));
  new Finder(items, words, ({unit, municipality, number}) => {
    foldAway();
    if (municipality) selectMunicipality(municipality, {fit: true, focus: true});
    else select(unit, {number, fit: true, focus: true});
  });
  window.addEventListener("hashchange", recall);
  recall();
}
