/* The map of ways along streets. Texts from the data become text nodes only. */
function walk(map) {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const {words} = data;
  const renderer = L.canvas({padding: 0.3, tolerance: L.Browser.mobile ? 8 : 3});
  const areas = areaLayers(map, data.areas, data.borders, renderer, ({fill}) => fill);
  const streets = L.geoJSON(data.streets, {renderer, interactive: false, style: {color: STREET, weight: 1.2, opacity: 0.9}});
  const routes = L.geoJSON(data.routes, {
    renderer,
    interactive: false,
    style: ({properties: {side}}) => ({color: side === "air_only" ? TONES.amber : side === "neither" ? TONES.beyond : INK, weight: 3, opacity: 0.85}),
  });
  const stops = L.geoJSON(data.stops, {pointToLayer: (feature, at) => dot(at, renderer, {interactive: true})});
  stops.bindTooltip((stop) => stopTip(stop, words), {direction: "top", offset: [0, -4]});
  const sides = data.sides.map(({look, points}) => L.geoJSON(points, {
    pointToLayer: (feature, at) => markOf(feature, at, renderer, look),
  }));
  const names = new Names({...data, units: [], points: data.sides.flatMap(({points}) => points.features.map(({geometry: {coordinates: [lon, lat]}}) => [lat, lon]))});
  const layers = {routes, streets, names, unknown: L.layerGroup(sides.filter((layer, i) => !data.sides[i].known))};

  furnish(map, words, areas.getBounds());
  for (const layer of [streets, routes, stops, ...sides, names]) layer.addTo(map);
  const distances = new Distances(routes).addTo(map);
  // The country is ground; what there is to see is where streets are given.
  const shown = routes.getBounds();
  if (shown.isValid()) map.fitBounds(shown.pad(0.15), {animate: false});

  const cards = new Cards(map);
  const tip = (layer) => element("span", "", layer.feature.properties.name);
  for (const layer of sides) {
    layer.bindTooltip(tip, {direction: "top", offset: [0, -6]});
    layer.on("click", (event) => {
      L.DomEvent.stop(event);
      open(event.layer);
    });
  }

  function open(layer) {
    const point = layer.feature.properties;
    const box = element("article", "card");
    box.append(element("h3", "", point.name), element("p", "where", data.hosts[point.host]), rows(point.rows));
    if (point.address) box.append(element("p", "", point.address));
    cards.show(layer.getLatLng(), box);
  }

  for (const button of document.querySelectorAll("button[data-at]")) {
    button.addEventListener("click", () => {
      const at = L.latLng(...button.dataset.at.split(",").map(Number));
      map.setView(at, 15, {animate: false});
      const found = sides.flatMap((layer) => layer.getLayers()).find((mark) => mark.getLatLng().distanceTo(at) < 1);
      if (found) open(found);
    });
  }

  for (const box of document.querySelectorAll("input[name=layer]")) {
    box.addEventListener("change", () => {
      if (box.checked) layers[box.value].addTo(map); else layers[box.value].remove();
      if (box.value === "routes") distances.show(box.checked);
      for (const layer of [streets, routes, stops, ...sides]) if (map.hasLayer(layer)) layer.bringToFront();
    });
  }
}
