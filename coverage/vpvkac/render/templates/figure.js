/* A figure: areas, marks and labels of one map; without a `home` no explorer is there to lead to. Texts from the data become text nodes only. */
function figure(map) {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const {words, home} = data;
  const renderer = L.canvas({padding: 0.3, tolerance: L.Browser.mobile ? 8 : 3});
  const areas = areaLayers(map, data.areas, data.borders, renderer, ({fill}) => fill);
  const marks = data.marks.map((collection) => L.geoJSON(collection, {
    pointToLayer: (feature, at) => markOf(feature, at, renderer, collection.look),
  }));
  const drawn = () => marks.filter((layer) => map.hasLayer(layer)).flatMap((layer) => layer.getLayers()).filter((mark) => !mark._hidden());
  const names = new Names({...data, avoid: (all) => drawn().filter(({options: {mark}}) => all || mark.reach === "beyond" || mark.halo).map((mark) => mark.getLatLng())});
  const layers = Object.fromEntries([["names", names], ...data.codes.map((code, i) => [code, marks[i]])]);

  furnish(map, words, areas.getBounds());
  const gaps = data.gaps && gapLayer(data.gaps, renderer, words).addTo(map);
  const moves = data.moves && L.geoJSON(data.moves, {renderer, interactive: false, style: {color: INK, weight: 2, dashArray: "5 4"}});
  if (moves) moves.addTo(map);
  for (const layer of marks) layer.addTo(map);
  names.addTo(map);
  if (gaps) new Distances(gaps).addTo(map);

  const cards = new Cards(map);
  const tip = (layer) => element("span", "", layer.feature.properties.name);
  areas.bindTooltip(tip, {sticky: true, direction: "right", offset: [12, 0]});
  areas.on("click", (event) => cards.show(event.latlng, areaCard(event.layer.feature.properties)));
  for (const layer of marks) {
    layer.bindTooltip(tip, {direction: "top", offset: [0, -6]});
    layer.on("click", (event) => {
      L.DomEvent.stop(event);
      cards.show(event.layer.getLatLng(), pointCard(event.layer.feature.properties));
    });
  }

  function areaCard(area) {
    const box = element("article", "card");
    box.append(element("h2", "", area.name));
    if (area.where) box.append(element("p", "where", area.where));
    box.append(rows(area.rows));
    if (area.reason) box.append(gapBox(area, data));
    const way = area.unit ? toUnit(area.unit) : [`${home}${area.page}`, words.municipality_page];
    if (home !== null && (area.unit || area.page)) box.append(wayTo(...way));
    return box;
  }

  function pointCard(point) {
    const box = element("article", "card");
    box.append(...placeCard(point, data));
    if (home !== null) box.append(wayTo(...toUnit(point.unit)));
    return box;
  }

  function toUnit(unit) {
    return [`${home}map.html#unit=${unit}`, words.on_map];
  }

  for (const box of document.querySelectorAll("input[name=layer]")) {
    box.addEventListener("change", () => {
      if (box.checked) layers[box.value].addTo(map); else layers[box.value].remove();
      for (const layer of marks) if (map.hasLayer(layer)) layer.bringToFront();
    });
  }
}
