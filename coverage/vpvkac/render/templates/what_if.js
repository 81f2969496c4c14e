/* Reach at any threshold and by any stop set, by the distances that decide (any_threshold.py). */
class WhatIf {
  constructor(told) {
    Object.assign(this, told);
    this.order = {move: 0, beyond: 1, verify: 2, none: 3, rare: 4};
  }

  isOwn({t, set}) {
    return t === this.own.t && set === this.own.set;
  }

  /* What is true of a point, or null where its distance is not known. */
  of(number, {t, set}) {
    const held = this.sets[set];
    const found = held && held.points[number];
    if (!found || found[0] === null) return null;
    const [metres, stop, isPoint, order, hasStops] = found;
    const [least, most] = held.unsure[number] || [1, 0];
    const within = metres <= t;
    const uncertain = least <= t && t < most;
    const [other, away] = held.others[number] || [];
    const movable = other !== undefined && away <= t;
    const kind = uncertain ? "verify" : within ? "" : movable ? "move" : "beyond";
    const remedy = uncertain ? "verify_location" : within ? "" : movable ? "move_within_unit"
      : metres <= this.may_move * t ? "ask_for_stop" : hasStops ? "other_premises" : "remote_support";
    const visits = this.visits(number, {t, set});
    const rare = within && visits !== null && visits < this.many;
    return {number, metres, stop, isPoint: Boolean(isPoint), order, within, uncertain, kind, remedy, rare, visits, other: movable ? {...this.others[other], metres: away} : null};
  }

  /* Visits at all stops within the threshold where they are few, else as many as are not. */
  visits(number, {t, set}) {
    const steps = this.sets[set].visits[number];
    if (!steps) return this.many;
    const passed = steps.filter(([from]) => from <= t);
    return passed.length ? passed.at(-1)[1] : null;
  }

  /* The gaps of access, then those rarely served, as the lists of a run have them. */
  gaps(all) {
    const access = all.filter((point) => point && point.kind);
    access.sort((one, other) => this.order[one.kind] - this.order[other.kind] || one.order - other.order);
    const rare = all.filter((point) => point && point.rare);
    rare.sort((one, other) => Math.min(one.visits, 1) - Math.min(other.visits, 1) || one.order - other.order);
    return {access, rare};
  }

  /* --- As people read it --- */

  number(value) {
    const [whole, tenths] = String(value).split(".");
    const split = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    return tenths ? `${split}${this.point}${tenths}` : split;
  }

  threshold(t) {
    return t === this.own.t ? this.own.said : `${this.number(t)}\u00a0m`;
  }

  /* A distance beyond the threshold never shows as at or under it (formats.shown_metres). */
  shown(metres, t) {
    const whole = Math.floor(metres + 0.5);
    if (metres > t && t >= whole) return Math.ceil(metres * 10 - 1e-6) / 10;
    if (metres <= t && t < whole) return Math.floor(metres * 10 + 1e-6) / 10;
    return whole;
  }

  metres(metres, t) {
    return `${this.number(this.shown(metres, t))}\u00a0m`;
  }

  over(metres, t) {
    return `${this.number(Math.round((this.shown(metres, t) - t) * 1000) / 1000)}\u00a0m`;
  }

  say(name, values) {
    return filled(this.said[name], values);
  }

  /* The card of a point, as `views.maps.point_cards` has it at the run's own. */
  card(point, known, {t, set}, stops) {
    const card = {...known, ...this.sets[set].cards[point.number]};
    for (const key of ["rank", "rare", "class", "reason", "remedy", "uncertain", "visits_within", "listed"]) delete card[key];
    const distance = this.metres(point.metres, t);
    const over = this.over(point.metres, t);
    const threshold = this.threshold(t);
    const name = point.stop < 0 ? "" : stops.names[stops.name[point.stop]];
    const side = this.say(point.within ? "within" : "beyond", {threshold});
    const quoted = name && filled(this.quoted, [name]);
    Object.assign(card, {
      reach: point.within ? "within" : "beyond",
      reached: point.within ? side : `${side} (+${over})`,
      distance,
      uncertain: point.uncertain,
      stop: name ? `${quoted.trim()} – ${distance}` : distance,
    });
    if (point.kind || point.rare) card.remedy = this.remedies[point.kind ? point.remedy : "ask_for_service"];
    if (point.kind === "verify") card.reason = this.say("unsure", {distance, within: this.precisions[point.number]});
    else if (point.kind) {
      const [metres, recommended] = this.recommended;
      const limit = filled(t === metres ? recommended : this.said.of_run, {threshold});
      card.reason = this.say("too_far", {place: known.name, distance, stop: quoted, over, limit});
      if (point.metres - t <= this.just) card.reason += ` ${this.say("just_beyond", {over})}`;
      if (point.other) card.reason += ` ${point.other.said.replace("{distance}", () => this.metres(point.other.metres, t))}`;
    } else if (point.rare) card.reason = this.say("few_calls", {threshold, visits: point.visits});
    return card;
  }
}

function filled(text, values) {
  return text.replace(/\{(\w*)\}/g, (_, name) => values[name || 0]);
}

/* A geodesic circle round a position, degrees; to 2 mm at 1.5 km (GRS80). */
function circleAround([lat, lon], metres) {
  const [a, e2, rad] = [6378137, 0.00669438002290, Math.PI / 180];
  const slope = 1 - e2 * Math.sin(lat * rad) ** 2;
  const [n, m, tan] = [a / Math.sqrt(slope), a * (1 - e2) / slope ** 1.5, Math.tan(lat * rad)];
  return Array.from({length: 73}, (_, i) => {
    const [north, east] = [metres * Math.cos(i * 5 * rad), metres * Math.sin(i * 5 * rad)];
    const up = north / m - east * east * tan / (2 * m * n);
    const along = east * (1 + north * tan / n) / (n * Math.cos(lat * rad));
    return [lon + along / rad, lat + up / rad];
  });
}
