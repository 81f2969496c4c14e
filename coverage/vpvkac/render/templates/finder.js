/* The search box: a combobox that suggests as one types, for pointer and keyboard alike. */

/* Letters without diacritics, so that "kekava" finds Ķekava. */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/* Of items with `name`, what stands `under` it, and what else they are `known` by; `choose` is given the one taken. */
class Finder {
  constructor(items, words, choose) {
    this.items = items.map((item) => ({...item, key: folded(item.name), all: folded(`${item.name} ${item.known}`)}));
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
    const fits = sought ? this.items.filter((item) => terms.every((term) => item.all.includes(term))) : [];
    const order = (item) => item.key === sought ? 0 : item.key.startsWith(sought) ? 1 : item.key.includes(sought) ? 2 : 3;
    this.matches = fits.sort((one, other) => order(one) - order(other)).slice(0, 8);
    this.list.replaceChildren(...this.matches.map((found, place) => {
      const item = element("li", "", found.name);
      item.id = `found-${place}`;
      item.setAttribute("role", "option");
      item.append(element("span", "", found.under));
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

  take(item) {
    this.input.value = item.name;
    this.close();
    this.choose(item);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", false);
    this.input.removeAttribute("aria-activedescendant");
  }
}
