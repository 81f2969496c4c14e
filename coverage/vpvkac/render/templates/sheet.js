/* What stands around the map on every page: its controls, the panel, and the sheet it prints on. */
function furnish(map, words, whole) {
  map.options.minZoom = 6;
  map.options.maxZoom = 17;
  const small = window.matchMedia("(max-width: 700px)").matches;
  L.control.zoom({position: small ? "bottomleft" : "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out}).addTo(map);
  L.control.scale({imperial: false, position: "bottomright"}).addTo(map);
  map.getContainer().setAttribute("aria-label", words.map);
  map.fitBounds(whole, {padding: small ? [8, 8] : [24, 24], animate: false});
  map.setMaxBounds(whole.pad(0.4));
  printOnOneSheet(map, whole);
  const panel = document.getElementById("panel");
  drawLegend(panel);
  if (!onItsOwn()) panel.querySelector(".pages").remove();
  return foldable(map, panel);
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
    const view = map.getBounds().contains(whole) ? whole : map.getBounds();
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
