/* Sorting and filtering of the gap lists; without this script the page shows every row in the order of the files. */
const words = document.getElementById("lists").dataset;
const collator = new Intl.Collator(document.documentElement.lang, {numeric: true});
const asked = new URLSearchParams(location.hash.slice(1));
let found = null;
const number = text => parseFloat(text.replace(/[\s ]/g, "").replace(",", ".").replace("−", "-"));

for (const table of document.querySelectorAll("table.list")) {
  const rows = [...table.querySelectorAll("tr[id]")].map((row, order) => ({row, order, home: row.parentNode}));
  const groups = [...table.querySelectorAll("tr.group")];
  const heads = [...table.tHead.rows[0].cells];
  const state = document.createElement("p");
  state.setAttribute("role", "status");
  const tools = document.createElement("div");
  tools.className = "tools";
  const chosen = {};

  function show() {
    const seen = rows.filter(({row}) => Object.entries(chosen).every(([key, value]) => !value || row.dataset[key] === value));
    for (const {row} of rows) row.hidden = true;
    for (const {row} of seen) row.hidden = false;
    for (const group of groups) group.hidden = sorted() || !group.parentNode.querySelector("tr[id]:not([hidden])");
    state.textContent = seen.length < rows.length ? words.shown.replace("{shown}", seen.length).replace("{all}", rows.length) : "";
  }
  const sorted = () => heads.some(head => head.hasAttribute("aria-sort"));

  for (const key of ["municipality", "remedy", "status"]) {
    const values = [...new Set(rows.map(({row}) => row.dataset[key]).filter(Boolean))].sort(collator.compare);
    /* What a link asks for, `#remedy=…`. */
    if (values.includes(asked.get(key))) {
      chosen[key] = asked.get(key);
      found = found || table;
    }
    if (values.length < 2) continue;
    const label = document.createElement("label"), select = document.createElement("select");
    select.append(new Option(words.all, ""), ...values.map(value => new Option(value)));
    select.addEventListener("change", () => { chosen[key] = select.value; show(); });
    if (chosen[key]) select.value = chosen[key];
    label.append(words[key], " ", select);
    tools.append(label);
  }
  tools.append(state);
  table.parentNode.before(tools);
  show();

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    head.dataset.label = head.textContent;
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const was = head.getAttribute("aria-sort");
      for (const other of heads) other.removeAttribute("aria-sort");
      const up = was === "ascending" ? -1 : 1;
      if (was === "descending") {
        /* The third click gives the order of the files back. */
        for (const {row, home} of rows) home.append(row);
      } else {
        head.setAttribute("aria-sort", up > 0 ? "ascending" : "descending");
        const cell = ({row}) => row.cells[column].innerText.trim();
        const numbers = head.classList.contains("number");
        const compare = (one, other) => {
          const a = cell(one), b = cell(other);
          if (a === "–" || b === "–") return (a === "–") - (b === "–") || one.order - other.order;
          return up * (numbers ? number(a) - number(b) : collator.compare(a, b)) || one.order - other.order;
        };
        /* A hidden cell has no inner text. */
        for (const {row} of rows) row.hidden = false;
        for (const {row} of [...rows].sort(compare)) table.tBodies[0].append(row);
      }
      show();
    });
  });
}
if (found) found.closest("section").scrollIntoView();
window.addEventListener("hashchange", () => { if (location.hash.includes("=")) location.reload(); });
