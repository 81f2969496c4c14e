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
    demand: dots(data.demand, {fillColor: TONES.band_2, color: TONES.band_2, size: (zoom) => zoom < 9 ? 1.6 : zoom < 11 ? 2.6 : 4}),
    candidates: dots(data.candidates, {fillColor: PAPER, color: CANDIDATE, weight: 1.2, size: (zoom) => zoom < 9 ? 1.4 : zoom < 11 ? 2.6 : 4}),
    circles: L.geoJSON(data.circles, {
      interactive: false,
      renderer,
      style: {color: ALERT, weight: 1.4, fillColor: ALERT, fillOpacity: 0.1},
    }),
    locked: L.layerGroup(data.locked.map(([lat, lon, name]) => new Mark([lat, lon], {
      renderer, mark: {host: "centre", status: "existing"}, size: (zoom) => 1.4 * sizeOf(zoom),
    }).bindTooltip(tip(name), {direction: "top", offset: [0, -6]}))),
    names: new Names({names: data.names}),
  };
  for (const name of ["circles", "demand", "candidates", "locked", "names"]) {
    if (name !== "candidates") layers[name].addTo(map);
  }

  const cards = new Cards(map);
  const shown = data.points.map((point) => {
    const icon = L.divIcon({className: "number", html: element("span", "", String(point.rank)), iconSize: [24, 24]});
    const marker = L.marker(point.at, {icon, alt: `${point.rank}. ${point.name}`, title: point.name, zIndexOffset: -point.rank});
    marker.on("click", () => cards.show(point.at, cardOf(point)));
    return marker.addTo(map);
  });
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
