/* What stands around the map on every page: its controls, the panel, and the sheet it prints on. */
function furnish(map, words, whole) {
  map.options.minZoom = 6;
  map.options.maxZoom = 17;
  const small = window.matchMedia("(max-width: 700px)").matches;
  const position = small ? "bottomleft" : "topright";
  const zoom = L.control.zoom({position, zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out}).addTo(map);
  const frame = {padding: small ? [8, 8] : [24, 24], animate: false};
  homeButton(map, zoom, words, () => map.fitBounds(whole, frame));
  L.control.scale({imperial: false, position: "bottomright"}).addTo(map);
  const container = map.getContainer();
  container.setAttribute("aria-label", words.map);
  // Who points at the map needs no frame that tells where the keyboard is.
  container.addEventListener("pointerdown", () => container.classList.add("by-pointer"));
  container.addEventListener("keydown", () => container.classList.remove("by-pointer"));
  map.fitBounds(whole, frame);
  // A tall narrow view holds more than the country: it must not be drawn back for that.
  map.setMaxBounds(whole.pad(small ? 1.5 : 0.4));
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) standStill(map);
  printOnOneSheet(map, whole);
  const panel = document.getElementById("panel");
  drawLegend(panel);
  document.getElementById("picture").addEventListener("click", () => savePicture(map, location.pathname.split("/").pop().replace(/\.html$/, "") || "map"));
  if (!onItsOwn()) panel.querySelector(".pages").remove();
  return foldable(map, panel);
}

/* Who wants no motion sees the map jump. */
function standStill(map) {
  const {panBy} = map;
  map.panBy = (offset, options) => panBy.call(map, offset, {...options, animate: false});
  map.options.inertia = false;
  map._zoomAnimated = false;
}

/* Above the zoom buttons, the way back to the whole country. */
function homeButton(map, zoom, words, go) {
  const button = L.DomUtil.create("a", "home");
  button.textContent = "⌂";
  Object.assign(button, {href: "#", title: words.home, role: "button"});
  button.setAttribute("aria-label", words.home);
  L.DomEvent.on(button, "click", (event) => {
    L.DomEvent.stop(event);
    map.fire("home");
    go();
  });
  zoom.getContainer().prepend(button);
}

/* On a phone the panel folds away; gives what folds it. */
function foldable(map, panel) {
  const fold = document.getElementById("fold");
  const settle = (open) => {
    fold.setAttribute("aria-expanded", panel.classList.toggle("open", open));
    map.invalidateSize({animate: false});
  };
  fold.addEventListener("click", () => settle());
  return () => settle(false);
}

/* On paper the page has another size: draw the same view for it, finer, then go back. */
function printOnOneSheet(map, whole) {
  const fine = L.Browser.retina;
  let screen = null;
  const draw = (retina) => {
    L.Browser.retina = retina;
    map.invalidateSize({animate: false, pan: false});
  };
  window.addEventListener("beforeprint", () => {
    const view = map.getBounds().contains(whole) ? whole : map.shown || map.getBounds();
    screen = [map.getCenter(), map.getZoom()];
    document.body.classList.add("printing");
    draw(true);
    map.fitBounds(view, {animate: false});
  });
  window.addEventListener("afterprint", () => {
    document.body.classList.remove("printing");
    draw(fine);
    map.setView(...screen, {animate: false});
  });
}
