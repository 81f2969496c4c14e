/* Where a number may stand: at its point, or around it. */
const AROUND = [[0, 0], ...[30, 52, 76].flatMap((away) => [...Array(12).keys()].map((step) => [away * Math.cos(step * Math.PI / 6), away * Math.sin(step * Math.PI / 6)]))];

/* Siting: points that stay, candidates, new points with their circle and whom they serve. */
function site(map) {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const {words} = data;
  const renderer = L.canvas({padding: 0.3, tolerance: L.Browser.mobile ? 8 : 3});
  const areas = areaLayers(map, data.areas, data.borders, renderer, ({fill}) => fill);
  furnish(map, words, areas.getBounds());

  const tip = (name) => () => element("span", "", name);
  const dots = (places, options) => L.layerGroup(places.map(([lat, lon, name]) =>
    dot([lat, lon], renderer, options).bindTooltip(tip(name), {direction: "top", offset: [0, -4]})));
  const layers = {
    demand: dots(data.demand, {fillColor: TONES.amber, color: TONES.amber, size: (zoom) => zoom < 9 ? 1.6 : zoom < 11 ? 2.6 : 4}),
    candidates: dots(data.candidates, {fillColor: PAPER, color: CANDIDATE, weight: 1.2, size: (zoom) => zoom < 9 ? 1.4 : zoom < 11 ? 2.6 : 4}),
    circles: L.geoJSON(data.circles, {
      interactive: false,
      renderer,
      style: {color: ALERT, weight: 1.4, fillColor: ALERT, fillOpacity: 0.1},
    }),
    locked: L.layerGroup(data.locked.map(([lat, lon, name]) => new Mark([lat, lon], {
      renderer, mark: {host: "centre", status: "existing"}, size: (zoom) => 1.4 * sizeOf(zoom),
    }).bindTooltip(tip(name), {direction: "top", offset: [0, -6]}))),
    names: new Names({names: data.names, points: data.locked.map(([lat, lon]) => [lat, lon]), clear: 14, avoid: () => shown.flatMap((marker) => [marker.point.at, marker.at])}),
  };
  const cards = new Cards(map);
  const shown = data.points.map((point) => {
    const marker = L.marker(point.at, { alt: `${point.rank}. ${point.name}`, title: point.name, zIndexOffset: -point.rank});
    marker.on("click", () => cards.show(point.at, cardOf(point)));
    return Object.assign(marker, {point, line: L.polyline([], {renderer, interactive: false, color: ALERT, weight: 2})});
  });
  /* Numbers stand where they do not cover one another, tied to their point. */
  function spread() {
    const taken = [];
    for (const marker of shown) {
      const middle = map.latLngToLayerPoint(marker.point.at);
      const spot = AROUND.map((shift) => middle.add(shift)).find((at) => taken.every((other) => other.distanceTo(at) > 27)) || middle;
      taken.push(spot);
      marker.at = map.layerPointToLatLng(spot);
      const {x, y} = spot.subtract(middle);
      marker.setIcon(L.divIcon({className: "number", html: element("span", "", String(marker.point.rank)), iconSize: [24, 24], iconAnchor: [12 - x, 12 - y]}));
      marker.line.setLatLngs([marker.point.at, marker.at]);
    }
  }
  spread();
  map.on("zoomend", spread);
  for (const name of ["circles", "demand", "locked"]) layers[name].addTo(map);
  for (const marker of shown) marker.line.addTo(map) && marker.addTo(map);
  layers.names.addTo(map);
  for (const button of document.querySelectorAll("button[data-point]")) {
    button.addEventListener("click", () => {
      const point = data.points[Number(button.dataset.point)];
      map.setView(point.at, Math.max(map.getZoom(), 10), {animate: false});
      shown[Number(button.dataset.point)].fire("click");
    });
  }

  function cardOf(point) {
    const box = element("article", "card");
    box.append(element("h2", "", point.name), element("p", "where", point.where), rows(point.rows));
    return box;
  }

  for (const box of document.querySelectorAll("input[name=layer]")) {
    box.addEventListener("change", () => {
      if (box.checked) layers[box.value].addTo(map); else layers[box.value].remove();
    });
  }
}
